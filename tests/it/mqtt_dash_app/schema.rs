//! What MQTT Dash takes as an export: the keys of each kind of tile and what stands there.

use serde_json::Value as Json;

/// What stands behind a key.
enum Is {
    Text,
    Flag,
    Whole,
    Number,
    Argb,
    Icon,
    Word(&'static [&'static str]),
    OneOf(&'static [i64]),
    Items,
}

const SIZE: Is = Is::Word(&["SMALL", "MEDIUM", "LARGE"]);

const EVERY: &[(&str, Is)] = &[
    ("name", Is::Text),
    ("id", Is::Text),
    ("longId", Is::Whole),
    ("topic", Is::Text),
    ("topicPub", Is::Text),
    ("enablePub", Is::Flag),
    ("updateLastPayloadOnPub", Is::Flag),
    ("enableIntermediateState", Is::Flag),
    ("intermediateStateTimeout", Is::Whole),
    ("enteredIntermediateStateAt", Is::OneOf(&[0])),
    ("qos", Is::OneOf(&[0, 1, 2])),
    ("retained", Is::Flag),
    ("jsonPath", Is::Text),
    ("jsOnReceive", Is::Text),
    ("jsOnDisplay", Is::Text),
    ("jsOnTap", Is::Text),
    ("jsBlinkExpression", Is::Text),
];

const SOME: &[(&str, Is)] = &[("lastActivity", Is::Whole), ("lastPayload", Is::Text), ("lastJsonPathValue", Is::Text)];

fn of_kind(number: i64) -> &'static [(&'static str, Is)] {
    match number {
        1 => &[("mainTextSize", SIZE), ("prefix", Is::Text), ("postfix", Is::Text), ("textColor", Is::Argb)],
        2 => &[
            ("payloadOn", Is::Text),
            ("payloadOff", Is::Text),
            ("iconOn", Is::Icon),
            ("iconOff", Is::Icon),
            ("onColor", Is::Argb),
            ("offColor", Is::Argb),
        ],
        3 => &[
            ("minValue", Is::Number),
            ("maxValue", Is::Number),
            ("decimalPrecision", Is::Whole),
            ("displayPayloadValue", Is::Flag),
            ("prefix", Is::Text),
            ("postfix", Is::Text),
            ("progressColor", Is::Argb),
        ],
        4 => &[("items", Is::Items), ("mainTextSize", SIZE), ("textColor", Is::Argb)],
        5 => &[
            ("kind", Is::OneOf(&[1, 2, 3])),
            ("imageUrl", Is::Text),
            ("openUrl", Is::Text),
            ("reloadInterval", Is::Whole),
        ],
        6 => &[("icon", Is::Text), ("format", Is::OneOf(&[0, 1]))],
        other => panic!("there is no type {other}"),
    }
}

impl Is {
    fn right(&self, json: &Json) -> bool {
        match self {
            Self::Text => json.is_string(),
            Self::Flag => json.is_boolean(),
            Self::Whole => json.as_i64().is_some(),
            Self::Number => json.is_number(),
            Self::Argb => json.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            Self::Icon => json.as_str().is_some_and(|name| name.starts_with("ic_")),
            Self::Word(words) => json.as_str().is_some_and(|word| words.contains(&word)),
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

/// What the app would not take of these tiles.
pub fn broken(tiles: &[Json]) -> Vec<String> {
    let mut broken = Vec::new();
    for (tile, position) in tiles.iter().zip(1..) {
        let number = tile["type"].as_i64().unwrap_or_default();
        for (key, is) in of_kind(number).iter().chain(EVERY) {
            if !tile.get(*key).is_some_and(|json| is.right(json)) {
                broken.push(format!("tile {position}: {key} is {:?}", tile.get(*key)));
            }
        }
        for (key, is) in SOME {
            if tile.get(*key).is_some_and(|json| !is.right(json)) {
                broken.push(format!("tile {position}: {key} is {}", tile[*key]));
            }
        }
    }
    broken
}

/// The tile with every number in one form and nothing left of its waiting.
pub fn normal(json: &Json) -> Json {
    match json {
        Json::Number(number) => number.as_f64().map_or_else(|| json.clone(), |number| format!("{number:?}").into()),
        Json::Array(items) => items.iter().map(normal).collect(),
        Json::Object(entries) => entries
            .iter()
            .map(|(key, value)| match key.as_str() {
                "enteredIntermediateStateAt" => (key.clone(), "0.0".into()),
                _ => (key.clone(), normal(value)),
            })
            .collect(),
        other => other.clone(),
    }
}
