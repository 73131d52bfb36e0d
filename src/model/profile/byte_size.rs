//! Sizes in bytes, written with a unit.

use crate::model::{
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value},
};

/// A number of bytes, written as an integer or as `512 KiB`, `1 MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteSize(u32);

impl ByteSize {
    /// The largest packet size that MQTT allows: 256 MiB (MQTT 3.1.1, section 2.2.3).
    pub(crate) const MAX: u32 = 268_435_455;
    const UNITS: [(&'static str, u32); 5] =
        [("KiB", 1 << 10), ("MiB", 1 << 20), ("kB", 1_000), ("MB", 1_000_000), ("B", 1)];

    /// Creates a size of `mib` × 1,048,576 bytes, at most 255 MiB.
    #[must_use]
    pub(crate) const fn from_mib(mib: u8) -> Self {
        Self((mib as u32) << 20)
    }

    /// Returns the number of bytes.
    #[must_use]
    pub(crate) const fn bytes(self) -> u32 {
        self.0
    }

    fn try_from_bytes(bytes: i64) -> Result<Self, ValidationError> {
        u32::try_from(bytes)
            .ok()
            .filter(|bytes| (256..=Self::MAX).contains(bytes))
            .map(Self)
            .ok_or_else(|| ValidationError::new("the packet size must be between 256 bytes and 255 MiB"))
    }
}

impl std::fmt::Display for ByteSize {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (unit, bytes) in [("MiB", 1 << 20), ("KiB", 1 << 10)] {
            if self.0.is_multiple_of(bytes) {
                return write!(f, "{} {unit}", self.0 / bytes);
            }
        }
        write!(f, "{} B", self.0)
    }
}

impl FieldValue for ByteSize {
    const VALUE_TYPE: ValueType = ValueType::Custom("a size such as \"1 MiB\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        if let Value::Integer(bytes) = value {
            return Self::try_from_bytes(*bytes).map_err(Into::into);
        }
        parse_text(value, Self::VALUE_TYPE, |text| {
            let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
            let unit = text[digits.len()..].trim();
            let scale = Self::UNITS
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(unit))
                .map(|(_, bytes)| i64::from(*bytes));
            match (digits.trim().parse::<i64>(), scale) {
                (Ok(number), Some(scale)) => Self::try_from_bytes(number.saturating_mul(scale)),
                _ => Err(ValidationError::new(format!("`{text}` is not a size"))
                    .with_help("write it like \"512 KiB\" or \"1 MiB\"")),
            }
        })
    }

    fn to_value(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}
