//! Topics on which a device reports its state, recognized by the conventions of their names.
//!
//! A device does not listen on such a topic. A message that somebody else publishes there changes nothing, but every
//! client then shows a state that the device does not have and, if the message is retained, keeps showing it.

use super::json_path::is_plain_name;

/// Levels that name a report wherever they are: Tasmota (`tele/…`, `stat/…`), `ESPHome` (`…/sensor/…`), Shelly
/// (`…/status/…`), and the broker itself. Below those of zigbee2mqtt, Homie and Shelly of the first generation, all that
/// is no command is a report.
const STATE_LEVELS: [&str; 14] = [
    "$sys",
    "tele",
    "stat",
    "telemetry",
    "sensor",
    "sensors",
    "binary_sensor",
    "status",
    "state",
    "states",
    "availability",
    "zigbee2mqtt",
    "homie",
    "shellies",
];
/// Last levels that name a report: whether a device is online, and Homie's `$state`.
const STATE_ENDINGS: [&str; 5] = ["lwt", "available", "online", "connected", "$state"];
/// Levels that name a command, also below one that names a state, as in `lamp/state/set`.
const COMMAND_LEVELS: [&str; 8] = ["set", "cmd", "cmnd", "command", "commands", "get", "request", "$broadcast"];
/// Names of what is measured or found out, which no device can be told.
const MEASUREMENTS: [&str; 36] = [
    "humidity",
    "soil_moisture",
    "moisture",
    "pressure",
    "voltage",
    "current",
    "energy",
    "frequency",
    "battery",
    "battery_low",
    "illuminance",
    "illuminance_lux",
    "lux",
    "co2",
    "voc",
    "pm10",
    "pm25",
    "noise",
    "dewpoint",
    "rainfall",
    "contact",
    "occupancy",
    "motion",
    "presence",
    "water_leak",
    "smoke",
    "tamper",
    "vibration",
    "rssi",
    "linkquality",
    "signal",
    "uptime",
    "heap",
    "last_seen",
    "local_temperature",
    "device_temperature",
];
/// Names of what is measured, which are also those of what some devices can be told: a target temperature, the power of a
/// lamp.
const AMBIGUOUS_MEASUREMENTS: [&str; 2] = ["temperature", "power"];
/// Components of `ESPHome` that listen.
const ESPHOME_CONTROLS: [&str; 9] = ["switch", "light", "fan", "cover", "climate", "number", "select", "lock", "valve"];
/// Commands of Tasmota whose names are also those of what it reports.
const TASMOTA_COMMANDS: [&str; 6] = ["dimmer", "color", "hsbcolor", "ct", "white", "fanspeed"];
/// Channels of Shelly of the first generation that listen.
const SHELLY_CHANNELS: [&str; 5] = ["relay", "roller", "light", "color", "white"];

/// A topic that a device listens to, by a convention of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandTopic {
    /// The topic.
    pub topic: String,
    /// Whose convention it is.
    pub convention: &'static str,
}

fn is_one_of(level: &str, names: &[&str]) -> bool {
    names.iter().any(|name| level.eq_ignore_ascii_case(name))
}

/// Returns whether a topic is, by its name, one on which a device reports.
#[must_use]
pub(crate) fn is_state_topic(topic: &str) -> bool {
    let (mut is_state, mut last) = (false, "");
    for level in topic.split('/') {
        if is_one_of(level, &COMMAND_LEVELS) {
            return false;
        }
        is_state |= is_one_of(level, &STATE_LEVELS);
        last = level;
    }
    is_state || is_one_of(last, &STATE_ENDINGS)
}

/// Returns whether a topic, or the part of its payload to which the JSON path leads, has the name of something that no
/// device can be told. The path is empty if all of the payload is meant.
#[must_use]
pub(crate) fn is_measurement(topic: &str, json_path: &str) -> bool {
    let name = if json_path.is_empty() { topic.rsplit('/').next() } else { json_path.rsplit(['$', '.']).next() };
    name.is_some_and(|name| is_one_of(name, &MEASUREMENTS))
}

