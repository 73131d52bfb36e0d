//! The entrance of the home: a gate with a relay, and a camera that turns and shows it.

use std::time::Duration;

use serde_json::json;

use super::{
    Device, STEP,
    entrance_picture::{EntranceView, render_png},
    publications::Publications,
    surroundings::{Surroundings, approach, whole},
};

const RELAY: &str = "home/gate/relay";
const PAN: &str = "home/door/camera/pan/set";
const TILT: &str = "home/door/camera/tilt/set";
/// How far the camera turns in a step, in degrees.
const TURN: f64 = 12.0;
/// How long the gate stays open.
const OPEN_TIME: Duration = Duration::from_secs(15);
/// How far the gate moves in a step, as a part of its way.
const GATE_SPEED: f64 = 0.1;

/// One axis of the camera, in degrees.
#[derive(Debug, Default)]
struct Axis {
    angle: f64,
    target: f64,
}

impl Axis {
    fn turn_to(&mut self, payload: &str, limit: f64) {
        if let Some(target) = payload.parse().ok().filter(|target: &f64| target.abs() <= limit) {
            self.target = target;
        }
    }
}

/// A gate and a camera.
#[derive(Debug, Default)]
pub(super) struct Entrance {
    pan: Axis,
    tilt: Axis,
    /// How far the gate is open, from 0 to 1.
    gate: f64,
    closes_at: Duration,
}

impl Device for Entrance {
    fn command_topics(&self) -> Vec<String> {
        [RELAY, PAN, TILT].map(str::to_owned).into()
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        match (topic, payload) {
            (PAN, degrees) => self.pan.turn_to(degrees, 100.0),
            (TILT, degrees) => self.tilt.turn_to(degrees, 45.0),
            // The end of the pulse changes nothing.
            (RELAY, "1") => {
                self.closes_at = home.now + OPEN_TIME;
                home.log("gate", "opens");
            }
            _ => {}
        }
    }

    fn step(&mut self, home: &mut Surroundings) {
        for axis in [&mut self.pan, &mut self.tilt] {
            axis.angle = approach(axis.angle, axis.target, TURN);
        }
        let was_open = self.gate > 0.0;
        self.gate = approach(self.gate, if home.now < self.closes_at { 1.0 } else { 0.0 }, GATE_SPEED);
        if was_open && self.gate <= 0.0 {
            home.log("gate", "is closed");
        }
    }

    fn publish(&self, home: &Surroundings, publications: &mut Publications) {
        let position = json!({ "x": whole(self.pan.angle), "y": whole(self.tilt.angle) });
        publications.state("home/door/camera/position", position.to_string());
        publications.measurement("home/door/picture", 12 * STEP, || {
            let (pan, tilt) = (self.pan.angle, self.tilt.angle);
            render_png(EntranceView { daylight: home.daylight, gate: self.gate, pan, tilt })
        });
    }
}
