//! What a tile keeps of the app's keys, so that its export gives them back.

use serde_json::{Map, Value as Json};

use super::{
    Object,
    fault::quoted,
    form::{same, whole},
    keys::KindRow,
    read,
};
use crate::model::{preserved_fields::PreservedFields, value::Value};

/// How deep a kept value may be nested; more than the app has, and less than files may hold.
const MAX_DEPTH: usize = 4;

/// Keys that are never kept: a tile that waited when it was exported would wait for ever, and the
/// type is the tile's kind.
const NEVER: [&str; 2] = ["enteredIntermediateStateAt", "type"];

/// What of a tile of the app its export would not say by itself; and what of that is lost.
pub(super) fn keep(object: Object, bare: &Object, kind: &KindRow) -> (PreservedFields, Vec<String>) {
    let mut kept = PreservedFields::default();
    let mut notes = Vec::new();
    for (key, json) in ordered(object, kind) {
        let told = bare.get(&key).is_some_and(|told| same(told, &json));
        if told || NEVER.contains(&key.as_str()) {
            continue;
        }
        let known = kind.all().any(|row| row.app == key);
        match value_of(&json, MAX_DEPTH) {
            Some(value) => {
                if !known {
                    notes.push(format!("{} means nothing here and is only kept", quoted(&key)));
                }
                kept.0.push((key, value));
            }
            None => notes.push(format!("{} cannot be kept: it is nested too deep, or too large", quoted(&key))),
        }
    }
    (kept, notes)
}

/// The tile of the app with the kept keys, as far as they still say the same as the tile.
pub(super) fn restore(bare: Object, kept: &PreservedFields) -> Object {
    let kept: Vec<(String, Json)> = kept
        .0
        .iter()
        .filter(|(key, _)| !NEVER.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), json_of(value)))
        .collect();
    let Ok((tile, _)) = read::plain(&bare) else { return bare };
    let same_tile = |object: &Object| read::plain(object).is_ok_and(|(other, _)| other == tile);
    let mut whole = bare.clone();
    whole.extend(kept.iter().cloned());
    if !same_tile(&whole) {
        whole = bare;
        for (key, json) in kept {
            let before = whole.clone();
            whole.insert(key, json);
            if !same_tile(&whole) {
                whole = before;
            }
        }
    }
    whole
}

/// The keys of a tile in the app's order, those that the app does not know last.
pub(super) fn ordered(mut object: Object, kind: &KindRow) -> Object {
    let mut ordered = Map::new();
    for row in kind.all() {
        ordered.extend(object.shift_remove_entry(row.app));
    }
    ordered.extend(object);
    ordered
}

fn value_of(json: &Json, depth: usize) -> Option<Value> {
    let inside = |json| value_of(json, depth.checked_sub(1)?);
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match whole(json) {
            Some(whole) => Value::Integer(whole),
            None => Value::Float(number.as_f64().filter(|number| number.is_finite())?),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(inside).collect::<Option<_>>()?),
        Json::Object(entries) => {
            Value::Table(entries.iter().map(|(key, json)| Some((key.clone(), inside(json)?))).collect::<Option<_>>()?)
        }
    })
}

fn json_of(value: &Value) -> Json {
    match value {
        Value::Bool(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(json_of).collect(),
        Value::Table(entries) => entries.iter().map(|(key, value)| (key.clone(), json_of(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::keys::kind_named, *};

    fn object(json: &Json) -> Object {
        json.as_object().cloned().unwrap()
    }

    #[test]
    fn only_what_an_export_would_not_say_is_kept() {
        let told = object(&json!({"type": 3, "maxValue": 100.0, "topic": "a"}));
        let given = object(&json!({
            "type": 3, "maxValue": 100, "topic": "b", "id": "x",
            "enteredIntermediateStateAt": 7, "odd": {"a": [1, 2.5]}, "deep": [[[[[1]]]]]
        }));
        let (kept, notes) = keep(given, &told, kind_named("range"));
        let keys: Vec<&str> = kept.0.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["topic", "id", "odd"]);
        assert_eq!(
            notes,
            [
                "\"odd\" means nothing here and is only kept",
                "\"deep\" cannot be kept: it is nested too deep, or too large"
            ]
        );
        assert_eq!(json_of(&kept.0[2].1), json!({"a": [1, 2.5]}));
    }
}