/// Returns whether a device only reports on a topic, by its name: a state, or a measurement that nobody can set.
/// `mostly_shows` is whether what asks usually shows such topics and controls nothing: then `…/temperature` and `…/power` are
/// measurements, too.
#[must_use]
pub(crate) fn is_report(topic: &str, mostly_shows: bool) -> bool {
    let last = topic.rsplit('/').next().unwrap_or_default();
    let is_measured = || is_measurement(topic, "") || mostly_shows && is_one_of(last, &AMBIGUOUS_MEASUREMENTS);
    let is_command = || topic.split('/').any(|level| is_one_of(level, &COMMAND_LEVELS));
    is_state_topic(topic) || topic.contains('/') && is_measured() && !is_command()
}

/// Returns the topic that the device listens to which reports on `topic`, if a convention says so. `json_path` leads to the
/// part of its payload that is meant; it is empty if all of it is.
#[must_use]
pub(crate) fn command_topic(topic: &str, json_path: &str) -> Option<CommandTopic> {
    if !is_state_topic(topic) || is_measurement(topic, json_path) {
        return None;
    }
    let levels: Vec<&str> = topic.split('/').collect();
    let part = match json_path.strip_prefix("$.") {
        _ if json_path.is_empty() => None,
        Some(name) if is_plain_name(name) && name.is_ascii() => Some(name),
        _ => return None,
    };
    let (convention, topic) = match levels.as_slice() {
        ["zigbee2mqtt", device, ..] if *device != "bridge" && !is_one_of(levels.last()?, &["availability"]) => {
            let part = part.map(|name| format!("/{name}")).unwrap_or_default();
            ("zigbee2mqtt", format!("{topic}/set{part}"))
        }
        ["homie", rest @ ..] if part.is_none() && rest.len() > 2 && !topic.contains("/$") => {
            ("Homie", format!("{topic}/set"))
        }
        ["shellies", _, channel, _] if part.is_none() && is_one_of(channel, &SHELLY_CHANNELS) => {
            ("Shelly", format!("{topic}/command"))
        }
        _ if is_one_of(levels[0], &["stat", "tele"]) || levels.len() > 1 && is_one_of(levels[1], &["stat", "tele"]) => {
            ("Tasmota", tasmota_command(&levels, part)?)
        }
        _ if part.is_some() => return None,
        [_, .., component, _, "state"] if is_one_of(component, &ESPHOME_CONTROLS) => {
            ("ESPHome", format!("{}/command", topic.strip_suffix("/state")?))
        }
        _ => {
            let device = topic.strip_suffix("/state").filter(|device| !is_state_topic(device))?;
            ("many devices", format!("{device}/set"))
        }
    };
    Some(CommandTopic { topic, convention })
}

