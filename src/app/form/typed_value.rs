//! Values as texts that the user types.

use crate::model::{schema::ValueType, type_mismatch::flag, value::Value};

/// Formats a value as the user would type it.
pub(super) fn value_text(value: &Value) -> String {
    match value {
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(value_text).collect::<Vec<_>>().join(" "),
        Value::Table(entries) => entries.iter().map(|(_, value)| value_text(value)).collect::<Vec<_>>().join(" "),
    }
}

/// Parses typed text. An empty text leaves the key out, unless the key has a default.
pub(super) fn parse_typed(text: &str, value_type: ValueType, has_default: bool) -> Option<Value> {
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
        ValueType::Bool => flag(trimmed).map_or_else(|| text.into(), Value::Bool),
        _ => text.into(),
    })
}
