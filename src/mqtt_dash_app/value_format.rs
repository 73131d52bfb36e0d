//! Converts values between the app's formats and a dashboard file.

use serde_json::{Map, Number, Value as Json, json};

use super::{argb, error::quoted};
use crate::model::{
    icon::Icon,
    mqtt_dash::{AppLiteral, AppValueFormat},
    schema::FieldValue as _,
    value::Value,
};

impl AppLiteral {
    fn to_json(&self) -> Json {
        match *self {
            Self::Text(text) => text.into(),
            Self::Integer(number) => number.into(),
            Self::Bool(flag) => flag.into(),
        }
    }
}

/// A value of the app, converted to a value of a dashboard file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct ConvertedValue {
    /// The value; `None` if the key is left out.
    pub value: Option<Value>,
    /// What could not be imported unchanged.
    pub note: Option<String>,
}

impl From<Value> for ConvertedValue {
    fn from(value: Value) -> Self {
        Self { value: Some(value), note: None }
    }
}

impl AppValueFormat {
    /// Converts a value of the app.
    ///
    /// # Errors
    /// When the value has another type: a description of the expected value.
    pub(super) fn read_json(&self, json: &Json) -> Result<ConvertedValue, &'static str> {
        Ok(match self {
            Self::Text => Value::from(json.as_str().ok_or("text")?).into(),
            Self::NonEmptyText => match json.as_str().ok_or("text")? {
                "" => ConvertedValue::default(),
                text => Value::from(text).into(),
            },
            Self::Bool => Value::Bool(json.as_bool().ok_or("true or false")?).into(),
            Self::Integer => Value::Integer(integer(json).ok_or("a whole number")?).into(),
            Self::Number => match json.as_f64().filter(|number| number.is_finite()) {
                Some(number) => Value::Float(number).into(),
                None => return Err("a number"),
            },
            Self::Color => read_color(integer(json).ok_or(EXPECTED_COLOR)?)?,
            Self::Icon(default_icon) => read_icon(json.as_str().ok_or("the name of an icon")?, default_icon),
            Self::Enum(literals) => literals
                .iter()
                .find(|(literal, _)| json_equivalent(&literal.to_json(), json))
                .map(|(_, name)| Value::from(*name).into())
                .ok_or("a value of MQTT Dash")?,
            Self::Options => read_options(json)?,
        })
    }

    /// Converts a number or boolean that is a text, and the other way round, to the type that the app writes, as its
    /// parser does. `None` for a number that is not finite. Any other value is unchanged.
    pub(super) fn coerce(&self, json: &Json) -> Option<Json> {
        let coerced = match self {
            Self::Text | Self::NonEmptyText | Self::Icon(_) => coerced_text(json),
            Self::Bool | Self::Enum([(AppLiteral::Bool(_), _), ..]) => coerced_bool(json),
            Self::Number
                if json
                    .as_str()
                    .and_then(|text| text.trim().parse().ok())
                    .is_some_and(|number: f64| !number.is_finite()) =>
            {
                return None;
            }
            Self::Integer | Self::Number | Self::Color | Self::Enum([(AppLiteral::Integer(_), _), ..]) => {
                coerced_number(json)
            }
            Self::Enum(_) => None,
            Self::Options => json.as_array().map(|items| items.iter().map(coerced_option).collect()),
        };
        Some(coerced.unwrap_or_else(|| json.clone()))
    }

    /// Converts a value of a dashboard file to the app's format; `None` to the app's default.
    pub(super) fn write_json(&self, value: Option<Value>) -> Json {
        match (self, value) {
            (Self::Icon(_), Some(Value::String(name))) => {
                Icon::from_name(&name).map_or_else(|| "".into(), |icon| icon.mqtt_dash_name().into())
            }
            (Self::Icon(default_icon), _) => (*default_icon).into(),
            (Self::Color, value) => argb::argb_from_value(value.as_ref()).into(),
            (Self::Enum(literals), value) => literals
                .iter()
                .find(|(_, name)| matches!(&value, Some(Value::String(text)) if text == name))
                .or(literals.first())
                .map_or(Json::Null, |(literal, _)| literal.to_json()),
            (Self::Options, Some(Value::Array(items))) => items.iter().map(option_json).collect(),
            (Self::Options, _) => json!([]),
            (Self::Bool, value) => (value == Some(Value::Bool(true))).into(),
            (Self::Integer, Some(Value::Integer(number))) => number.into(),
            (Self::Integer, _) => 0.into(),
            (Self::Number, Some(Value::Integer(number))) => float_json(&number.to_string()),
            (Self::Number, Some(Value::Float(number))) => float_json(&number.to_string()),
            (Self::Number, _) => float_json("0"),
            (Self::Text | Self::NonEmptyText, Some(Value::String(text))) => text.into(),
            (Self::Text | Self::NonEmptyText, _) => "".into(),
        }
    }
}

