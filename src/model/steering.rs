//! The axes of a pad: where each publishes to, between which limits, and in which steps.

use std::time::Duration;

use serde_json::Value as Json;

use super::{
    error::TileError,
    field_value::{BoundedInt, parse_text},
    json_path::{JsonPath, parse_json, part},
    limits::{limits_error, step_error},
    number::{format_number, last_decimal_unit, plain_number, read_number, shown_decimals},
    schema::{FieldSpec, FieldValue, Schema, ValueType, field},
    topic::Topic,
    value::{ValidationError, Value},
};

/// The maximum size of the text of a position, in bytes. A larger one is not read: a tile reads it for each frame.
const MAX_POSITION_BYTES: usize = 4 << 10;
/// How many steps lead from one limit to the other, if the file does not say how large a step is.
const STEPS: f64 = 20.0;

/// A position on a pad.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// The number of the horizontal axis, which grows to the right.
    pub x: f64,
    /// The number of the vertical axis, which grows upward.
    pub y: f64,
}

/// An axis of a pad.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    topic: Option<Topic>,
    min: f64,
    max: f64,
    step: Option<f64>,
    decimals: Option<BoundedInt<0, 6>>,
    json_path: Option<JsonPath>,
}

impl Default for Axis {
    fn default() -> Self {
        Self { topic: None, min: -100.0, max: 100.0, step: None, decimals: None, json_path: None }
    }
}

impl Schema for Axis {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<Topic>, topic as "Publishes to", "the topic to which the number of the axis is published"),
        field!(f64, min as "Lowest", "the lower limit: left, or at the bottom"),
        field!(f64, max as "Highest", "the upper limit: right, or at the top"),
        field!(Option<f64>, step, "how far an arrow key moves; if not set, a twentieth of the range"),
        field!(
            Option<BoundedInt<0, 6>>,
            decimals,
            "the number of decimals that are published; if not set, enough for a hundredth of the range"
        ),
        field!(
            Option<JsonPath>,
            json_path as "Reported at",
            "where the number of the axis is in the JSON that the pad receives; if not set, at $.x or $.y"
        ),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let Self { min: default_min, max: default_max, .. } = Self::default();
        let limits = limits_error((self.min, self.max), (default_min, default_max));
        let mut errors: Vec<_> = limits.into_iter().chain(step_error(self.step)).collect();
        let decimals = self.decimals();
        for (key, number) in [("min", Some(self.min)), ("max", Some(self.max)), ("step", self.step)] {
            if number.is_some_and(|number| shown_decimals(&number.to_string()) > decimals) {
                let message = format!("`{key}` has more decimals than the {decimals} that are published");
                errors.push(ValidationError::new(message).with_help("set `decimals`").prepend_key(key));
            }
        }
        errors
    }

    fn implied(&self, key: &str) -> Option<String> {
        match key {
            "step" => Some(self.text(self.step())),
            "decimals" => Some(self.decimals().to_string()),
            _ => None,
        }
    }
}

impl Axis {
    /// Creates an axis with default limits that publishes to this topic.
    pub fn with_topic(topic: Option<Topic>) -> Self {
        Self { topic, ..Self::default() }
    }

    /// Returns the topic to publish to.
    pub fn topic(&self) -> Option<&Topic> {
        self.topic.as_ref()
    }

    /// Returns the number of decimals that are published.
    fn decimals(&self) -> usize {
        if let Some(decimals) = self.decimals {
            return decimals.to_usize();
        }
        let shown = [Some(self.min), Some(self.max), self.step].into_iter().flatten();
        let needed = shown.map(|number| shown_decimals(&number.to_string())).max().unwrap_or_default();
        let hundredth = (self.max - self.min) / 100.0;
        let fine = (0..6).find(|decimals| last_decimal_unit(*decimals) <= hundredth).unwrap_or(6);
        needed.max(fine).min(6)
    }

    fn step(&self) -> f64 {
        let least = last_decimal_unit(self.decimals());
        self.step.unwrap_or_else(|| self.rounded((self.max - self.min) / STEPS).max(least))
    }

    /// Returns the number as it is published.
    pub fn text(&self, number: f64) -> String {
        format_number(number, self.decimals())
    }

    fn rounded(&self, number: f64) -> f64 {
        plain_number(&self.text(number)).unwrap_or(number)
    }

