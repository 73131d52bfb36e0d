//! The seam between the simulated board and what is around it.
//!
//! [`Board`] is what the firmware's core does: it is told that the line is up, that a message came,
//! that the button was pressed and that time has passed. [`Outside`] is what the core asks for: a
//! message to be sent, the sensors to be read, the lamp to be driven. The core has no clock, no
//! socket and no heap of its own, so another core is another `impl Board` and one line in [`make`].

mod command;
mod report;
mod stand_in;

use std::time::Duration;

/// What a board tells about itself on `<base>/info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The chip.
    pub chip: String,
    /// The firmware and its version.
    pub firmware: String,
    /// The SDK and its version.
    pub sdk: String,
    /// The board's address in its network.
    pub ip: String,
    /// The hardware address.
    pub mac: String,
    /// Why it has started.
    pub reset_reason: String,
}

/// A colour of the lamp: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// How the lamp shines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Always the same.
    Steady,
    /// On and off, once a second.
    Blink,
    /// Up and down, softly.
    Breathe,
}

/// How the lamp is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs {
    /// Whether it is on.
    pub lamp: bool,
    /// How bright, in per cent.
    pub dim: u8,
    /// Its colour.
    pub color: Rgb,
    /// How it shines.
    pub mode: Mode,
}

impl Default for Outputs {
    fn default() -> Self {
        Self { lamp: false, dim: 80, color: Rgb(0xFF, 0xB4, 0x54), mode: Mode::Steady }
    }
}

/// What the board measures. What cannot be read is `None` and absent from the telemetry.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sensors {
    /// Degrees Celsius.
    pub temperature: Option<f32>,
    /// The light sensor, in millivolts.
    pub adc: Option<u16>,
    /// The strength of the Wi-Fi, in dBm.
    pub rssi: Option<i8>,
    /// Free memory, in bytes.
    pub heap: Option<u32>,
}

/// How the button was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// And let go.
    Short,
    /// And held.
    Long,
}

/// A message that the board sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Out<'a> {
    /// Where.
    pub topic: &'a str,
    /// What.
    pub payload: &'a [u8],
    /// Whether the broker has to acknowledge it (quality of service 1 instead of 0).
    pub acknowledged: bool,
    /// Whether the broker keeps it for new subscribers.
    pub retain: bool,
}

/// What a board asks of the outside.
pub trait Outside {
    /// Sends a message. `false`: not now; the board keeps it and tries again on a later tick.
    fn publish(&mut self, out: Out<'_>) -> bool;
    /// Reads the sensors.
    fn sensors(&mut self) -> Sensors;
    /// Drives the lamp.
    fn drive(&mut self, outputs: Outputs);
}

/// A board. Every `now` is the time since it was switched on and never runs backwards.
pub trait Board: Send {
    /// `esp32/<id>`: every topic of the board begins with it.
    fn base(&self) -> &str;

    /// The line is up and the commands are subscribed to.
    fn connected(&mut self, now: Duration, outside: &mut dyn Outside);

    /// A message has come on a topic that the board has subscribed to.
    fn message(&mut self, now: Duration, topic: &str, payload: &[u8], retained: bool, outside: &mut dyn Outside);

    /// The button was pressed.
    fn button(&mut self, now: Duration, press: Press, outside: &mut dyn Outside);

    /// Time has passed. Returns after how long to call again at the latest.
    fn tick(&mut self, now: Duration, outside: &mut dyn Outside) -> Duration;
}

/// How a board starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The id; the base of its topics is `esp32/<id>`.
    pub id: String,
    /// What it tells about itself.
    pub info: Info,
    /// Seconds between two telemetries, 1 to 3600.
    pub interval: u16,
    /// The lamp.
    pub outputs: Outputs,
}

/// Switches a board on.
#[must_use]
pub fn make(start: Start) -> Box<dyn Board> {
    Box::new(stand_in::StandIn::new(start))
}