/// Returns a number as the app writes limits: always with a decimal point.
fn float_json(text: &str) -> Json {
    text.parse().ok().and_then(Number::from_f64).map_or(Json::Null, Json::Number)
}

/// Returns an integer; accepts a float without a fraction, such as `5.0`.
#[expect(clippy::cast_possible_truncation, reason = "the filter passes only whole numbers below 2^53")]
pub(super) fn integer(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| {
        json.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|number| number as i64)
    })
}

fn coerced_text(json: &Json) -> Option<Json> {
    matches!(json, Json::Number(_) | Json::Bool(_)).then(|| json.to_string().into())
}

/// Accepts any case, and 0 and 1.
fn coerced_bool(json: &Json) -> Option<Json> {
    let text = json.as_str().map_or_else(|| json.to_string(), |text| text.trim().to_ascii_lowercase());
    match text.as_str() {
        "true" | "1" => Some(true.into()),
        "false" | "0" => Some(false.into()),
        _ => None,
    }
}

fn coerced_number(json: &Json) -> Option<Json> {
    json.as_str()?.trim().parse().ok().map(Json::Number)
}

fn coerced_option(option: &Json) -> Json {
    let Some(entries) = option.as_object() else { return option.clone() };
    let coerced =
        |json: &Json| if json.is_null() { "".into() } else { coerced_text(json).unwrap_or_else(|| json.clone()) };
    entries.iter().map(|(key, json)| (key.clone(), coerced(json))).collect::<Map<_, _>>().into()
}

/// Returns the number of a tile kind; accepts it as a text.
pub(super) fn type_number(json: &Json) -> Option<i64> {
    integer(json).or_else(|| integer(&coerced_number(json)?))
}

const EXPECTED_COLOR: &str = "a color as a 32-bit number";

fn read_color(number: i64) -> Result<ConvertedValue, &'static str> {
    let (color, alpha) = argb::color_from_argb(number).ok_or(EXPECTED_COLOR)?;
    let note = match alpha {
        255 => None,
        0 => Some("is fully transparent and was left out".to_owned()),
        _ => Some("is partly transparent; it was made opaque".to_owned()),
    };
    Ok(ConvertedValue { value: color.filter(|_| alpha > 0).and_then(|color| color.to_value()), note })
}

fn read_icon(name: &str, default_icon: &str) -> ConvertedValue {
    let known = Icon::from_name(name);
    let note = (known.is_none() && !name.is_empty()).then(|| format!("{} is an unknown icon", quoted(name)));
    ConvertedValue { value: known.or_else(|| Icon::from_name(default_icon)).and_then(|icon| icon.to_value()), note }
}

fn read_options(json: &Json) -> Result<ConvertedValue, &'static str> {
    const EXPECTED: &str = "a list of options with `label` and `payload`";
    let mut payloads = Vec::new();
    let mut options = Vec::new();
    let mut duplicates = Vec::new();
    for item in json.as_array().ok_or(EXPECTED)? {
        let field = |key| item.get(key).map_or(Some(""), Json::as_str).filter(|_| item.is_object()).ok_or(EXPECTED);
        let (label, payload) = (field("label")?, field("payload")?);
        if payloads.contains(&payload) {
            duplicates.push(quoted(label));
        } else {
            payloads.push(payload);
            options.push(Value::Table(vec![("label".into(), label.into()), ("payload".into(), payload.into())]));
        }
    }
    let note = (!duplicates.is_empty())
        .then(|| format!("has options with duplicate payloads, which were left out: {}", duplicates.join(", ")));
    Ok(ConvertedValue { value: Some(Value::Array(options)), note })
}

fn option_json(item: &Value) -> Json {
    let Value::Table(entries) = item else { return Json::Null };
    let field = |key: &str| match entries.iter().find(|(name, _)| name == key) {
        Some((_, Value::String(text))) => text.as_str(),
        _ => "",
    };
    json!({ "label": field("label"), "payload": field("payload") })
}

