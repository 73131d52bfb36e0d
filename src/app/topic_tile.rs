//! A new tile for a topic: its kind, its name, its unit and the topic to publish to are proposed from the payload and
//! from the topics beside it.

use super::{
    App,
    payload_part::{is_color, kind_of_number, name_from, switch_states, unit_entry, unit_of},
};
use crate::model::{
    kind, schema::set_fields, tile::Tile, tile_value::decode_text, topic_tree::TopicTree, value::Value,
};

/// The last levels of topics that say what is so, beside which one says what shall be so.
const STATE_LEVELS: [&str; 5] = ["get", "state", "stat", "status", "value"];
/// The last levels of topics that devices listen to.
const COMMAND_LEVELS: [&str; 6] = ["set", "command", "cmd", "cmnd", "control", "write"];
/// The first bytes of the formats of images that tiles show.
const IMAGE_MAGIC: [&[u8]; 5] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM"];

/// A new tile for a topic.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TopicTile {
    topic: String,
    /// The payload as text; `None` if it is none.
    text: Option<String>,
    is_image: bool,
    publish_topic: Option<String>,
}

impl TopicTile {
    /// Proposes a tile for a topic with this payload; the tree has the topics beside it.
    pub fn new(tree: &TopicTree, topic: String, payload: &[u8]) -> Self {
        let is_binary = std::str::from_utf8(payload).is_err();
        Self {
            text: decode_text(payload).map(|text| text.trim().to_owned()),
            is_image: is_binary && IMAGE_MAGIC.iter().any(|magic| payload.starts_with(magic)),
            publish_topic: command_topic(tree, &topic),
            topic,
        }
    }

    /// Returns the tile; `None` if its fields are not valid.
    fn tile(&self) -> Option<Tile> {
        let text = self.text.as_deref().unwrap_or_default();
        let (number, unit) = (text.parse::<f64>().ok(), unit_of(subject_of(&self.topic)));
        let states = self.states(text);
        let kind = match () {
            () if self.is_image => "image",
            () if states.is_some() => "switch",
            () if is_color(text) => "color",
            () => kind_of_number(number, unit),
        };
        let mut entries = vec![
            ("name".to_owned(), Value::from(name_of(&self.topic).as_str())),
            ("topic".to_owned(), self.topic.as_str().into()),
        ];
        match self.publish_topic.as_deref().filter(|_| kind != "image") {
            Some(publish_topic) => entries.push(("publish_topic".to_owned(), publish_topic.into())),
            None => entries.push(("publish".to_owned(), Value::Bool(false))),
        }
        if let Some((on, off)) = states.filter(|_| kind == "switch") {
            entries.extend([("on".to_owned(), on.as_str().into()), ("off".to_owned(), off.as_str().into())]);
        }
        if kind == "image" {
            entries.push(("source".to_owned(), "payload".into()));
        }
        entries.extend(unit_entry(kind, number, unit));
        let mut tile = Tile::new(kind::from_name(kind).ok()?);
        set_fields(&mut tile, &entries).ok()?;
        Some(tile)
    }

    /// Returns the payloads for on and off, if the payload is one of two states. `0` and `1` are, if the device listens.
    fn states(&self, text: &str) -> Option<(String, String)> {
        let is_bit = matches!(text, "0" | "1") && self.publish_topic.is_some();
        if is_bit {
            return Some(("1".to_owned(), "0".to_owned()));
        }
        switch_states(&serde_json::Value::from(text))
    }
}

/// Returns the topic to publish to, by the names of topics that devices commonly have.
pub(super) fn command_topic(tree: &TopicTree, topic: &str) -> Option<String> {
    if let Some(rest) = topic.strip_prefix("stat/") {
        // Tasmota.
        return Some(format!("cmnd/{rest}"));
    }
    let last = topic.rsplit('/').next().unwrap_or(topic);
    let prefix = &topic[..topic.len() - last.len()];
    let beside = COMMAND_LEVELS.iter().filter(|_| STATE_LEVELS.contains(&last)).map(|level| format!("{prefix}{level}"));
    let below = COMMAND_LEVELS.iter().map(|level| format!("{topic}/{level}"));
    let is_topic = |candidate: &String| tree.find(candidate).is_some_and(|node| tree.topic(node).is_some());
    below.chain(beside).find(is_topic)
}