/// Returns the command of Tasmota for what it reports as a topic of its own, or as a part of `RESULT` or `STATE`.
fn tasmota_command(levels: &[&str], part: Option<&str>) -> Option<String> {
    let (last, device) = levels.split_last()?;
    let name = match part {
        Some(name) if is_one_of(last, &["result", "state"]) => name,
        None => last,
        Some(_) => return None,
    };
    let is_power = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("power"));
    let is_switch = is_power && name[5..].chars().all(|char| char.is_ascii_digit());
    if !is_switch && !is_one_of(name, &TASMOTA_COMMANDS) {
        return None;
    }
    let device = device.iter().map(|level| if is_one_of(level, &["stat", "tele"]) { "cmnd" } else { level });
    Some(device.chain([name]).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_topics_are_recognized_by_the_conventions_of_devices() {
        for topic in [
            "home/heater/state",
            "HOME/HEATER/STATE",
            "tele/plug/SENSOR",
            "stat/plug/POWER",
            "plug/stat/POWER",
            "tele/plug/LWT",
            "bedroom/sensor/temperature/state",
            "esp/binary_sensor/door/state",
            "shellyplus1-a8032abe54dc/status/switch:0",
            "shellies/plug/online",
            "zigbee2mqtt/lamp/availability",
            "zigbee2mqtt/bridge/state",
            "homie/board/$state",
            "$SYS/broker/uptime",
            "esp32/demo/telemetry",
            "sensor/kitchen",
            "zigbee2mqtt/lamp",
            "shellies/plug/relay/0",
            "homie/board/light/power",
        ] {
            assert!(is_state_topic(topic), "{topic}");
        }
    }

    #[test]
    fn other_topics_are_not_state_topics() {
        for topic in [
            "lamp",
            "home/lamp",
            "zigbee2mqtt/lamp/set",
            "zigbee2mqtt/bridge/request/restart",
            "homie/board/light/power/set",
            "home/lamp/state/set",
            "home/sensor/interval/set",
            "cmnd/plug/POWER",
            "plug/cmnd/STATUS",
            "shellies/plug/relay/0/command",
            "home/statement",
            "home/estate/gate",
            "",
            "/",
        ] {
            assert!(!is_state_topic(topic), "{topic}");
        }
    }

    #[test]
    fn measurements_are_reports_and_what_can_be_set_is_none() {
        for (topic, in_switch, in_text) in [
            ("kitchen/humidity", true, true),
            ("kitchen/Battery", true, true),
            ("meter/voltage", true, true),
            ("kitchen/temperature", false, true),
            ("plug/power", false, true),
            ("kitchen/state", true, true),
            ("heater/temperature/set", false, false),
            ("cmnd/plug/POWER", false, false),
            ("heater/setpoint", false, false),
            ("lamp/brightness", false, false),
            ("lamp/color", false, false),
            // A topic without levels says too little.
            ("battery", false, false),
            ("temperature", false, false),
        ] {
            assert_eq!((is_report(topic, false), is_report(topic, true)), (in_switch, in_text), "{topic}");
        }
    }

    #[test]
    fn command_topic_follows_the_convention_of_the_device() {
        for (topic, path, expected) in [
            ("zigbee2mqtt/lamp", "", "zigbee2mqtt/lamp/set"),
            ("zigbee2mqtt/lamp", "$.brightness", "zigbee2mqtt/lamp/set/brightness"),
            ("zigbee2mqtt/floor/lamp", "$.state", "zigbee2mqtt/floor/lamp/set/state"),
            ("homie/board/light/power", "", "homie/board/light/power/set"),
            ("stat/plug/POWER", "", "cmnd/plug/POWER"),
            ("plug/stat/POWER2", "", "plug/cmnd/POWER2"),
            ("tele/plug/STATE", "$.POWER", "cmnd/plug/POWER"),
            ("stat/lamp/RESULT", "$.Dimmer", "cmnd/lamp/Dimmer"),
            ("shellies/plug/relay/0", "", "shellies/plug/relay/0/command"),
            ("esp/switch/pump/state", "", "esp/switch/pump/command"),
            ("home/boiler/state", "", "home/boiler/set"),
            ("lamp/state", "", "lamp/set"),
        ] {
            let command = command_topic(topic, path).map(|command| command.topic);
            assert_eq!(command.as_deref(), Some(expected), "{topic} {path}");
        }
        assert_eq!(command_topic("stat/plug/POWER", "").unwrap().convention, "Tasmota");
    }

    #[test]
    fn reports_without_a_command_have_no_command_topic() {
        for (topic, path) in [
            ("zigbee2mqtt/door", "$.contact"),
            ("zigbee2mqtt/lamp", "$.color.x"),
            ("zigbee2mqtt/lamp/availability", ""),
            ("zigbee2mqtt/bridge/state", ""),
            ("zigbee2mqtt", ""),
            ("homie/board/$state", ""),
            ("tele/plug/SENSOR", "$.ENERGY"),
            ("tele/plug/SENSOR", "$.POWER"),
            ("tele/plug/LWT", ""),
            ("stat/plug/STATUS", ""),
            ("shellies/plug/relay/0/power", ""),
            ("shellies/plug/temperature", ""),
            ("esp/binary_sensor/door/state", ""),
            ("esp/sensor/level/state", ""),
            ("home/boiler/state", "$.on"),
            ("$SYS/broker/uptime", ""),
            ("state", ""),
            ("lamp", ""),
            ("", ""),
        ] {
            assert_eq!(command_topic(topic, path), None, "{topic} {path}");
        }
    }
}
