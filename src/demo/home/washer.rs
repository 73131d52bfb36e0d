//! The washing machine of the home, which is at a plug: without power, its program waits.

use std::time::Duration;

use super::{Device, STEP, plugs::Plug, publications::Publications, surroundings::Surroundings};

/// How long a program takes.
const PROGRAM: Duration = Duration::from_mins(6);
/// How long the door is open between two programs.
const PAUSE: Duration = Duration::from_secs(40);
/// When the water is heated, as parts of the program.
const HEATING: std::ops::Range<f64> = 0.12..0.38;
/// From when on the drum spins fast, as a part of the program.
const SPINNING: f64 = 0.85;

/// A washing machine.
#[derive(Debug)]
pub(super) struct Washer {
    plug: Plug,
    /// How long the program has run, or if it has ended, how long the program and the pause have taken together.
    running: Duration,
}

impl Default for Washer {
    fn default() -> Self {
        Self { plug: Plug::new("washer", 0.184), running: PROGRAM / 3 }
    }
}

impl Washer {
    fn done(&self) -> f64 {
        (self.running.as_secs_f64() / PROGRAM.as_secs_f64()).min(1.0)
    }

    fn watts(&self, home: &mut Surroundings) -> f64 {
        match self.done() {
            done if done >= 1.0 => 1.0,
            done if HEATING.contains(&done) => 1_950.0 + 20.0 * home.noise(),
            done if done > SPINNING => 420.0 + 60.0 * home.noise(),
            _ => 120.0 + 30.0 * home.noise(),
        }
    }
}

impl Device for Washer {
    fn command_topics(&self) -> Vec<String> {
        vec![self.plug.command_topic()]
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        self.plug.obey(topic, payload, home);
    }

    fn step(&mut self, home: &mut Surroundings) {
        let watts = self.watts(home);
        self.plug.step(watts, home);
        let was_done = self.done() >= 1.0;
        if self.plug.on || was_done {
            self.running += STEP;
        }
        if !was_done && self.done() >= 1.0 {
            home.log("washer", "the program has ended");
        }
        if self.running >= PROGRAM + PAUSE {
            self.running = Duration::ZERO;
            home.log("washer", "the program begins");
        }
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        self.plug.publish(publications);
        publications.state("home/washer/door", if self.done() < 1.0 { "0" } else { "1" });
        publications.measurement("home/washer/progress", 8 * STEP, || format!("{:.1}", 100.0 * self.done()).into());
    }
}
