//! What a file without an export seems to be, and what to do about it.

use serde_json::Value as Json;

use crate::model::json_path::parse_json;

/// A file that is no export of MQTT Dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForeignFile {
    /// Compressed with gzip.
    #[error("compressed with gzip: decompress it with `gunzip` first")]
    Gzip,
    /// A ZIP archive, such as an Android app.
    #[error("a ZIP archive: unpack it first")]
    Zip,
    /// A database of an Android app.
    #[error("an SQLite database: export the dashboard in the app instead")]
    Sqlite,
    /// An image.
    #[error("an image: export the dashboard in the app as text")]
    Image,
    /// UTF-16 without a byte order mark.
    #[error("UTF-16 text without a byte order mark: convert it with `iconv -f UTF-16LE -t UTF-8`")]
    Utf16,
    /// Bytes that are no text.
    #[error("binary data: export the dashboard in the app as text")]
    Binary,
    /// Text in base64.
    #[error("base64: decode it with `base64 -d` first")]
    Base64,
    /// XML or HTML.
    #[error("XML or HTML: save the text of the export alone")]
    Markup,
    /// Comma-separated values.
    #[error("a table (CSV), which has no tiles: export the dashboard in the app")]
    Csv,
    /// A dashboard file of this program.
    #[error("a dashboard file of mqtt-dash: open it with `mqtt-dash open`")]
    OwnDashboard,
    /// The profiles of this program.
    #[error("a file with connection profiles of mqtt-dash, which has no tiles")]
    OwnProfiles,
    /// Configuration of Home Assistant.
    #[error("configuration of Home Assistant, which cannot be imported")]
    HomeAssistant,
    /// A backup of the app `IoT MQTT Panel`.
    #[error("a backup of the app IoT MQTT Panel, which cannot be imported")]
    IotMqttPanel,
    /// The settings of MQTT Explorer.
    #[error("the settings of MQTT Explorer, which have no tiles")]
    MqttExplorer,
    /// Connections of MQTTX.
    #[error("connections of MQTTX, which have no tiles")]
    Mqttx,
    /// A flow of Node-RED.
    #[error("a Node-RED flow, which cannot be imported")]
    NodeRed,
    /// A backup of Linear MQTT Dashboard.
    #[error("a backup of the app Linear MQTT Dashboard, which cannot be imported")]
    LinearMqttDashboard,
    /// A board of flespi MQTT Tiles.
    #[error("a board of flespi MQTT Tiles, which cannot be imported")]
    Flespi,
    /// A dashboard of Grafana.
    #[error("a dashboard of Grafana, which cannot be imported")]
    Grafana,
    /// Other JSON.
    #[error("JSON without tiles: an export is a list of objects, each with a `type` from 1 to 6")]
    OtherJson,
}

impl ForeignFile {
    /// Returns what a file seems to be. `text` is the file as text.
    pub(super) fn identify(bytes: &[u8], text: &str) -> Option<Self> {
        Self::from_signature(bytes).or_else(|| Self::from_text(text.trim()))
    }

    fn from_signature(bytes: &[u8]) -> Option<Self> {
        const SIGNATURES: [(&[u8], ForeignFile); 8] = [
            (b"\x1f\x8b", ForeignFile::Gzip),
            (b"PK\x03\x04", ForeignFile::Zip),
            (b"SQLite format 3\0", ForeignFile::Sqlite),
            (b"\x89PNG", ForeignFile::Image),
            (b"\xff\xd8\xff", ForeignFile::Image),
            (b"GIF8", ForeignFile::Image),
            (b"RIFF", ForeignFile::Image),
            (b"%PDF", ForeignFile::Binary),
        ];
        let signature = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature));
        let has_zeros = bytes.contains(&0);
        let is_utf16 = || bytes.chunks(2).filter(|pair| pair.contains(&0)).count() * 6 > bytes.len();
        match signature {
            Some((_, file)) => Some(*file),
            None if has_zeros && is_utf16() => Some(Self::Utf16),
            None if has_zeros => Some(Self::Binary),
            None => None,
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        let has_line =
            |begins: &[&str]| text.lines().any(|line| begins.iter().any(|begin| line.trim_start().starts_with(begin)));
        if has_line(&["[[tile]]"]) {
            Some(Self::OwnDashboard)
        } else if has_line(&["[profile."]) {
            Some(Self::OwnProfiles)
        } else if has_line(&["- platform: mqtt", "platform: mqtt", "state_topic:", "command_topic:", "mqtt:"]) {
            Some(Self::HomeAssistant)
        } else if let Some(json) = read_json(text) {
            Some(Self::from_json(&json))
        } else if is_base64(text) {
            Some(Self::Base64)
        } else if text.starts_with('<') {
            Some(Self::Markup)
        } else if is_table(text) {
            Some(Self::Csv)
        } else {
            None
        }
    }

    fn from_json(json: &Json) -> Self {
        let first = json.get(0).unwrap_or(json);
        let has = |keys: &[&str]| keys.iter().all(|key| first.get(key).is_some());
        let any_item_has =
            |key: &str| json.as_array().is_some_and(|items| items.iter().any(|item| item.get(key).is_some()));
        let known = [
            (has(&["dataVersion"]), Self::IotMqttPanel),
            (has(&["ConnectionManager_connections"]), Self::MqttExplorer),
            (any_item_has("wires") || any_item_has("z") && any_item_has("type"), Self::NodeRed),
            (has(&["tabs", "dashboards"]), Self::LinearMqttDashboard),
            (has(&["clientId", "host"]) || has(&["clientId", "protocol"]), Self::Mqttx),
            (
                has(&["stat_t"]) || has(&["state_topic"]) || has(&["cmd_t"]) || has(&["command_topic"]),
                Self::HomeAssistant,
            ),
            (has(&["widgets", "settings"]), Self::Flespi),
            (has(&["panels", "schemaVersion"]), Self::Grafana),
        ];
        known.into_iter().find(|(is_it, _)| *is_it).map_or(Self::OtherJson, |(_, file)| file)
    }
}

