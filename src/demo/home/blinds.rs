//! The blinds of the home, which take some seconds to move.

use super::{
    Device,
    publications::Publications,
    surroundings::{Surroundings, approach},
};

const SET: &str = "home/blinds/set";
/// How far they move in a step, in percent: all the way in three seconds.
const SPEED: f64 = 8.0;

/// Blinds that move to a position in percent.
#[derive(Debug)]
pub(super) struct Blinds {
    position: f64,
    target: f64,
}

impl Default for Blinds {
    fn default() -> Self {
        Self { position: 70.0, target: 70.0 }
    }
}

impl Device for Blinds {
    fn command_topics(&self) -> Vec<String> {
        vec![SET.to_owned()]
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        if topic != SET {
            return;
        }
        let target = match payload {
            "OPEN" => Some(100.0),
            "CLOSE" => Some(0.0),
            "STOP" => Some(self.position),
            number => number.parse().ok().filter(|number| (0.0..=100.0).contains(number)),
        };
        match target {
            Some(target) => {
                self.target = target.round();
                home.log("blinds", format!("move to {} %", self.target));
            }
            None => home.log("blinds", "error: the command is no position"),
        }
    }

    fn step(&mut self, home: &mut Surroundings) {
        home.watts += if (self.position - self.target).abs() < 0.5 { 0.0 } else { 35.0 };
        self.position = approach(self.position, self.target, SPEED);
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        publications.state("home/blinds/position", self.position.to_string());
    }
}
