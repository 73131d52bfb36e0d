//! mqtt-dash: a dashboard for MQTT in the terminal.

pub mod model;
pub mod store;
