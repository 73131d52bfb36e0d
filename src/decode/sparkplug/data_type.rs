//! The data types of values, by their numbers (Sparkplug 3.0.0, section 6.4.16), and what they make of a value.

use serde_json::Value as Json;

use super::payload::MetricValue;
use crate::decode::{hexadecimal::from_hexadecimal, json_text};

/// A data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DataType(u32);

const NAMES: [&str; 34] = [
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "Float",
    "Double",
    "Boolean",
    "String",
    "DateTime",
    "Text",
    "UUID",
    "DataSet",
    "Bytes",
    "File",
    "Template",
    "PropertySet",
    "PropertySetList",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Int64Array",
    "UInt8Array",
    "UInt16Array",
    "UInt32Array",
    "UInt64Array",
    "FloatArray",
    "DoubleArray",
    "BooleanArray",
    "StringArray",
    "DateTimeArray",
];

impl DataType {
    /// Returns the data type with this number; `None` if the standard has none.
    pub fn from_number(number: u32) -> Option<Self> {
        Self(number).index().map(|_| Self(number))
    }

    /// Returns the data type with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().zip(1..).find(|(known, _)| **known == name).map(|(_, number)| Self(number))
    }

    fn index(self) -> Option<usize> {
        usize::try_from(self.0).ok()?.checked_sub(1).filter(|index| *index < NAMES.len())
    }

    /// Returns its number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Returns its name.
    pub fn name(self) -> &'static str {
        self.index().map_or("", |index| NAMES[index])
    }
}

/// Returns an integer of up to 32 bits. Those with a sign are in two's complement.
#[expect(clippy::cast_possible_truncation, reason = "the upper bits only repeat the sign")]
pub(super) fn integer(value: u32, datatype: Option<DataType>) -> Json {
    match datatype.map(DataType::name) {
        Some("Int8") => (value as i8).into(),
        Some("Int16") => (value as i16).into(),
        Some("Int32") => value.cast_signed().into(),
        Some("Int64") => i64::from(value.cast_signed()).into(),
        _ => value.into(),
    }
}

/// Returns an integer of 64 bits.
pub(super) fn long_integer(value: u64, datatype: Option<DataType>) -> Json {
    match datatype.map(DataType::name) {
        Some("Int8" | "Int16" | "Int32" | "Int64") => value.cast_signed().into(),
        _ => value.into(),
    }
}

/// Returns bytes: the values of an array (section 6.4.17), or else hexadecimal digits.
pub(super) fn bytes(bytes: &[u8], datatype: Option<DataType>) -> Json {
    let array = match datatype.map(DataType::name) {
        Some("Int8Array") => numbers(bytes, |[byte]: [u8; 1]| byte.cast_signed().into()),
        Some("Int16Array") => numbers(bytes, |bytes| i16::from_le_bytes(bytes).into()),
        Some("Int32Array") => numbers(bytes, |bytes| i32::from_le_bytes(bytes).into()),
        Some("Int64Array") => numbers(bytes, |bytes| i64::from_le_bytes(bytes).into()),
        Some("UInt8Array") => numbers(bytes, |[byte]: [u8; 1]| byte.into()),
        Some("UInt16Array") => numbers(bytes, |bytes| u16::from_le_bytes(bytes).into()),
        Some("UInt32Array") => numbers(bytes, |bytes| u32::from_le_bytes(bytes).into()),
        Some("UInt64Array" | "DateTimeArray") => numbers(bytes, |bytes| u64::from_le_bytes(bytes).into()),
        Some("FloatArray") => numbers(bytes, |bytes| json_text::short_number(f32::from_le_bytes(bytes))),
        Some("DoubleArray") => numbers(bytes, |bytes| json_text::number(f64::from_le_bytes(bytes))),
        Some("BooleanArray") => flags(bytes),
        Some("StringArray") => texts(bytes),
        _ => None,
    };
    array.map_or_else(|| json_text::bytes(bytes), Json::Array)
}

/// Returns little-endian numbers; `None` if bytes are left over.
fn numbers<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> Json) -> Option<Vec<Json>> {
    let (chunks, rest) = bytes.as_chunks();
    rest.is_empty().then(|| chunks.iter().map(|chunk| number(*chunk)).collect())
}

/// Returns the bits of a list: after their count in 4 bytes, the first one is the highest bit of the first byte.
fn flags(bytes: &[u8]) -> Option<Vec<Json>> {
    let (count, bits) = bytes.split_first_chunk()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let all = bits.iter().flat_map(|byte| (0..8).map(move |bit| Json::Bool(byte & (0x80 >> bit) != 0)));
    (bits.len() == count.div_ceil(8)).then(|| all.take(count).collect())
}

/// Returns texts that each end with a zero byte.
fn texts(bytes: &[u8]) -> Option<Vec<Json>> {
    let text = match bytes {
        [] => return Some(Vec::new()),
        [texts @ .., 0] => std::str::from_utf8(texts).ok()?,
        _ => return None,
    };
    Some(text.split('\0').map(Json::from).collect())
}

/// Returns the data type of a value whose data type is not given.
pub(super) fn of_json(value: &Json) -> Option<DataType> {
    let name = match value {
        Json::Bool(_) => "Boolean",
        Json::Number(number) if number.is_i64() => "Int64",
        Json::Number(number) if number.is_u64() => "UInt64",
        Json::Number(_) => "Double",
        Json::String(_) => "String",
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    DataType::from_name(name)
}

/// Returns a value as a data type has it; `None` if it is no value of the type, or if the type is none that can be written.
#[expect(clippy::cast_possible_truncation, reason = "a number with more digits than a Float has is rounded")]
pub(super) fn value_of(json: &Json, datatype: DataType) -> Option<MetricValue> {
    let signed = |min: i64, max: i64| json.as_i64().filter(|number| (min..=max).contains(number));
    let small = |min: i32, max: i32| {
        let number = i32::try_from(signed(min.into(), max.into())?).ok()?;
        Some(MetricValue::Int(number.cast_unsigned()))
    };
    let unsigned = |max: u32| json.as_u64()?.try_into().ok().filter(|number| *number <= max).map(MetricValue::Int);
    match datatype.name() {
        "Int8" => small(i8::MIN.into(), i8::MAX.into()),
        "Int16" => small(i16::MIN.into(), i16::MAX.into()),
        "Int32" => small(i32::MIN, i32::MAX),
        "Int64" => signed(i64::MIN, i64::MAX).map(|number| MetricValue::Long(number.cast_unsigned())),
        "UInt8" => unsigned(u8::MAX.into()),
        "UInt16" => unsigned(u16::MAX.into()),
        "UInt32" => unsigned(u32::MAX),
        "UInt64" | "DateTime" => json.as_u64().map(MetricValue::Long),
        "Float" => {
            json.as_f64().map(|number| number as f32).filter(|number| number.is_finite()).map(MetricValue::Float)
        }
        "Double" => json.as_f64().map(MetricValue::Double),
        "Boolean" => json.as_bool().map(MetricValue::Boolean),
        "String" | "Text" | "UUID" => json.as_str().map(|text| MetricValue::String(text.to_owned())),
        "Bytes" | "File" => from_hexadecimal(json.as_str()?.as_bytes()).ok().map(MetricValue::Bytes),
        _ => None,
    }
}
