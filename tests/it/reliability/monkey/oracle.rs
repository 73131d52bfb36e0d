//! What the program may publish: derived from all versions that the files have had, without code of the program.

use std::collections::HashSet;

use toml::{Table, Value};

use super::client::Received;

/// The messages that a tile may publish.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Rule {
    topic: String,
    qos: u8,
    retain: bool,
    payload: PayloadRule,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum PayloadRule {
    /// Any text.
    Text,
    /// One of these.
    OneOf(Vec<String>),
    /// A number between limits, whose bits these are, with this many decimals.
    Number { min: u64, max: u64, decimals: usize },
    /// `#RRGGBB`.
    HexColor,
    /// A color as a decimal number.
    NumberColor,
}

impl PayloadRule {
    fn allows(&self, payload: &[u8]) -> bool {
        let Ok(text) = str::from_utf8(payload) else { return false };
        match self {
            Self::Text => true,
            Self::OneOf(texts) => texts.iter().any(|allowed| allowed == text),
            Self::Number { min, max, decimals } => {
                let unit = (0..*decimals).fold(1.0, |unit, _| unit / 10.0);
                let written = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                let limits = f64::from_bits(*min) - unit / 2.0..=f64::from_bits(*max) + unit / 2.0;
                written == *decimals && text.parse().is_ok_and(|number: f64| limits.contains(&number))
            }
            Self::HexColor => text.strip_prefix('#').is_some_and(|digits| {
                digits.len() == 6
                    && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'A'..=b'F').contains(&digit))
            }),
            Self::NumberColor => text.parse().is_ok_and(|number: u32| number < 1 << 24),
        }
    }
}

/// Why a message may have been published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A tile was pressed or stepped.
    Tile,
    /// A script.
    Script,
    /// The will of a connection.
    Will,
    /// A retained message was deleted.
    Clear,
}

/// What the program may publish.
#[derive(Debug, Default)]
pub struct Oracle {
    rules: HashSet<Rule>,
    /// The texts of all files with a script.
    with_scripts: HashSet<String>,
    wills: HashSet<(String, String)>,
    clearable: HashSet<String>,
}

impl Oracle {
    /// Takes another version of a file into account.
    pub fn learn(&mut self, text: &str) {
        let Ok(file) = text.parse::<Table>() else { return };
        for tile in file.get("tile").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table) {
            self.learn_tile(tile);
        }
        if text.contains("publish(") {
            self.with_scripts.insert(text.to_owned());
        }
        let profiles = file.get("profile").and_then(Value::as_table).into_iter().flatten();
        for will in profiles.filter_map(|(_, profile)| profile.get("will")?.as_table()) {
            self.wills.insert((text_of(will, "topic", ""), text_of(will, "payload", "")));
        }
    }

    fn learn_tile(&mut self, tile: &Table) {
        let own = text_of(tile, "topic", "");
        let own = if own.contains(['+', '#']) { String::new() } else { own };
        self.clearable.insert(own.clone());
        let topic = text_of(tile, "publish_topic", &own);
        self.clearable.insert(topic.clone());
        let kind = text_of(tile, "kind", "");
        let publishes = tile.get("publish").and_then(Value::as_bool).unwrap_or(kind != "image");
        if topic.is_empty() || !publishes {
            return;
        }
        let payload = match &*kind {
            "text" => PayloadRule::Text,
            "switch" => PayloadRule::OneOf(vec![text_of(tile, "on", "1"), text_of(tile, "off", "0")]),
            "choice" => {
                let options = tile.get("options").and_then(Value::as_array).into_iter().flatten();
                PayloadRule::OneOf(options.filter_map(Value::as_table).map(|one| text_of(one, "payload", "")).collect())
            }
            "range" => PayloadRule::Number {
                min: number_of(tile, "min", 0.0).to_bits(),
                max: number_of(tile, "max", 100.0).to_bits(),
                decimals: integer_of(tile, "decimals").into(),
            },
            "color" if text_of(tile, "format", "hex") == "number" => PayloadRule::NumberColor,
            "color" => PayloadRule::HexColor,
            _ => return,
        };
        let retain = tile.get("retain").and_then(Value::as_bool).unwrap_or_default();
        self.rules.insert(Rule { topic, qos: integer_of(tile, "qos"), retain, payload });
    }

    /// Why a message may have been published, or `None` if there is no reason.
    pub fn reason_for(&self, message: &Received) -> Option<Reason> {
        let Received { topic, payload, qos, retain, .. } = message;
        let is_allowed = |rule: &Rule| {
            rule.topic == *topic && rule.qos == *qos && rule.retain == *retain && rule.payload.allows(payload)
        };
        if self.rules.iter().any(is_allowed) {
            Some(Reason::Tile)
        } else if self.with_scripts.iter().any(|text| text.contains(&format!("publish('{topic}'"))) {
            Some(Reason::Script)
        } else if self.wills.iter().any(|(will, text)| will == topic && text.as_bytes() == payload) {
            Some(Reason::Will)
        } else {
            let clears = payload.is_empty() && *retain && *qos == 1 && self.clearable.contains(topic);
            clears.then_some(Reason::Clear)
        }
    }

    /// What is allowed on the topic of a message, to explain why the message is not.
    pub fn describe(&self, topic: &str) -> String {
        let rules: Vec<String> =
            self.rules.iter().filter(|rule| rule.topic == topic).map(|rule| format!("{rule:?}")).collect();
        if rules.is_empty() { "no tile publishes to its topic".to_owned() } else { rules.join(", ") }
    }

    /// Whether a script names this URL.
    pub fn knows_url(&self, url: &str) -> bool {
        self.with_scripts.iter().any(|text| text.contains(url.trim_end_matches('/')))
    }
}

