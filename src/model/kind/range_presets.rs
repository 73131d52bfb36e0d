//! The presets of ranges: the limits of what many devices report.

use crate::model::preset::{Preset, PresetPayloads::Numbers};

/// The presets, the more usual ones first.
pub(super) static PRESETS: &[Preset] = &[
    Preset {
        name: "Brightness to 254",
        detail: "0 to 254 · zigbee2mqtt",
        words: &["bright", "dim"],
        payloads: Numbers(0.0, 254.0),
        fields: &[("min", "0"), ("max", "254"), ("step", "5")],
    },
    Preset {
        name: "Brightness to 255",
        detail: "0 to 255 · ESPHome, Home Assistant, WLED",
        words: &["bright", "bri", "level"],
        payloads: Numbers(0.0, 255.0),
        fields: &[("min", "0"), ("max", "255"), ("step", "5")],
    },
    Preset {
        name: "Brightness in percent",
        detail: "0 to 100 · Tasmota, Shelly",
        words: &["bright", "dim"],
        payloads: Numbers(0.0, 100.0),
        fields: &[("min", "0"), ("max", "100"), ("step", "1")],
    },
    Preset {
        name: "Color temperature, mired",
        detail: "153 to 500 · zigbee2mqtt, Tasmota, Home Assistant",
        words: &["color_temp", "colortemp", "mired", "ct"],
        payloads: Numbers(140.0, 510.0),
        fields: &[("min", "153"), ("max", "500"), ("step", "5")],
    },
    Preset {
        name: "Color temperature, K",
        detail: "2000 to 6500 · Shelly",
        words: &["color_temp", "colortemp", "kelvin", "temp"],
        payloads: Numbers(1500.0, 7000.0),
        fields: &[("min", "2000"), ("max", "6500"), ("step", "50")],
    },
    Preset {
        name: "Target temperature",
        detail: "5 to 30, in steps of 0.5",
        words: &["setpoint", "target", "thermostat"],
        payloads: Numbers(4.0, 35.0),
        fields: &[("min", "5"), ("max", "30"), ("step", "0.5")],
    },
    Preset {
        name: "Room temperature",
        detail: "0 to 40, in steps of 0.5",
        words: &["temperature", "temp"],
        payloads: Numbers(-10.0, 50.0),
        fields: &[("min", "0"), ("max", "40"), ("step", "0.5")],
    },
    Preset {
        name: "Percent",
        detail: "0 to 100: position, volume, humidity, battery",
        words: &["position", "volume", "humidity", "battery", "percent", "tilt", "speed"],
        payloads: Numbers(0.0, 100.0),
        fields: &[("min", "0"), ("max", "100"), ("step", "1")],
    },
];
