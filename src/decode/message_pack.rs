//! `MessagePack`: <https://github.com/msgpack/msgpack/blob/master/spec.md>.
//!
//! Binary data becomes hexadecimal text, and an extension `{"type":5,"data":"0102"}`. What is published is JSON without
//! these two.

use rmpv::{
    Integer, Utf8String,
    decode::{Error, read_value_with_max_depth},
};
use serde_json::{Map, Value as Json};

use super::{Codec, DecodeError, EncodeError, MAX_DEPTH, json_text};

const FORMAT: &str = "MessagePack";
/// The library counts a list or a map and its values.
const MAX_LIBRARY_DEPTH: usize = 2 * MAX_DEPTH + 1;

pub(super) struct MessagePack;

impl Codec for MessagePack {
    fn names(&self) -> (&'static str, &'static str) {
        ("msgpack", FORMAT)
    }

    /// It is a map or a list.
    fn recognizes(&self, payload: &[u8]) -> bool {
        matches!(payload.first(), Some(0x80..=0x9f | 0xdc..=0xdf))
    }

    fn returns_bytes(&self) -> bool {
        false
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        json_text::decode(FORMAT, payload, |rest| {
            let value = read_value_with_max_depth(rest, MAX_LIBRARY_DEPTH);
            to_json(value.map_err(|error| to_error(&error))?)
        })
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        let mut payload = Vec::new();
        let value = from_json(json_text::value_in(decoded));
        // Writing to memory does not fail.
        let written = rmpv::encode::write_value(&mut payload, &value);
        Ok(written.map(|()| payload).unwrap_or_default())
    }
}

fn to_error(error: &Error) -> DecodeError {
    match error {
        Error::DepthLimitExceeded => DecodeError::TooDeep(FORMAT),
        Error::InvalidMarkerRead(error) | Error::InvalidDataRead(error) => match error.kind() {
            std::io::ErrorKind::UnexpectedEof => DecodeError::EndsEarly(FORMAT),
            _ => DecodeError::Invalid(FORMAT, error.to_string()),
        },
    }
}

fn to_json(value: rmpv::Value) -> Result<Json, DecodeError> {
    Ok(match value {
        rmpv::Value::Nil => Json::Null,
        rmpv::Value::Boolean(flag) => Json::Bool(flag),
        rmpv::Value::Integer(integer) => integer_to_json(integer),
        rmpv::Value::F32(number) => json_text::short_number(number),
        rmpv::Value::F64(number) => json_text::number(number),
        rmpv::Value::String(text) => string_to_json(text),
        rmpv::Value::Binary(bytes) => json_text::bytes(&bytes),
        rmpv::Value::Array(items) => Json::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?),
        rmpv::Value::Map(entries) => json_text::object(FORMAT, entries, to_json)?,
        rmpv::Value::Ext(kind, data) => Json::Object(Map::from_iter([
            ("type".to_owned(), Json::from(kind)),
            ("data".to_owned(), json_text::bytes(&data)),
        ])),
    })
}

fn integer_to_json(integer: Integer) -> Json {
    integer.as_u64().map(Json::from).or_else(|| integer.as_i64().map(Json::from)).unwrap_or_default()
}

/// Older devices write binary data as text.
fn string_to_json(text: Utf8String) -> Json {
    match text.into_str() {
        Some(text) => Json::String(text),
        None => Json::Null,
    }
}

fn from_json(value: Json) -> rmpv::Value {
    match value {
        Json::Null => rmpv::Value::Nil,
        Json::Bool(flag) => flag.into(),
        Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => number.into(),
            (None, Some(number), _) => number.into(),
            (None, None, Some(number)) => number.into(),
            (None, None, None) => number.to_string().into(),
        },
        Json::String(text) => text.into(),
        Json::Array(items) => rmpv::Value::Array(items.into_iter().map(from_json).collect()),
        Json::Object(members) => {
            rmpv::Value::Map(members.into_iter().map(|(key, value)| (key.into(), from_json(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::MAX_STRUCTURED_BYTES;

    fn decoded(payload: &[u8]) -> String {
        String::from_utf8(MessagePack.decode(payload).unwrap()).unwrap()
    }

    /// The bytes are those of the examples and tables of the specification.
    #[test]
    fn every_format_of_the_specification_is_read() {
        for (payload, expected) in [
            (&b"\x82\xa7compact\xc3\xa6schema\x00"[..], r#"{"compact":true,"schema":0}"#),
            (b"\xc0", "null"),
            (b"\xc2", "false"),
            (b"\x7f", "127"),
            (b"\xff", "-1"),
            (b"\xcc\xff", "255"),
            (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
            (b"\xd3\x80\0\0\0\0\0\0\0", "-9223372036854775808"),
            (b"\xca\x41\xac\xcc\xcd", "21.6"),
            (b"\xcb\x40\x35\x99\x99\x99\x99\x99\x9a", "21.6"),
            (b"\xa2ON", "ON"),
            (b"\xd9\x02ON", "ON"),
            (b"\xc4\x02\x01\xff", "01ff"),
            (b"\x92\x01\x91\x02", "[1,[2]]"),
            (b"\xdc\x00\x01\x05", "[5]"),
            (b"\x81\x07\xa1x", r#"{"7":"x"}"#),
            (b"\xd4\x05\x2a", r#"{"type":5,"data":"2a"}"#),
            (b"\xca\x7f\xc0\x00\x00", "NaN"),
        ] {
            assert_eq!(decoded(payload), expected, "{payload:?}");
        }
    }

    #[test]
    fn what_is_no_value_is_an_error() {
        for (payload, expected) in [
            (&b"\x82\xa7compact\xc3"[..], DecodeError::EndsEarly(FORMAT)),
            (b"\xdd\xff\xff\xff\xff\x01", DecodeError::EndsEarly(FORMAT)),
            (b"\x01\x02", DecodeError::TrailingBytes(FORMAT)),
            (&[0x91; MAX_DEPTH + 1], DecodeError::TooDeep(FORMAT)),
            (b"\x81\x81\x01\x02\x03", DecodeError::Invalid(FORMAT, "the key of a map is a list or a map".to_owned())),
            (&vec![0xc0; MAX_STRUCTURED_BYTES + 1], DecodeError::TooLarge(FORMAT, 64)),
        ] {
            assert_eq!(MessagePack.decode(payload), Err(expected));
        }
    }

    #[test]
    fn as_many_levels_as_of_other_formats_are_read() {
        let levels = [&[0x91; MAX_DEPTH][..], b"\x01"].concat();
        assert_eq!(decoded(&levels), format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH)));
    }

    #[test]
    fn published_text_keeps_its_type() {
        for (text, expected) in [
            ("ON", &b"\xa2ON"[..]),
            ("21", b"\x15"),
            ("-1", b"\xff"),
            ("true", b"\xc3"),
            (r#"{"b":1}"#, b"\x81\xa1b\x01"),
            (r#""7""#, b"\xa17"),
        ] {
            assert_eq!(MessagePack.encode(text.as_bytes(), 0).as_deref(), Ok(expected), "{text}");
        }
    }
}
