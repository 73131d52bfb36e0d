//! Builds a tile from imported values and corrects them until they are valid in a dashboard file.

use super::{app_keys, error::quoted};
use crate::model::{
    kind::TileKind,
    mqtt_dash::AppKind,
    schema::{DynFields as _, FieldValue as _, ValueType, set_fields},
    state_topic::is_report,
    tile::Tile,
    topic::TopicFilter,
    value::{ValidationError, Value, ValuePathSegment},
};

/// The keys and values of a tile that is being imported.
pub(super) struct TileImport {
    app_kind: &'static AppKind,
    kind: Box<dyn TileKind>,
    entries: Vec<(&'static str, Value)>,
    notes: Vec<String>,
    /// Whether `publish_topic` is invalid. Then the tile must not publish to its own topic instead.
    publish_topic_refused: bool,
}

impl TileImport {
    /// Creates an import without values.
    pub fn new(app_kind: &'static AppKind, kind: Box<dyn TileKind>) -> Self {
        Self { app_kind, kind, entries: Vec::new(), notes: Vec::new(), publish_topic_refused: false }
    }

    /// Adds a note about something that could not be imported unchanged.
    pub fn add_note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Sets a key to `value` if that is valid, or else an integer to the nearest valid one. Any other
    /// invalid value is left out.
    pub fn set_or_clamp(&mut self, key: &'static str, value: Value) {
        let mut scratch = Tile::new(self.kind.clone());
        let Some(Err(errors)) = scratch.set(key, &value) else {
            self.entries.push((key, value));
            return;
        };
        let value_type = scratch.fields().into_iter().find(|field| field.name == key).map(|field| field.value_type);
        if let (Some(ValueType::Integer(min, max)), Value::Integer(number)) = (value_type, &value) {
            let nearest = (*number).clamp(min, max);
            self.add_note(format!(
                "`{}` is {number}; it was set to {nearest}, the nearest valid value",
                self.app_name(key)
            ));
            self.entries.push((key, Value::Integer(nearest)));
            return;
        }
        self.publish_topic_refused |= key == "publish_topic";
        self.note_refusal(key, &value, &errors);
    }

    fn note_refusal(&mut self, key: &str, value: &Value, errors: &[ValidationError]) {
        let reason = errors.first().map_or("it is not valid", |error| &error.message);
        let quoted_value = match value {
            Value::String(text) => format!(" {}", quoted(text)),
            _ => String::new(),
        };
        self.add_note(format!("`{}`{quoted_value} was left out: {reason}", self.app_name(key)));
    }

    fn app_name<'a>(&self, key: &'a str) -> &'a str {
        app_keys::app_name(self.app_kind, key).unwrap_or(key)
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    fn bool_or(&self, key: &str, default: bool) -> bool {
        match self.get(key) {
            Some(Value::Bool(flag)) => *flag,
            _ => default,
        }
    }

    fn number_or(&self, key: &str, default: f64) -> f64 {
        self.get(key).and_then(|value| f64::from_value(value).ok()).unwrap_or(default)
    }

    fn remove(&mut self, key: &str) -> Option<Value> {
        let index = self.entries.iter().position(|(name, _)| *name == key)?;
        Some(self.entries.remove(index).1)
    }

    /// Removes values without effect and corrects values that contradict each other.
    pub fn normalize(&mut self) {
        self.normalize_publishing();
        self.normalize_wait_for_echo();
        self.normalize_limits();
        if self.get("source").is_some_and(|source| *source != "url".into()) {
            self.remove("url");
        }
    }

