//! A tile: what the file says of it. What is known of it is in [`state`](super::state).

use super::{
    extract::JsonPath,
    face::{Affixes, Face, Reply},
    fault::Fault,
    field::Whole,
    kept::Kept,
    key::{Key, KeyRow, Table, key, spoken},
    kind::{self, Kind},
    line::Qos,
    reading::Reading,
    script::{Look, Scripts, Shown},
    topic::{Filter, Topic},
    value::{Complaint, Value},
};

/// A tile's definition.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Shown on top.
    pub name: String,
    /// What to subscribe to.
    pub topic: Option<Filter>,
    /// What is taken out of the payload before anything else.
    pub json_path: Option<JsonPath>,
    publish: Option<bool>,
    publish_topic: Option<Topic>,
    /// For subscribing and publishing.
    pub qos: Qos,
    /// For publishing.
    pub retain: bool,
    /// Whether a new value is shown at once, without waiting for the echo.
    pub update_on_publish: bool,
    wait_for_echo: Option<bool>,
    /// Seconds until waiting for the echo gives up; 0: never.
    pub wait_timeout: Whole<0, 86_400>,
    prefix: String,
    postfix: String,
    blink: Option<String>,
    on_receive: Option<String>,
    on_display: Option<String>,
    on_tap: Option<String>,
    /// What kind of tile it is.
    pub kind: Box<dyn Kind>,
    /// What only MQTT Dash has a use for. A copy of the tile is another tile there: it goes without.
    pub mqtt_dash: Kept,
}

