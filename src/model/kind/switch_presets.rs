//! The presets of switches, with the payloads of zigbee2mqtt, Tasmota, `ESPHome`, Home Assistant and Shelly.

use crate::model::preset::{Preset, PresetPayloads::Texts};

/// The payloads of binary sensors of `ESPHome` and Home Assistant.
const ON_OFF: &[&str] = &["ON", "OFF"];
const TRUE_FALSE: &[&str] = &["true", "false"];

const CONTACT_WORDS: &[&str] = &["contact", "door", "window", "opening"];
const MOTION_WORDS: &[&str] = &["occupancy", "motion", "presence", "pir"];
const POWER_WORDS: &[&str] = &["state", "power", "relay", "output", "ison", "switch", "light", "lamp", "plug"];

/// The presets, the more special ones first.
pub(super) static PRESETS: &[Preset] = &[
    Preset {
        name: "Contact",
        detail: "false = open, true = closed · zigbee2mqtt",
        words: &["contact"],
        payloads: Texts(TRUE_FALSE),
        fields: &[("on", "false"), ("off", "true"), ("on_label", "open"), ("off_label", "closed")],
    },
    Preset {
        name: "Contact, ON / OFF",
        detail: "ON = open, OFF = closed · ESPHome, Home Assistant",
        words: CONTACT_WORDS,
        payloads: Texts(ON_OFF),
        fields: &[("on", "ON"), ("off", "OFF"), ("on_label", "open"), ("off_label", "closed")],
    },
    Preset {
        name: "Motion",
        detail: "true = motion, false = clear · zigbee2mqtt",
        words: MOTION_WORDS,
        payloads: Texts(TRUE_FALSE),
        fields: &[("on", "true"), ("off", "false"), ("on_label", "motion"), ("off_label", "clear")],
    },
    Preset {
        name: "Motion, ON / OFF",
        detail: "ON = motion, OFF = clear · ESPHome, Home Assistant",
        words: MOTION_WORDS,
        payloads: Texts(ON_OFF),
        fields: &[("on", "ON"), ("off", "OFF"), ("on_label", "motion"), ("off_label", "clear")],
    },
    Preset {
        name: "Lock",
        detail: "LOCK = locked, UNLOCK = unlocked · zigbee2mqtt",
        words: &["lock", "state"],
        payloads: Texts(&["LOCK", "UNLOCK"]),
        fields: &[
            ("on", "LOCK"),
            ("off", "UNLOCK"),
            ("on_label", "locked"),
            ("off_label", "unlocked"),
            ("on_icon", "lock_closed_outline"),
            ("off_icon", "lock_opened_outline"),
        ],
    },
    Preset {
        name: "Lock, state only",
        detail: "LOCKED = locked, UNLOCKED = unlocked · ESPHome, Home Assistant",
        words: &["lock", "state"],
        payloads: Texts(&["LOCKED", "UNLOCKED"]),
        fields: &[
            ("on", "LOCKED"),
            ("off", "UNLOCKED"),
            ("on_label", "locked"),
            ("off_label", "unlocked"),
            ("on_icon", "lock_closed_outline"),
            ("off_icon", "lock_opened_outline"),
        ],
    },
    Preset {
        name: "Cover",
        detail: "OPEN = open, CLOSE = closed · zigbee2mqtt, Tasmota",
        words: &["cover", "blind", "shutter", "garage", "state"],
        payloads: Texts(&["OPEN", "CLOSE"]),
        fields: &[("on", "OPEN"), ("off", "CLOSE"), ("on_label", "open"), ("off_label", "closed")],
    },
    Preset {
        name: "Cover or door, words",
        detail: "open, closed · ESPHome, Home Assistant",
        words: &["cover", "blind", "shutter", "garage", "door", "window", "state"],
        payloads: Texts(&["open", "closed"]),
        fields: &[("on", "open"), ("off", "closed"), ("on_label", "open"), ("off_label", "closed")],
    },
    Preset {
        name: "Water leak",
        detail: "true = leak, false = dry · zigbee2mqtt",
        words: &["water_leak", "leak", "moisture"],
        payloads: Texts(TRUE_FALSE),
        fields: &[("on", "true"), ("off", "false"), ("on_label", "leak"), ("off_label", "dry")],
    },
    Preset {
        name: "Smoke",
        detail: "true = smoke, false = clear · zigbee2mqtt",
        words: &["smoke"],
        payloads: Texts(TRUE_FALSE),
        fields: &[("on", "true"), ("off", "false"), ("on_label", "smoke"), ("off_label", "clear")],
    },
    Preset {
        name: "Availability",
        detail: "online, offline · zigbee2mqtt, ESPHome, Home Assistant",
        words: &["availability", "status", "state"],
        payloads: Texts(&["online", "offline"]),
        fields: &[("on", "online"), ("off", "offline"), ("on_label", "online"), ("off_label", "offline")],
    },
    Preset {
        name: "Availability, Tasmota",
        detail: "Online = online, Offline = offline · LWT of Tasmota",
        words: &["lwt"],
        payloads: Texts(&["Online", "Offline"]),
        fields: &[("on", "Online"), ("off", "Offline"), ("on_label", "online"), ("off_label", "offline")],
    },
    Preset {
        name: "ON / OFF",
        detail: "plug, lamp · zigbee2mqtt, Tasmota, ESPHome, Home Assistant",
        words: POWER_WORDS,
        payloads: Texts(ON_OFF),
        fields: &[("on", "ON"), ("off", "OFF"), ("on_label", ""), ("off_label", "")],
    },
    Preset {
        name: "on / off",
        detail: "plug, lamp · Shelly of the first generation",
        words: POWER_WORDS,
        payloads: Texts(&["on", "off"]),
        fields: &[("on", "on"), ("off", "off"), ("on_label", ""), ("off_label", "")],
    },
    Preset {
        name: "true / false",
        detail: "plug, lamp · Shelly from the second generation on",
        words: POWER_WORDS,
        payloads: Texts(TRUE_FALSE),
        fields: &[("on", "true"), ("off", "false"), ("on_label", "on"), ("off_label", "off")],
    },
    Preset {
        name: "1 / 0",
        detail: "the default",
        words: POWER_WORDS,
        payloads: Texts(&["1", "0"]),
        fields: &[("on", "1"), ("off", "0"), ("on_label", ""), ("off_label", "")],
    },
];
