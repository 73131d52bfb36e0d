//! A tile on its way in: what its keys shall say, mended until a dashboard file may say so.

use super::{fault::quoted, keys::KindRow};
use crate::model::{
    kind::TileKind,
    schema::{DynFields as _, FieldValue as _, ValueType, set_fields},
    tile::Tile,
    topic::TopicFilter,
    value::{ValidationError, Value, ValuePathSegment},
};

/// Keys and values of a tile that is not yet one.
pub(super) struct Draft {
    row: &'static KindRow,
    kind: Box<dyn TileKind>,
    entries: Vec<(&'static str, Value)>,
    notes: Vec<String>,
    /// Whether where it publishes was refused: then it must not publish anywhere else.
    astray: bool,
}

impl Draft {
    /// An empty one.
    pub fn new(row: &'static KindRow, kind: Box<dyn TileKind>) -> Self {
        Self { row, kind, entries: Vec::new(), notes: Vec::new(), astray: false }
    }

    /// Says what could not be carried over.
    pub fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Gives a key its value where a file may hold that, or else the nearest one, or none.
    pub fn put(&mut self, key: &'static str, value: Value) {
        let mut scratch = Tile::new(self.kind.clone());
        let Some(Err(wrong)) = scratch.set(key, &value) else {
            self.entries.push((key, value));
            return;
        };
        let wants = scratch.fields().into_iter().find(|row| row.name == key).map(|row| row.value_type);
        if let (Some(ValueType::Integer(min, max)), Value::Integer(number)) = (wants, &value) {
            let nearest = (*number).clamp(min, max);
            self.note(format!("`{}` is {number}; the nearest that can be had is {nearest}", self.app(key)));
            self.entries.push((key, Value::Integer(nearest)));
            return;
        }
        self.astray |= key == "publish_topic";
        self.refuse(key, &value, &wrong);
    }

    fn refuse(&mut self, key: &str, value: &Value, wrong: &[ValidationError]) {
        let what = wrong.first().map_or("it cannot be had here", |complaint| &complaint.message);
        let shown = match value {
            Value::String(text) => format!(" {}", quoted(text)),
            _ => String::new(),
        };
        self.note(format!("`{}`{shown} was left out: {what}", self.app(key)));
    }

    fn app<'a>(&self, key: &'a str) -> &'a str {
        self.row.app_name(key).unwrap_or(key)
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    fn flag(&self, key: &str, missing: bool) -> bool {
        match self.get(key) {
            Some(Value::Bool(flag)) => *flag,
            _ => missing,
        }
    }

    fn number(&self, key: &str, missing: f64) -> f64 {
        self.get(key).and_then(|value| f64::from_value(value).ok()).unwrap_or(missing)
    }

    fn drop(&mut self, key: &str) -> Option<Value> {
        let at = self.entries.iter().position(|(name, _)| *name == key)?;
        Some(self.entries.remove(at).1)
    }

    /// Leaves out what says nothing and mends what contradicts itself.
    pub fn settle(&mut self) {
        self.settle_publishing();
        self.settle_waiting();
        self.settle_limits();
        if self.get("source").is_some_and(|source| *source != "url".into()) {
            self.drop("url");
        }
    }

    fn settle_publishing(&mut self) {
        let plain = self.kind.publishes_by_default();
        let mut publishes = self.flag("publish", plain);
        if self.get("publish_topic") == self.get("topic") {
            self.drop("publish_topic");
        }
        if publishes && let Some(why) = self.must_not_publish(plain) {
            self.note(format!(
                "{why}, so pressing it does not publish; to let it, set `publish_topic` to where the device listens \
                 and `publish` to true"
            ));
            publishes = false;
        }
        if !publishes {
            self.drop("publish_topic");
        }
        self.drop("publish");
        if publishes != plain {
            self.entries.push(("publish", Value::Bool(publishes)));
        }
    }

    /// Why a tile that publishes in the app cannot here; `plain` is whether its kind does unasked.
    fn must_not_publish(&self, plain: bool) -> Option<&'static str> {
        if self.astray {
            return Some("where it would publish is no topic");
        }
        if self.get("publish_topic").is_some() {
            return None;
        }
        let own = match self.get("topic") {
            Some(Value::String(topic)) => TopicFilter::new(topic).ok().and_then(|filter| filter.as_topic()),
            _ => None,
        };
        if self.get("json_path").is_some() && self.get("topic").is_some() {
            Some("it would publish to its own topic, where JSON comes")
        } else if own.is_none() && !plain {
            Some("there is nowhere to publish")
        } else {
            None
        }
    }

    /// In the app a spinner turns whenever that is not switched off; here it is spoken of only where
    /// a spinner can turn.
    fn settle_waiting(&mut self) {
        let wished = self.flag("wait_for_echo", true);
        self.drop("wait_for_echo");
        let plain = !self.flag("update_on_publish", true);
        let publishes = self.flag("publish", self.kind.publishes_by_default());
        let waits = if self.get("topic").is_none() {
            false
        } else if publishes {
            if wished != plain {
                self.entries.push(("wait_for_echo", Value::Bool(wished)));
            }
            wished
        } else {
            wished && plain
        };
        if !waits {
            self.drop("wait_timeout");
        }
    }

    fn settle_limits(&mut self) {
        let (min, max) = (self.number("min", 0.0), self.number("max", 100.0));
        if self.row.word != "range" || min < max {
            return;
        }
        self.drop("min");
        self.drop("max");
        if max < min {
            self.note("`minValue` was above `maxValue`; they were swapped".to_owned());
            self.entries.extend([("min", Value::Float(max)), ("max", Value::Float(min))]);
        } else {
            self.note(format!("`minValue` and `maxValue` are both {min}; here it goes from 0 to 100"));
        }
    }

    /// The tile, and what could not be carried over.
    pub fn tile(mut self) -> (Tile, Vec<String>) {
        loop {
            let mut tile = Tile::new(self.kind.clone());
            let entries: Vec<_> =
                self.entries.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let Err(wrong) = set_fields(&mut tile, &entries) else {
                return (tile, self.notes);
            };
            let named = wrong.iter().find_map(|complaint| match complaint.path.first() {
                Some(ValuePathSegment::Key(name)) if self.get(name).is_some() => Some(name.clone()),
                _ => None,
            });
            // A contradiction that names no key of the tile is one between the others.
            let Some(key) = named.or_else(|| entries.last().map(|(name, _)| name.clone())) else {
                return (tile, self.notes);
            };
            if let Some(value) = self.drop(&key) {
                self.refuse(&key, &value, &wrong);
            }
        }
    }
}
