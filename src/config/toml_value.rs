//! Finds TOML values, and converts them to values of the model.

use toml::de::DeValue;

use super::document::TomlNode;
use crate::model::{
    password::wipe,
    value::{ValidationError, Value, ValuePathSegment},
};

/// Converts the entries of a table whose name is included, and returns the errors of those that are invalid.
pub(super) fn table_entries(
    node: &TomlNode<'_>,
    include: impl Fn(&str) -> bool,
) -> (Vec<(String, Value)>, Vec<ValidationError>) {
    let mut entries = Vec::new();
    let mut errors = Vec::new();
    for (name, value) in node.get_ref().as_table().into_iter().flatten() {
        let name: &str = name.get_ref();
        if include(name) {
            match to_model_value(value) {
                Ok(value) => entries.push((name.to_owned(), value)),
                Err(error) => errors.push(error.prepend_key(name)),
            }
        }
    }
    (entries, errors)
}

/// Returns the value at this path in a table.
pub(super) fn value_at<'a, 'b>(table: &'b TomlNode<'a>, path: &[&str]) -> Option<&'b TomlNode<'a>> {
    path.iter().try_fold(table, |node, key| node.get_ref().get(*key))
}

/// Returns the items of the array with this key in a table, such as the tables of `[[tile]]`.
pub(super) fn items<'a, 'b>(table: &'b TomlNode<'a>, key: &str) -> impl Iterator<Item = &'b TomlNode<'a>> {
    value_at(table, &[key]).and_then(|items| items.get_ref().as_array()).into_iter().flatten()
}

/// Overwrites the copies of secrets that the values of a table may contain.
pub(super) fn wipe_texts(entries: Vec<(String, Value)>) {
    for (_, value) in entries {
        match value {
            Value::String(text) => wipe(text),
            Value::Table(entries) => wipe_texts(entries),
            Value::Array(_) | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {}
        }
    }
}

/// Converts a TOML value to a value of the model.
fn to_model_value(node: &TomlNode<'_>) -> Result<Value, ValidationError> {
    Ok(match node.get_ref() {
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => {
                return Err(ValidationError::new("this number is too large").with_help("the maximum is 64 bits"));
            }
        },
        DeValue::Float(number) => match number.as_str().parse() {
            Ok(number) => Value::Float(number),
            Err(_) => return Err(ValidationError::new("this is not a number")),
        },
        DeValue::Datetime(_) => {
            return Err(ValidationError::new("no key has a date or a time as its value")
                .with_help("write it in quotes to make it text"));
        }
        DeValue::Array(list) => Value::Array(
            list.iter()
                .enumerate()
                .map(|(index, item)| {
                    to_model_value(item).map_err(|error| error.prepend_path(ValuePathSegment::Index(index)))
                })
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => Value::Table(
            table
                .iter()
                .map(|(name, value)| {
                    let name: &str = name.get_ref();
                    let value = to_model_value(value).map_err(|error| error.prepend_key(name))?;
                    Ok((name.to_owned(), value))
                })
                .collect::<Result<_, ValidationError>>()?,
        ),
    })
}
