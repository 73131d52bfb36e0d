//! The two form fields of a password: the password itself or the argument of its source, and the source.

use std::borrow::Cow;

use tui_input::Input;

use super::{
    CompletionSource, Form,
    field::{FieldEntry, FieldKey, FormField, PasswordPart},
};
use crate::app::HiddenInput;
use crate::model::{
    schema::{FieldInfo, ValueType},
    value::Value,
};

/// The password sources: "none", then from the most to the least recommended.
const PASSWORD_SOURCES: &[&str] = &["none", "variable", "command", "file", "prompt", "profiles.toml"];
/// The index of the source that is typed into the form and written to `profiles.toml`.
const PLAIN_TEXT: usize = 5;
/// The help text for the argument of each source.
const SOURCE_DESCRIPTIONS: [&str; 6] = [
    "the password; typed here, it is kept in profiles.toml; safer: a variable, a command or a prompt (next field)",
    "the name of the environment variable that holds the password",
    "the command that prints the password, with its arguments; for example: pass show hub",
    "the path of the file whose first line is the password",
    "asked for when connecting; typed here, it is kept in profiles.toml instead",
    "kept in profiles.toml for anyone who can read it; safer: a variable, a command or a prompt (next field)",
];

/// Creates the two fields with the current value of the profile.
pub(super) fn password_fields(
    section: &'static str,
    key: FieldKey,
    info: &FieldInfo,
    current: Option<&Value>,
) -> [FormField; 2] {
    let (source_index, text) = match current {
        Some(Value::Table(entries)) => match entries.first().map(|(name, value)| (name.as_str(), value)) {
            Some(("env", Value::String(name))) => (1, name.clone()),
            Some(("command", Value::Array(words))) => (2, join_words(words)),
            Some(("file", Value::String(path))) => (3, path.clone()),
            _ => (4, String::new()),
        },
        Some(Value::String(plain)) => (PLAIN_TEXT, plain.clone()),
        _ => (0, String::new()),
    };
    let field = |label: Cow<'static, str>, part, description, default, entry| FormField {
        section,
        label,
        key,
        part: Some(part),
        description,
        value_type: ValueType::String,
        default,
        entry,
        completion_source: CompletionSource::Nothing,
    };
    let source_field = field(
        "Comes from".into(),
        PasswordPart::Source,
        "where the password is kept; anyone who can read profiles.toml can read it there",
        Some(PASSWORD_SOURCES[0].into()),
        FieldEntry::Choice(PASSWORD_SOURCES, source_index),
    );
    let entry = FieldEntry::Text(Input::new(text));
    let mut argument_field = field(info.label.clone(), PasswordPart::Argument, "", None, entry);
    update_argument_field(source_index, &mut argument_field);
    [argument_field, source_field]
}

/// Updates the argument field for the selected source.
fn update_argument_field(source_index: usize, argument_field: &mut FormField) {
    argument_field.description = SOURCE_DESCRIPTIONS.get(source_index).copied().unwrap_or_default();
    let input = match &argument_field.entry {
        FieldEntry::Text(input) | FieldEntry::HiddenText(HiddenInput(input)) => input.clone(),
        _ => Input::default(),
    };
    argument_field.entry =
        if is_masked(source_index) { FieldEntry::HiddenText(HiddenInput(input)) } else { FieldEntry::Text(input) };
}

/// Returns whether what is typed while this source is selected is a password.
const fn is_masked(source_index: usize) -> bool {
    !matches!(source_index, 1..=3)
}

impl Form {
    /// Returns the index of the selected source of a password.
    pub(super) fn password_source(&self, key: FieldKey) -> usize {
        match self.field_entry(key, Some(PasswordPart::Source)) {
            Some(FieldEntry::Choice(_, index)) => *index,
            _ => 0,
        }
    }