    fn normalize_publishing(&mut self) {
        let publishes_by_default = self.kind.publishes_by_default();
        let mut publishes = self.bool_or("publish", publishes_by_default);
        if self.get("publish_topic") == self.get("topic") {
            self.remove("publish_topic");
        }
        if publishes && let Some(reason) = self.reason_not_to_publish(publishes_by_default) {
            self.add_note(format!(
                "{reason}, so pressing the tile does not publish; to change that, set `publish_topic` to the topic \
                 of the device and `publish` to true"
            ));
            publishes = false;
        }
        if !publishes {
            self.remove("publish_topic");
        }
        self.remove("publish");
        let without_the_key = publishes_by_default && (self.get("publish_topic").is_some() || !self.reports_state());
        if publishes != without_the_key {
            self.entries.push(("publish", Value::Bool(publishes)));
        }
    }

    /// Returns whether the topic looks like one on which a device reports: the tile publishes there only if it says so.
    fn reports_state(&self) -> bool {
        let Some(Value::String(topic)) = self.get("topic") else { return false };
        let mostly_shows = self.kind.is_mostly_read_only();
        TopicFilter::new(topic).is_ok_and(|filter| filter.exact().is_some_and(|topic| is_report(topic, mostly_shows)))
    }

    /// Returns why a tile that publishes in the app must not publish here.
    fn reason_not_to_publish(&self, publishes_by_default: bool) -> Option<&'static str> {
        if self.publish_topic_refused {
            return Some("the topic to publish to is invalid");
        }
        if self.get("publish_topic").is_some() {
            return None;
        }
        let own_topic = match self.get("topic") {
            Some(Value::String(topic)) => TopicFilter::new(topic).ok().and_then(|filter| filter.as_topic()),
            _ => None,
        };
        if self.get("json_path").is_some() && self.get("topic").is_some() {
            Some("the tile would publish to the topic on which it receives JSON")
        } else if own_topic.is_none() && !publishes_by_default {
            Some("there is no topic to publish to")
        } else {
            None
        }
    }

    /// Sets `wait_for_echo` only where it differs from the default and the tile can wait for an echo. In the
    /// app it is true for every tile unless it is turned off.
    fn normalize_wait_for_echo(&mut self) {
        let wait_requested = self.bool_or("wait_for_echo", true);
        self.remove("wait_for_echo");
        let waits_by_default = !self.bool_or("update_on_publish", true);
        let publishes = self.bool_or("publish", self.kind.publishes_by_default());
        let waits = if self.get("topic").is_none() {
            false
        } else if publishes {
            if wait_requested != waits_by_default {
                self.entries.push(("wait_for_echo", Value::Bool(wait_requested)));
            }
            wait_requested
        } else {
            wait_requested && waits_by_default
        };
        if !waits {
            self.remove("wait_timeout");
        }
    }

    /// Corrects limits that are in the wrong order or equal. A tile without limits has the defaults here.
    fn normalize_limits(&mut self) {
        let (min, max) = (self.number_or("min", 0.0), self.number_or("max", 100.0));
        if min < max {
            return;
        }
        self.remove("min");
        self.remove("max");
        if max < min {
            self.add_note("`minValue` is greater than `maxValue`; they were swapped".to_owned());
            self.entries.extend([("min", Value::Float(max)), ("max", Value::Float(min))]);
        } else {
            self.add_note(format!("`minValue` and `maxValue` are both {min}; the range was set to 0 to 100"));
        }
    }

    /// Creates the tile, leaving out values that contradict each other. Returns it with the notes.
    pub fn into_tile(mut self) -> (Tile, Vec<String>) {
        loop {
            let mut tile = Tile::new(self.kind.clone());
            let entries: Vec<_> =
                self.entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let Err(errors) = set_fields(&mut tile, &entries) else {
                return (tile, self.notes);
            };
            let named_key = errors.iter().find_map(|error| match error.path.first() {
                Some(ValuePathSegment::Key(name)) if self.get(name).is_some() => Some(name.clone()),
                _ => None,
            });
            // An error without a key of the tile is a contradiction between keys: drops the last one.
            let Some(key) = named_key.or_else(|| entries.last().map(|(name, _)| name.clone())) else {
                return (tile, self.notes);
            };
            if let Some(value) = self.remove(&key) {
                self.note_refusal(&key, &value, &errors);
            }
        }
    }
}
