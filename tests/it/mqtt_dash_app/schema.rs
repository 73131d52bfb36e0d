//! The format in which MQTT Dash reads tiles: the keys of each kind of tile and their values.

use serde_json::Value as Json;

/// The type of a value.
enum ValueType {
    Text,
    Flag,
    Integer,
    Number,
    Argb,
    Icon,
    Name(&'static [&'static str]),
    OneOf(&'static [i64]),
    Items,
}

const SIZE: ValueType = ValueType::Name(&["SMALL", "MEDIUM", "LARGE"]);

const REQUIRED: &[(&str, ValueType)] = &[
    ("name", ValueType::Text),
    ("id", ValueType::Text),
    ("longId", ValueType::Integer),
    ("topic", ValueType::Text),
    ("topicPub", ValueType::Text),
    ("enablePub", ValueType::Flag),
    ("updateLastPayloadOnPub", ValueType::Flag),
    ("enableIntermediateState", ValueType::Flag),
    ("intermediateStateTimeout", ValueType::Integer),
    ("enteredIntermediateStateAt", ValueType::OneOf(&[0])),
    ("qos", ValueType::OneOf(&[0, 1, 2])),
    ("retained", ValueType::Flag),
    ("jsonPath", ValueType::Text),
    ("jsOnReceive", ValueType::Text),
    ("jsOnDisplay", ValueType::Text),
    ("jsOnTap", ValueType::Text),
    ("jsBlinkExpression", ValueType::Text),
];

const OPTIONAL: &[(&str, ValueType)] =
    &[("lastActivity", ValueType::Integer), ("lastPayload", ValueType::Text), ("lastJsonPathValue", ValueType::Text)];

fn of_kind(number: i64) -> &'static [(&'static str, ValueType)] {
    match number {
        1 => &[
            ("mainTextSize", SIZE),
            ("prefix", ValueType::Text),
            ("postfix", ValueType::Text),
            ("textColor", ValueType::Argb),
        ],
        2 => &[
            ("payloadOn", ValueType::Text),
            ("payloadOff", ValueType::Text),
            ("iconOn", ValueType::Icon),
            ("iconOff", ValueType::Icon),
            ("onColor", ValueType::Argb),
            ("offColor", ValueType::Argb),
        ],
        3 => &[
            ("minValue", ValueType::Number),
            ("maxValue", ValueType::Number),
            ("decimalPrecision", ValueType::Integer),
            ("displayPayloadValue", ValueType::Flag),
            ("prefix", ValueType::Text),
            ("postfix", ValueType::Text),
            ("progressColor", ValueType::Argb),
        ],
        4 => &[("items", ValueType::Items), ("mainTextSize", SIZE), ("textColor", ValueType::Argb)],
        5 => &[
            ("kind", ValueType::OneOf(&[1, 2, 3])),
            ("imageUrl", ValueType::Text),
            ("openUrl", ValueType::Text),
            ("reloadInterval", ValueType::Integer),
        ],
        6 => &[("icon", ValueType::Text), ("format", ValueType::OneOf(&[0, 1]))],
        other => panic!("there is no type {other}"),
    }
}

impl ValueType {
    fn matches(&self, json: &Json) -> bool {
        match self {
            Self::Text => json.is_string(),
            Self::Flag => json.is_boolean(),
            Self::Integer => json.as_i64().is_some(),
            Self::Number => json.is_number(),
            Self::Argb => json.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            Self::Icon => json.as_str().is_some_and(|name| name.starts_with("ic_")),
            Self::Name(names) => json.as_str().is_some_and(|name| names.contains(&name)),
            Self::OneOf(numbers) => json.as_i64().is_some_and(|number| numbers.contains(&number)),
            Self::Items => json.as_array().is_some_and(|items| {
                items.iter().all(|item| {
                    item.as_object()
                        .is_some_and(|item| item.len() == 2 && item["label"].is_string() && item["payload"].is_string())
                })
            }),
        }
    }
}

/// What the app would reject in these tiles.
pub fn violations(tiles: &[Json]) -> Vec<String> {
    let mut violations = Vec::new();
    for (tile, position) in tiles.iter().zip(1..) {
        let number = tile["type"].as_i64().unwrap_or_default();
        for (key, value_type) in of_kind(number).iter().chain(REQUIRED) {
            if !tile.get(*key).is_some_and(|json| value_type.matches(json)) {
                violations.push(format!("tile {position}: {key} is {:?}", tile.get(*key)));
            }
        }
        for (key, value_type) in OPTIONAL {
            if tile.get(*key).is_some_and(|json| !value_type.matches(json)) {
                violations.push(format!("tile {position}: {key} is {}", tile[*key]));
            }
        }
    }
    violations
}

/// The tile with every number in the same notation and without its waiting state.
pub fn normalized(json: &Json) -> Json {
    match json {
        Json::Number(number) => number.as_f64().map_or_else(|| json.clone(), |number| format!("{number:?}").into()),
        Json::Array(items) => items.iter().map(normalized).collect(),
        Json::Object(entries) => entries
            .iter()
            .map(|(key, value)| match key.as_str() {
                "enteredIntermediateStateAt" => (key.clone(), "0.0".into()),
                _ => (key.clone(), normalized(value)),
            })
            .collect(),
        other => other.clone(),
    }
}
