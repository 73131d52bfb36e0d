//! Converts JSON values to text in the format of MQTT Dash: numbers as Java prints them, arrays and objects
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
        Json::Number(number) => text.push_str(&java_number(&number.to_string())),
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

/// Formats a number as Java prints it: integers unchanged, others as a `double` (`Double.toString`:
/// scientific notation outside 10⁻³ to 10⁷).
fn java_number(text: &str) -> String {
    if !text.contains(['.', 'e', 'E']) {
        return text.to_owned();
    }
    let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return text.to_owned();
    };
    if number == 0.0 || (1e-3..1e7).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let scientific = format!("{number:E}");
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => scientific,
    }
}
