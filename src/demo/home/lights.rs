//! The lights of the home: one that shares a topic for state and command, a colored one, and a lamp of zigbee2mqtt.

use serde_json::{Value as Json, json};

use super::{
    Device,
    publications::Publications,
    surroundings::{Surroundings, whole},
};

const CEILING: &str = "home/living/light";
const SHELF: &str = "home/shelf/color";
const DESK: &str = "zigbee2mqtt/desk";
const DESK_SET: &str = "zigbee2mqtt/desk/set";
const DESK_MAX: f64 = 254.0;

/// The ceiling light of the living room. Its state and its command have the same topic.
#[derive(Debug, Default)]
pub(super) struct CeilingLight {
    on: bool,
}

/// Returns the payload of Tasmota and of many others for a state.
pub(super) const fn on_off(on: bool) -> &'static str {
    if on { "ON" } else { "OFF" }
}

/// Returns what a command makes of a state; `None` if it is no command.
pub(super) fn switched(on: bool, command: &str) -> Option<bool> {
    match command {
        "ON" => Some(true),
        "OFF" => Some(false),
        "TOGGLE" => Some(!on),
        _ => None,
    }
}

impl Device for CeilingLight {
    fn command_topics(&self) -> Vec<String> {
        vec![CEILING.to_owned()]
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        let new = switched(self.on, payload).filter(|new| topic == CEILING && *new != self.on);
        if let Some(on) = new {
            self.on = on;
            home.log("light", format!("living room {}", if on { "on" } else { "off" }));
        }
    }

    fn step(&mut self, home: &mut Surroundings) {
        home.watts += if self.on { 46.0 } else { 0.0 };
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        publications.state(CEILING, on_off(self.on));
    }
}

/// The light of the shelf: a color.
#[derive(Debug)]
pub(super) struct ShelfLight {
    color: String,
}

impl Default for ShelfLight {
    fn default() -> Self {
        Self { color: "#FFB454".to_owned() }
    }
}

impl Device for ShelfLight {
    fn command_topics(&self) -> Vec<String> {
        vec![SHELF.to_owned()]
    }

    fn obey(&mut self, topic: &str, payload: &str, _home: &mut Surroundings) {
        let is_color = payload
            .strip_prefix('#')
            .is_some_and(|digits| digits.len() == 6 && digits.chars().all(|digit| digit.is_ascii_hexdigit()));
        if topic == SHELF && is_color {
            payload.clone_into(&mut self.color);
        }
    }

    fn step(&mut self, home: &mut Surroundings) {
        home.watts += 4.0;
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        publications.state(SHELF, self.color.as_str());
    }
}

/// The lamp on the desk, as zigbee2mqtt has it: it takes JSON, and reports JSON.
#[derive(Debug)]
pub(super) struct DeskLamp {
    on: bool,
    brightness: f64,
}

impl Default for DeskLamp {
    fn default() -> Self {
        Self { on: true, brightness: 96.0 }
    }
}

impl Device for DeskLamp {
    fn command_topics(&self) -> Vec<String> {
        vec![DESK_SET.to_owned()]
    }

    fn obey(&mut self, topic: &str, payload: &str, home: &mut Surroundings) {
        let Some(Json::Object(command)) = serde_json::from_str(payload).ok().filter(|_| topic == DESK_SET) else {
            return;
        };
        if let Some(brightness) = command.get("brightness").and_then(Json::as_f64) {
            self.brightness = brightness.clamp(0.0, DESK_MAX).round();
            self.on = self.brightness > 0.0;
        }
        if let Some(on) = command.get("state").and_then(Json::as_str).and_then(|state| switched(self.on, state)) {
            self.on = on;
        }
        home.log("light", format!("desk {}, brightness {}", if self.on { "on" } else { "off" }, self.brightness));
    }

    fn step(&mut self, home: &mut Surroundings) {
        home.watts += if self.on { 9.0 * self.brightness / DESK_MAX } else { 0.0 };
    }

    fn publish(&self, _home: &Surroundings, publications: &mut Publications) {
        let state = json!({ "state": on_off(self.on), "brightness": whole(self.brightness), "linkquality": 132 });
        publications.state(DESK, state.to_string());
        publications.state("zigbee2mqtt/desk/availability", r#"{"state":"online"}"#);
    }
}
