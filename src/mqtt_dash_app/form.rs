//! The forms in which the app writes its values, and what they are here.

use serde_json::{Number, Value as Json, json};

use super::{argb, fault::quoted};
use crate::model::{icon::Icon, schema::FieldValue as _, value::Value};

/// What stands behind a key of the app.
pub(super) enum Form {
    /// Text; an empty one says something too.
    Text,
    /// Text; an empty one is none.
    Filled,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// Any number.
    Number,
    /// A colour as a signed number; white is the app's plain colour and means that none was chosen.
    Color,
    /// The name of an icon, and which one the app shows when there is none.
    Icon(&'static str),
    /// A word of the app for each word here. The first is what a missing key means.
    Words(&'static [(Word, &'static str)]),
    /// The options of a choice.
    Options,
}

/// A word of the app, which need not be text.
pub(super) enum Word {
    /// Text.
    Text(&'static str),
    /// A number.
    Whole(i64),
    /// A flag.
    Flag(bool),
}

impl Word {
    fn json(&self) -> Json {
        match *self {
            Self::Text(text) => text.into(),
            Self::Whole(number) => number.into(),
            Self::Flag(flag) => flag.into(),
        }
    }
}

/// A value that was read.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Taken {
    /// What it is here; `None` where that is to leave the key out.
    pub value: Option<Value>,
    /// What of it could not be carried over.
    pub note: Option<String>,
}

impl From<Value> for Taken {
    fn from(value: Value) -> Self {
        Self { value: Some(value), note: None }
    }
}

impl Form {
    /// What a value of the app is here.
    ///
    /// # Errors
    /// What it should be instead.
    pub fn read(&self, json: &Json) -> Result<Taken, &'static str> {
        Ok(match self {
            Self::Text => Value::from(json.as_str().ok_or("text")?).into(),
            Self::Filled => match json.as_str().ok_or("text")? {
                "" => Taken::default(),
                text => Value::from(text).into(),
            },
            Self::Flag => Value::Bool(json.as_bool().ok_or("true or false")?).into(),
            Self::Whole => Value::Integer(whole(json).ok_or("a whole number")?).into(),
            Self::Number => match json.as_f64().filter(|number| number.is_finite()) {
                Some(number) => Value::Float(number).into(),
                None => return Err("a number"),
            },
            Self::Color => color(whole(json).ok_or("the number of a colour")?)?,
            Self::Icon(plain) => icon(json.as_str().ok_or("the name of an icon")?, plain),
            Self::Words(words) => words
                .iter()
                .find(|(word, _)| same(&word.json(), json))
                .map(|(_, ours)| Value::from(*ours).into())
                .ok_or("a value that MQTT Dash knows")?,
            Self::Options => options(json)?,
        })
    }

    /// What one of our values is in the app.
    pub fn write(&self, value: Option<Value>) -> Json {
        match (self, value) {
            (Self::Icon(_), Some(Value::String(name))) => {
                Icon::from_name(&name).map_or_else(|| "".into(), |icon| icon.mqtt_dash_name().into())
            }
            (Self::Icon(plain), _) => (*plain).into(),
            (Self::Color, value) => argb::number(value.as_ref()).into(),
            (Self::Words(words), value) => words
                .iter()
                .find(|(_, ours)| matches!(&value, Some(Value::String(word)) if word == ours))
                .or(words.first())
                .map_or(Json::Null, |(word, _)| word.json()),
            (Self::Options, Some(Value::Array(items))) => items.iter().map(option).collect(),
            (Self::Options, _) => json!([]),
            (Self::Flag, value) => (value == Some(Value::Bool(true))).into(),
            (Self::Whole, Some(Value::Integer(number))) => number.into(),
            (Self::Whole, _) => 0.into(),
            (Self::Number, Some(Value::Integer(number))) => double(&number.to_string()),
            (Self::Number, Some(Value::Float(number))) => double(&number.to_string()),
            (Self::Number, _) => double("0"),
            (Self::Text | Self::Filled, Some(Value::String(text))) => text.into(),
            (Self::Text | Self::Filled, _) => "".into(),
        }
    }
}

/// A number as the app writes its limits: always with a point.
fn double(text: &str) -> Json {
    text.parse().ok().and_then(Number::from_f64).map_or(Json::Null, Json::Number)
}

