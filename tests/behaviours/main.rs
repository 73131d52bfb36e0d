//! What the Android app MQTT Dash does, done here: a test for each behaviour, on tiles as the app
//! exports them. The compatibility page names these tests.

mod bench;
mod exchange;
mod scripts;
mod table;
mod tiles;
mod time;