/// Reads JSON, leniently if it begins with an object.
fn read_json(text: &str) -> Option<Json> {
    let is_json =
        text.starts_with('{') || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    if is_json { parse_json(text.as_bytes()).ok() } else { serde_json::from_str(text).ok() }
}

/// Returns whether a text is base64, perhaps on several lines.
fn is_base64(text: &str) -> bool {
    const MIN_CHARS: usize = 24;
    let text = text.strip_prefix("data:").and_then(|text| text.split_once(',')).map_or(text, |(_, data)| data);
    let digits = text.trim_end_matches('=').bytes().filter(|b| !b.is_ascii_whitespace());
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
    let has_both_cases =
        text.contains(|c: char| c.is_ascii_uppercase()) && text.contains(|c: char| c.is_ascii_lowercase());
    let words_per_line = text.lines().map(|line| line.split_whitespace().count()).max().unwrap_or(0);
    text.len() >= MIN_CHARS && has_both_cases && words_per_line == 1 && digits.into_iter().all(is_digit)
}

/// Returns whether the first lines of a text have the same number of separators.
fn is_table(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(5).collect();
    let is_separated_by = |separator: char| {
        let count = |line: &&str| line.matches(separator).count();
        lines.first().is_some_and(|first| count(first) > 0 && lines.iter().all(|line| count(line) == count(first)))
    };
    lines.len() > 1 && !text.contains(['{', '}']) && [',', ';', '\t'].into_iter().any(is_separated_by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_file_is_named() {
        let utf16: Vec<u8> = "[{\"type\":1}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let files: &[(&[u8], ForeignFile)] = &[
            (b"\x1f\x8b\x08\0\0\0", ForeignFile::Gzip),
            (b"PK\x03\x04\x14\0", ForeignFile::Zip),
            (b"SQLite format 3\0\x10\0", ForeignFile::Sqlite),
            (b"\x89PNG\r\n", ForeignFile::Image),
            (&utf16, ForeignFile::Utf16),
            (b"W3sidHlwZSI6MSwibmFtZSI6\nIkdhcmRlbiJ9XQ==\n", ForeignFile::Base64),
            (b"<html><body>hello</body></html>", ForeignFile::Markup),
            (b"name;topic;qos\nHall;a/b;0\n", ForeignFile::Csv),
            (b"title = \"x\"\n[[tile]]\nkind = \"text\"", ForeignFile::OwnDashboard),
            (b"default = \"hub\"\n\n[profile.hub]\nurl = \"mqtt://hub\"", ForeignFile::OwnProfiles),
            (b"[profile.\"my hub\".tls]\ninsecure = true", ForeignFile::OwnProfiles),
            (b"mqtt:\n  sensor:\n    - state_topic: a/b\n", ForeignFile::HomeAssistant),
            (br#"{"dataVersion":152,"connections":[]}"#, ForeignFile::IotMqttPanel),
            (br#"{"ConnectionManager_connections":{}}"#, ForeignFile::MqttExplorer),
            (br#"[{"id":"1","type":"tab"},{"id":"2","type":"mqtt in","z":"1","wires":[[]]}]"#, ForeignFile::NodeRed),
            (br#"{"server":"h","tabs":[],"dashboards":[]}"#, ForeignFile::LinearMqttDashboard),
            (br#"[{"clientId":"x","host":"h","port":1883}]"#, ForeignFile::Mqttx),
            (br#"{"stat_t":"a/b","name":"x"}"#, ForeignFile::HomeAssistant),
            (br#"{"panels":[],"schemaVersion":36}"#, ForeignFile::Grafana),
            (br#"{"temperature":21.5}"#, ForeignFile::OtherJson),
        ];
        for (bytes, expected) in files {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(ForeignFile::identify(bytes, &text), Some(*expected), "{text}");
        }
        assert_eq!(ForeignFile::identify(b"hello", "hello"), None);
        assert_eq!(ForeignFile::identify(b"a sentence, and more", "a sentence, and more"), None);
    }
}
