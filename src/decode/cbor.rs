//! CBOR (RFC 8949).
//!
//! Byte strings become hexadecimal text, bignums numbers (section 3.4.3), and of other tagged values only the value is left.
//! What is published is JSON without tags and byte strings.

use ciborium::{de::Error, value::Value};
use serde_json::Value as Json;

use super::{Codec, DecodeError, EncodeError, MAX_DEPTH, json_text};

const FORMAT: &str = "CBOR";

pub(super) struct Cbor;

impl Codec for Cbor {
    fn names(&self) -> (&'static str, &'static str) {
        ("cbor", FORMAT)
    }

    /// It is a list or a map (RFC 8949, section 3.1).
    fn recognizes(&self, payload: &[u8]) -> bool {
        matches!(payload.first(), Some(0x80..=0xbf))
    }

    fn returns_bytes(&self) -> bool {
        false
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        json_text::decode(FORMAT, payload, |rest| {
            let value = ciborium::de::from_reader_with_recursion_limit(rest, MAX_DEPTH);
            to_json(value.map_err(to_error)?)
        })
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        let mut payload = Vec::new();
        // Writing to memory does not fail.
        let written = ciborium::ser::into_writer(&from_json(json_text::value_in(decoded)), &mut payload);
        Ok(written.map(|()| payload).unwrap_or_default())
    }
}

fn to_error<E>(error: Error<E>) -> DecodeError {
    match error {
        Error::Io(_) => DecodeError::EndsEarly(FORMAT),
        Error::Syntax(offset) => DecodeError::Invalid(FORMAT, format!("at byte {offset}")),
        Error::Semantic(_, reason) => DecodeError::Invalid(FORMAT, reason),
        Error::RecursionLimitExceeded => DecodeError::TooDeep(FORMAT),
    }
}

fn to_json(value: Value) -> Result<Json, DecodeError> {
    Ok(match value {
        Value::Integer(integer) => json_text::digits(i128::from(integer).to_string()),
        Value::Float(number) => json_text::number(number),
        Value::Bool(flag) => Json::Bool(flag),
        Value::Text(text) => Json::String(text),
        Value::Bytes(bytes) => json_text::bytes(&bytes),
        Value::Array(items) => Json::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?),
        Value::Map(entries) => json_text::object(FORMAT, entries, to_json)?,
        Value::Tag(tag, value) => tagged(tag, *value)?,
        // Null, and what a later version of the library may have.
        _ => Json::Null,
    })
}

fn tagged(tag: u64, value: Value) -> Result<Json, DecodeError> {
    const POSITIVE_BIGNUM: u64 = 2;
    const NEGATIVE_BIGNUM: u64 = 3;
    let unsigned = |bytes: &[u8]| {
        let mut wide = [0; size_of::<u128>()];
        let start = wide.len().checked_sub(bytes.len())?;
        wide[start..].copy_from_slice(bytes);
        Some(u128::from_be_bytes(wide))
    };
    let digits = value.as_bytes().and_then(|bytes| unsigned(bytes)).and_then(|number| match tag {
        POSITIVE_BIGNUM => Some(number.to_string()),
        NEGATIVE_BIGNUM => Some(format!("-{}", number.checked_add(1)?)),
        _ => None,
    });
    digits.map_or_else(|| to_json(value), |digits| Ok(json_text::digits(digits)))
}

fn from_json(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match (number.as_i128().map(Value::try_from), number.as_f64()) {
            (Some(Ok(integer)), _) => integer,
            (_, Some(number)) => Value::Float(number),
            (_, None) => Value::Text(number.to_string()),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::Array(items.into_iter().map(from_json).collect()),
        Json::Object(members) => {
            Value::Map(members.into_iter().map(|(key, value)| (Value::Text(key), from_json(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::MAX_STRUCTURED_BYTES;

    fn decoded(payload: &[u8]) -> String {
        String::from_utf8(Cbor.decode(payload).unwrap()).unwrap()
    }

    /// The bytes are those of RFC 8949, appendix A.
    #[test]
    fn examples_of_the_standard_are_read() {
        for (payload, expected) in [
            (&b"\x00"[..], "0"),
            (b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
            (b"\xc2\x49\x01\0\0\0\0\0\0\0\0", "18446744073709551616"),
            (b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff", "-18446744073709551616"),
            (b"\xc3\x49\x01\0\0\0\0\0\0\0\0", "-18446744073709551617"),
            (b"\x38\x63", "-100"),
            (b"\xf9\x3e\x00", "1.5"),
            (b"\xfa\x41\xac\xcc\xcd", "21.6"),
            (b"\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a", "1.1"),
            (b"\xf9\x7e\x00", "NaN"),
            (b"\xf5", "true"),
            (b"\xf6", "null"),
            (b"\xc1\x1a\x51\x4b\x67\xb0", "1363896240"),
            (b"\x44\x01\x02\x03\x04", "01020304"),
            (b"\x64IETF", "IETF"),
            (b"\x83\x01\x82\x02\x03\x82\x04\x05", "[1,[2,3],[4,5]]"),
            (b"\xa2\x01\x02\x03\x04", r#"{"1":2,"3":4}"#),
            (b"\xa2aa\x01ab\x82\x02\x03", r#"{"a":1,"b":[2,3]}"#),
            (b"\x7f\x65strea\x64ming\xff", "streaming"),
            (b"\xbfcFun\xf5cAmt!\xff", r#"{"Fun":true,"Amt":-2}"#),
            (b"\x9f\x01\xff", "[1]"),
        ] {
            assert_eq!(decoded(payload), expected, "{payload:?}");
        }
    }

    #[test]
    fn what_is_no_value_is_an_error() {
        for (payload, expected) in [
            (&b"\xa2aa\x01ab"[..], DecodeError::EndsEarly(FORMAT)),
            (b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01", DecodeError::EndsEarly(FORMAT)),
            (b"\x01\x02", DecodeError::TrailingBytes(FORMAT)),
            (b"\x1c", DecodeError::Invalid(FORMAT, "at byte 0".to_owned())),
            (&[0x81; 40], DecodeError::TooDeep(FORMAT)),
            (b"\xa1\xa1\x01\x02\x03", DecodeError::Invalid(FORMAT, "the key of a map is a list or a map".to_owned())),
            (&vec![0xf6; MAX_STRUCTURED_BYTES + 1], DecodeError::TooLarge(FORMAT, 64)),
        ] {
            assert_eq!(Cbor.decode(payload), Err(expected));
        }
    }

    #[test]
    fn published_text_keeps_its_type() {
        for (text, expected) in [
            ("ON", &b"\x62ON"[..]),
            ("21", b"\x15"),
            ("-100", b"\x38\x63"),
            ("1.5", b"\xf9\x3e\x00"),
            ("true", b"\xf5"),
            (r#"{"a":1}"#, b"\xa1aa\x01"),
            (r#""7""#, b"\x617"),
        ] {
            assert_eq!(Cbor.encode(text.as_bytes(), 0).as_deref(), Ok(expected), "{text}");
        }
    }
}
