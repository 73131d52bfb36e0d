//! The heating of the home: a boiler, its burner, and the rooms that it warms.

use std::time::Duration;

use super::{
    Device, STEP,
    publications::Publications,
    surroundings::{Surroundings, approach},
};

const MODE: &str = "home/heating/mode";
/// The modes by their payloads: the temperature of the water and that of the living room.
const MODES: [(f64, f64); 3] = [(28.0, 17.0), (50.0, 18.5), (68.0, 21.5)];
/// The rooms, and how much warmer than the living room they are.
const ROOMS: [(&str, f64); 3] = [("living", 0.0), ("kitchen", 0.8), ("bedroom", -2.4)];
/// How long the burner does nothing after it has failed to ignite.
const FAULT_TIME: Duration = Duration::from_secs(12);
/// One of so many ignitions fails.
const IGNITIONS_PER_FAULT: u32 = 3;
/// How often a line about the temperature is added to the log.
const LOG_PERIOD: Duration = Duration::from_secs(8);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Burner {
    Off,
    Heating,
    Fault { until: Duration },
}

/// A boiler with its burner and three rooms.
#[derive(Debug)]
pub(super) struct Heating {
    mode: usize,
    water: f64,
    burner: Burner,
    ignitions: u32,
    rooms: [f64; ROOMS.len()],
    logged_at: Option<Duration>,
}

impl Default for Heating {
    fn default() -> Self {
        let rooms = ROOMS.map(|(_, warmer)| 20.6 + warmer);
        Self { mode: 2, water: 58.0, burner: Burner::Off, ignitions: 0, rooms, logged_at: None }
    }
}

impl Heating {
    fn step_burner(&mut self, home: &mut Surroundings) {
        let (target, _) = MODES[self.mode];
        self.burner = match self.burner {
            Burner::Heating if self.water >= target + 2.0 => {
                home.log("heating", "burner off");
                Burner::Off
            }
            Burner::Off if self.water < target - 8.0 => self.ignite(home),
            Burner::Fault { until } if home.now >= until => self.ignite(home),
            same => same,
        };
        let (towards, speed) = if self.burner == Burner::Heating { (90.0, 0.18) } else { (22.0, 0.06) };
        self.water = approach(self.water, towards, speed) + 0.02 * home.noise();
    }

    fn ignite(&mut self, home: &mut Surroundings) -> Burner {
        self.ignitions += 1;
        if self.ignitions.is_multiple_of(IGNITIONS_PER_FAULT) {
            home.log("heating", "error E02: ignition failed, trying again");
            return Burner::Fault { until: home.now + FAULT_TIME };
        }
        home.log("heating", format!("burner on at {:.1} °C", self.water));
        Burner::Heating
    }
}

impl Device for Heating {
    fn command_topics(&self) -> Vec<String> {
        vec![MODE.to_owned()]
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        let mode = payload.parse().ok().filter(|mode| topic == MODE && *mode < MODES.len());
        if let Some(mode) = mode.filter(|mode| *mode != self.mode) {
            self.mode = mode;
            home.log("heating", format!("mode {}", ["off", "night", "comfort"][mode]));
        }
    }

    fn step(&mut self, home: &mut Surroundings) {
        self.step_burner(home);
        home.watts += if self.burner == Burner::Heating { 85.0 } else { 0.0 };
        let (_, living) = MODES[self.mode];
        for (room, (_, warmer)) in self.rooms.iter_mut().zip(ROOMS) {
            let target = living + warmer + 1.2 * home.daylight;
            *room += 0.002 * (target - *room) + 0.015 * home.noise();
        }
        if self.logged_at.is_none_or(|at| home.now >= at + LOG_PERIOD) {
            self.logged_at = Some(home.now);
            home.log("heating", format!("water {:.1} °C, living room {:.1} °C", self.water, self.rooms[0]));
        }
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        publications.state(MODE, self.mode.to_string());
        let burner = match self.burner {
            Burner::Off => "0",
            Burner::Heating => "1",
            Burner::Fault { .. } => "E02",
        };
        publications.state("home/boiler/state", burner);
        publications.measurement("home/boiler/water", 8 * STEP, || format!("{:.1}", self.water).into_bytes());
        for ((name, _), temperature) in ROOMS.iter().zip(self.rooms) {
            let topic = format!("home/{name}/temperature");
            publications.measurement(&topic, 40 * STEP, || format!("{temperature:.1}").into_bytes());
        }
    }
}
