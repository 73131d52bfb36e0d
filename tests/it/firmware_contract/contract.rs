//! The contract between firmware and dashboard, as in `device/README.md`.

use crate::fixtures::repository;

/// The base topic of the simulated board.
pub const BASE: &str = "esp32/demo";

/// The format of a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// One of these words.
    Words(&'static [&'static str]),
    /// An integer between these limits.
    Number(u32, u32),
    /// `#RRGGBB`.
    Color,
    /// JSON with these keys.
    Json(&'static [&'static str]),
    /// A sentence.
    Sentence,
    /// The discovery document of Home Assistant.
    Discovery,
}

/// A row of the contract.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The topic on which the board publishes, below the base topic unless it is the discovery document.
    pub state: &'static str,
    /// The topic on which the board receives commands, if it can be set.
    pub command: Option<&'static str>,
    /// Whether the messages of the board are retained.
    pub retained: bool,
    /// The quality of service of the messages of the board.
    pub qos: u8,
    /// The format of the payloads.
    pub payload: Payload,
}

const fn read_only(state: &'static str, retained: bool, qos: u8, payload: Payload) -> Row {
    Row { state, command: None, retained, qos, payload }
}

const fn settable(state: &'static str, command: &'static str, payload: Payload) -> Row {
    Row { state, command: Some(command), retained: true, qos: 1, payload }
}

/// The contract.
pub const CONTRACT: &[Row] = &[
    read_only("status", true, 1, Payload::Words(&["online", "offline"])),
    read_only("info", true, 1, Payload::Json(&["chip", "firmware", "sdk", "ip", "mac", "reset"])),
    read_only("telemetry", false, 0, Payload::Json(&["temperature", "adc", "rssi", "heap", "uptime"])),
    settable("lamp/state", "lamp/set", Payload::Words(&["ON", "OFF"])),
    settable("dim/state", "dim/set", Payload::Number(0, 100)),
    settable("color/state", "color/set", Payload::Color),
    settable("mode/state", "mode/set", Payload::Words(&["steady", "blink", "breathe"])),
    settable("interval/state", "interval/set", Payload::Number(1, 3_600)),
    read_only("button", false, 1, Payload::Words(&["short", "long"])),
    read_only("error", false, 1, Payload::Sentence),
    read_only("homeassistant/device/<id>/config", true, 1, Payload::Discovery),
];

impl Row {
    /// The topic on which the board publishes.
    pub fn topic(&self) -> String {
        match self.payload {
            Payload::Discovery => self.state.replace("<id>", "demo"),
            _ => format!("{BASE}/{}", self.state),
        }
    }
}

/// The texts between backticks.
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
    let mut last_delivery = "";
    for (cells, row) in rows.iter().zip(CONTRACT) {
        let [topic, direction, delivery, payload] = cells[..] else { panic!("{cells:?}") };
        let expected: Vec<&str> = row.command.into_iter().chain([row.state]).collect();
        assert_eq!(topics(topic), expected);
        assert_eq!(direction.starts_with("in, out"), row.command.is_some(), "{topic}: {direction}");
        if delivery != "same" {
            last_delivery = delivery.rsplit("out: ").next().unwrap();
        }
        assert_eq!(last_delivery, format!("{}, {}", if row.retained { "yes" } else { "no" }, row.qos), "{topic}");
        match row.payload {
            Payload::Words(words) => assert_eq!(quoted(payload), words, "{topic}"),
            Payload::Number(min, max) => assert_eq!(payload, format!("{min}…{max}"), "{topic}"),
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
