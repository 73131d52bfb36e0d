//! Simulates the room around a board: changing daylight, a lamp that heats and lights the room, and a
//! drifting temperature. It is deterministic: the same seed and the same times give the same readings.

use std::{f32::consts::TAU, time::Duration};

use super::board::{LIGHT_LEVEL_MAX, LampColor, Light, SensorReadings};

/// The length of a simulation step. With fixed steps, the result does not depend on how often it is read.
pub(super) const STEP: Duration = Duration::from_millis(250);
/// The maximum number of steps to catch up, for example after the machine was suspended.
pub(super) const MAX_CATCH_UP_STEPS: u128 = 4 * 3_600;
/// The length of a simulated day.
pub(super) const DAY_LENGTH: Duration = Duration::from_mins(4);
/// The light while the lamp is off.
const LIGHT_OFF: Light = Light { level: 0, color: LampColor(0, 0, 0) };

/// The simulated room.
#[derive(Debug, Clone)]
pub(crate) struct EnvironmentSimulator {
    random: fastrand::Rng,
    steps: u128,
    light: Light,
    /// The deviation from the usual temperature, in degrees Celsius.
    temperature_drift: f32,
    /// The heat from the lamp, in degrees Celsius.
    lamp_heat: f32,
    /// The change of daylight by clouds, −1 to 1.
    clouds: f32,
    /// The deviation from the usual signal strength, in dB.
    rssi_fading: f32,
    heap_offset: f32,
}

/// What the camera sees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RoomView {
    /// The daylight, from 0 (night) to 1 (noon).
    pub daylight: f32,
    /// The position of the sun: 0 at sunrise, 1 at sunset; above 1, it is below the horizon.
    pub sun: f32,
    /// The brightness of the lamp, 0 to 1.
    pub lamp: f32,
    /// The color of the lamp.
    pub color: LampColor,
}

fn phase(now: Duration, period: Duration) -> f32 {
    let period = period.as_millis();
    ratio(now.as_millis() % period, period)
}

#[expect(clippy::cast_precision_loss, reason = "a day of a few minutes is below 2^24 milliseconds")]
fn ratio(part: u128, whole: u128) -> f32 {
    part as f32 / whole as f32
}

impl EnvironmentSimulator {
    /// Creates a room from a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        Self {
            steps: 0,
            light: LIGHT_OFF,
            temperature_drift: random.f32() - 0.5,
            lamp_heat: 0.0,
            clouds: random.f32() - 0.5,
            rssi_fading: 0.0,
            heap_offset: 0.0,
            random,
        }
    }

    /// Sets the light of the lamp.
    pub fn set_light(&mut self, now: Duration, light: Light) {
        self.advance(now);
        self.light = light;
    }

    /// Returns the current sensor readings.
    pub fn read_sensors(&mut self, now: Duration) -> SensorReadings {
        self.advance(now);
        let view = self.view(now);
        let light_millivolts = 180.0 + 1_400.0 * view.daylight + 1_300.0 * view.lamp * relative_luminance(view.color);
        let heap = 187_000.0 + self.heap_offset;
        SensorReadings {
            temperature: Some(20.5 + 2.0 * view.daylight + self.temperature_drift + self.lamp_heat),
            adc: Some(clamp_to_u16(light_millivolts + 12.0 * self.noise(), 0.0, 3_100.0)),
            rssi: Some(clamp_rssi(-58.0 + self.rssi_fading + 0.7 * self.noise())),
            heap: Some(u32::from(clamp_to_u16(heap / 16.0, 0.0, 65_535.0)) * 16),
        }
    }

    /// Returns what the camera sees now.
    #[must_use]
    pub fn view(&self, now: Duration) -> RoomView {
        let sun = phase(now + DAY_LENGTH / 8, DAY_LENGTH) * 2.0;
        let sun_height = if sun < 1.0 { (sun * TAU / 2.0).sin() } else { 0.0 };
        let daylight = (sun_height * (0.8 + 0.2 * self.clouds)).clamp(0.0, 1.0);
        RoomView { daylight, sun, lamp: self.lamp_brightness(), color: self.light.color }
    }

    /// Returns the brightness of the lamp, 0 to 1.
    fn lamp_brightness(&self) -> f32 {
        f32::from(self.light.level) / f32::from(LIGHT_LEVEL_MAX)
    }

    fn noise(&mut self) -> f32 {
        self.random.f32() * 2.0 - 1.0
    }

    fn advance(&mut self, now: Duration) {
        let target_step = now.as_millis() / STEP.as_millis();
        let pending_steps = target_step.saturating_sub(self.steps).min(MAX_CATCH_UP_STEPS);
        for _ in 0..pending_steps {
            self.step();
        }
        self.steps = self.steps.max(target_step);
    }

    fn step(&mut self) {
        let power = self.lamp_brightness();
        self.lamp_heat += (6.0 * power - self.lamp_heat) / 100.0;
        self.temperature_drift = 0.998 * self.temperature_drift + 0.03 * self.noise();
        self.clouds = (0.995 * self.clouds + 0.06 * self.noise()).clamp(-1.0, 1.0);
        self.rssi_fading = 0.97 * self.rssi_fading + 0.9 * self.noise();
        self.heap_offset = if self.heap_offset < -9_000.0 { 0.0 } else { self.heap_offset - 40.0 * self.random.f32() };
    }
}

