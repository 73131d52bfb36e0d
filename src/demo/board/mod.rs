//! The simulated board: the firmware's own core, `device/core`, and the words for what crosses its
//! border.
//!
//! [`DeviceCore`] is told that the line is up, that a message came, that the button is down and that time
//! has passed. [`Outside`] is what the core asks for: a message to be sent, the sensors to be read,
//! the light to be shown, the settings to be kept. The core has no clock, no socket and no heap.

mod core;
mod raw;

pub use self::core::DeviceCore;

/// How bright [`FloatRgb::level_strategy`] is at most.
pub const LIGHT_FULL: u16 = 1_000;
/// How long the button has to be down to count, in milliseconds.
pub const BUTTON_DEBOUNCE_MS: u32 = 30;
/// How long it is down for a long press, in milliseconds.
pub const BUTTON_LONG_MS: u32 = 800;

/// What a board tells about itself on `<base>/info`. Texts are cut to what the core has room for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardIdentity {
    /// The id: 1 to 32 letters, digits, `_` or `-`. Every topic of the board begins with `esp32/<id>`.
    pub id: String,
    /// The chip, 15 characters.
    pub chip: String,
    /// The SDK and its version, 31 characters.
    pub sdk: String,
    /// The hardware address.
    pub mac: String,
    /// Why it has started, 23 characters.
    pub reset_reason: String,
}

/// A colour of the lamp: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LampColor(pub u8, pub u8, pub u8);

/// How the lamp shines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LampMode {
    /// Always the same.
    Steady,
    /// On and off, once a second.
    Blink,
    /// Up and down, softly.
    Breathe,
}

/// What can be set and what outlives the board's power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardSettings {
    /// Whether the lamp is on.
    pub lamp: bool,
    /// How bright, in per cent.
    pub dim: u8,
    /// Its colour.
    pub color: LampColor,
    /// How it shines.
    pub mode: LampMode,
    /// Seconds between two telemetries, 1 to 3600.
    pub interval: u16,
}

/// What the lamp shows right now, in the middle of a blink or a breath.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Light {
    /// How bright, 0 to [`LIGHT_FULL`].
    pub level: u16,
    /// Its colour.
    pub color: LampColor,
}

/// What the board measures. What cannot be read is `None` and absent from the telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SensorReadings {
    /// Degrees Celsius.
    pub temperature: Option<f32>,
    /// The light sensor, in millivolts.
    pub adc: Option<u16>,
    /// The strength of the Wi-Fi, in dBm.
    pub rssi: Option<i8>,
    /// Free memory, in bytes.
    pub heap: Option<u32>,
}

/// How the button is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonPress {
    /// And let go.
    Short,
    /// And held.
    Long,
}

/// A message that the board sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoardMessage<'a> {
    /// Where.
    pub topic: &'a str,
    /// What.
    pub payload: &'a [u8],
    /// Whether the broker has to acknowledge it (quality of service 1 instead of 0).
    pub acknowledged: bool,
    /// Whether the broker keeps it for new subscribers.
    pub retain: bool,
}

/// What a board asks of the outside. What is refused it asks for again later.
pub trait DevicePort {
    /// Sends a message; whether it was taken.
    fn publish(&mut self, message: BoardMessage<'_>) -> bool;
    /// Subscribes to a filter; whether it was taken.
    fn subscribe(&mut self, filter: &str) -> bool;
    /// Shows this light.
    fn show_light(&mut self, light: Light);
    /// Reads the sensors.
    fn read_sensors(&mut self) -> SensorReadings;
    /// Keeps the settings for the next start; whether that was done.
    fn save_settings(&mut self, settings: BoardSettings) -> bool;
}
