//! What the board says of itself: telemetry, info, the answer to a refused command, and the
//! announcement to Home Assistant.

use std::{fmt::Write as _, time::Duration};

use serde_json::{Value, json};

use super::{Info, Sensors, command::Thing};

/// The most bytes of a refused payload that an answer repeats.
const MAX_REPEATED: usize = 32;

/// The payload of `<base>/telemetry`. What cannot be read is absent.
pub(super) fn telemetry(sensors: Sensors, uptime: Duration) -> String {
    let mut text = String::from("{");
    if let Some(degrees) = sensors.temperature {
        let _ = write!(text, "\"temperature\":{degrees:.1},");
    }
    if let Some(millivolts) = sensors.adc {
        let _ = write!(text, "\"adc\":{millivolts},");
    }
    if let Some(dbm) = sensors.rssi {
        let _ = write!(text, "\"rssi\":{dbm},");
    }
    if let Some(bytes) = sensors.heap {
        let _ = write!(text, "\"heap\":{bytes},");
    }
    let _ = write!(text, "\"uptime\":{}}}", uptime.as_secs());
    text
}

/// The payload of `<base>/info`.
pub(super) fn info(info: &Info) -> String {
    json!({
        "chip": info.chip,
        "firmware": info.firmware,
        "sdk": info.sdk,
        "ip": info.ip,
        "mac": info.mac,
        "reset_reason": info.reset_reason,
    })
    .to_string()
}

/// The payload of `<base>/error`: why a command was refused, naming its topic.
pub(super) fn refusal(topic: &str, thing: Option<Thing>, payload: &[u8]) -> String {
    match thing {
        None => format!("{topic}: this board has no such thing"),
        Some(thing) if payload.is_empty() => format!("{topic}: the payload is empty, not {}", thing.wants()),
        Some(thing) if payload.len() > MAX_REPEATED => {
            format!("{topic}: a payload of {} bytes is not {}", payload.len(), thing.wants())
        }
        Some(thing) => format!("{topic}: \"{}\" is not {}", payload.escape_ascii(), thing.wants()),
    }
}

/// The payload of `homeassistant/device/<id>/config`.
pub(super) fn discovery(id: &str, base: &str, info: &Info) -> String {
    let sensor = |key: &str, name: &str, class: Value, unit: &str| {
        json!({
            "p": "sensor", "name": name, "dev_cla": class, "unit_of_meas": unit, "stat_cla": "measurement",
            "stat_t": format!("{base}/telemetry"), "val_tpl": format!("{{{{ value_json.{key} }}}}"),
            "uniq_id": format!("esp32_{id}_{key}"),
        })
    };
    let steered = |thing: Thing, kind: &str, name: &str| {
        json!({
            "p": kind, "name": name, "uniq_id": format!("esp32_{id}_{}", thing.name()),
            "cmd_t": format!("{base}/{}/set", thing.name()), "stat_t": format!("{base}/{}/state", thing.name()),
        })
    };
    let with = |mut component: Value, more: &Value| {
        if let (Some(component), Some(more)) = (component.as_object_mut(), more.as_object()) {
            component.extend(more.clone());
        }
        component
    };
    json!({
        "dev": { "ids": [format!("esp32_{id}")], "name": format!("ESP32 {id}"), "mdl": info.chip, "sw": info.firmware },
        "o": { "name": "mqtt-dash", "sw": info.firmware },
        "avty_t": format!("{base}/status"),
        "cmps": {
            "lamp": steered(Thing::Lamp, "switch", "Lamp"),
            "dim": with(steered(Thing::Dim, "number", "Brightness"), &json!({ "min": 0, "max": 100, "unit_of_meas": "%" })),
            "color": with(steered(Thing::Color, "text", "Colour"), &json!({ "pattern": "^#[0-9A-Fa-f]{6}$" })),
            "mode": with(steered(Thing::Mode, "select", "Mode"), &json!({ "ops": ["steady", "blink", "breathe"] })),
            "interval": with(
                steered(Thing::Interval, "number", "Interval"),
                &json!({ "min": 1, "max": 3600, "unit_of_meas": "s", "ent_cat": "config" })
            ),
            "temperature": sensor("temperature", "Temperature", json!("temperature"), "°C"),
            "adc": sensor("adc", "Light", json!("voltage"), "mV"),
            "rssi": sensor("rssi", "Wi-Fi", json!("signal_strength"), "dBm"),
            "heap": sensor("heap", "Free memory", json!("data_size"), "B"),
            "uptime": sensor("uptime", "Uptime", json!("duration"), "s"),
            "button": {
                "p": "event", "name": "Button", "uniq_id": format!("esp32_{id}_button"), "dev_cla": "button",
                "stat_t": format!("{base}/button"), "event_types": ["short", "long"],
                "val_tpl": "{\"event_type\": \"{{ value }}\"}",
            },
            "error": {
                "p": "sensor", "name": "Last refusal", "uniq_id": format!("esp32_{id}_error"), "ent_cat": "diagnostic",
                "stat_t": format!("{base}/error"),
            },
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_absent() {
        assert_eq!(telemetry(Sensors::default(), Duration::from_millis(5_900)), r#"{"uptime":5}"#);
        let all = Sensors { temperature: Some(21.46), adc: Some(7), rssi: Some(-60), heap: Some(9) };
        assert_eq!(telemetry(all, Duration::ZERO), r#"{"temperature":21.5,"adc":7,"rssi":-60,"heap":9,"uptime":0}"#);
    }

    #[test]
    fn refusals_name_topic_reason_and_wish() {
        for (thing, payload, sentence) in [
            (None, b"x".as_slice(), "b/x/set: this board has no such thing"),
            (Some(Thing::Dim), b"101", "b/x/set: \"101\" is not a whole number from 0 to 100"),
            (Some(Thing::Lamp), b"", "b/x/set: the payload is empty, not ON or OFF"),
            (Some(Thing::Mode), b"\0\x1b[2J", "b/x/set: \"\\x00\\x1b[2J\" is not steady, blink or breathe"),
            (Some(Thing::Color), &[0; 5_000], "b/x/set: a payload of 5000 bytes is not #RRGGBB"),
        ] {
            assert_eq!(refusal("b/x/set", thing, payload), sentence);
        }
    }
}
