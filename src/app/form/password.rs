//! The two form fields of a password: its source, and the argument of that source.

use tui_input::Input;

use super::field::{CompletionSource, FieldEntry, FieldKey, FormField, PasswordPart};
use crate::app::HiddenInput;
use crate::model::{
    schema::{FieldInfo, ValueType},
    value::Value,
};

/// The password sources: "none", then from the most to the least recommended.
const PASSWORD_SOURCES: &[&str] = &["none", "variable", "command", "file", "prompt", "plain text"];
/// The help text for the argument of each source.
const SOURCE_DESCRIPTIONS: [&str; 6] = [
    "",
    "the name of the environment variable that holds the password",
    "the command that prints the password, with its arguments; for example: pass show hub",
    "the path of the file whose first line is the password",
    "",
    "the password itself; anyone who can read profiles.toml can read it",
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
        Some(Value::String(plain)) => (5, plain.clone()),
        _ => (0, String::new()),
    };
    let field = |label, part, description, default, entry| FormField {
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
        info.name,
        PasswordPart::Source,
        "where the password comes from; all sources except plain text keep it out of profiles.toml",
        Some(PASSWORD_SOURCES[0].into()),
        FieldEntry::Choice(PASSWORD_SOURCES, source_index),
    );
    let mut argument_field = field("", PasswordPart::Argument, "", None, FieldEntry::Text(Input::new(text)));
    update_argument_field(source_index, &mut argument_field);
    [source_field, argument_field]
}

/// Updates the argument field for the selected source.
pub(super) fn update_argument_field(source_index: usize, argument_field: &mut FormField) {
    argument_field.label = match source_index {
        1..=3 => PASSWORD_SOURCES[source_index],
        5 => "the password",
        _ => "",
    };
    argument_field.description = SOURCE_DESCRIPTIONS.get(source_index).copied().unwrap_or_default();
    let input = match &argument_field.entry {
        FieldEntry::Text(input) | FieldEntry::HiddenText(HiddenInput(input)) => input.clone(),
        _ => Input::default(),
    };
    argument_field.entry =
        if source_index == 5 { FieldEntry::HiddenText(HiddenInput(input)) } else { FieldEntry::Text(input) };
}

/// Returns whether a source takes an argument.
pub(super) const fn takes_argument(source_index: usize) -> bool {
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
        5 => Some(text.into()),
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
