//! One field of a form: what stands behind a key while it is being edited.

use tui_input::Input;

use super::secret::SOURCES;
use crate::model::{
    color::Color,
    grid::Direction,
    icon::Icon,
    json_path::JsonPath,
    schema::{FieldInfo, FieldValue as Takes, ValueType},
    topic::{Topic, TopicFilter},
    value::Value,
};

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The heading that it stands below.
    pub section: &'static str,
    /// What is shown for it.
    pub label: &'static str,
    /// The key, and for a table inside a table the key in that.
    pub key: (&'static str, Option<&'static str>),
    /// What it is for.
    pub about: &'static str,
    /// What it takes.
    pub wants: ValueType,
    /// What it means when it is left out.
    pub default: Option<Value>,
    /// What stands there.
    pub entry: Entry,
    /// What it can be filled from.
    pub lead: Lead,
}

/// What stands in a field.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Yes or no; `None`: not said.
    Flag(Option<bool>),
    /// One of several words, or of several sources of a password.
    Word(&'static [&'static str], usize),
    /// A line that is typed.
    Line(Input),
    /// A line that is typed and not shown.
    Hidden(Input),
    /// Label and payload of each option.
    Options(Vec<(String, String)>),
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Word(_, a), Self::Word(_, b)) => a == b,
            (Self::Line(a) | Self::Hidden(a), Self::Line(b) | Self::Hidden(b)) => a.value() == b.value(),
            (Self::Options(a), Self::Options(b)) => a == b,
            _ => false,
        }
    }
}

/// What a field can be filled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// Nothing but the keyboard.
    Nothing,
    /// The colour picker.
    Color,
    /// The list of icons.
    Icon,
    /// The topics that were seen.
    Topic,
    /// The last payload, as a tree.
    Json,
    /// The names of the profiles.
    Profile,
    /// The names of the dashboards.
    Dashboard,
    /// The editor of options.
    Options,
}

/// What `options` of a choice take, which have an editor of their own.
fn is_options(row: &FieldInfo) -> bool {
    row.name == "options"
}

impl Field {
    /// The field of a key, with the value that it has now.
    #[must_use]
    pub fn new(section: &'static str, row: FieldInfo, now: Option<&Value>) -> Self {
        let lead = match row.value_type {
            wants if wants == <Color as Takes>::VALUE_TYPE => Lead::Color,
            wants if wants == <Icon as Takes>::VALUE_TYPE => Lead::Icon,
            wants if wants == <TopicFilter as Takes>::VALUE_TYPE || wants == <Topic as Takes>::VALUE_TYPE => {
                Lead::Topic
            }
            wants if wants == <JsonPath as Takes>::VALUE_TYPE => Lead::Json,
            _ if is_options(&row) => Lead::Options,
            _ if row.name == "profile" => Lead::Profile,
            _ if row.name == "dashboard" => Lead::Dashboard,
            _ => Lead::Nothing,
        };
        let value = now.or(row.default.as_ref());
        let entry = match (row.value_type, value) {
            (ValueType::Bool, Some(Value::Bool(flag))) => Entry::Flag(Some(*flag)),
            (ValueType::Bool, _) => Entry::Flag(None),
            (ValueType::OneOf(words), value) => Entry::Word(words, place(words, value)),
            _ if lead == Lead::Options => Entry::Options(options(value)),
            (_, value) => Entry::Line(Input::new(value.map(text).unwrap_or_default())),
        };
        let (name, about, wants, default) = (row.name, row.description, row.value_type, row.default);
        Self { section, label: name, key: (name, None), about, wants, default, entry, lead }
    }

    /// Whether it is typed.
    #[must_use]
    pub const fn typed(&self) -> bool {
        matches!(self.entry, Entry::Line(_) | Entry::Hidden(_))
    }

