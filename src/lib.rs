//! mqtt-dash: a dashboard for MQTT in the terminal.

pub mod app;
pub mod model;
pub mod ui;
