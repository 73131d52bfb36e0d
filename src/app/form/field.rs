//! A form field: the value of one key while it is being edited.

use std::borrow::Cow;

use tui_input::Input;

use super::{
    completion_source::CompletionSource,
    rows::{list_rows, list_value, property_rows, property_value, text_list_value, text_rows},
    typed_value::{parse_typed, value_text},
};
use crate::app::HiddenInput;
use crate::model::{
    grid::Direction,
    schema::{FieldInfo, ValueType},
    script::ScriptKind,
    value::Value,
};

/// The key of a field and, for a nested table, the key in that table.
pub(crate) type FieldKey = (&'static str, Option<&'static str>);

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormField {
    /// The heading of the section that contains the field; empty for the first section.
    pub(crate) section: &'static str,
    /// The label in front of the value.
    pub(crate) label: Cow<'static, str>,
    /// The key and, for a nested table, the key in that table.
    pub(crate) key: FieldKey,
    /// Which part of the value this is, if it has two fields.
    pub(crate) part: Option<PasswordPart>,
    /// The help text.
    pub(crate) description: &'static str,
    /// The type of values that the key accepts.
    pub(crate) value_type: ValueType,
    /// The value that applies when the key is left out.
    pub(crate) default: Option<Value>,
    /// The current input.
    pub(crate) entry: FieldEntry,
    /// Where suggestions for the value come from.
    pub(crate) completion_source: CompletionSource,
}

/// A part of a password, which has two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordPart {
    /// The kind of its source.
    Source,
    /// The argument of the source, such as the name of a variable.
    Argument,
}

/// The input of a field.
#[derive(Debug, Clone)]
pub enum FieldEntry {
    /// A boolean; `None` when unset.
    Flag(Option<bool>),
    /// The values to choose from, and the index of the selected one.
    Choice(&'static [&'static str], usize),
    /// A line of text.
    Text(Input),
    /// A line of text that is masked on the screen.
    HiddenText(HiddenInput),
    /// The texts of each row of a list of tables, or the name and the value of each user property.
    Rows(Vec<Vec<String>>),
    /// A preset, which fills other fields and is no value itself.
    Preset,
    /// The tables of the rows of a panel.
    PanelRows(Vec<Value>),
    /// A list or a table, which is kept as it is: only an editor changes it.
    InFile(Option<Value>),
}

impl FieldEntry {
    /// Returns the typed text; empty if nothing is typed.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(input) | Self::HiddenText(HiddenInput(input)) => input.value(),
            _ => "",
        }
    }
}

impl PartialEq for FieldEntry {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Flag(a), Self::Flag(b)) => a == b,
            (Self::Choice(_, a), Self::Choice(_, b)) => a == b,
            (Self::Text(a) | Self::HiddenText(HiddenInput(a)), Self::Text(b) | Self::HiddenText(HiddenInput(b))) => {
                a.value() == b.value()
            }
            (Self::Rows(a), Self::Rows(b)) => a == b,
            (Self::PanelRows(a), Self::PanelRows(b)) => a == b,
            (Self::InFile(a), Self::InFile(b)) => a == b,
            (Self::Preset, Self::Preset) => true,
            _ => false,
        }
    }
}

impl FormField {
    /// Creates the field for a key with its current value.
    #[must_use]
    pub(crate) fn new(section: &'static str, info: FieldInfo, current: Option<&Value>) -> Self {
        let completion_source = CompletionSource::of(&info);
        let value = current.or(info.default.as_ref());
        let entry = match (info.value_type, value) {
            (ValueType::Bool, Some(Value::Bool(flag))) => FieldEntry::Flag(Some(*flag)),
            (ValueType::Bool, _) => FieldEntry::Flag(None),
            (ValueType::OneOf(choices), value) => FieldEntry::Choice(choices, choice_index(choices, value)),
            (ValueType::List(list), value) => FieldEntry::Rows(list_rows(list, value)),
            (ValueType::TextList(_), value) => FieldEntry::Rows(text_rows(value)),
            (ValueType::Rows(_), value) => FieldEntry::PanelRows(match value {
                Some(Value::Array(rows)) => rows.clone(),
                _ => Vec::new(),
            }),
            _ if completion_source == CompletionSource::UserProperties => FieldEntry::Rows(property_rows(value)),
            (ValueType::Table(_), value) | (_, value @ Some(Value::Array(_) | Value::Table(_))) => {
                FieldEntry::InFile(value.cloned())
            }
            (_, value) => FieldEntry::Text(Input::new(value.map(value_text).unwrap_or_default())),
        };
        let FieldInfo { name, label, description, value_type, default } = info;
        Self {
            section,
            label,
            key: (name, None),
            part: None,
            description,
            value_type,
            default,
            entry,
            completion_source,
        }
    }

