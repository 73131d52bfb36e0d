//! [`FieldValue`] for basic types: booleans, numbers, strings, and enums.

use super::{
    schema::{FieldValue, Schema, ValueType, non_default_fields, set_fields},
    type_mismatch::type_mismatch,
    value::{ValidationError, Value, did_you_mean},
};

/// Returns the error that a string is not one of the allowed values.
#[must_use]
pub(crate) fn unknown_choice(text: &str, choices: &'static [&'static str]) -> Vec<ValidationError> {
    ValidationError::new(format!("unknown value `{text}`"))
        .with_help(
            did_you_mean(text, choices.iter().copied())
                .unwrap_or_else(|| format!("expected {}", ValueType::OneOf(choices))),
        )
        .into()
}

impl FieldValue for bool {
    const VALUE_TYPE: ValueType = ValueType::Bool;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

impl FieldValue for f64 {
    const VALUE_TYPE: ValueType = ValueType::Float;

    #[expect(clippy::cast_precision_loss, reason = "users do not set limits beyond 2^53")]
    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::Integer(number) => Ok(*number as Self),
            Value::Float(number) if number.is_finite() => Ok(*number),
            Value::Float(_) => Err(ValidationError::new("the number must be finite").into()),
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "only integers below 2^53 are converted")]
    fn to_value(&self) -> Option<Value> {
        Some(if self.fract() == 0.0 && self.abs() < 9e15 { Value::Integer(*self as i64) } else { Value::Float(*self) })
    }
}

impl FieldValue for String {
    const VALUE_TYPE: ValueType = ValueType::String;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::String(text) => Ok(text.clone()),
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(self.clone()))
    }
}

impl FieldValue for Box<str> {
    const VALUE_TYPE: ValueType = ValueType::String;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        String::from_value(value).map(Into::into)
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

impl<T: FieldValue> FieldValue for Option<T> {
    const VALUE_TYPE: ValueType = T::VALUE_TYPE;

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        T::from_value(value).map(Some)
    }

    fn to_value(&self) -> Option<Value> {
        self.as_ref().and_then(FieldValue::to_value)
    }
}

/// An integer between two limits, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BoundedInt<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> BoundedInt<MIN, MAX> {
    /// Creates the integer, limited to the range.
    #[must_use]
    pub const fn clamped(number: i64) -> Self {
        Self(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    /// Returns the integer.
    #[must_use]
    pub(crate) const fn get(self) -> i64 {
        self.0
    }

    /// Returns the integer as a count; 0 if it is negative.
    #[must_use]
    pub(crate) fn to_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or_default()
    }

    /// Returns the integer as a duration in seconds.
    #[must_use]
    pub(crate) const fn to_duration(self) -> std::time::Duration {
        std::time::Duration::from_secs(self.0.unsigned_abs())
    }
}

impl<const MIN: i64, const MAX: i64> FieldValue for BoundedInt<MIN, MAX> {
    const VALUE_TYPE: ValueType = ValueType::Integer(MIN, MAX);

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::Integer(number) if (MIN..=MAX).contains(number) => Ok(Self(*number)),
            Value::Integer(number) => {
                Err(ValidationError::new(format!("{number} is out of range ({MIN} to {MAX})")).into())
            }
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Integer(self.0))
    }
}

/// A nested table with its own schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Nested<T>(pub T);

impl<T: Schema> FieldValue for Nested<T> {
    const VALUE_TYPE: ValueType = ValueType::Custom("a table");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        let Value::Table(entries) = value else {
            return Err(type_mismatch(value, Self::VALUE_TYPE));
        };
        let mut nested = T::default();
        set_fields(&mut nested, entries)?;
        Ok(Self(nested))
    }

    fn to_value(&self) -> Option<Value> {
        let entries = non_default_fields(&self.0);
        (!entries.is_empty()).then_some(Value::Table(entries))
    }
}

/// Defines an enum whose variants are strings in a file. The first variant is the default.
macro_rules! string_enum {
    ($(#[$doc:meta])* $name:ident { $first:ident = $first_text:literal $first_doc:literal $(, $variant:ident = $text:literal $variant_doc:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name {
            #[doc = $first_doc]
            #[default]
            $first,
            $(#[doc = $variant_doc] $variant,)*
        }

        impl $crate::model::schema::FieldValue for $name {
            const VALUE_TYPE: $crate::model::schema::ValueType = $crate::model::schema::ValueType::OneOf(&[$first_text $(, $text)*]);

            fn from_value(value: &$crate::model::value::Value) -> Result<Self, Vec<$crate::model::value::ValidationError>> {
                match value {
                    $crate::model::value::Value::String(text) => match text.as_str() {
                        $first_text => Ok(Self::$first),
                        $($text => Ok(Self::$variant),)*
                        other => Err($crate::model::field_value::unknown_choice(other, &[$first_text $(, $text)*])),
                    },
                    other => Err($crate::model::type_mismatch::type_mismatch(other, Self::VALUE_TYPE)),
                }
            }

            fn to_value(&self) -> Option<$crate::model::value::Value> {
                Some(match self {
                    Self::$first => $first_text,
                    $(Self::$variant => $text,)*
                }.into())
            }
        }
    };
}
pub(crate) use string_enum;

impl FieldValue for super::message::Qos {
    const VALUE_TYPE: ValueType = ValueType::Integer(0, 2);

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        match value {
            Value::Integer(number) => Self::from_i64(*number).ok_or_else(|| {
                ValidationError::new(format!("{number} is not a quality of service"))
                    .with_help("expected 0, 1 or 2")
                    .into()
            }),
            other => Err(type_mismatch(other, Self::VALUE_TYPE)),
        }
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::Integer(self.as_u8().into()))
    }
}

/// Parses a string value with `parse`.
///
/// # Errors
/// If the value is not a string or `parse` fails.
pub(crate) fn parse_text<T>(
    value: &Value,
    expected: ValueType,
    parse: impl FnOnce(&str) -> Result<T, ValidationError>,
) -> Result<T, Vec<ValidationError>> {
    match value {
        Value::String(text) => parse(text).map_err(Into::into),
        other => Err(type_mismatch(other, expected)),
    }
}

impl FieldValue for super::topic::TopicFilter {
    const VALUE_TYPE: ValueType = ValueType::Custom("a topic filter, such as \"home/+/temperature\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            Self::new(text)
                .map_err(|error| ValidationError::new(format!("invalid topic filter: {error}")).with_span(error.span()))
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl FieldValue for super::topic::Topic {
    const VALUE_TYPE: ValueType = ValueType::Custom("a topic, such as \"home/lamp/set\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            Self::new(text)
                .map_err(|error| ValidationError::new(format!("invalid topic: {error}")).with_span(error.span()))
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl FieldValue for std::path::PathBuf {
    const VALUE_TYPE: ValueType = ValueType::Custom("a file path");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, |text| {
            if text.is_empty() { Err(ValidationError::new("the path is empty")) } else { Ok(text.into()) }
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.to_string_lossy().as_ref().into())
    }
}
