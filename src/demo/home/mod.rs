//! The simulated home of the demo: the devices that `dashboards/home.toml` and `dashboards/devices.toml` show.
//!
//! Each device is a [`Device`] with all of its topics in one file: what it publishes, and which messages it obeys. A new
//! one is a file here and a line in [`devices`]. [`HomeSimulator`] lets time pass for them in steps. It is deterministic,
//! and knows no socket and no clock: [`task`] connects it to the broker.

mod blinds;
mod entrance;
mod entrance_picture;
mod family;
mod heating;
mod lights;
mod meters;
mod plugs;
mod publications;
mod sensors;
mod surroundings;
pub(super) mod task;
mod washer;

use std::time::Duration;

use publications::{Publication, Publications};
use surroundings::Surroundings;

use super::environment::{MAX_CATCH_UP_STEPS, STEP};

/// A larger payload is no command of a device, in bytes.
const MAX_COMMAND_BYTES: usize = 1 << 10;

/// The options of the simulated home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeOptions {
    /// The seed of what happens by chance.
    pub seed: u64,
    /// How often one of the plugs goes offline. It stays so for a sixth of this time.
    pub outage_period: Duration,
}

impl Default for HomeOptions {
    fn default() -> Self {
        Self { seed: 1883, outage_period: Duration::from_mins(3) }
    }
}

/// A simulated device.
trait Device: Send {
    /// Returns the topics of the messages that it obeys.
    fn command_topics(&self) -> Vec<String> {
        Vec::new()
    }

    /// Obeys a message on one of its topics; those of other devices arrive here, too.
    fn obey(&mut self, _topic: &str, _payload: &str, _home: &mut Surroundings) {}

    /// Lets a step pass.
    fn step(&mut self, _home: &mut Surroundings) {}

    /// Publishes what has changed or is due.
    fn publish(&self, home: &Surroundings, publications: &mut Publications);
}

/// Returns all devices.
fn devices(options: &HomeOptions) -> Vec<Box<dyn Device>> {
    vec![
        Box::new(lights::CeilingLight::default()),
        Box::new(lights::ShelfLight::default()),
        Box::new(lights::DeskLamp::default()),
        Box::new(blinds::Blinds::default()),
        Box::new(heating::Heating::default()),
        Box::new(washer::Washer::default()),
        Box::new(plugs::Plugs::new(options.outage_period)),
        Box::new(sensors::Sensors::default()),
        Box::new(entrance::Entrance::default()),
        Box::new(family::Family),
        Box::new(meters::WaterTank::default()),
        Box::new(meters::BatteryMeter::default()),
        Box::new(meters::PowerMeter),
    ]
}

/// The simulated home.
struct HomeSimulator {
    devices: Vec<Box<dyn Device>>,
    surroundings: Surroundings,
    publications: Publications,
    steps: u128,
}

impl HomeSimulator {
    /// Creates a home, for which no time has passed yet.
    fn new(options: &HomeOptions) -> Self {
        let mut home = Self {
            devices: devices(options),
            surroundings: Surroundings::new(options.seed),
            publications: Publications::default(),
            steps: 0,
        };
        home.step();
        home
    }

    /// Returns the topics of the messages that the devices obey.
    fn command_topics(&self) -> Vec<String> {
        self.devices.iter().flat_map(|device| device.command_topics()).collect()
    }

    /// Returns when the next step is due.
    fn next_due(&self) -> Duration {
        STEP * u32::try_from(self.steps + 1).unwrap_or(u32::MAX)
    }

    /// Lets the time pass up to `now`.
    fn advance(&mut self, now: Duration) {
        let target_step = now.as_millis() / STEP.as_millis();
        let first_step = target_step.saturating_sub(MAX_CATCH_UP_STEPS).max(self.steps) + 1;
        for step in first_step..=target_step {
            self.steps = step;
            self.step();
        }
    }

    fn step(&mut self) {
        self.surroundings.begin_step(self.steps);
        for device in &mut self.devices {
            device.step(&mut self.surroundings);
        }
    }

    /// Passes a message to the devices.
    fn obey(&mut self, topic: &str, payload: &[u8]) {
        self.publications.replace(topic, payload);
        let Some(text) = std::str::from_utf8(payload).ok().filter(|text| text.len() <= MAX_COMMAND_BYTES) else {
            return;
        };
        for device in &mut self.devices {
            device.obey(topic, text.trim(), &mut self.surroundings);
        }
    }

    /// Returns the messages that are due.
    fn take_due(&mut self) -> Vec<Publication> {
        self.publications.set_now(self.surroundings.now);
        for device in &self.devices {
            device.publish(&self.surroundings, &mut self.publications);
        }
        for (source, line) in self.surroundings.log.drain(..) {
            self.publications.event(&format!("home/log/{source}"), line);
        }
        self.publications.take_due()
    }

    /// Lets everything be published again, because the broker may have lost it.
    fn forget_published(&mut self) {
        self.publications.forget();
    }
}

#[cfg(test)]
#[path = "home_tests.rs"]
mod tests;