    /// Returns whether this is the source of a password.
    #[must_use]
    pub(crate) fn is_password_source(&self) -> bool {
        self.part == Some(PasswordPart::Source)
    }

    /// Returns whether the value is typed as text.
    #[must_use]
    pub(crate) const fn accepts_text(&self) -> bool {
        matches!(self.entry, FieldEntry::Text(_) | FieldEntry::HiddenText(_))
    }

    /// Returns whether the value is a script, which may have several lines.
    #[must_use]
    pub(crate) fn is_script(&self) -> bool {
        self.key.1.is_none() && ScriptKind::ALL.iter().any(|script| script.key() == self.key.0)
    }

    /// Returns the current value; `None` when the key is left out.
    #[must_use]
    pub(crate) fn value(&self) -> Option<Value> {
        match &self.entry {
            FieldEntry::Flag(flag) => flag.map(Value::Bool),
            FieldEntry::Choice(choices, index) => choices.get(*index).map(|choice| (*choice).into()),
            FieldEntry::Text(input) | FieldEntry::HiddenText(HiddenInput(input)) => {
                parse_typed(input.value(), self.value_type, self.default.is_some())
            }
            FieldEntry::Rows(rows) => match self.value_type {
                ValueType::List(list) => Some(list_value(list, rows)),
                ValueType::TextList(_) => Some(text_list_value(rows)),
                _ => property_value(rows),
            },
            FieldEntry::PanelRows(rows) => Some(Value::Array(rows.clone())),
            FieldEntry::InFile(value) => value.clone(),
            FieldEntry::Preset => None,
        }
    }

    /// Returns whether the field has its default value.
    #[must_use]
    pub(crate) fn is_default(&self) -> bool {
        self.value() == self.default
    }

    /// Replaces the text, or selects the choice with this name.
    pub(crate) fn set_text(&mut self, text: &str) {
        match &mut self.entry {
            FieldEntry::Text(input) | FieldEntry::HiddenText(HiddenInput(input)) => {
                *input = Input::new(text.to_owned());
            }
            FieldEntry::Choice(choices, index) => {
                *index = choices.iter().position(|choice| *choice == text).unwrap_or(*index);
            }
            FieldEntry::Flag(_)
            | FieldEntry::Rows(_)
            | FieldEntry::PanelRows(_)
            | FieldEntry::Preset
            | FieldEntry::InFile(_) => {}
        }
    }

    /// Changes to the next value, or to the previous one for [`Direction::Left`].
    pub(super) fn cycle(&mut self, direction: Direction) {
        let backward = matches!(direction, Direction::Left);
        match &mut self.entry {
            FieldEntry::Flag(flag) => {
                let optional = self.default.is_none();
                *flag = match (*flag, backward) {
                    (None, false) | (Some(false), true) => Some(true),
                    (Some(true), false) | (None, true) => Some(false),
                    (Some(flag), backward) if optional && flag == backward => None,
                    (Some(flag), _) => Some(!flag),
                };
            }
            FieldEntry::Choice(choices, index) => {
                let count = choices.len().max(1);
                *index = if backward { (*index + count - 1) % count } else { (*index + 1) % count };
            }
            FieldEntry::Text(_)
            | FieldEntry::HiddenText(_)
            | FieldEntry::Rows(_)
            | FieldEntry::PanelRows(_)
            | FieldEntry::Preset
            | FieldEntry::InFile(_) => {}
        }
    }
}

fn choice_index(choices: &[&str], value: Option<&Value>) -> usize {
    let Some(Value::String(text)) = value else { return 0 };
    choices.iter().position(|choice| choice == text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_info(value_type: ValueType, default: Option<Value>) -> FieldInfo {
        FieldInfo { name: "x", label: "X".into(), description: "", value_type, default }
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
            let mut field = FormField::new("", field_info(value_type, default), None);
            field.set_text(text);
            assert_eq!(field.value(), value, "{text}");
        }
    }

    #[test]
    fn optional_flag_cycles_through_three_states() {
        let mut field = FormField::new("", field_info(ValueType::Bool, None), None);
        let mut values = Vec::new();
        for _ in 0..4 {
            values.push(field.value());
            field.cycle(Direction::Right);
        }
        assert_eq!(values, [None, Some(Value::Bool(true)), Some(Value::Bool(false)), None]);
        let mut field = FormField::new("", field_info(ValueType::Bool, Some(Value::Bool(true))), None);
        field.cycle(Direction::Right);
        field.cycle(Direction::Left);
        assert_eq!(field.value(), Some(Value::Bool(true)));
    }
}
