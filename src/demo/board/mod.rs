//! A simulated board: the portable core of the firmware, `device/core`, and the Rust types of its interface.
//!
//! The caller tells [`DeviceCore`] that the connection is up or lost, that a message was received, that the
//! button has changed and that time has passed. The core calls a [`DevicePort`] to publish messages, read the
//! sensors, set the light and save the settings. It uses no clock, no socket and no heap.

mod active_call;
mod core;
mod layout;
mod raw;

pub(crate) use self::core::DeviceCore;

/// The maximum of [`Light::level`]. `LIGHT_LEVEL_MAX` in `lamp.h`.
pub(crate) const LIGHT_LEVEL_MAX: u16 = 1_000;
/// How long the button must be stable to count, in milliseconds. `BUTTON_DEBOUNCE_MS` in `button.h`.
pub(crate) const BUTTON_DEBOUNCE_MS: u32 = 30;
/// How long a long press lasts at least, in milliseconds. `BUTTON_LONG_PRESS_MS` in `button.h`.
pub(crate) const BUTTON_LONG_PRESS_MS: u32 = 800;

/// The identity of a board, which it publishes on `<base>/info`. The core truncates longer texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoardIdentity {
    /// The ID: 1 to 32 letters, digits, `_` or `-`. Every topic of the board begins with `esp32/<id>`.
    pub id: String,
    /// The chip, at most 15 characters.
    pub chip: String,
    /// The SDK and its version, at most 31 characters.
    pub sdk: String,
    /// The MAC address.
    pub mac: String,
    /// The reason of the last reset, at most 23 characters.
    pub reset_reason: String,
}

/// A color of the lamp: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LampColor(pub u8, pub u8, pub u8);

/// The animation of the lamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LampMode {
    /// No animation.
    Steady,
    /// Turns on and off, once a second.
    Blink,
    /// Becomes brighter and darker smoothly.
    Breathe,
}

/// The settings: what commands change and what survives a power cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardSettings {
    /// Whether the lamp is on.
    pub lamp: bool,
    /// The brightness in percent.
    pub dim: u8,
    /// The color.
    pub color: LampColor,
    /// The animation.
    pub mode: LampMode,
    /// Seconds between two telemetry messages, 1 to 3600.
    pub interval: u16,
}

/// The light of the lamp at one moment of its animation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Light {
    /// The brightness, 0 to [`LIGHT_LEVEL_MAX`].
    pub level: u16,
    /// The color.
    pub color: LampColor,
}

/// Sensor readings. A sensor without a value is `None` and omitted from the telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SensorReadings {
    /// The temperature in degrees Celsius.
    pub temperature: Option<f32>,
    /// The light sensor, in millivolts.
    pub adc: Option<u16>,
    /// The signal strength of the Wi-Fi, in dBm.
    pub rssi: Option<i8>,
    /// Free memory, in bytes.
    pub heap: Option<u32>,
}

/// The kind of a button press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonPress {
    /// Released before [`BUTTON_LONG_PRESS_MS`].
    Short,
    /// Held for at least [`BUTTON_LONG_PRESS_MS`].
    Long,
}

/// A message that the board publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoardMessage<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The payload.
    pub payload: &'a [u8],
    /// Whether the broker must acknowledge it (`QoS` 1 instead of 0).
    pub acknowledged: bool,
    /// The RETAIN flag.
    pub retain: bool,
}

/// The functions that the core calls, `struct device_port`. What fails is tried again later.
pub(crate) trait DevicePort {
    /// Publishes a message. Returns false if the queue is full.
    fn publish(&mut self, message: BoardMessage<'_>) -> bool;
    /// Subscribes to a topic filter. Returns false on failure.
    fn subscribe(&mut self, filter: &str) -> bool;
    /// Sets the light of the lamp.
    fn set_light(&mut self, light: Light);
    /// Reads the sensors.
    fn read_sensors(&mut self) -> SensorReadings;
    /// Saves the settings for the next start. Returns false on failure.
    fn save_settings(&mut self, settings: BoardSettings) -> bool;
}
