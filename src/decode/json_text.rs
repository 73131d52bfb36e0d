//! JSON of values that have more types than JSON has.

use serde_json::{Number, Value};

use super::{DecodeError, MAX_STRUCTURED_BYTES, hexadecimal::to_hexadecimal};

/// Returns what a payload says that is one value. `read` takes it from the beginning of the bytes.
pub(super) fn decode(
    format: &'static str,
    payload: &[u8],
    read: impl FnOnce(&mut &[u8]) -> Result<Value, DecodeError>,
) -> Result<Vec<u8>, DecodeError> {
    if payload.len() > MAX_STRUCTURED_BYTES {
        return Err(DecodeError::TooLarge(format, MAX_STRUCTURED_BYTES >> 10));
    }
    let mut rest = payload;
    let value = read(&mut rest)?;
    if rest.is_empty() { Ok(payload_of(value)) } else { Err(DecodeError::TrailingBytes(format)) }
}

/// Returns a value as a payload: text without quotes, anything else as JSON.
fn payload_of(value: Value) -> Vec<u8> {
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

/// Returns a number; a text if JSON has no such number. One of 32 bits has no more digits than these have.
#[expect(clippy::cast_possible_truncation, reason = "what is truncated is another number")]
pub(super) fn number(number: f64) -> Value {
    let short = number as f32;
    if f64::from(short).to_bits() == number.to_bits() {
        return short_number(short);
    }
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

/// Returns the object of a map.
pub(super) fn object<V>(
    format: &'static str,
    entries: Vec<(V, V)>,
    to_json: fn(V) -> Result<Value, DecodeError>,
) -> Result<Value, DecodeError> {
    let member = |(name, value)| Ok((key(format, to_json(name)?)?, to_json(value)?));
    entries.into_iter().map(member).collect::<Result<_, _>>().map(Value::Object)
}

/// Returns the name of a member of an object for the key of a map.
///
/// # Errors
/// If the key is a list or a map: written as text, it would double with each level.
fn key(format: &'static str, key: Value) -> Result<String, DecodeError> {
    match key {
        Value::String(text) => Ok(text),
        Value::Array(_) | Value::Object(_) => {
            Err(DecodeError::Invalid(format, "the key of a map is a list or a map".to_owned()))
        }
        other => Ok(other.to_string()),
    }
}
