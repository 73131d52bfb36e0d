//! One field of a form: what stands behind a key while it is being edited.

use tui_input::Input;

use super::password::PASSWORD_SOURCES;
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
pub struct FormField {
    /// The heading that it stands below.
    pub section: &'static str,
    /// What is shown for it.
    pub label: &'static str,
    /// The key, and for a table inside a table the key in that.
    pub key: (&'static str, Option<&'static str>),
    /// What it is for.
    pub description: &'static str,
    /// What it takes.
    pub value_type: ValueType,
    /// What it means when it is left out.
    pub default: Option<Value>,
    /// What stands there.
    pub entry: FieldEntry,
    /// What it can be filled from.
    pub completion_source: CompletionSource,
}

/// What stands in a field.
#[derive(Debug, Clone)]
pub enum FieldEntry {
    /// Yes or no; `None`: not said.
    Flag(Option<bool>),
    /// One of several words, or of several sources of a password.
    Choice(&'static [&'static str], usize),
    /// A line that is typed.
    Text(Input),
    /// A line that is typed and not shown.
    HiddenText(Input),
    /// Label and payload of each option.
    Options(Vec<(String, String)>),
}

impl PartialEq for FieldEntry {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Choice(_, a), Self::Choice(_, b)) => a == b,
            (Self::Text(a) | Self::HiddenText(a), Self::Text(b) | Self::HiddenText(b)) => a.value() == b.value(),
            (Self::Options(a), Self::Options(b)) => a == b,
            _ => false,
        }
    }
}

/// What a field can be filled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionSource {
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
fn is_options_key(row: &FieldInfo) -> bool {
    row.name == "options"
}

impl FormField {
    /// The field of a key, with the value that it has now.
    #[must_use]
    pub fn new(section: &'static str, row: FieldInfo, current: Option<&Value>) -> Self {
        let completion_source = match row.value_type {
            value_type if value_type == <Color as Takes>::VALUE_TYPE => CompletionSource::Color,
            value_type if value_type == <Icon as Takes>::VALUE_TYPE => CompletionSource::Icon,
            value_type
                if value_type == <TopicFilter as Takes>::VALUE_TYPE || value_type == <Topic as Takes>::VALUE_TYPE =>
            {
                CompletionSource::Topic
            }
            value_type if value_type == <JsonPath as Takes>::VALUE_TYPE => CompletionSource::Json,
            _ if is_options_key(&row) => CompletionSource::Options,
            _ if row.name == "profile" => CompletionSource::Profile,
            _ if row.name == "dashboard" => CompletionSource::Dashboard,
            _ => CompletionSource::Nothing,
        };
        let value = current.or(row.default.as_ref());
        let entry = match (row.value_type, value) {
            (ValueType::Bool, Some(Value::Bool(flag))) => FieldEntry::Flag(Some(*flag)),
            (ValueType::Bool, _) => FieldEntry::Flag(None),
            (ValueType::OneOf(words), value) => FieldEntry::Choice(words, choice_index(words, value)),
            _ if completion_source == CompletionSource::Options => FieldEntry::Options(parse_options(value)),
            (_, value) => FieldEntry::Text(Input::new(value.map(value_text).unwrap_or_default())),
        };
        let (name, description, value_type, default) = (row.name, row.description, row.value_type, row.default);
        Self { section, label: name, key: (name, None), description, value_type, default, entry, completion_source }
    }

    /// Whether it is typed.
    #[must_use]
    pub const fn accepts_text(&self) -> bool {
        matches!(self.entry, FieldEntry::Text(_) | FieldEntry::HiddenText(_))
    }