    /// Returns the password or the argument of its source, as typed.
    pub(super) fn password_argument(&self, key: FieldKey) -> &str {
        self.field_entry(key, Some(PasswordPart::Argument)).map_or("", FieldEntry::text)
    }

    /// Returns the password whose part has the focus.
    fn focused_password(&self, part: PasswordPart) -> Option<FieldKey> {
        self.focused_field().filter(|field| field.part == Some(part)).map(|field| field.key)
    }

    /// Takes into account that another source was selected, if the focused field is one: `previous` was selected.
    /// What is typed stays only if it still means the same, so that a password is never shown as the name of a
    /// variable.
    pub(super) fn on_password_source_changed(&mut self, previous: Option<usize>) {
        let Some((key, previous)) = self.focused_password(PasswordPart::Source).zip(previous) else { return };
        let source = self.password_source(key);
        let keeps_text = is_masked(previous) == is_masked(source) && takes_argument(previous) && takes_argument(source);
        if let Some(argument) = self.password_field_mut(key, PasswordPart::Argument) {
            if !keeps_text {
                argument.set_text("");
            }
            update_argument_field(source, argument);
        }
    }

    /// Returns the selected source, if the focused field is the source of a password.
    pub(super) fn focused_password_source(&self) -> Option<usize> {
        self.focused_password(PasswordPart::Source).map(|key| self.password_source(key))
    }

    /// Selects the source that follows from what was typed into a password: `profiles.toml`, or none if it is empty
    /// again.
    pub(super) fn on_password_typed(&mut self) {
        let Some(key) = self.focused_password(PasswordPart::Argument) else { return };
        let source = match (self.password_source(key), self.password_argument(key).is_empty()) {
            (source, false) if !takes_argument(source) => PLAIN_TEXT,
            (PLAIN_TEXT, true) => 0,
            _ => return,
        };
        if let Some(FormField { entry: FieldEntry::Choice(_, index), .. }) =
            self.password_field_mut(key, PasswordPart::Source)
        {
            *index = source;
        }
        if let Some(argument) = self.password_field_mut(key, PasswordPart::Argument) {
            update_argument_field(source, argument);
        }
    }

    fn password_field_mut(&mut self, key: FieldKey, part: PasswordPart) -> Option<&mut FormField> {
        self.fields.iter_mut().find(|field| (field.key, field.part) == (key, Some(part)))
    }
}

/// Returns whether a source takes an argument.
const fn takes_argument(source_index: usize) -> bool {
    matches!(source_index, 1 | 2 | 3 | 5)
}

/// Returns the value of a password for a source and its argument.
pub(super) fn password_value(source_index: usize, text: &str) -> Option<Value> {
    let table = |name: &str, value| Some(Value::Table(vec![(name.to_owned(), value)]));
    match source_index {
        1 => table("env", text.into()),
        2 => table("command", Value::Array(split_words(text).iter().map(|word| word.as_str().into()).collect())),
        3 => table("file", text.into()),
        4 => table("prompt", Value::Bool(true)),
        PLAIN_TEXT => Some(text.into()),
        _ => None,
    }
}

/// Splits a command line into words. Quoted text is one word, even with spaces in it.
fn split_words(command_line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    for c in command_line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn join_words(words: &[Value]) -> String {
    let word = |word: &Value| match word {
        Value::String(text) if text.is_empty() || text.contains(|c: char| c.is_whitespace() || "'\"".contains(c)) => {
            format!("'{}'", text.replace('\'', "'\"'\"'"))
        }
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_split_and_join_round_trip() {
        for command_line in ["pass show hub", "sh -c \"echo it's\"", "a 'say \"x\"' \"\""] {
            let parts: Vec<Value> = split_words(command_line).iter().map(|word| word.as_str().into()).collect();
            assert_eq!(split_words(&join_words(&parts)), split_words(command_line), "{command_line}");
        }
        assert_eq!(split_words("sh -c 'a b'"), ["sh", "-c", "a b"]);
    }
}
