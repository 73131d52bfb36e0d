//! Presets of a tile kind: settings for what many devices report, such as a door contact. A form offers them, and a
//! choice fills its fields; a file has no key for them.

use serde_json::Value as Json;

use super::{
    json_path::{is_plain_name, json_text, parse_json},
    number::read_number,
};

/// The settings of a tile kind for one use.
#[derive(Debug, PartialEq)]
pub struct Preset {
    /// The name, which is unique within the kind.
    pub(crate) name: &'static str,
    /// What the settings mean and who uses them.
    pub(crate) detail: &'static str,
    /// Parts of names of topics and JSON fields that have such values, in lower case.
    pub(crate) words: &'static [&'static str],
    /// Which payloads such a device sends.
    pub(crate) payloads: PresetPayloads,
    /// The keys that are filled, with their values as the user would type them.
    pub(crate) fields: &'static [(&'static str, &'static str)],
}

/// Which payloads fit a preset.
#[derive(Debug, PartialEq)]
pub(crate) enum PresetPayloads {
    /// These.
    Texts(&'static [&'static str]),
    /// Numbers from the first to the second.
    Numbers(f64, f64),
}

/// How well a preset fits what a topic carries; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PresetFit {
    /// The payload and a name.
    PayloadAndName,
    /// The payload, which says something by itself.
    Payload,
    /// A name, while no payload is known.
    Name,
    /// Nothing.
    None,
}

/// What a tile shows, as far as it is known.
#[derive(Debug)]
pub(crate) struct PresetSubject<'a> {
    /// The topic.
    topic: &'a str,
    /// The JSON path; empty without one.
    json_path: &'a str,
    /// The value at the path.
    value: Option<&'a str>,
    /// The object that the value is, as long as there is no path into it.
    object: Option<Json>,
}

impl<'a> PresetSubject<'a> {
    /// Creates the subject; the JSON path is empty if there is none.
    #[must_use]
    pub(crate) fn new(topic: &'a str, json_path: &'a str, value: Option<&'a str>) -> Self {
        let text = value.filter(|value| json_path.is_empty() && value.trim_start().starts_with('{'));
        let object = text.and_then(|text| parse_json(text.as_bytes()).ok());
        Self { topic, json_path, value, object }
    }

    /// Returns the name of the value: the last one in the path, or those of the topic.
    fn has_name(&self, words: &[&str]) -> bool {
        let name = if self.json_path.is_empty() { self.topic } else { self.json_path };
        has_word(name, words)
    }
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|word| name.contains(word))
}

impl PresetPayloads {
    fn contains(&self, text: &str) -> bool {
        match self {
            Self::Texts(texts) => texts.contains(&text.trim()),
            Self::Numbers(min, max) => read_number(text).is_some_and(|number| (*min..=*max).contains(&number)),
        }
    }
}

/// Returns the two words of the preset that has this one: spelled like that, or else with other capital letters. Numbers
/// are no words.
#[must_use]
pub(crate) fn state_words(presets: &'static [Preset], word: &str) -> Option<(&'static str, &'static str)> {
    let pairs = || {
        presets.iter().rev().filter_map(|preset| match preset.payloads {
            PresetPayloads::Texts([on, off]) if read_number(on).is_none() => Some((*on, *off)),
            _ => None,
        })
    };
    let is_spelled_so = |(on, off): &(&str, &str)| *on == word || *off == word;
    let is_meant = |(on, off): &(&str, &str)| on.eq_ignore_ascii_case(word) || off.eq_ignore_ascii_case(word);
    pairs().find(is_spelled_so).or_else(|| pairs().find(is_meant))
}

impl Preset {
    /// Returns how well the preset fits, and the JSON path to set, if a JSON payload has such a value and no path is set.
    pub(crate) fn fit(&self, subject: &PresetSubject<'_>) -> (PresetFit, Option<String>) {
        let Some(value) = subject.value else {
            let fit = if subject.has_name(self.words) { PresetFit::Name } else { PresetFit::None };
            return (fit, None);
        };
        if self.payloads.contains(value) {
            let says_enough = matches!(self.payloads, PresetPayloads::Texts(_));
            return match subject.has_name(self.words) {
                true => (PresetFit::PayloadAndName, None),
                false if says_enough => (PresetFit::Payload, None),
                false => (PresetFit::None, None),
            };
        }
        match self.json_member(subject) {
            Some(name) => (PresetFit::PayloadAndName, Some(format!("$.{name}"))),
            None => (PresetFit::None, None),
        }
    }

