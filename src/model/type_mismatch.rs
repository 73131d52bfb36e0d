//! Says that a value has another type than its key needs, and what to write if it is clear what is meant.

use super::{
    schema::ValueType,
    value::{ValidationError, Value},
};

/// Returns the error that a value does not have the expected type.
#[must_use]
pub(crate) fn type_mismatch(value: &Value, expected: ValueType) -> Vec<ValidationError> {
    let error = ValidationError::new(format!("expected {expected}, found {}", value.type_description()));
    match help_for_mismatch(value, expected) {
        Some(help) => error.with_help(help),
        None => error,
    }
    .into()
}

/// Returns what to write instead of a value of the wrong type, if it is clear what is meant.
fn help_for_mismatch(value: &Value, expected: ValueType) -> Option<String> {
    let in_quotes = |text: String| format!("write it in quotes: \"{text}\"");
    match (expected, value) {
        (ValueType::Bool, Value::String(text)) => match text.as_str() {
            "true" | "false" => Some(format!("write it without quotes: {text}")),
            other => flag(other).map(|flag| format!("write {flag}, without quotes")),
        },
        (ValueType::Bool, Value::Integer(number @ (0 | 1))) => Some(format!("write {}", *number == 1)),
        (ValueType::Integer(..), Value::String(text)) => {
            text.parse().ok().map(|number: i64| format!("write it without quotes: {number}"))
        }
        (ValueType::Float, Value::String(text)) => {
            let number = text.parse().ok().filter(|number: &f64| number.is_finite());
            number.map(|number| format!("write it without quotes: {number}"))
        }
        (ValueType::String, _) => scalar_text(value).map(in_quotes),
        (ValueType::OneOf(choices), _) => {
            scalar_text(value).filter(|text| choices.contains(&text.as_str())).map(in_quotes)
        }
        _ => None,
    }
}

/// Returns a number, or true or false, as the text that is meant if a key needs a text.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Returns whether a word means true or false, as other formats and programs write it.
pub(crate) fn flag(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}