impl Tile {
    const KEYS: &'static [Key<Self>] = &[
        key!(String, name, "shown on top"),
        key!(
            Option<Filter>,
            topic,
            "what to subscribe to; may hold the wildcards + and #; may be left out for a pure button"
        ),
        key!(Option<JsonPath>, json_path, "taken out of the payload before anything else"),
        key!(Option<bool>, publish, "whether pressing the tile publishes; true unless it is an image"),
        key!(Option<Topic>, publish_topic, "where pressing publishes; the same as `topic` when left out"),
        key!(Qos, qos, "quality of service, for subscribing and publishing"),
        key!(bool, retain, "whether the broker keeps what is published for new subscribers"),
        key!(bool, update_on_publish, "show the new value at once, without waiting for the echo"),
        key!(
            Option<bool>,
            wait_for_echo,
            "show a spinner from publishing until any message arrives; true when `update_on_publish` is false"
        ),
        key!(Whole<0, 86_400>, wait_timeout, "seconds until the spinner gives up and the tile says so; 0: never"),
        key!(String, prefix, "stands before the value"),
        key!(String, postfix, "stands behind the value"),
        key!(Option<String>, blink, "an expression over `val` and `secs`, such as \"val < 10 || val > 90\""),
        key!(Option<String>, on_receive, "a script for every message"),
        key!(Option<String>, on_display, "a script for what is shown"),
        key!(Option<String>, on_tap, "a script for pressing"),
    ];

    /// The row that stands behind those of the kind.
    const LAST: Key<Self> =
        key!(Kept, mqtt_dash, "what an import from MQTT Dash keeps for exporting it again; may be deleted");

    /// A tile of this kind with nothing set.
    #[must_use]
    pub fn new(kind: Box<dyn Kind>) -> Self {
        Self {
            name: String::new(),
            topic: None,
            json_path: None,
            publish: None,
            publish_topic: None,
            qos: Qos::default(),
            retain: false,
            update_on_publish: true,
            wait_for_echo: None,
            wait_timeout: Whole::new(0),
            prefix: String::new(),
            postfix: String::new(),
            blink: None,
            on_receive: None,
            on_display: None,
            on_tap: None,
            kind,
            mqtt_dash: Kept::default(),
        }
    }

    /// The keys that every kind of tile has.
    #[must_use]
    pub fn common_rows() -> Vec<KeyRow> {
        let plain = kind::all().next().map(Self::new);
        Self::KEYS
            .iter()
            .map(|key| KeyRow {
                name: key.name,
                about: key.about,
                wants: key.wants,
                default: plain.as_ref().and_then(|tile| (key.get)(tile)),
            })
            .collect()
    }

    fn row(key: &str) -> Option<&'static Key<Self>> {
        Self::KEYS.iter().chain([&Self::LAST]).find(|row| row.name == key)
    }

    /// Whether pressing it publishes.
    #[must_use]
    pub fn publishes(&self) -> bool {
        self.publish.unwrap_or_else(|| self.kind.publishes())
    }

    /// Where pressing it publishes, if anywhere.
    #[must_use]
    pub fn target(&self) -> Option<Topic> {
        self.publish_topic
            .clone()
            .or_else(|| self.topic.as_ref().and_then(Filter::as_topic))
            .filter(|_| self.publishes())
    }

    /// Whether a spinner turns from publishing until any message arrives.
    #[must_use]
    pub fn waits_for_echo(&self) -> bool {
        self.topic.is_some() && self.wait_for_echo.unwrap_or(!self.update_on_publish)
    }

    /// What pressing it does.
    #[must_use]
    pub fn press(&self, reading: Option<&Reading>) -> Reply {
        self.allowed(self.kind.press(reading))
    }

    /// What so many steps up (or down) do.
    #[must_use]
    pub fn step(&self, reading: Option<&Reading>, steps: i32) -> Reply {
        self.allowed(self.kind.step(reading, steps))
    }

    fn allowed(&self, reply: Reply) -> Reply {
        if matches!(reply, Reply::Enlarge | Reply::Browse(_)) || self.target().is_some() {
            reply
        } else {
            Reply::Nothing
        }
    }

    /// What pressing it is called, if it does anything.
    #[must_use]
    pub fn verb(&self) -> Option<&'static str> {
        if self.on_tap.is_some() {
            return Some("tap");
        }
        (self.press(None) != Reply::Nothing).then(|| self.kind.verb())
    }

    /// Whether it can be stepped.
    #[must_use]
    pub fn steps(&self) -> bool {
        self.kind.steps() && self.target().is_some()
    }

    /// What it shows, with prefix and postfix.
    ///
    /// # Errors
    /// Why the reading cannot be shown.
    pub fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        let mut face = self.kind.face(reading)?;
        if let Face::Text { affixes, .. } | Face::Meter { affixes, .. } = &mut face
            && self.kind.has_affixes()
            && *affixes == Affixes::default()
        {
            *affixes = Affixes { before: self.prefix.clone(), behind: self.postfix.clone() };
        }
        Ok(face)
    }

    /// Its scripts: the key of each, and its text.
    pub fn scripts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("on_receive", &self.on_receive),
            ("on_display", &self.on_display),
            ("on_tap", &self.on_tap),
            ("blink", &self.blink),
        ]
        .into_iter()
        .filter_map(|(key, text)| text.as_deref().map(|text| (key, text)))
    }

    /// Whether a script of it takes every message first.
    #[must_use]
    pub fn listens(&self) -> bool {
        self.on_receive.is_some()
    }

    /// Its scripts, ready to be handed over.
    #[must_use]
    pub fn all_scripts(&self) -> Scripts {
        let shared = |text: &Option<String>| text.as_deref().map(Into::into);
        Scripts {
            on_receive: shared(&self.on_receive),
            on_display: shared(&self.on_display),
            on_tap: shared(&self.on_tap),
            blink: shared(&self.blink),
        }
    }

    /// What scripts may change of what it shows.
    #[must_use]
    pub fn look(&self, reading: Option<&Reading>) -> Look {
        self.kind.look(self.face(reading).unwrap_or(Face::Quiet(String::new())))
    }

    /// The value as it is shown, in words.
    #[must_use]
    pub fn shown_text(&self, reading: Option<&Reading>) -> String {
        match self.face(reading) {
            Ok(Face::Text { affixes, text, .. } | Face::Meter { affixes, text, .. }) => {
                format!("{}{text}{}", affixes.before, affixes.behind)
            }
            _ => reading.map(|reading| reading.text.to_string()).unwrap_or_default(),
        }
    }

    /// What it shows once its scripts have had their say.
    ///
    /// # Errors
    /// Why the reading cannot be shown.
    pub fn scripted_face(&self, reading: Option<&Reading>, shown: Option<&Shown>) -> Result<Face, Fault> {
        match (shown, self.face(reading)) {
            (Some(shown), Ok(face)) if self.kind.look(face.clone()) == shown.look => Ok(face),
            (Some(shown), face) => Ok(self.kind.dressed(face.ok(), &shown.look)),
            (None, face) => face,
        }
    }

    fn own_contradictions(&self) -> Vec<Complaint> {
        let mut wrong = Vec::new();
        if self.json_path.is_some() && self.publishes() && self.topic.is_some() {
            let help = "set `publish_topic` to where the device listens, or `publish = false`";
            match &self.publish_topic {
                None => wrong.push(
                    Complaint::new(
                        "with `json_path` the tile cannot publish to its own topic: the echo would not be JSON",
                    )
                    .help(help)
                    .key("json_path"),
                ),
                Some(target) if self.topic.as_ref().and_then(Filter::as_topic).as_ref() == Some(target) => wrong.push(
                    Complaint::new("with `json_path` this must differ from `topic`: the echo would not be JSON")
                        .help(help)
                        .key("publish_topic"),
                ),
                Some(_) => {}
            }
        }
        let wildcard = self.topic.as_ref().is_some_and(|topic| topic.as_topic().is_none());
        if wildcard && self.publish == Some(true) && self.publish_topic.is_none() {
            wrong.push(
                Complaint::new("`topic` holds a wildcard, so there is nowhere to publish")
                    .help("set `publish_topic`")
                    .key("publish"),
            );
        }
        if self.publish == Some(true) && self.topic.is_none() && self.publish_topic.is_none() {
            wrong.push(
                Complaint::new("there is nowhere to publish").help("set `topic` or `publish_topic`").key("publish"),
            );
        }
        if self.publish == Some(false) && self.publish_topic.is_some() && self.on_tap.is_none() {
            wrong.push(
                Complaint::new("`publish = false` and `publish_topic` contradict each other")
                    .help("leave one of them out")
                    .key("publish_topic"),
            );
        }
        if self.wait_for_echo == Some(true) && self.topic.is_none() {
            wrong.push(Complaint::new("without a `topic` no echo can come").help("set `topic`").key("wait_for_echo"));
        }
        if self.wait_timeout.get() > 0 && self.topic.is_some() && !self.waits_for_echo() {
            wrong.push(
                Complaint::new("`wait_timeout` says nothing, for the tile does not wait")
                    .help("set `wait_for_echo = true`, or leave it out")
                    .key("wait_timeout"),
            );
        }
        for (key, text) in [("prefix", &self.prefix), ("postfix", &self.postfix)] {
            if !text.is_empty() && !self.kind.has_affixes() {
                wrong.push(
                    Complaint::new(format!("`{key}` says nothing for a tile of kind `{}`", self.kind.word()))
                        .help("leave it out; text and range have it")
                        .key(key),
                );
            }
        }
        wrong
    }
}