/// Returns the topic that zigbee2mqtt listens to for the state of a device: nobody sees a message there.
pub(super) fn zigbee2mqtt_topic(topic: &str, path: &str) -> Option<String> {
    (topic.starts_with("zigbee2mqtt/") && path == "$.state").then(|| format!("{topic}/set"))
}

/// Returns a name for a topic.
pub(super) fn name_of(topic: &str) -> String {
    name_from(subject_of(topic))
}

/// Returns the last level of a topic that says what it is about.
fn subject_of(topic: &str) -> &str {
    let is_subject = |level: &&str| !level.is_empty() && !STATE_LEVELS.contains(level);
    topic.rsplit('/').find(is_subject).unwrap_or(topic)
}

impl App {
    /// Opens the form for a new tile that shows a topic.
    pub(super) fn open_form_for_topic(&mut self, proposed: &TopicTile) {
        self.open_form_for_new(proposed.tile(), &proposed.topic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{batch::MessageRef, message::Qos, schema::DynFields as _, time::Time, topic_tree::Limits};

    /// Returns the kind, the name, the topic to publish to, and the postfix of the tile for the first topic.
    fn proposed(topics: &[&str], payload: &[u8]) -> (String, String, Option<String>, String) {
        let mut tree = TopicTree::new(Limits::default(), Time::default());
        for topic in topics {
            tree.record(
                MessageRef { topic, payload, qos: Qos::AtMostOnce, retain: false, properties: None },
                Time::default(),
            );
        }
        let tile = TopicTile::new(&tree, topics[0].to_owned(), payload).tile().unwrap();
        let text = |key: &str| {
            tile.get(key).and_then(|value| match value {
                Value::String(text) => Some(text),
                _ => None,
            })
        };
        assert_eq!(tile.validate(), [], "{topics:?}");
        assert_eq!(tile.get("publish") == Some(Value::Bool(false)), text("publish_topic").is_none());
        (tile.kind.name().to_owned(), tile.name.clone(), text("publish_topic"), text("postfix").unwrap_or_default())
    }

    #[test]
    fn tile_is_proposed_from_the_payload_and_the_topics_beside() {
        for (topics, payload, kind, name, publish_topic, postfix) in [
            (&["home/lamp", "home/lamp/set"][..], &b"ON"[..], "switch", "Lamp", Some("home/lamp/set"), ""),
            (
                &["esp/switch/pump/state", "esp/switch/pump/command"],
                b"OFF",
                "switch",
                "Pump",
                Some("esp/switch/pump/command"),
                "",
            ),
            (&["stat/plug/POWER"], b"ON", "switch", "POWER", Some("cmnd/plug/POWER"), ""),
            (&["home/relay", "home/relay/set"], b"1", "switch", "Relay", Some("home/relay/set"), ""),
            (&["home/relay"], b"1", "text", "Relay", None, ""),
            (&["home/window"], b"open", "switch", "Window", None, ""),
            (&["home/hall/temperature"], b"21.4", "text", "Temperature", None, " \u{b0}C"),
            (&["home/hall/outside_temperature"], b"-3", "text", "Outside temperature", None, " \u{b0}C"),
            (&["home/hall/temperature"], b"warm", "text", "Temperature", None, ""),
            (
                &["home/strip/color", "home/strip/color/set"],
                b"#ff8800",
                "color",
                "Color",
                Some("home/strip/color/set"),
                "",
            ),
            (&["camera/front/snapshot"], b"\x89PNG\r\n", "image", "Snapshot", None, ""),
            (&["home/hall/humidity"], b"48.5", "gauge", "Humidity", None, ""),
            (&["home/lamp/brightness"], b"254", "text", "Brightness", None, ""),
            (&["a"], b"", "text", "A", None, ""),
            (&["a/"], b"\xff\xff", "text", "A", None, ""),
            (&["state", "set"], b"ON", "switch", "State", Some("set"), ""),
            (&["battery"], b"BMS ok", "text", "Battery", None, ""),
        ] {
            let expected = (kind.to_owned(), name.to_owned(), publish_topic.map(str::to_owned), postfix.to_owned());
            assert_eq!(proposed(topics, payload), expected, "{topics:?}");
        }
    }
}
