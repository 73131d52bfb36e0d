//! The meters of the home: of a water tank, of a battery that has to be asked, and of the power that all devices draw.

use std::time::Duration;

use serde_json::json;

use super::{
    Device, STEP,
    publications::Publications,
    surroundings::{Surroundings, phase, rounded},
};

/// What the tank holds, in liters.
const TANK: f64 = 2_500.5;
const KEEPALIVE: &str = "R/c0619ab9929a/keepalive";
/// How long the battery meter sends after it was asked.
const ANSWER_TIME: Duration = Duration::from_mins(1);
/// In which time the battery is charged and discharged.
const BATTERY_CYCLE: Duration = Duration::from_mins(10);

/// A tank from which water is taken, and which is filled when it is low.
#[derive(Debug)]
pub(super) struct WaterTank {
    liters: f64,
    is_filling: bool,
}

impl Default for WaterTank {
    fn default() -> Self {
        Self { liters: 1_610.0, is_filling: false }
    }
}

impl Device for WaterTank {
    fn step(&mut self, home: &mut Surroundings) {
        let was_filling = self.is_filling;
        self.is_filling = if was_filling { self.liters < 0.9 * TANK } else { self.liters < 0.25 * TANK };
        self.liters += if self.is_filling { 6.0 } else { -1.2 - 0.8 * home.noise() };
        if self.is_filling && !was_filling {
            home.log("tank", "warning: low, the pump fills it");
        }
        home.watts += if self.is_filling { 310.0 } else { 0.0 };
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        publications.measurement("home/tank", 12 * STEP, || {
            let level = json!({ "liters": rounded(self.liters, 1) });
            json!({ "level": level, "pump": self.is_filling }).to_string().into()
        });
    }
}

/// A meter that sends its values only for a minute after it was asked.
#[derive(Debug, Default)]
pub(super) struct BatteryMeter {
    asked_at: Option<Duration>,
}

impl Device for BatteryMeter {
    fn command_topics(&self) -> Vec<String> {
        vec![KEEPALIVE.to_owned()]
    }

    fn obey(&mut self, topic: &str, _payload: &str, home: &mut Surroundings) {
        if topic == KEEPALIVE {
            self.asked_at = Some(home.now);
        }
    }

    fn publish(&self, home: &Surroundings, publications: &mut Publications) {
        if self.asked_at.is_some_and(|at| home.now < at + ANSWER_TIME) {
            publications.live_measurement("N/c0619ab9929a/battery/512/Soc", 8 * STEP, || {
                let charge = 95.0 - 120.0 * (phase(home.now, BATTERY_CYCLE) - 0.5).abs();
                json!({ "value": rounded(charge, 1) }).to_string().into()
            });
        }
    }
}

/// The meter of the power that all devices draw.
#[derive(Debug)]
pub(super) struct PowerMeter;

impl Device for PowerMeter {
    fn publish(&self, home: &Surroundings, publications: &mut Publications) {
        publications.measurement("home/power", 8 * STEP, || format!("{:.0}", home.watts).into());
    }
}
