//! JSON of values that have more types than JSON has.

use serde_json::{Number, Value};

use super::hexadecimal::to_hexadecimal;

/// Returns a value as a payload: text without quotes, anything else as JSON.
pub(super) fn payload_of(value: Value) -> Vec<u8> {
    match value {
        Value::String(text) => text.into_bytes(),
        value => value.to_string().into_bytes(),
    }
}

/// Returns the value in a payload: JSON, or else the payload is a text.
pub(super) fn value_in(payload: &[u8]) -> Value {
    serde_json::from_slice(payload).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(payload).into_owned()))
}

/// Returns the number with these digits.
pub(super) fn digits(digits: String) -> Value {
    digits.parse().map_or(Value::String(digits), Value::Number)
}

/// Returns a number; a text if JSON has no such number.
pub(super) fn number(number: f64) -> Value {
    Number::from_f64(number).map_or_else(|| Value::String(number.to_string()), Value::Number)
}

/// Returns a number with as many digits as its 32 bits have.
pub(super) fn short_number(number: f32) -> Value {
    digits(number.to_string())
}

/// Returns bytes, which JSON has not, as hexadecimal digits.
pub(super) fn bytes(bytes: &[u8]) -> Value {
    Value::String(to_hexadecimal(bytes))
}

/// Returns the name of a member of an object for the key of a map.
pub(super) fn key(key: Value) -> String {
    match key {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