    /// The value that stands there; `None`: the key is left out.
    #[must_use]
    pub fn value(&self) -> Option<Value> {
        match &self.entry {
            FieldEntry::Flag(flag) => flag.map(Value::Bool),
            FieldEntry::Choice(words, index) => words.get(*index).map(|word| (*word).into()),
            FieldEntry::Text(input) | FieldEntry::HiddenText(input) => {
                parse_typed(input.value(), self.value_type, self.default.is_some())
            }
            FieldEntry::Options(options) => {
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
    pub fn is_default(&self) -> bool {
        match (&self.entry, self.value()) {
            (FieldEntry::Choice(words, index), _) if *words == PASSWORD_SOURCES => *index == 0,
            (_, value) => value == self.default,
        }
    }

    /// Puts this text there.
    pub fn set_text(&mut self, text: &str) {
        match &mut self.entry {
            FieldEntry::Text(input) | FieldEntry::HiddenText(input) => *input = Input::new(text.to_owned()),
            FieldEntry::Choice(words, index) => *index = words.iter().position(|word| *word == text).unwrap_or(*index),
            FieldEntry::Flag(_) | FieldEntry::Options(_) => {}
        }
    }

    /// Goes to the next value, or back.
    pub(super) fn cycle(&mut self, direction: Direction) {
        let backward = matches!(direction, Direction::Left);
        match &mut self.entry {
            FieldEntry::Flag(flag) => {
                let optional = self.default.is_none();
                *flag = match (*flag, backward) {
                    (None, false) | (Some(false), true) => Some(true),
                    (Some(true), false) | (None, true) => Some(false),
                    (Some(flag), back) if optional && flag == back => None,
                    (Some(flag), _) => Some(!flag),
                };
            }
            FieldEntry::Choice(words, index) => {
                let count = words.len().max(1);
                *index = if backward { (*index + count - 1) % count } else { (*index + 1) % count };
            }
            FieldEntry::Text(_) | FieldEntry::HiddenText(_) | FieldEntry::Options(_) => {}
        }
    }
}

fn choice_index(words: &[&str], value: Option<&Value>) -> usize {
    let Some(Value::String(word)) = value else { return 0 };
    words.iter().position(|known| known == word).unwrap_or_default()
}

fn parse_options(value: Option<&Value>) -> Vec<(String, String)> {
    let Some(Value::Array(items)) = value else { return Vec::new() };
    let entry_text = |entries: &[(String, Value)], name: &str| {
        entries.iter().find(|(key, _)| key == name).map(|(_, value)| value_text(value)).unwrap_or_default()
    };
    let item = |item: &Value| match item {
        Value::Table(entries) => (entry_text(entries, "label"), entry_text(entries, "payload")),
        other => (value_text(other), value_text(other)),
    };
    items.iter().map(item).collect()
}

/// A value as it is typed.
fn value_text(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(value_text).collect::<Vec<_>>().join(" "),
        Value::Table(entries) => entries.iter().map(|(_, value)| value_text(value)).collect::<Vec<_>>().join(" "),
    }
}

/// What a typed text is. An empty one leaves out a key that means nothing when it is left out.
fn parse_typed(text: &str, value_type: ValueType, has_default: bool) -> Option<Value> {
    if text.is_empty() && !has_default {
        return None;
    }
    let trimmed = text.trim();
    Some(match value_type {
        ValueType::Integer(..) | ValueType::Float => {
            match (trimmed.parse::<i64>(), trimmed.replace(',', ".").parse::<f64>()) {
                (Ok(integer), _) => Value::Integer(integer),
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

    fn row(value_type: ValueType, default: Option<Value>) -> FieldInfo {
        FieldInfo { name: "x", description: "", value_type, default }
    }

    #[test]
    fn form_field_parses_text_by_value_type() {
        for (text, value_type, default, value) in [
            ("", ValueType::Float, None, None),
            ("4,5", ValueType::Float, None, Some(Value::Float(4.5))),
            ("40", ValueType::Integer(0, 100), None, Some(Value::Integer(40))),
            ("", ValueType::String, Some("1".into()), Some("".into())),
            ("40", ValueType::String, None, Some("40".into())),
        ] {
            let mut field = FormField::new("", row(value_type, default), None);
            field.set_text(text);
            assert_eq!(field.value(), value, "{text}");
        }
    }

    #[test]
    fn optional_flag_cycles_through_three_states() {
        let mut field = FormField::new("", row(ValueType::Bool, None), None);
        let mut values = Vec::new();
        for _ in 0..4 {
            values.push(field.value());
            field.cycle(Direction::Right);
        }
        assert_eq!(values, [None, Some(Value::Bool(true)), Some(Value::Bool(false)), None]);
        let mut field = FormField::new("", row(ValueType::Bool, Some(Value::Bool(true))), None);
        field.cycle(Direction::Right);
        field.cycle(Direction::Left);
        assert_eq!(field.value(), Some(Value::Bool(true)));
    }
}