fn text_of(table: &Table, key: &str, default: &str) -> String {
    table.get(key).and_then(Value::as_str).unwrap_or(default).to_owned()
}

fn integer_of(table: &Table, key: &str) -> u8 {
    table.get(key).and_then(Value::as_integer).and_then(|number| number.try_into().ok()).unwrap_or_default()
}

fn number_of(table: &Table, key: &str, default: f64) -> f64 {
    let text = table.get(key).filter(|value| value.is_integer() || value.is_float()).map(ToString::to_string);
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(topic: &str, payload: &str, qos: u8, retain: bool) -> Option<Reason> {
        let mut oracle = Oracle::default();
        oracle.learn(
            "[[tile]]\nkind = \"switch\"\ntopic = \"s\"\nretain = true\n\
            [[tile]]\nkind = \"range\"\ntopic = \"r\"\nmax = 5\ndecimals = 1\nqos = 2\n\
            [[tile]]\nkind = \"text\"\ntopic = \"quiet\"\npublish = false\n\
            [[tile]]\nkind = \"color\"\ntopic = \"c/+\"\npublish_topic = \"c\"\non_tap = \"app.publish('tap', '')\"\n",
        );
        oracle.learn("[profile.x.will]\ntopic = \"will\"\npayload = \"gone\"\n");
        oracle.reason_for(&Received { topic: topic.into(), payload: payload.into(), qos, retain })
    }

    #[test]
    fn only_what_a_tile_publishes_is_allowed() {
        for (topic, payload, qos, retain) in
            [("s", "1", 0, true), ("r", "5.0", 2, false), ("r", "0.0", 2, false), ("c", "#FF00AA", 0, false)]
        {
            assert_eq!(reason(topic, payload, qos, retain), Some(Reason::Tile), "{topic} {payload}");
        }
        for (topic, payload, qos, retain) in [
            ("s", "2", 0, true),
            ("s", "1", 1, true),
            ("s", "1", 0, false),
            ("r", "5", 2, false),
            ("r", "5.1", 2, false),
            ("r", "NaN", 2, false),
            ("quiet", "x", 0, false),
            ("c", "#ff00aa", 0, false),
            ("c/1", "#FF00AA", 0, false),
            ("will", "here", 0, false),
            ("s", "", 0, true),
        ] {
            assert_eq!(reason(topic, payload, qos, retain), None, "{topic} {payload}");
        }
        assert_eq!(reason("tap", "any", 0, false), Some(Reason::Script));
        assert_eq!(reason("will", "gone", 0, false), Some(Reason::Will));
        assert_eq!(reason("s", "", 1, true), Some(Reason::Clear));
    }
}