/// Returns whether two values are equal, regardless of the notation of numbers and the order of keys.
pub(super) fn json_equivalent(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => {
            a == b || a.as_i64().is_none_or(|a| b.as_i64().is_none_or(|b| a == b)) && a.as_f64() == b.as_f64()
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| json_equivalent(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| json_equivalent(a, b)))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equivalent_in_any_json_notation() {
        for (one, other, expected) in [
            ("100", "100.0", true),
            ("1e2", "100", true),
            ("9007199254740993", "9007199254740992", false),
            ("[1, {\"a\": 2, \"b\": 3.0}]", "[1.0, {\"b\": 3, \"a\": 2}]", true),
            ("1", "\"1\"", false),
        ] {
            let [one, other] = [one, other].map(|text| serde_json::from_str(text).unwrap());
            assert_eq!(json_equivalent(&one, &other), expected, "{one} {other}");
        }
    }

    #[test]
    fn integer_format_accepts_zero_fraction_only() {
        let read = |text: &str| {
            AppValueFormat::Integer.read_json(&serde_json::from_str(text).unwrap()).map(|converted| converted.value)
        };
        assert_eq!(read("5.0"), Ok(Some(Value::Integer(5))));
        assert_eq!(read("5.5"), Err("a whole number"));
        assert_eq!(read("\"5\""), Err("a whole number"));
        assert_eq!(read("1e300"), Err("a whole number"));
    }

    #[test]
    fn value_of_another_type_is_coerced_as_the_app_does() {
        for (format, text, expected) in [
            (AppValueFormat::Text, "5", "\"5\""),
            (AppValueFormat::Text, "true", "\"true\""),
            (AppValueFormat::NonEmptyText, "21.50", "\"21.50\""),
            (AppValueFormat::Text, "\"x\"", "\"x\""),
            (AppValueFormat::Bool, "\"true\"", "true"),
            (AppValueFormat::Bool, "\"False\"", "false"),
            (AppValueFormat::Bool, "1", "true"),
            (AppValueFormat::Bool, "\"on\"", "\"on\""),
            (AppValueFormat::Integer, "\"1\"", "1"),
            (AppValueFormat::Integer, "\"five\"", "\"five\""),
            (AppValueFormat::Number, "\"-12.5\"", "-12.5"),
            (AppValueFormat::Color, "\"-65536\"", "-65536"),
            (AppValueFormat::TEXT_SIZE, "\"SMALL\"", "\"SMALL\""),
            (AppValueFormat::Enum(&[(AppLiteral::Integer(1), "url")]), "\"1\"", "1"),
            (AppValueFormat::Options, "[{\"label\":1,\"payload\":2.50}]", "[{\"label\":\"1\",\"payload\":\"2.50\"}]"),
            (AppValueFormat::Text, "[]", "[]"),
        ] {
            let coerced = format.coerce(&serde_json::from_str(text).unwrap());
            assert_eq!(coerced.map(|json| json.to_string()).as_deref(), Some(expected), "{format:?} {text}");
        }
        assert_eq!(AppValueFormat::Number.coerce(&"NaN".into()), None);
    }

    #[test]
    fn options_with_duplicate_payload_keep_the_first() {
        let items = json!([{"label": "A", "payload": "1"}, {"label": "B", "payload": "1"}, {}]);
        let converted = AppValueFormat::Options.read_json(&items).unwrap();
        assert_eq!(
            AppValueFormat::Options.write_json(converted.value),
            json!([{"label": "A", "payload": "1"}, {"label": "", "payload": ""}])
        );
        assert_eq!(converted.note.as_deref(), Some("has options with duplicate payloads, which were left out: \"B\""));
        assert!(AppValueFormat::Options.read_json(&json!(["A"])).is_err());
        assert!(AppValueFormat::Options.read_json(&json!([{"label": 1}])).is_err());
    }

    #[test]
    fn number_format_always_writes_a_decimal_point() {
        assert_eq!(AppValueFormat::Number.write_json(Some(Value::Integer(100))).to_string(), "100.0");
        assert_eq!(AppValueFormat::Number.write_json(Some(Value::Float(-0.5))).to_string(), "-0.5");
    }
}
