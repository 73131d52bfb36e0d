//! The demo as its clients see it: a broker on a port of the loopback interface, clients of both versions
//! of MQTT, the simulated board, and the simulated home.

mod access;
mod board;
mod broker;
mod home;
mod memory;
mod websocket;

use mqtt_dash::model::connection::{Message, Qos};

fn message(topic: &str, payload: &str, qos: Qos, retain: bool) -> Message {
    Message { qos, retain, ..Message::new(topic, payload.as_bytes()) }
}
