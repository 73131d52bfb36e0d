//! The two fields of a password: where it comes from, and what that takes.

use tui_input::Input;

use super::field::{Entry, Field, Lead};
use crate::model::{
    schema::{FieldInfo, ValueType},
    value::Value,
};

/// Where a password may come from, the best first behind "none".
pub const SOURCES: &[&str] = &["none", "variable", "command", "file", "asked for", "plain text"];
/// What is wanted for each.
const ABOUT: [&str; 6] = [
    "",
    "the name of the environment variable that holds it",
    "the program that prints it, with its arguments, such as: pass show hub",
    "the file whose first line it is",
    "",
    "the password itself; everyone who sees the file sees it",
];

/// The two fields, with what the profile says now.
pub(super) fn fields(section: &'static str, row: &FieldInfo, now: Option<&Value>) -> [Field; 2] {
    let (source, text) = match now {
        Some(Value::Table(entries)) => match entries.first().map(|(name, value)| (name.as_str(), value)) {
            Some(("env", Value::String(name))) => (1, name.clone()),
            Some(("command", Value::Array(words))) => (2, joined(words)),
            Some(("file", Value::String(path))) => (3, path.clone()),
            _ => (4, String::new()),
        },
        Some(Value::String(plain)) => (5, plain.clone()),
        _ => (0, String::new()),
    };
    let field = |label, inner, about, entry| Field {
        section,
        label,
        key: (row.name, inner),
        about,
        wants: ValueType::String,
        default: None,
        entry,
        lead: Lead::Nothing,
    };
    let from = field(
        "password",
        Some("from"),
        "where the password comes from; a variable, a command or a file keep it out of this one",
        Entry::Word(SOURCES, source),
    );
    let mut what = field("", Some("what"), "", Entry::Line(Input::new(text)));
    dress(source, &mut what);
    [from, what]
}

/// Makes the second field fit the source.
pub(super) fn dress(source: usize, what: &mut Field) {
    what.label = match source {
        1..=3 => SOURCES[source],
        5 => "the password",
        _ => "",
    };
    what.about = ABOUT.get(source).copied().unwrap_or_default();
    let input = match &what.entry {
        Entry::Line(input) | Entry::Hidden(input) => input.clone(),
        _ => Input::default(),
    };
    what.entry = if source == 5 { Entry::Hidden(input) } else { Entry::Line(input) };
}

/// Whether a source takes something more.
pub(super) const fn asks(source: usize) -> bool {
    matches!(source, 1 | 2 | 3 | 5)
}

/// The value of both fields together.
pub(super) fn value(source: usize, text: &str) -> Option<Value> {
    let table = |name: &str, value| Some(Value::Table(vec![(name.to_owned(), value)]));
    match source {
        1 => table("env", text.into()),
        2 => table("command", Value::Array(words(text).iter().map(|word| word.as_str().into()).collect())),
        3 => table("file", text.into()),
        4 => table("prompt", Value::Bool(true)),
        5 => Some(text.into()),
        _ => None,
    }
}

/// The words of a command line; quotes keep what has spaces together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut quote = None;
    for c in line.chars() {
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

fn joined(words: &[Value]) -> String {
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
    fn a_command_line_is_taken_apart_and_put_together() {
        for line in ["pass show hub", "sh -c \"echo it's\"", "a 'say \"x\"' \"\""] {
            let parts: Vec<Value> = words(line).iter().map(|word| word.as_str().into()).collect();
            assert_eq!(words(&joined(&parts)), words(line), "{line}");
        }
        assert_eq!(words("sh -c 'a b'"), ["sh", "-c", "a b"]);
    }
}
