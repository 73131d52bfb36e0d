//! Sensors with a battery: those of zigbee2mqtt, which are named after their floor and their address, and others that
//! report only their battery.

use std::time::Duration;

use serde_json::json;

use super::{
    Device, STEP,
    publications::Publications,
    surroundings::{Surroundings, rounded, whole},
};

/// How often a sensor sends.
const PERIOD: Duration = STEP.saturating_mul(40);
/// How long a window is closed, in steps, and after that open.
const WINDOW_STEPS: u32 = 160;

/// Floor and address, as the topic has them, name, temperature, humidity and battery.
const CLIMATE: [(&str, &str, f64, f64, u8); 5] = [
    ("ground/0x00158d0004a1", "Kitchen", 21.8, 47.0, 88),
    ("ground/0x00158d0004b7", "Hall", 19.4, 52.0, 17),
    ("ground/0x00158d0004c2", "Garage", 12.6, 63.0, 64),
    ("upper/0x00158d0005d0", "Bathroom", 22.9, 68.0, 91),
    ("upper/0x00158d0005e3", "Bedroom", 18.7, 49.0, 55),
];

/// The names of other sensors, and their batteries.
const BATTERIES: [(&str, u8); 4] = [("mailbox", 82), ("garden", 46), ("smoke", 93), ("doorbell", 18)];

/// All sensors.
#[derive(Debug)]
pub(super) struct Sensors {
    /// How much each temperature has drifted.
    drifts: [f64; CLIMATE.len()],
    steps: u32,
}

impl Default for Sensors {
    fn default() -> Self {
        Self { drifts: [0.0; CLIMATE.len()], steps: 0 }
    }
}

impl Device for Sensors {
    fn step(&mut self, home: &mut Surroundings) {
        self.steps = self.steps.wrapping_add(1);
        for drift in &mut self.drifts {
            *drift = 0.995 * *drift + 0.04 * home.noise();
        }
    }

    fn publish(&self, home: &Surroundings, publications: &mut Publications) {
        for (index, ((path, name, temperature, humidity, battery), drift)) in (0..).zip(CLIMATE.iter().zip(self.drifts))
        {
            let topic = format!("zigbee2mqtt/{path}");
            publications.state(&format!("{topic}/availability"), r#"{"state":"online"}"#);
            // The windows are opened one after the other.
            let is_open = (self.steps + 70 * index) / WINDOW_STEPS % 4 == 3;
            publications.measurement(&topic, PERIOD, || {
                let temperature = temperature + drift + home.daylight - if is_open { 0.8 } else { 0.0 };
                json!({
                    "temperature": rounded(temperature, 1),
                    "humidity": whole(humidity - 3.0 * drift),
                    "contact": !is_open,
                    "battery": battery,
                    "device": { "friendlyName": name },
                })
                .to_string()
                .into()
            });
        }
        for (name, battery) in BATTERIES {
            publications.measurement(&format!("home/sensor/{name}"), 3 * PERIOD / 2, || {
                json!({ "battery": battery }).to_string().into()
            });
        }
    }
}
