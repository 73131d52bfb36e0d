//! The behavior of the Android app MQTT Dash in this program: a test for each, with tiles as the app
//! exports them. The compatibility page names these tests.

mod compatibility;
mod import;
mod scripts;
mod tiles;
mod time;
