//! What the plain types of a file look like: flags, numbers, text, words out of a list.

use super::{
    key::{Field, Keyed, Wants, fill, spoken},
    value::{Complaint, Value, did_you_mean},
};

/// The complaint that a value is not what its key takes.
#[must_use]
pub fn wrong_type(value: &Value, wants: Wants) -> Vec<Complaint> {
    let help = match value {
        Value::Text(text)
            if matches!(wants, Wants::Bool | Wants::Whole(..) | Wants::Number) && text.parse::<f64>().is_ok() =>
        {
            format!("write it without quotes: {text}")
        }
        Value::Whole(number) if wants == Wants::Text => format!("write it in quotes: \"{number}\""),
        Value::Number(number) if wants == Wants::Text => format!("write it in quotes: \"{number}\""),
        Value::Bool(flag) if wants == Wants::Text => format!("write it in quotes: \"{flag}\""),
        _ => return Complaint::new(format!("this is {}, but {wants} is wanted", value.noun())).into(),
    };
    Complaint::new(format!("this is {}, but {wants} is wanted", value.noun())).help(help).into()
}

/// The complaint that a word is not one of those allowed.
#[must_use]
pub fn wrong_word(word: &str, words: &'static [&'static str]) -> Vec<Complaint> {
    Complaint::new(format!("`{word}` is not known here"))
        .help(did_you_mean(word, words.iter().copied()).unwrap_or_else(|| format!("{} is wanted", Wants::OneOf(words))))
        .into()
}

impl Field for bool {
    const WANTS: Wants = Wants::Bool;

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            other => Err(wrong_type(other, Self::WANTS)),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Bool(*self))
    }
}

impl Field for f64 {
    const WANTS: Wants = Wants::Number;

    #[expect(clippy::cast_precision_loss, reason = "a limit beyond 2^53 is no limit that a person set")]
    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        match value {
            Value::Whole(number) => Ok(*number as Self),
            Value::Number(number) if number.is_finite() => Ok(*number),
            Value::Number(_) => Err(Complaint::new("this number has no end").into()),
            other => Err(wrong_type(other, Self::WANTS)),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "only whole numbers within 2^53 come there")]
    fn write(&self) -> Option<Value> {
        Some(if self.fract() == 0.0 && self.abs() < 9e15 { Value::Whole(*self as i64) } else { Value::Number(*self) })
    }
}

impl Field for String {
    const WANTS: Wants = Wants::Text;

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(wrong_type(other, Self::WANTS)),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Text(self.clone()))
    }
}

impl<T: Field> Field for Option<T> {
    const WANTS: Wants = T::WANTS;

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        T::read(value).map(Some)
    }

    fn write(&self) -> Option<Value> {
        self.as_ref().and_then(Field::write)
    }
}

/// A whole number in limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// The number, or the nearest limit.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The number of seconds that it stands for.
    #[must_use]
    pub const fn seconds(self) -> std::time::Duration {
        std::time::Duration::from_secs(self.0.unsigned_abs())
    }
}

impl<const MIN: i64, const MAX: i64> Field for Whole<MIN, MAX> {
    const WANTS: Wants = Wants::Whole(MIN, MAX);

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        match value {
            Value::Whole(number) if (MIN..=MAX).contains(number) => Ok(Self(*number)),
            Value::Whole(number) => Err(Complaint::new(format!("{number} is outside {MIN} to {MAX}")).into()),
            other => Err(wrong_type(other, Self::WANTS)),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Whole(self.0))
    }
}

/// A table inside a table: an own set of keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inner<T>(pub T);

impl<T: Keyed> Field for Inner<T> {
    const WANTS: Wants = Wants::Form("a table of its own");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        let Value::Table(entries) = value else {
            return Err(wrong_type(value, Self::WANTS));
        };
        let mut inner = T::default();
        fill(&mut inner, entries)?;
        Ok(Self(inner))
    }

    fn write(&self) -> Option<Value> {
        let entries = spoken(&self.0);
        (!entries.is_empty()).then_some(Value::Table(entries))
    }
}

/// Words that a file may hold, each a variant. The first is the default.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $first:ident = $first_word:literal $first_doc:literal $(, $variant:ident = $word:literal $variant_doc:literal)* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name {
            #[doc = $first_doc]
            #[default]
            $first,
            $(#[doc = $variant_doc] $variant,)*
        }

        impl $crate::model::key::Field for $name {
            const WANTS: $crate::model::key::Wants = $crate::model::key::Wants::OneOf(&[$first_word $(, $word)*]);

            fn read(value: &$crate::model::value::Value) -> Result<Self, Vec<$crate::model::value::Complaint>> {
                match value {
                    $crate::model::value::Value::Text(word) => match word.as_str() {
                        $first_word => Ok(Self::$first),
                        $($word => Ok(Self::$variant),)*
                        other => Err($crate::model::field::wrong_word(other, &[$first_word $(, $word)*])),
                    },
                    other => Err($crate::model::field::wrong_type(other, Self::WANTS)),
                }
            }

            fn write(&self) -> Option<$crate::model::value::Value> {
                Some(match self {
                    Self::$first => $first_word,
                    $(Self::$variant => $word,)*
                }.into())
            }
        }
    };
}
pub(crate) use words;

impl Field for super::line::Qos {
    const WANTS: Wants = Wants::Whole(0, 2);

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        match value {
            Value::Whole(number) => Self::from_number(*number).ok_or_else(|| {
                Complaint::new(format!("{number} is no quality of service")).help("0, 1 or 2 is wanted").into()
            }),
            other => Err(wrong_type(other, Self::WANTS)),
        }
    }

    fn write(&self) -> Option<Value> {
        Some(Value::Whole(self.number().into()))
    }
}

/// Reads a text that a parser of its own takes.
///
/// # Errors
/// What the parser complains of, or that the value is no text.
pub fn parsed<T>(
    value: &Value,
    wants: Wants,
    parse: impl FnOnce(&str) -> Result<T, Complaint>,
) -> Result<T, Vec<Complaint>> {
    match value {
        Value::Text(text) => parse(text).map_err(Into::into),
        other => Err(wrong_type(other, wants)),
    }
}

impl Field for super::topic::Filter {
    const WANTS: Wants = Wants::Form("a topic filter, such as \"home/+/temperature\"");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, |text| {
            Self::new(text)
                .map_err(|fault| Complaint::new(format!("this is no topic filter: {fault}")).bytes(fault.place()))
        })
    }

    fn write(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl Field for super::topic::Topic {
    const WANTS: Wants = Wants::Form("a topic, such as \"home/lamp/set\"");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, |text| {
            Self::new(text).map_err(|fault| Complaint::new(format!("this is no topic: {fault}")).bytes(fault.place()))
        })
    }

    fn write(&self) -> Option<Value> {
        Some(self.as_str().into())
    }
}

impl Field for std::path::PathBuf {
    const WANTS: Wants = Wants::Form("the path of a file");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, |text| {
            if text.is_empty() { Err(Complaint::new("the path is empty")) } else { Ok(text.into()) }
        })
    }

    fn write(&self) -> Option<Value> {
        Some(self.to_string_lossy().as_ref().into())
    }
}
