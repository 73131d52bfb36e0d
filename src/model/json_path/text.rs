//! Converts JSON values to text in the format of MQTT Dash, except that numbers keep their digits: arrays and objects
//! as compact JSON.

use serde_json::Value as Json;

/// The maximum length of a result in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 4 << 20;

/// The text is longer than [`MAX_TEXT_BYTES`].
#[derive(Debug, PartialEq)]
pub(super) struct TextTooLong;

/// Converts a single value to text.
pub(super) fn from_value(json: &Json) -> Result<String, TextTooLong> {
    match json {
        Json::String(text) => Ok(text.clone()),
        Json::Null => Ok("(null)".to_owned()),
        other => {
            let mut text = String::new();
            write_value(other, &mut text)?;
            Ok(text)
        }
    }
}

/// Converts several values to the text of a list.
pub(super) fn from_list<'a>(values: impl Iterator<Item = &'a Json>) -> Result<String, TextTooLong> {
    let mut text = String::from("[");
    for (index, value) in values.enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        write_value(value, &mut text)?;
    }
    text.push(']');
    Ok(text)
}

fn write_value(json: &Json, text: &mut String) -> Result<(), TextTooLong> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(TextTooLong);
    }
    match json {
        Json::Number(number) => text.push_str(from_number(number.as_str())),
        Json::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_value(item, text)?;
            }
            text.push(']');
        }
        Json::Object(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                text.push_str(&Json::from(key.as_str()).to_string());
                text.push(':');
                write_value(value, text)?;
            }
            text.push('}');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
    Ok(())
}

/// Returns the text of a number: as it was sent, except that `-0` is `0`.
pub(super) fn from_number(number: &str) -> &str {
    if number == "-0" { "0" } else { number }
}
