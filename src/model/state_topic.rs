//! Topics on which a device reports its state, recognized by the conventions of their names.
//!
//! A device does not listen on such a topic. A message that somebody else publishes there changes nothing, but every
//! client then shows a state that the device does not have and, if the message is retained, keeps showing it.

/// Levels that name a report wherever they are: Tasmota (`tele/…`, `stat/…`), `ESPHome` (`…/sensor/…`), Shelly
/// (`…/status/…`), and the broker itself.
const STATE_LEVELS: [&str; 11] = [
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
];
/// Last levels that name a report: whether a device is online, and Homie's `$state`.
const STATE_ENDINGS: [&str; 5] = ["lwt", "available", "online", "connected", "$state"];
/// Levels that name a command, also below one that names a state, as in `lamp/state/set`.
const COMMAND_LEVELS: [&str; 6] = ["set", "cmd", "cmnd", "command", "commands", "get"];

/// Returns whether a topic is, by its name, one on which a device reports.
#[must_use]
pub(crate) fn is_state_topic(topic: &str) -> bool {
    let is_one_of = |level: &str, names: &[&str]| names.iter().any(|name| level.eq_ignore_ascii_case(name));
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
        ] {
            assert!(is_state_topic(topic), "{topic}");
        }
    }

    #[test]
    fn other_topics_are_not_state_topics() {
        for topic in [
            "lamp",
            "home/lamp",
            "zigbee2mqtt/lamp",
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
}