/// Two tiles are the same when a file would say the same of them.
impl PartialEq for Tile {
    fn eq(&self, other: &Self) -> bool {
        self.kind.word() == other.kind.word() && spoken(self) == spoken(other)
    }
}

impl Table for Tile {
    fn rows(&self) -> Vec<KeyRow> {
        let mut rows = Self::common_rows();
        rows.extend(self.kind.rows());
        let Key { name, about, wants, .. } = Self::LAST;
        rows.push(KeyRow { name, about, wants, default: None });
        rows
    }

    fn get(&self, key: &str) -> Option<Value> {
        match Self::row(key) {
            Some(row) => (row.get)(self),
            None => self.kind.get(key),
        }
    }

    fn set(&mut self, key: &str, value: &Value) -> Option<Result<(), Vec<Complaint>>> {
        match Self::row(key) {
            Some(row) => Some((row.set)(self, value)),
            None => self.kind.set(key, value),
        }
    }

    fn contradictions(&self) -> Vec<Complaint> {
        let mut wrong = self.own_contradictions();
        wrong.extend(self.kind.contradictions());
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::{super::key::fill, *};

    fn tile(kind: &str, entries: &[(&str, Value)]) -> Result<Tile, Vec<String>> {
        let mut tile = Tile::new(kind::named(kind).unwrap());
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        match fill(&mut tile, &entries) {
            Ok(()) => Ok(tile),
            Err(wrong) => Err(wrong.into_iter().map(|complaint| complaint.what).collect()),
        }
    }

    #[test]
    fn it_publishes_to_its_own_topic_unless_told_otherwise() {
        let target =
            |entries: &[(&str, Value)]| tile("switch", entries).unwrap().target().map(|topic| topic.to_string());
        assert_eq!(target(&[("topic", "a".into())]).as_deref(), Some("a"));
        assert_eq!(target(&[("topic", "a".into()), ("publish_topic", "b".into())]).as_deref(), Some("b"));
        assert_eq!(target(&[("topic", "a/+".into())]), None);
        assert_eq!(target(&[("topic", "a".into()), ("publish", Value::Bool(false))]), None);
    }

    #[test]
    fn contradictions_are_told_together() {
        let said = tile(
            "switch",
            &[
                ("topic", "a".into()),
                ("json_path", "$.x".into()),
                ("postfix", "!".into()),
                ("wait_timeout", Value::Whole(3)),
                ("nme", "x".into()),
            ],
        )
        .unwrap_err();
        assert_eq!(said.len(), 4, "{said:#?}");
    }

    #[test]
    fn prefix_and_postfix_dress_the_value() {
        let tile = tile("text", &[("prefix", "~".into()), ("postfix", " °C".into())]).unwrap();
        let reading =
            Reading { text: "23".into(), payload: Vec::new().into(), at: super::super::time::Time::default() };
        let wanted = Affixes { before: "~".into(), behind: " °C".into() };
        assert!(matches!(tile.face(Some(&reading)), Ok(Face::Text { affixes, .. }) if affixes == wanted));
    }
}
