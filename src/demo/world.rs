//! The room in which the simulated board stands: daylight that comes and goes, a lamp that warms and
//! lights it, air that drifts. The same seed and the same times give the same room.

use std::{f32::consts::TAU, time::Duration};

use super::board::{FULL, Light, Rgb, Sensors};

/// The room changes in steps of this length, so that it does not matter how often it is looked at.
const STEP: Duration = Duration::from_millis(250);
/// A longer gap is no more than this: a machine that slept need not live through the night.
const MAX_STEPS: u128 = 4 * 3_600;
/// From one noon to the next.
const DAY: Duration = Duration::from_mins(4);
/// The lamp that is off.
const DARK: Light = Light { level: 0, color: Rgb(0, 0, 0) };

/// The room.
#[derive(Debug, Clone)]
pub struct World {
    random: fastrand::Rng,
    steps: u128,
    light: Light,
    /// Degrees that the air is off its usual.
    drift: f32,
    /// Degrees that the lamp has added.
    heat: f32,
    /// −1 to 1: clouds before the window.
    clouds: f32,
    /// dBm off the usual.
    fading: f32,
    heap: f32,
}

/// What a look into the room shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// 0 (night) to 1 (noon).
    pub daylight: f32,
    /// Where the sun is: 0 at sunrise to 1 at sunset, outside of that below the horizon.
    pub sun: f32,
    /// How bright the lamp is, 0 to 1.
    pub lamp: f32,
    /// The colour of the lamp.
    pub color: Rgb,
}

fn turns(now: Duration, period: Duration) -> f32 {
    let period = period.as_millis();
    ratio(now.as_millis() % period, period)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes fit into 24 bits, near enough")]
fn ratio(part: u128, whole: u128) -> f32 {
    part as f32 / whole as f32
}

impl World {
    /// The room that grows out of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        Self {
            steps: 0,
            light: DARK,
            drift: random.f32() - 0.5,
            heat: 0.0,
            clouds: random.f32() - 0.5,
            fading: 0.0,
            heap: 0.0,
            random,
        }
    }

    /// From now on the lamp shines like this.
    pub fn shine(&mut self, now: Duration, light: Light) {
        self.advance(now);
        self.light = light;
    }

    /// What the board measures now.
    pub fn sensors(&mut self, now: Duration) -> Sensors {
        self.advance(now);
        let view = self.view(now);
        let light = 180.0 + 1_400.0 * view.daylight + 1_300.0 * view.lamp * brightness(view.color);
        let heap = 187_000.0 + self.heap;
        Sensors {
            temperature: Some(20.5 + 2.0 * view.daylight + self.drift + self.heat),
            adc: Some(whole(light + 12.0 * self.noise(), 0.0, 3_100.0)),
            rssi: Some(decibels(-58.0 + self.fading + 0.7 * self.noise())),
            heap: Some(u32::from(whole(heap / 16.0, 0.0, 65_535.0)) * 16),
        }
    }

    /// What a look into the room shows now.
    #[must_use]
    pub fn view(&self, now: Duration) -> View {
        let sun = turns(now + DAY / 8, DAY) * 2.0;
        let height = if sun < 1.0 { (sun * TAU / 2.0).sin() } else { 0.0 };
        let daylight = (height * (0.8 + 0.2 * self.clouds)).clamp(0.0, 1.0);
        View { daylight, sun, lamp: self.lamp(), color: self.light.color }
    }

    /// How bright the lamp is, 0 to 1.
    fn lamp(&self) -> f32 {
        f32::from(self.light.level) / f32::from(FULL)
    }

    fn noise(&mut self) -> f32 {
        self.random.f32() * 2.0 - 1.0
    }

    fn advance(&mut self, now: Duration) {
        let wanted = now.as_millis() / STEP.as_millis();
        let due = wanted.saturating_sub(self.steps).min(MAX_STEPS);
        for _ in 0..due {
            self.step();
        }
        self.steps = self.steps.max(wanted);
    }

    fn step(&mut self) {
        let power = self.lamp();
        self.heat += (6.0 * power - self.heat) / 100.0;
        self.drift = 0.998 * self.drift + 0.03 * self.noise();
        self.clouds = (0.995 * self.clouds + 0.06 * self.noise()).clamp(-1.0, 1.0);
        self.fading = 0.97 * self.fading + 0.9 * self.noise();
        self.heap = if self.heap < -9_000.0 { 0.0 } else { self.heap - 40.0 * self.random.f32() };
    }
}

fn brightness(Rgb(red, green, blue): Rgb) -> f32 {
    (0.3 * f32::from(red) + 0.59 * f32::from(green) + 0.11 * f32::from(blue)) / 255.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a u16 holds")]
fn whole(number: f32, min: f32, max: f32) -> u16 {
    number.clamp(min.max(0.0), max.min(65_535.0)) as u16
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to what a radio measures")]
fn decibels(number: f32) -> i8 {
    number.clamp(-95.0, -30.0) as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    const LIT: Light = Light { level: FULL, color: Rgb(255, 255, 255) };

    #[test]
    fn the_same_seed_and_times_give_the_same_room() {
        let look = |seed| {
            let mut world = World::new(seed);
            (0..50).map(|second| world.sensors(Duration::from_secs(second))).collect::<Vec<_>>()
        };
        assert_eq!(look(7), look(7));
        assert_ne!(look(7), look(8));
    }

    #[test]
    fn the_lamp_warms_and_lights_the_room_the_more_the_brighter() {
        let measured = |light| {
            let mut world = World::new(1);
            world.shine(Duration::ZERO, light);
            world.sensors(3 * MINUTE)
        };
        let [dark, dim, full] = [DARK, Light { level: 400, ..LIT }, LIT].map(measured);
        for (less, more) in [(dark, dim), (dim, full)] {
            assert!(more.temperature.unwrap() > less.temperature.unwrap() + 1.0, "{less:?} {more:?}");
            assert!(more.adc.unwrap() > less.adc.unwrap() + 200, "{less:?} {more:?}");
        }
    }

    #[test]
    fn a_day_in_the_room_stays_in_its_limits_and_moves() {
        let mut world = World::new(3);
        let look = |second: u16| {
            world.shine(Duration::from_secs(second.into()), Light { level: second % FULL, ..LIT });
            world.sensors(Duration::from_secs(second.into()))
        };
        let seen: Vec<Sensors> = (0..3_600).map(look).collect();
        for sensors in &seen {
            assert!((15.0..35.0).contains(&sensors.temperature.unwrap()), "{sensors:?}");
            assert!((50..3_100).contains(&sensors.adc.unwrap()), "{sensors:?}");
            assert!((-90..-35).contains(&sensors.rssi.unwrap()), "{sensors:?}");
            assert!((170_000..190_000).contains(&sensors.heap.unwrap()), "{sensors:?}");
        }
        assert!(seen.iter().max_by_key(|s| s.adc).unwrap().adc.unwrap() > 2_000);
        assert!(seen.iter().min_by_key(|s| s.adc).unwrap().adc.unwrap() < 400);
    }

    #[test]
    fn a_long_sleep_is_short() {
        let mut world = World::new(1);
        assert!(world.sensors(Duration::from_hours(9_600)).temperature.unwrap() < 40.0);
    }
}