    /// Returns the number halfway between the limits.
    pub fn center(&self) -> f64 {
        self.rounded(f64::midpoint(self.min, self.max))
    }

    /// Returns the number this many steps away, within the limits.
    pub fn stepped(&self, number: f64, steps: f64) -> f64 {
        self.rounded(steps.mul_add(self.step(), number)).clamp(self.min, self.max)
    }

    /// Returns the number at a part of the way from the lower limit to the upper one, 0 to 1.
    pub fn at(&self, ratio: f64) -> f64 {
        self.rounded(ratio.clamp(0.0, 1.0).mul_add(self.max - self.min, self.min)).clamp(self.min, self.max)
    }

    /// Returns the number that a device reports in a JSON document; without a path of its own, under this name.
    fn reported(&self, json: &Json, name: &str) -> Result<f64, TileError> {
        let text = part(json, self.json_path.as_ref(), name)?;
        read_number(&text).ok_or(TileError::NotANumber(text))
    }
}

/// What a pad publishes.
#[derive(Debug, Clone, Copy)]
pub struct Steering<'a> {
    /// The horizontal and the vertical axis.
    pub axes: [&'a Axis; 2],
    /// The least time between two messages of an axis.
    pub interval: Duration,
    /// Whether the pad returns to its center when it is released.
    pub centers: bool,
}

impl Steering<'_> {
    /// Returns whether both axes have a topic.
    pub(crate) fn is_complete(&self) -> bool {
        self.axes.iter().all(|axis| axis.topic().is_some())
    }
}

/// Reads the position in a payload: two numbers with a comma or a space between them, a JSON array of two numbers, or a
/// JSON document in which each axis knows where its number is.
///
/// # Errors
/// If it is none of these.
pub(crate) fn read_position(text: &str, axes: [&Axis; 2]) -> Result<Position, TileError> {
    if text.len() > MAX_POSITION_BYTES {
        return Err(TileError::NotAPosition(text.to_owned()));
    }
    let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
    let parts = inner.split([',', ';', ' ']).filter(|part| !part.is_empty());
    let numbers: Option<Vec<f64>> = parts.map(|part| plain_number(part.trim())).collect();
    if let Some(&[x, y]) = numbers.as_deref() {
        return Ok(Position { x, y });
    }
    match parse_json(text.as_bytes()) {
        Ok(json @ (Json::Object(_) | Json::Array(_))) => {
            Ok(Position { x: axes[0].reported(&json, "x")?, y: axes[1].reported(&json, "y")? })
        }
        _ => Err(TileError::NotAPosition(text.to_owned())),
    }
}

/// A position between the limits of two axes, from left to right and from bottom to top, 0 to 1, and its numbers as texts.
pub(crate) type PadPosition = ([f64; 2], [String; 2]);

/// Two axes that are steered together.
#[derive(Debug, Clone, PartialEq)]
pub struct Pad {
    /// The position that the device has reported.
    pub(crate) reported: Option<PadPosition>,
    /// The position to which the user steers.
    pub(crate) steered: Option<PadPosition>,
}

impl Pad {
    /// Returns the position that matters: the one to which the user steers or, at rest, the reported one.
    pub(crate) fn position(&self) -> Option<&PadPosition> {
        self.steered.as_ref().or(self.reported.as_ref())
    }

    /// Returns the numbers of that position in one line; empty if there is none.
    pub(crate) fn text(&self) -> String {
        self.position().map(|(_, [x, y])| format!("x {x}  y {y}")).unwrap_or_default()
    }
}

impl Position {
    /// Returns the position as a pad with these axes shows it.
    pub(crate) fn on_pad(self, axes: [&Axis; 2]) -> PadPosition {
        let ratio = |axis: &Axis, number: f64| ((number - axis.min) / (axis.max - axis.min)).clamp(0.0, 1.0);
        let [x, y] = axes;
        ([ratio(x, self.x), ratio(y, self.y)], [x.text(self.x), y.text(self.y)])
    }
}

/// How many messages a second are published at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PublishRate(u8);

impl PublishRate {
    const MAX: u8 = 50;

    /// Returns the least time between two messages.
    pub fn interval(self) -> Duration {
        Duration::from_millis(1_000_u64.div_ceil(u64::from(self.0)))
    }
}

impl Default for PublishRate {
    fn default() -> Self {
        Self(10)
    }
}