/// A whole number, also one written with a point.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers within 2^53 come there")]
pub(super) fn whole(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| {
        json.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9e15).map(|number| number as i64)
    })
}

fn color(number: i64) -> Result<Taken, &'static str> {
    let (color, alpha) = argb::color(number).ok_or("the number of a colour")?;
    let note = match alpha {
        255 => None,
        0 => Some("is fully transparent and was left out".to_owned()),
        _ => Some("is transparent in part; here it is not".to_owned()),
    };
    Ok(Taken { value: color.filter(|_| alpha > 0).and_then(|color| color.to_value()), note })
}

fn icon(name: &str, plain: &str) -> Taken {
    let known = Icon::from_name(name);
    let note = (known.is_none() && !name.is_empty()).then(|| format!("{} is no icon that is known here", quoted(name)));
    Taken { value: known.or_else(|| Icon::from_name(plain)).and_then(|icon| icon.to_value()), note }
}

fn options(json: &Json) -> Result<Taken, &'static str> {
    const WANTED: &str = "a list of options with `label` and `payload`";
    let mut seen = Vec::new();
    let mut taken = Vec::new();
    let mut twins = Vec::new();
    for item in json.as_array().ok_or(WANTED)? {
        let part = |key| item.get(key).map_or(Some(""), Json::as_str).filter(|_| item.is_object()).ok_or(WANTED);
        let (label, payload) = (part("label")?, part("payload")?);
        if seen.contains(&payload) {
            twins.push(quoted(label));
        } else {
            seen.push(payload);
            taken.push(Value::Table(vec![("label".into(), label.into()), ("payload".into(), payload.into())]));
        }
    }
    let note = (!twins.is_empty())
        .then(|| format!("has options with the payload of another, which were left out: {}", twins.join(", ")));
    Ok(Taken { value: Some(Value::Array(taken)), note })
}

fn option(item: &Value) -> Json {
    let Value::Table(entries) = item else { return Json::Null };
    let part = |key: &str| match entries.iter().find(|(name, _)| name == key) {
        Some((_, Value::String(text))) => text.as_str(),
        _ => "",
    };
    json!({ "label": part("label"), "payload": part("payload") })
}

/// Whether two values say the same, whatever the form of their numbers and the order of their keys.
pub(super) fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Number(a), Json::Number(b)) => {
            a == b || a.as_i64().is_none_or(|a| b.as_i64().is_none_or(|b| a == b)) && a.as_f64() == b.as_f64()
        }
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_in_any_form() {
        for (one, other, wanted) in [
            ("100", "100.0", true),
            ("1e2", "100", true),
            ("9007199254740993", "9007199254740992", false),
            ("[1, {\"a\": 2, \"b\": 3.0}]", "[1.0, {\"b\": 3, \"a\": 2}]", true),
            ("1", "\"1\"", false),
        ] {
            let [one, other] = [one, other].map(|text| serde_json::from_str(text).unwrap());
            assert_eq!(same(&one, &other), wanted, "{one} {other}");
        }
    }

    #[test]
    fn a_whole_number_may_have_a_point_and_nothing_behind_it() {
        let read = |text: &str| Form::Whole.read(&serde_json::from_str(text).unwrap()).map(|taken| taken.value);
        assert_eq!(read("5.0"), Ok(Some(Value::Integer(5))));
        assert_eq!(read("5.5"), Err("a whole number"));
        assert_eq!(read("\"5\""), Err("a whole number"));
        assert_eq!(read("1e300"), Err("a whole number"));
    }

    #[test]
    fn of_options_with_one_payload_the_first_is_taken() {
        let items = json!([{"label": "A", "payload": "1"}, {"label": "B", "payload": "1"}, {}]);
        let taken = Form::Options.read(&items).unwrap();
        assert_eq!(
            Form::Options.write(taken.value),
            json!([{"label": "A", "payload": "1"}, {"label": "", "payload": ""}])
        );
        assert_eq!(taken.note.as_deref(), Some("has options with the payload of another, which were left out: \"B\""));
        assert!(Form::Options.read(&json!(["A"])).is_err());
        assert!(Form::Options.read(&json!([{"label": 1}])).is_err());
    }

    #[test]
    fn limits_are_written_with_a_point() {
        assert_eq!(Form::Number.write(Some(Value::Integer(100))).to_string(), "100.0");
        assert_eq!(Form::Number.write(Some(Value::Float(-0.5))).to_string(), "-0.5");
    }
}
