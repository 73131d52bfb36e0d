//! The fields of the app that are preserved in a tile, so that its export reproduces them.

use serde_json::{Map, Value as Json};

use super::{
    AppTile,
    app_keys::all_keys,
    error::quoted,
    tile_reader,
    value_format::{integer, json_equivalent},
};
use crate::model::{mqtt_dash::AppKind, preserved_fields::PreservedFields, value::Value};

/// The maximum nesting depth of a preserved value: more than the app's values have, less than files can have.
const MAX_NESTING_DEPTH: usize = 4;

/// The keys that are never preserved: a tile that was waiting when it was exported would wait forever, and
/// `type` follows from the tile kind.
const NEVER_PRESERVED: [&str; 2] = ["enteredIntermediateStateAt", "type"];

/// Returns the fields of `app_tile` that `exported` does not reproduce, and notes about unknown and lost
/// ones.
pub(super) fn preserve(app_tile: AppTile, exported: &AppTile, app_kind: &AppKind) -> (PreservedFields, Vec<String>) {
    let mut preserved = PreservedFields::default();
    let mut notes = Vec::new();
    for (key, json) in in_app_order(app_tile, app_kind) {
        let is_exported = exported.get(&key).is_some_and(|exported_json| json_equivalent(exported_json, &json));
        if is_exported || NEVER_PRESERVED.contains(&key.as_str()) {
            continue;
        }
        let known = all_keys(app_kind).any(|app_key| app_key.name == key);
        match value_from_json(&json, MAX_NESTING_DEPTH) {
            Some(value) => {
                if !known {
                    notes.push(format!("{} is unknown and is only kept for an export", quoted(&key)));
                }
                preserved.0.push((key, value));
            }
            None => notes.push(format!(
                "{} is lost: it is nested too deeply, or has null or a number that is too large",
                quoted(&key)
            )),
        }
    }
    (preserved, notes)
}

/// Adds the preserved fields to an exported tile, except those that would change the tile when imported.
pub(super) fn restore_preserved(exported: AppTile, preserved: &PreservedFields) -> AppTile {
    let preserved: Vec<(String, Json)> = preserved
        .0
        .iter()
        .filter(|(key, _)| !NEVER_PRESERVED.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value_to_json(value)))
        .collect();
    let Ok((tile, _)) = tile_reader::read_without_preserved(&exported) else { return exported };
    let same_tile =
        |candidate: &AppTile| tile_reader::read_without_preserved(candidate).is_ok_and(|(other, _)| other == tile);
    let mut restored = exported.clone();
    restored.extend(preserved.iter().cloned());
    if !same_tile(&restored) {
        restored = exported;
        for (key, json) in preserved {
            let before = restored.clone();
            restored.insert(key, json);
            if !same_tile(&restored) {
                restored = before;
            }
        }
    }
    restored
}

/// Sorts the keys of a tile in the app's order, with unknown keys last.
pub(super) fn in_app_order(mut app_tile: AppTile, app_kind: &AppKind) -> AppTile {
    let mut ordered = Map::new();
    for app_key in all_keys(app_kind) {
        ordered.extend(app_tile.shift_remove_entry(app_key.name));
    }
    ordered.extend(app_tile);
    ordered
}

fn value_from_json(json: &Json, depth: usize) -> Option<Value> {
    let nested = |json| value_from_json(json, depth.checked_sub(1)?);
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match integer(json) {
            Some(integer_value) => Value::Integer(integer_value),
            None => Value::Float(number.as_f64().filter(|number| number.is_finite())?),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(nested).collect::<Option<_>>()?),
        Json::Object(entries) => {
            Value::Table(entries.iter().map(|(key, json)| Some((key.clone(), nested(json)?))).collect::<Option<_>>()?)
        }
    })
}

fn value_to_json(value: &Value) -> Json {
    match value {
        Value::Bool(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(value_to_json).collect(),
        Value::Table(entries) => entries.iter().map(|(key, value)| (key.clone(), value_to_json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::app_keys::kind_by_type, *};

    fn app_tile(json: &Json) -> AppTile {
        json.as_object().cloned().unwrap()
    }

    #[test]
    fn preserve_keeps_only_what_an_export_would_omit() {
        let exported = app_tile(&json!({"type": 3, "maxValue": 100.0, "topic": "a"}));
        let app_tile = app_tile(&json!({
            "type": 3, "maxValue": 100, "topic": "b", "id": "x",
            "enteredIntermediateStateAt": 7, "odd": {"a": [1, 2.5]}, "deep": [[[[[1]]]]]
        }));
        let (preserved, notes) = preserve(app_tile, &exported, kind_by_type(3).unwrap().1);
        let keys: Vec<&str> = preserved.0.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["topic", "id", "odd"]);
        assert_eq!(
            notes,
            [
                "\"odd\" is unknown and is only kept for an export",
                "\"deep\" is lost: it is nested too deeply, or has null or a number that is too large"
            ]
        );
        assert_eq!(value_to_json(&preserved.0[2].1), json!({"a": [1, 2.5]}));
    }
}