impl FieldValue for PublishRate {
    const VALUE_TYPE: ValueType = ValueType::Custom("a rate from \"1/s\" to \"50/s\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        if let Value::Integer(number) = value {
            return Err(ValidationError::new(format!("{number} has no unit"))
                .with_help(format!("write the rate in quotes, with its unit: \"{number}/s\""))
                .into());
        }
        parse_text(value, Self::VALUE_TYPE, |text| {
            let number = text.trim().strip_suffix("/s").map(str::trim);
            let rate = number.filter(|number| number.bytes().all(|b| b.is_ascii_digit())).and_then(|n| n.parse().ok());
            rate.filter(|rate| (1..=Self::MAX).contains(rate)).map(Self).ok_or_else(|| {
                ValidationError::new(format!("`{text}` is not a rate from 1 to {} messages a second", Self::MAX))
                    .with_help("write a whole number and the unit: \"10/s\"")
            })
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(format!("{}/s", self.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(min: f64, max: f64) -> Axis {
        Axis { min, max, ..Axis::default() }
    }

    #[test]
    fn axis_has_decimals_and_steps_that_fit_its_range() {
        for (min, max, step, center, quarter) in [
            (-100.0, 100.0, "10", "0", "-50"),
            (0.0, 180.0, "9", "90", "45"),
            (-1.0, 1.0, "0.10", "0.00", "-0.50"),
            (0.0, 10.0, "0.5", "5.0", "2.5"),
            (0.0, 65_535.0, "3277", "32768", "16384"),
            (-0.5, 100.0, "5.0", "49.8", "24.6"),
        ] {
            let axis = axis(min, max);
            assert_eq!(Schema::validate(&axis), []);
            let texts = [axis.step(), axis.center(), axis.at(0.25)].map(|number| axis.text(number));
            assert_eq!(texts, [step, center, quarter], "{min} to {max}");
            assert_eq!((axis.at(-1.0), axis.at(2.0)), (min, max));
            assert_eq!((axis.stepped(max, 1.0), axis.stepped(min, -1.0)), (max, min));
        }
        assert_eq!(axis(-1.0, 1.0).text(-0.001), "0.00");
        let coarse = Axis { decimals: Some(BoundedInt::clamped(0)), ..axis(-0.5, 1.0) };
        assert_eq!(Schema::validate(&coarse)[0].message, "`min` has more decimals than the 0 that are published");
    }

    #[test]
    fn position_is_read_from_numbers_and_json() {
        let (x, y) = (Axis::default(), Axis::default());
        for text in ["1,-2.5", " 1 -2.5 ", "1; -2.5", "[1, -2.5]", r#"{"x":1,"y":-2.5}"#, r#"{"y":"-2.5","x":"1"}"#] {
            assert_eq!(read_position(text, [&x, &y]), Ok(Position { x: 1.0, y: -2.5 }), "{text}");
        }
        let pan = Axis { json_path: Some(JsonPath::parse("$.head.pan").unwrap()), ..Axis::default() };
        assert_eq!(read_position(r#"{"head":{"pan":7},"y":3}"#, [&pan, &y]), Ok(Position { x: 7.0, y: 3.0 }));
        for text in ["", "1", "1,2,3", "on", "NaN,1", "1e999,1", "null", "[1]", r#"{"x":1}"#, r#"{"x":{},"y":1}"#] {
            assert!(read_position(text, [&x, &y]).is_err(), "{text}");
        }
        assert!(read_position(&"1".repeat(5_000), [&x, &y]).is_err());
    }

    #[test]
    fn rate_is_a_number_a_second() {
        let rate = |text: &str| PublishRate::from_value(&text.into());
        for (text, millis) in [("10/s", 100), (" 3 /s", 334), ("50/s", 20), ("1/s", 1_000)] {
            assert_eq!(rate(text).unwrap().interval(), Duration::from_millis(millis));
        }
        for text in ["", "10", "0/s", "51/s", "-1/s", "+1/s", "1.5/s", "10/m", "/s", "999999/s"] {
            assert!(rate(text).is_err(), "{text}");
        }
        let error = PublishRate::from_value(&Value::Integer(10)).unwrap_err().remove(0);
        assert_eq!(error.help.as_deref(), Some("write the rate in quotes, with its unit: \"10/s\""));
    }
}
