//! What the devices of the home share: the time, the daylight, the power that they draw, and the log.

use std::{f64::consts::TAU, time::Duration};

use super::STEP;
use crate::demo::environment::DAY_LENGTH;

/// The most lines that wait to be published.
const MAX_LOG_LINES: usize = 32;
/// The power that is drawn by what nobody can switch, in watts.
const BASE_WATTS: f64 = 140.0;

/// What the devices share.
pub(super) struct Surroundings {
    /// The time since the start.
    pub now: Duration,
    /// The daylight, from 0 (night) to 1 (noon).
    pub daylight: f64,
    /// The power that the devices have drawn in this step so far, in watts.
    pub watts: f64,
    /// The lines to publish, with what they are about.
    pub log: Vec<(&'static str, String)>,
    random: fastrand::Rng,
}

impl Surroundings {
    /// Creates the surroundings from a seed.
    pub fn new(seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { now: Duration::ZERO, daylight: 0.0, watts: 0.0, log: Vec::new(), random }
    }

    /// Begins a step.
    pub fn begin_step(&mut self, steps: u128) {
        self.now = STEP * u32::try_from(steps).unwrap_or(u32::MAX);
        self.watts = BASE_WATTS + 3.0 * self.noise();
        // The simulation begins in the morning.
        self.daylight = (TAU * (phase(self.now, DAY_LENGTH) + 0.1)).sin().max(0.0);
    }

    /// Returns a random number from −1 to 1.
    pub fn noise(&mut self) -> f64 {
        self.random.f64() * 2.0 - 1.0
    }

    /// Adds a line to the log.
    pub fn log(&mut self, source: &'static str, line: impl Into<String>) {
        if self.log.len() < MAX_LOG_LINES {
            self.log.push((source, line.into()));
        }
    }
}

/// Returns which part of a period has passed, from 0 to 1.
pub(super) fn phase(now: Duration, period: Duration) -> f64 {
    (now.as_secs_f64() / period.as_secs_f64()).fract()
}

/// Returns a number that comes from another one towards a target by at most this much.
pub(super) fn approach(from: f64, target: f64, at_most: f64) -> f64 {
    from + (target - from).clamp(-at_most, at_most)
}

/// Returns the nearest number with these decimals.
pub(super) fn rounded(number: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (number * scale).round() / scale
}

/// Returns the nearest whole number, which JSON has without a decimal point.
#[expect(clippy::cast_possible_truncation, reason = "the numbers of the home are small")]
pub(super) fn whole(number: f64) -> i64 {
    number.round() as i64
}
