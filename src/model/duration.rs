//! Durations in files: a number with its unit, such as `"500ms"`, `"10m"` or `"7d"`.

use std::{num::NonZeroU64, time::Duration};

use super::{
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value},
};

/// The units and their milliseconds, the smallest first.
const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const HELP: &str = "write a whole number and one of the units ms, s, m, h, d: \"500ms\", \"5s\", \"10m\", \"7d\"";

/// A duration between these limits, in milliseconds; at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoundedDuration<const MIN: u64, const MAX: u64>(NonZeroU64);

impl<const MIN: u64, const MAX: u64> BoundedDuration<MIN, MAX> {
    /// Creates the duration from milliseconds, limited to the range.
    pub(crate) const fn clamped(millis: u64) -> Self {
        let millis = if millis < MIN { MIN } else { millis };
        Self(NonZeroU64::MIN.saturating_add((if millis > MAX { MAX } else { millis }).saturating_sub(1)))
    }

    /// Returns the duration.
    pub(crate) const fn get(self) -> Duration {
        Duration::from_millis(self.0.get())
    }
}

impl<const MIN: u64, const MAX: u64> FieldValue for BoundedDuration<MIN, MAX> {
    const VALUE_TYPE: ValueType = ValueType::Custom("a duration such as \"500ms\", \"5s\", \"10m\" or \"7d\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        if let Value::Integer(number) = value {
            return Err(ValidationError::new(format!("{number} has no unit"))
                .with_help(format!("write the duration in quotes, with its unit: \"{number}s\""))
                .into());
        }
        parse_text(value, Self::VALUE_TYPE, |text| {
            let millis = parse_millis(text)?;
            if (MIN..=MAX).contains(&millis) {
                return Ok(Self::clamped(millis));
            }
            Err(ValidationError::new(format!(
                "`{}` is out of range ({} to {})",
                text.trim(),
                format_millis(MIN),
                format_millis(MAX)
            )))
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(format_millis(self.0.get())))
    }
}

/// Parses a number with its unit.
fn parse_millis(text: &str) -> Result<u64, ValidationError> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = (&text[..digits], text[digits..].trim());
    let error = |message: String| ValidationError::new(message).with_help(HELP);
    if number.is_empty() {
        return Err(error(format!("`{text}` is not a duration")));
    }
    let Some((_, millis)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(error(match unit {
            "" => format!("`{text}` has no unit"),
            unit => format!("`{unit}` is not a unit of time"),
        }));
    };
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(*millis))
        .ok_or_else(|| error(format!("`{text}` is too long a time")))
}

/// Formats milliseconds in the largest unit of which they are a whole number.
fn format_millis(millis: u64) -> String {
    let (unit, size) =
        UNITS.iter().rev().find(|(_, size)| millis > 0 && millis.is_multiple_of(*size)).unwrap_or(&UNITS[1]);
    format!("{}{unit}", millis / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Minute = BoundedDuration<100, 60_000>;

    #[test]
    fn duration_has_a_number_and_a_unit() {
        for (text, millis, written) in [
            ("500ms", 500, "500ms"),
            ("5s", 5_000, "5s"),
            (" 90 s ", 90_000, "90s"),
            ("60s", 60_000, "1m"),
            ("10m", 600_000, "10m"),
            ("48h", 172_800_000, "2d"),
            ("7d", 604_800_000, "7d"),
        ] {
            let duration = BoundedDuration::<1, { u64::MAX }>::from_value(&text.into()).unwrap();
            assert_eq!(duration.get(), Duration::from_millis(millis), "{text}");
            assert_eq!(duration.to_value(), Some(written.into()));
        }
    }

    #[test]
    fn error_says_what_is_wrong_with_a_duration() {
        let message = |value: Value| Minute::from_value(&value).unwrap_err().remove(0).message;
        for (text, expected) in [
            ("", "`` is not a duration"),
            ("soon", "`soon` is not a duration"),
            ("-5s", "`-5s` is not a duration"),
            ("5", "`5` has no unit"),
            ("5min", "`min` is not a unit of time"),
            ("1.5s", "`.5s` is not a unit of time"),
            ("99999999999999999999d", "`99999999999999999999d` is too long a time"),
            ("2m", "`2m` is out of range (100ms to 1m)"),
            ("5ms", "`5ms` is out of range (100ms to 1m)"),
        ] {
            assert_eq!(message(text.into()), expected);
        }
        let error = Minute::from_value(&Value::Integer(5)).unwrap_err().remove(0);
        assert_eq!(error.help.as_deref(), Some("write the duration in quotes, with its unit: \"5s\""));
    }
}
