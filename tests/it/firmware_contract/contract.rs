//! The contract as this test knows it, and as `device/README.md` tells it.

use crate::fixtures::repository;

/// The base topic of the demo's board.
pub const BASE: &str = "esp32/demo";

/// What a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number, from the least to the most.
    Number(u32, u32),
    /// `#RRGGBB`.
    Color,
    /// JSON with these keys.
    Json(&'static [&'static str]),
    /// A sentence.
    Sentence,
    /// The document for Home Assistant.
    Discovery,
}

/// A row of the contract.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What the board says there, below its base; the discovery has a topic of its own.
    pub said: &'static str,
    /// What it is told there, if it is a thing that can be set.
    pub told: Option<&'static str>,
    /// Whether the broker keeps what the board says.
    pub retained: bool,
    /// With which quality of service it is said.
    pub qos: u8,
    /// What it is.
    pub payload: Payload,
}

const fn says(said: &'static str, retained: bool, qos: u8, payload: Payload) -> Row {
    Row { said, told: None, retained, qos, payload }
}

const fn thing(said: &'static str, told: &'static str, payload: Payload) -> Row {
    Row { said, told: Some(told), retained: true, qos: 1, payload }
}

/// The contract.
pub const CONTRACT: &[Row] = &[
    says("status", true, 1, Payload::Words(&["online", "offline"])),
    says("info", true, 1, Payload::Json(&["chip", "firmware", "sdk", "ip", "mac", "reset"])),
    says("telemetry", false, 0, Payload::Json(&["temperature", "adc", "rssi", "heap", "uptime"])),
    thing("lamp/state", "lamp/set", Payload::Words(&["ON", "OFF"])),
    thing("dim/state", "dim/set", Payload::Number(0, 100)),
    thing("color/state", "color/set", Payload::Color),
    thing("mode/state", "mode/set", Payload::Words(&["steady", "blink", "breathe"])),
    thing("interval/state", "interval/set", Payload::Number(1, 3_600)),
    says("button", false, 1, Payload::Words(&["short", "long"])),
    says("error", false, 1, Payload::Sentence),
    says("homeassistant/device/<id>/config", true, 1, Payload::Discovery),
];

impl Row {
    /// The whole topic on which the board says it.
    pub fn topic(&self) -> String {
        match self.payload {
            Payload::Discovery => self.said.replace("<id>", "demo"),
            _ => format!("{BASE}/{}", self.said),
        }
    }
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The topics in the first cell of a row: `<base>/lamp/set`, `/state` is two of them.
fn topics(cell: &str) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for topic in quoted(cell) {
        let first = topics.first().map(|first| first.rsplit_once('/').unwrap().0.to_owned());
        topics.push(match first {
            Some(first) if topic.starts_with('/') => format!("{first}{topic}"),
            _ => topic.trim_start_matches("<base>/").to_owned(),
        });
    }
    topics
}

#[test]
fn readme_table_matches_contract() {
    let readme = repository::read("device/README.md");
    let rows = readme.lines().filter(|line| line.starts_with("| `<base>/") || line.starts_with("| `homeassistant/"));
    let rows: Vec<Vec<&str>> = rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect();
    assert_eq!(rows.len(), CONTRACT.len(), "{rows:#?}");
    let mut kept = "";
    for (cells, row) in rows.iter().zip(CONTRACT) {
        let [topic, direction, delivery, payload] = cells[..] else { panic!("{cells:?}") };
        let wanted: Vec<&str> = row.told.into_iter().chain([row.said]).collect();
        assert_eq!(topics(topic), wanted);
        assert_eq!(direction.starts_with("in, out"), row.told.is_some(), "{topic}: {direction}");
        if delivery != "same" {
            kept = delivery.rsplit("out: ").next().unwrap();
        }
        assert_eq!(kept, format!("{}, {}", if row.retained { "yes" } else { "no" }, row.qos), "{topic}");
        match row.payload {
            Payload::Words(words) => assert_eq!(quoted(payload), words, "{topic}"),
            Payload::Number(least, most) => assert_eq!(payload, format!("{least}…{most}"), "{topic}"),
            Payload::Color => assert_eq!(quoted(payload), ["#RRGGBB"], "{topic}"),
            Payload::Json(keys) => {
                let named: Vec<&str> = quoted(payload).into_iter().filter(|word| *word != "interval").collect();
                assert_eq!(named, keys, "{topic}");
            }
            Payload::Sentence => assert!(payload.contains("<why>"), "{topic}: {payload}"),
            Payload::Discovery => assert!(payload.contains("Home Assistant"), "{topic}: {payload}"),
        }
    }
}