    /// The value that stands there; `None`: the key is left out.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        match &self.entry {
            Entry::Flag(flag) => flag.map(Value::Bool),
            Entry::Word(words, at) => words.get(*at).map(|word| (*word).into()),
            Entry::Line(input) | Entry::Hidden(input) => typed_value(input.value(), self.wants, self.default.is_some()),
            Entry::Options(options) => {
                let item = |(label, payload): &(String, String)| {
                    Value::Table(vec![
                        ("label".to_owned(), label.as_str().into()),
                        ("payload".to_owned(), payload.as_str().into()),
                    ])
                };
                Some(Value::Array(options.iter().map(item).collect()))
            }
        }
    }

    /// Whether it says what it means anyhow.
    #[must_use]
    pub fn plain(&self) -> bool {
        match (&self.entry, self.value()) {
            (Entry::Word(words, at), _) if *words == SOURCES => *at == 0,
            (_, value) => value == self.default,
        }
    }

    /// Puts this text there.
    pub fn put(&mut self, text: &str) {
        match &mut self.entry {
            Entry::Line(input) | Entry::Hidden(input) => *input = Input::new(text.to_owned()),
            Entry::Word(words, at) => *at = words.iter().position(|word| *word == text).unwrap_or(*at),
            Entry::Flag(_) | Entry::Options(_) => {}
        }
    }

    /// Goes to the next value, or back.
    pub(super) fn turn(&mut self, way: Direction) {
        let back = matches!(way, Direction::Left);
        match &mut self.entry {
            Entry::Flag(flag) => {
                let open = self.default.is_none();
                *flag = match (*flag, back) {
                    (None, false) | (Some(false), true) => Some(true),
                    (Some(true), false) | (None, true) => Some(false),
                    (Some(flag), back) if open && flag == back => None,
                    (Some(flag), _) => Some(!flag),
                };
            }
            Entry::Word(words, at) => {
                let count = words.len().max(1);
                *at = if back { (*at + count - 1) % count } else { (*at + 1) % count };
            }
            Entry::Line(_) | Entry::Hidden(_) | Entry::Options(_) => {}
        }
    }
}

fn place(words: &[&str], value: Option<&Value>) -> usize {
    let Some(Value::String(word)) = value else { return 0 };
    words.iter().position(|known| known == word).unwrap_or_default()
}

fn options(value: Option<&Value>) -> Vec<(String, String)> {
    let Some(Value::Array(items)) = value else { return Vec::new() };
    let part = |entries: &[(String, Value)], name: &str| {
        entries.iter().find(|(key, _)| key == name).map(|(_, value)| text(value)).unwrap_or_default()
    };
    let item = |item: &Value| match item {
        Value::Table(entries) => (part(entries, "label"), part(entries, "payload")),
        other => (text(other), text(other)),
    };
    items.iter().map(item).collect()
}

/// A value as it is typed.
fn text(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        Value::Table(entries) => entries.iter().map(|(_, value)| text(value)).collect::<Vec<_>>().join(" "),
    }
}

/// What a typed text is. An empty one leaves out a key that means nothing when it is left out.
fn typed_value(text: &str, wants: ValueType, has_default: bool) -> Option<Value> {
    if text.is_empty() && !has_default {
        return None;
    }
    let trimmed = text.trim();
    Some(match wants {
        ValueType::Integer(..) | ValueType::Float => {
            match (trimmed.parse::<i64>(), trimmed.replace(',', ".").parse::<f64>()) {
                (Ok(whole), _) => Value::Integer(whole),
                (_, Ok(number)) => Value::Float(number),
                _ => text.into(),
            }
        }
        _ => text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(wants: ValueType, default: Option<Value>) -> FieldInfo {
        FieldInfo { name: "x", description: "", value_type: wants, default }
    }

    #[test]
    fn what_is_typed_becomes_what_the_key_takes() {
        for (text, wants, default, value) in [
            ("", ValueType::Float, None, None),
            ("4,5", ValueType::Float, None, Some(Value::Float(4.5))),
            ("40", ValueType::Integer(0, 100), None, Some(Value::Integer(40))),
            ("", ValueType::String, Some("1".into()), Some("".into())),
            ("40", ValueType::String, None, Some("40".into())),
        ] {
            let mut field = Field::new("", row(wants, default), None);
            field.put(text);
            assert_eq!(field.value(), value, "{text}");
        }
    }

    #[test]
    fn a_flag_that_may_be_left_out_has_three_states() {
        let mut field = Field::new("", row(ValueType::Bool, None), None);
        let mut seen = Vec::new();
        for _ in 0..4 {
            seen.push(field.value());
            field.turn(Direction::Right);
        }
        assert_eq!(seen, [None, Some(Value::Bool(true)), Some(Value::Bool(false)), None]);
        let mut field = Field::new("", row(ValueType::Bool, Some(Value::Bool(true))), None);
        field.turn(Direction::Right);
        field.turn(Direction::Left);
        assert_eq!(field.value(), Some(Value::Bool(true)));
    }
}
