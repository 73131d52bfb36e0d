//! A list of tables within a row of another list, such as the zones of a column: in the editor for rows it is one text,
//! in the notation of the file.

use serde_json::Value as Json;

use super::typed_value::value_text;
use crate::model::{lenient_json, value::Value};

/// Returns a value of a row as text.
pub(super) fn nested_text(value: &Value) -> String {
    match value {
        Value::Array(items) if items.iter().any(|item| matches!(item, Value::Table(_))) => inline(value),
        other => value_text(other),
    }
}

/// Returns a value in the notation of the file.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Value::Table(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key} = {}", inline(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::String(text) => Json::from(text.as_str()).to_string(),
        number => value_text(number),
    }
}

/// Returns the list that a text stands for; the text itself if it is none.
pub(super) fn parse_nested(text: &str) -> Value {
    let document = lenient_json::read(text).ok().filter(|document| document.is_complete);
    let json: Option<Json> = document.and_then(|document| serde_json::from_str(&document.json).ok());
    json.filter(Json::is_array).and_then(|json| value_of(&json)).unwrap_or_else(|| text.into())
}

fn value_of(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::Array(items.iter().map(value_of).collect::<Option<_>>()?),
        Json::Object(entries) => {
            let entry = |(key, value): (&String, &Json)| Some((key.clone(), value_of(value)?));
            Value::Table(entries.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::field::FormField, *};
    use crate::model::kind;

    #[test]
    fn form_keeps_the_zones_of_columns_and_the_columns_of_a_log() {
        let table = |entries: Vec<(&str, Value)>| {
            Value::Table(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        };
        let zones = Value::Array(vec![table(vec![("from", Value::Integer(20)), ("label", "ok, \"fine\"".into())])]);
        let columns = [
            ("table", Value::Array(vec![table(vec![("path", "$.a".into()), ("zones", zones)])])),
            ("log", Value::Array(vec!["topic:2".into(), "$.a, b".into()])),
        ];
        for (kind, value) in columns {
            let kind = kind::from_name(kind).unwrap();
            let info = kind.fields().into_iter().find(|info| info.name == "columns").unwrap();
            assert_eq!(FormField::new("", info, Some(&value)).value(), Some(value));
        }
    }

    #[test]
    fn nested_list_is_text_in_the_notation_of_the_file() {
        let zone = |entries: &[(&str, Value)]| {
            Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
        };
        let zones = Value::Array(vec![
            zone(&[("from", Value::Integer(0)), ("label", "a, \"b\" = {c} ]".into())]),
            zone(&[("from", Value::Float(-2.5)), ("color", "#ff0000".into()), ("label", "é\\".into())]),
        ]);
        let text = nested_text(&zones);
        assert!(text.starts_with("[{ from = 0, label = \"a, "), "{text}");
        assert_eq!(parse_nested(&text), zones, "{text}");
        assert_eq!(parse_nested("[{ from = 7, color = red }]"), parse_nested(r#"[{"from":7,"color":"red"}]"#));
        assert_eq!(parse_nested("7 red ["), "7 red [".into());
    }
}