fn relative_luminance(LampColor(red, green, blue): LampColor) -> f32 {
    (0.3 * f32::from(red) + 0.59 * f32::from(green) + 0.11 * f32::from(blue)) / 255.0
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u16")]
fn clamp_to_u16(number: f32, min: f32, max: f32) -> u16 {
    number.clamp(min.max(0.0), max.min(65_535.0)) as u16
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to a range within i8")]
fn clamp_rssi(number: f32) -> i8 {
    number.clamp(-95.0, -30.0) as i8
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    const LIGHT_ON: Light = Light { level: LIGHT_LEVEL_MAX, color: LampColor(255, 255, 255) };

    #[test]
    fn environment_is_deterministic_for_same_seed_and_times() {
        let sample = |seed| {
            let mut environment = EnvironmentSimulator::new(seed);
            (0..50).map(|second| environment.read_sensors(Duration::from_secs(second))).collect::<Vec<_>>()
        };
        assert_eq!(sample(7), sample(7));
        assert_ne!(sample(7), sample(8));
    }

    #[test]
    fn brighter_lamp_raises_temperature_and_light_sensor() {
        let measure = |light| {
            let mut environment = EnvironmentSimulator::new(1);
            environment.set_light(Duration::ZERO, light);
            environment.read_sensors(3 * MINUTE)
        };
        let [dark, dim, full] = [LIGHT_OFF, Light { level: 400, ..LIGHT_ON }, LIGHT_ON].map(measure);
        for (less, more) in [(dark, dim), (dim, full)] {
            assert!(more.temperature.unwrap() > less.temperature.unwrap() + 1.0, "{less:?} {more:?}");
            assert!(more.adc.unwrap() > less.adc.unwrap() + 200, "{less:?} {more:?}");
        }
    }

    #[test]
    fn sensor_readings_stay_in_range_and_vary() {
        let mut environment = EnvironmentSimulator::new(3);
        let sample = |second: u16| {
            environment
                .set_light(Duration::from_secs(second.into()), Light { level: second % LIGHT_LEVEL_MAX, ..LIGHT_ON });
            environment.read_sensors(Duration::from_secs(second.into()))
        };
        let samples: Vec<SensorReadings> = (0..3_600).map(sample).collect();
        for readings in &samples {
            assert!((15.0..35.0).contains(&readings.temperature.unwrap()), "{readings:?}");
            assert!((50..3_100).contains(&readings.adc.unwrap()), "{readings:?}");
            assert!((-90..-35).contains(&readings.rssi.unwrap()), "{readings:?}");
            assert!((170_000..190_000).contains(&readings.heap.unwrap()), "{readings:?}");
        }
        assert!(samples.iter().max_by_key(|readings| readings.adc).unwrap().adc.unwrap() > 2_000);
        assert!(samples.iter().min_by_key(|readings| readings.adc).unwrap().adc.unwrap() < 400);
    }

    #[test]
    fn environment_limits_steps_after_long_gap() {
        let mut environment = EnvironmentSimulator::new(1);
        assert!(environment.read_sensors(Duration::from_hours(9_600)).temperature.unwrap() < 40.0);
    }
}
