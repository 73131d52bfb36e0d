//! Plugs that measure energy, as Tasmota has them. One of them goes offline now and then, and comes back.

use std::time::Duration;

use serde_json::json;

use super::{
    Device, STEP,
    lights::{on_off, switched},
    publications::Publications,
    surroundings::{Surroundings, phase, rounded, whole},
};

/// How often a plug publishes what it measures.
const TELE_PERIOD: Duration = STEP.saturating_mul(20);
/// From which part of the period on the last plug is offline.
const OUTAGE_BEGIN: f64 = 5.0 / 6.0;

/// Returns the power that the device at a plug draws, in watts.
type Load = fn(&mut Surroundings) -> f64;

/// A plug.
#[derive(Debug)]
pub(super) struct Plug {
    id: &'static str,
    /// Whether it is switched on.
    pub on: bool,
    online: bool,
    /// The power that is drawn through it, in watts.
    watts: f64,
    /// The energy of the day, in kilowatt-hours.
    today: f64,
}

impl Plug {
    /// Creates a plug that is switched on.
    pub const fn new(id: &'static str, today: f64) -> Self {
        Self { id, on: true, online: true, watts: 0.0, today }
    }

    /// Returns the topic of its command.
    pub fn command_topic(&self) -> String {
        format!("cmnd/{}/POWER", self.id)
    }

    /// Obeys a message if it is a command to this plug.
    pub fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        let new = switched(self.on, payload).filter(|_| self.online && topic == self.command_topic());
        if let Some(on) = new {
            self.on = on;
            home.log("plugs", format!("{} {}", self.id, if on { "on" } else { "off" }));
        }
    }

    /// Lets a step pass, in which the device at the plug draws so much power.
    pub fn step(&mut self, watts: f64, home: &mut Surroundings) {
        self.watts = if self.on { watts } else { 0.0 };
        self.today += self.watts / 1_000.0 * STEP.as_secs_f64() / 3_600.0;
        home.watts += self.watts;
    }

    /// Publishes what has changed or is due; nothing but that it is offline, if it is.
    pub fn publish(&self, publications: &mut Publications) {
        let Self { id, on, online, watts, today } = self;
        publications.state(&format!("tele/{id}/LWT"), if *online { "Online" } else { "Offline" });
        if !online {
            return;
        }
        publications.state(&format!("stat/{id}/POWER"), on_off(*on));
        publications.measurement(&format!("tele/{id}/SENSOR"), TELE_PERIOD, || {
            let energy = json!({
                "Total": rounded(today + 318.0, 3),
                "Today": rounded(*today, 3),
                "Power": whole(*watts),
                "Voltage": 231,
                "Current": rounded(watts / 231.0, 2),
            });
            json!({ "ENERGY": energy }).to_string().into_bytes()
        });
    }
}

/// The plugs without a device of their own.
#[derive(Debug)]
pub(super) struct Plugs {
    plugs: [(Plug, Load); 3],
    outage_period: Duration,
}

impl Plugs {
    /// Creates the plugs, of which the last one goes offline once in a period.
    pub fn new(outage_period: Duration) -> Self {
        let television = |home: &mut Surroundings| 96.0 + 12.0 * home.noise();
        let fridge = |home: &mut Surroundings| {
            let is_cooling = phase(home.now, Duration::from_secs(50)) < 0.4;
            if is_cooling { 74.0 + 2.0 * home.noise() } else { 2.0 }
        };
        let heater = |home: &mut Surroundings| 1_180.0 + 15.0 * home.noise();
        let plugs = [
            (Plug::new("tv", 0.412), television as Load),
            (Plug::new("fridge", 0.538), fridge),
            (Plug { on: false, ..Plug::new("heater", 1.206) }, heater),
        ];
        Self { plugs, outage_period }
    }
}

impl Device for Plugs {
    fn command_topics(&self) -> Vec<String> {
        self.plugs.iter().map(|(plug, _)| plug.command_topic()).collect()
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        for (plug, _) in &mut self.plugs {
            plug.obey(topic, payload, home);
        }
    }

    fn step(&mut self, home: &mut Surroundings) {
        for (plug, watts) in &mut self.plugs {
            let watts = watts(home);
            plug.step(watts, home);
        }
        let [.., (last, _)] = &mut self.plugs;
        let online = phase(home.now, self.outage_period) < OUTAGE_BEGIN;
        if online != last.online {
            last.online = online;
            let line = if online { "is online again" } else { "warning: does not answer" };
            home.log("plugs", format!("{} {line}", last.id));
        }
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        for (plug, _) in &self.plugs {
            plug.publish(publications);
        }
    }
}
