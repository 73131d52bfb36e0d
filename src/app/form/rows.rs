//! The rows of a list of tables, or of a table whose keys the user chooses, as texts: what the editor for rows edits.

use super::{
    nested_rows::{nested_text, parse_nested},
    typed_value::{parse_typed, value_text},
};
use crate::model::{
    schema::{ListType, ValueType},
    value::Value,
};

/// Returns a row of texts for each table of a list, in the order of its columns. What is no table, which is an error in
/// the file, stands in the first column.
pub(super) fn list_rows(list: ListType, value: Option<&Value>) -> Vec<Vec<String>> {
    let Some(Value::Array(items)) = value else { return Vec::new() };
    let columns = list.columns();
    let row = |item: &Value| match item {
        Value::Table(entries) => {
            let text = |name: &str| entries.iter().find(|(key, _)| key == name).map(|(_, value)| nested_text(value));
            columns.iter().map(|column| text(column.name).unwrap_or_default()).collect()
        }
        other => {
            let mut row = vec![String::new(); columns.len()];
            row.iter_mut().take(if list.is_mirrored { 2 } else { 1 }).for_each(|text| *text = value_text(other));
            row
        }
    };
    items.iter().map(row).collect()
}

/// Returns the list that rows of texts stand for. A key without a text is left out.
pub(super) fn list_value(list: ListType, rows: &[Vec<String>]) -> Value {
    let columns = list.columns();
    let item = |row: &Vec<String>| {
        let entries = columns.iter().zip(row).filter_map(|(column, text)| {
            let value = match column.value_type {
                ValueType::List(_) if !text.is_empty() => parse_nested(text),
                value_type => parse_typed(text, value_type, false)?,
            };
            Some((column.name.to_owned(), value))
        });
        Value::Table(entries.collect())
    };
    Value::Array(rows.iter().map(item).collect())
}

/// Returns a row for each text of a list.
pub(super) fn text_rows(value: Option<&Value>) -> Vec<Vec<String>> {
    let Some(Value::Array(items)) = value else { return Vec::new() };
    items.iter().map(|item| vec![value_text(item)]).collect()
}

/// Returns the list of texts that rows stand for.
pub(super) fn text_list_value(rows: &[Vec<String>]) -> Value {
    Value::Array(rows.iter().flatten().map(|text| text.as_str().into()).collect())
}

/// Returns a row with the name and the value of each user property.
pub(super) fn property_rows(value: Option<&Value>) -> Vec<Vec<String>> {
    let Some(Value::Table(entries)) = value else { return Vec::new() };
    entries.iter().map(|(name, value)| vec![name.clone(), value_text(value)]).collect()
}

/// Returns the table of user properties that rows of names and values stand for.
pub(super) fn property_value(rows: &[Vec<String>]) -> Option<Value> {
    let entries = rows.iter().filter_map(|row| match row.as_slice() {
        [name, value] => Some((name.clone(), value.as_str().into())),
        _ => None,
    });
    (!rows.is_empty()).then(|| Value::Table(entries.collect()))
}
