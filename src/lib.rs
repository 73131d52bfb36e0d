//! mqtt-dash: a dashboard for MQTT in the terminal.

#[cfg(feature = "demo")]
pub mod demo;
pub mod model;