    /// Returns the name of the first member of a JSON object that has such a name and such a value.
    fn json_member(&self, subject: &PresetSubject<'_>) -> Option<String> {
        let fits = |(name, value): &(&String, &Json)| {
            is_plain_name(name) && has_word(name, self.words) && self.payloads.contains(&json_text(value))
        };
        subject.object.as_ref()?.as_object()?.iter().find(fits).map(|(name, _)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::model::{kind, schema::DynFields as _, tile::Tile, value::Value};

    #[test]
    fn every_preset_makes_a_valid_tile() {
        for kind in kind::all() {
            let mut names = HashSet::new();
            for preset in kind.presets() {
                assert!(names.insert(preset.name), "{} is there twice", preset.name);
                let mut tile = Tile::new(dyn_clone::clone_box(&*kind));
                for (key, text) in preset.fields {
                    let value = text.parse::<f64>().ok().filter(|_| kind.name() == "range");
                    let value = value.map_or_else(|| Value::from(*text), Value::Float);
                    assert_eq!(tile.set(key, &value), Some(Ok(())), "{} {key}", preset.name);
                }
                assert_eq!(tile.validate(), [], "{}", preset.name);
            }
        }
    }

    #[test]
    fn words_of_a_state_are_those_of_a_preset_of_switches() {
        let presets = kind::from_name("switch").unwrap().presets();
        for (word, expected) in [
            ("on", Some(("on", "off"))),
            ("OFF", Some(("ON", "OFF"))),
            ("Open", Some(("open", "closed"))),
            ("CLOSE", Some(("OPEN", "CLOSE"))),
            ("Offline", Some(("Online", "Offline"))),
            ("unlocked", Some(("LOCKED", "UNLOCKED"))),
            ("true", Some(("true", "false"))),
            ("1", None),
            ("21.5", None),
            ("heating", None),
        ] {
            assert_eq!(state_words(presets, word), expected, "{word}");
        }
    }

    /// Returns the name of the preset of switches that fits best, and the JSON path that it sets.
    fn best<'a>(topic: &str, json_path: &str, value: Option<&str>) -> Option<(&'a str, Option<String>)> {
        let kind = kind::from_name("switch").unwrap();
        let subject = PresetSubject::new(topic, json_path, value);
        let fits = kind.presets().iter().map(|preset| (preset.fit(&subject), preset.name));
        let ((fit, path), name) = fits.min_by_key(|((fit, _), _)| *fit)?;
        (fit < PresetFit::None).then_some((name, path))
    }

    #[test]
    fn what_a_topic_carries_proposes_a_preset() {
        for (topic, json_path, value, expected) in [
            ("zigbee2mqtt/hall", "", Some(r#"{"battery":90,"contact":true}"#), Some(("Contact", Some("$.contact")))),
            ("zigbee2mqtt/hall", "$.contact", Some("false"), Some(("Contact", None))),
            ("zigbee2mqtt/pir", "", Some(r#"{"occupancy":false}"#), Some(("Motion", Some("$.occupancy")))),
            ("zigbee2mqtt/lamp", "", Some(r#"{"state":"ON"}"#), Some(("ON / OFF", Some("$.state")))),
            ("stat/plug/POWER", "", Some("OFF"), Some(("ON / OFF", None))),
            ("shellies/plug/relay/0", "", Some("on"), Some(("on / off", None))),
            ("home/garage/door", "", Some("closed"), Some(("Cover or door, words", None))),
            ("zigbee2mqtt/front/lock", "", Some("LOCK"), Some(("Lock", None))),
            ("esp/status", "", Some("online"), Some(("Availability", None))),
            ("zigbee2mqtt/hall/contact", "", None, Some(("Contact", None))),
            ("home/x", "", Some("21.5"), None),
            ("home/x", "", None, None),
        ] {
            let expected = expected.map(|(name, path): (_, Option<&str>)| (name, path.map(str::to_owned)));
            assert_eq!(best(topic, json_path, value), expected, "{topic} {json_path} {value:?}");
        }
    }
}
