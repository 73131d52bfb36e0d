//! Protocol Buffers, with the types that `.proto` files define: <https://protobuf.dev/programming-guides/json/>.
//!
//! Fields have the names that they have in the `.proto` file. Those with the default value, which are not sent, are there,
//! too: a value must not be missing because it is 0. Integers of 64 bits are numbers. Bytes are Base64.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
};

use prost::Message as _;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor, SerializeOptions};
use serde_json::{Number, Value as Json};

use super::{Codec, DecodeError, EncodeError, MAX_DECODED_BYTES, MAX_STRUCTURED_BYTES};

const FORMAT: &str = "protobuf";

/// The types that a schema has.
#[derive(Debug, Clone)]
pub struct Schema {
    pool: DescriptorPool,
    hash: u64,
}

/// A type of messages.
#[derive(Debug, Clone)]
pub struct MessageType {
    descriptor: MessageDescriptor,
    /// The hash of its schema, which may be another one after the file has changed.
    schema_hash: u64,
}

impl PartialEq for MessageType {
    fn eq(&self, other: &Self) -> bool {
        self.schema_hash == other.schema_hash && self.descriptor.full_name() == other.descriptor.full_name()
    }
}

impl Eq for MessageType {}

/// Why there is no such type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageTypeError {
    /// The schema is no set of file descriptors: why.
    #[error("it is not a descriptor set: {0}")]
    InvalidSchema(String),
    /// The schema has other types: the name, and theirs.
    #[error("it has no message type `{0}`")]
    Unknown(String, Vec<String>),
}

impl Schema {
    /// Reads a schema: an encoded `FileDescriptorSet`, which has the imported files, too.
    ///
    /// # Errors
    /// If it is none.
    pub fn from_descriptor_set(bytes: &[u8]) -> Result<Self, MessageTypeError> {
        let pool = DescriptorPool::decode(bytes).map_err(|error| MessageTypeError::InvalidSchema(error.to_string()))?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Ok(Self { pool, hash: hasher.finish() })
    }

    /// Returns a type of the schema.
    ///
    /// # Errors
    /// If it does not have the type.
    pub fn message_type(&self, name: &str) -> Result<MessageType, MessageTypeError> {
        let known = || self.pool.all_messages().map(|message| message.full_name().to_owned()).collect();
        let descriptor = self.pool.get_message_by_name(name.trim_start_matches('.'));
        let descriptor = descriptor.ok_or_else(|| MessageTypeError::Unknown(name.to_owned(), known()))?;
        Ok(MessageType { descriptor, schema_hash: self.hash })
    }
}

impl Codec for MessageType {
    fn names(&self) -> (&'static str, &'static str) {
        (FORMAT, FORMAT)
    }

    fn returns_bytes(&self) -> bool {
        false
    }

    /// All fields of the message have their default value.
    fn reads_empty(&self) -> bool {
        true
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        if payload.len() > MAX_STRUCTURED_BYTES {
            return Err(DecodeError::TooLarge(FORMAT, MAX_STRUCTURED_BYTES >> 10));
        }
        let invalid = |reason: String| DecodeError::Invalid(FORMAT, reason);
        let message =
            DynamicMessage::decode(self.descriptor.clone(), payload).map_err(|error| invalid(error.to_string()))?;
        // Nothing that was sent is of the type: it is another one.
        let unknown = message.unknown_fields().count();
        if unknown > 0 && message.fields().next().is_none() {
            return Err(invalid(format!("no field is one of {}", self.descriptor.full_name())));
        }
        let options = SerializeOptions::new()
            .stringify_64_bit_integers(false)
            .use_proto_field_name(true)
            .skip_default_fields(false);
        let mut json = LimitedBuffer::default();
        let written = message.serialize_with_options(&mut serde_json::Serializer::new(&mut json), &options);
        match written {
            Ok(()) => Ok(json.0),
            Err(error) if error.is_io() => Err(DecodeError::TooLarge(FORMAT, MAX_DECODED_BYTES >> 10)),
            Err(error) => Err(invalid(error.to_string())),
        }
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        let failed = |reason: String| EncodeError { format: FORMAT, reason };
        let json: Json = serde_json::from_slice(decoded).map_err(|_| failed("it is no JSON".to_owned()))?;
        let options = DeserializeOptions::new();
        let message =
            DynamicMessage::deserialize_with_options(self.descriptor.clone(), with_plain_numbers(json), &options);
        message.map(|message| message.encode_to_vec()).map_err(|error| failed(error.to_string()))
    }
}

/// Returns JSON whose numbers are written in the shortest way. The library does not read others, such as `21.50`.
fn with_plain_numbers(json: Json) -> Json {
    match json {
        Json::Number(number) if !number.is_i64() && !number.is_u64() => {
            let plain = number.as_f64().and_then(Number::from_f64);
            Json::Number(plain.unwrap_or(number))
        }
        Json::Array(items) => Json::Array(items.into_iter().map(with_plain_numbers).collect()),
        Json::Object(members) => {
            Json::Object(members.into_iter().map(|(key, value)| (key, with_plain_numbers(value))).collect())
        }
        other => other,
    }
}

/// Bytes that are written up to the limit: a short message can have many fields with the default value.
#[derive(Debug, Default)]
struct LimitedBuffer(Vec<u8>);

impl io::Write for LimitedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_DECODED_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::hexadecimal::{from_hexadecimal, to_hexadecimal};

    const SCHEMA: &str = r#"
        syntax = "proto3";
        package fleet.v1;
        message Telemetry {
            string device_id = 1;
            float speed = 2;
            sint32 gear = 3;
            uint64 odometer = 4;
            enum State { UNKNOWN = 0; RUNNING = 1; }
            State state = 5;
            repeated Telemetry trailers = 6;
            bytes key = 7;
            optional double fuel = 8;
        }
        message Ping { uint32 n = 15; }
    "#;

    fn message_type(name: &str) -> Result<MessageType, MessageTypeError> {
        let file = protox::file::File::from_source("fleet.proto", SCHEMA).unwrap();
        let files = prost_reflect::prost_types::FileDescriptorSet { file: vec![file.file_descriptor_proto().clone()] };
        let compiled = files.encode_to_vec();
        Schema::from_descriptor_set(&compiled)?.message_type(name)
    }

    fn telemetry() -> MessageType {
        message_type("fleet.v1.Telemetry").unwrap()
    }

    fn read(digits: &str) -> Result<String, DecodeError> {
        telemetry().decode(&from_hexadecimal(digits.as_bytes()).unwrap()).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn fields_have_their_names_and_those_with_the_default_are_there() {
        // As `protoc --encode` writes it.
        let digits = "0a 02 76 37 15 00 00 ac 41 18 03 20 ff ff ff ff ff ff ff ff ff 01 28 01 3a 02 01 ff";
        assert_eq!(
            read(digits).unwrap(),
            r#"{"device_id":"v7","speed":21.5,"gear":-2,"odometer":18446744073709551615,"state":"RUNNING","#.to_owned()
                + r#""trailers":[],"key":"Af8="}"#
        );
        assert!(read("0a 02 76 37").unwrap().contains(r#""speed":0.0,"gear":0,"#));
    }

    #[test]
    fn other_bytes_are_refused() {
        for (digits, expected) in [
            ("78 05", "not protobuf: no field is one of fleet.v1.Telemetry"),
            ("0a 05 76 37", "not protobuf: "),
            ("7b 22 61 22 3a 31 7d", "not protobuf: "),
        ] {
            let error = read(digits).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let unknown = message_type("Telemetry").unwrap_err();
        let known = vec!["fleet.v1.Telemetry".to_owned(), "fleet.v1.Ping".to_owned()];
        assert_eq!(unknown, MessageTypeError::Unknown("Telemetry".to_owned(), known));
        assert!(Schema::from_descriptor_set(b"syntax").is_err());
    }

    #[test]
    fn json_is_written_back_as_the_same_bytes() {
        let json = br#"{"device_id":"v7","speed":21.50,"gear":-2,"odometer":5,"state":"RUNNING","fuel":1e1}"#;
        let written = telemetry().encode(json, 0).unwrap();
        assert_eq!(to_hexadecimal(&written), "0a027637150000ac411803200528014100000000000024 40".replace(' ', ""));
        for (json, expected) in [
            (&b"ON"[..], "it is no JSON"),
            (br#"{"sped":1}"#, "sped"),
            (br#"{"gear":"x"}"#, "cannot be written as protobuf: "),
            (br#"{"gear":99999999999}"#, "cannot be written as protobuf: "),
        ] {
            let error = telemetry().encode(json, 0).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn empty_payload_has_the_default_values() {
        let decoders = [crate::decode::Decoder::of_message_type(telemetry())];
        let decoded = crate::decode::decode(&decoders, b"").unwrap();
        assert!(decoded.starts_with(br#"{"device_id":"","speed":0.0"#), "{decoded:?}");
        assert_eq!(telemetry().encode(br#"{"gear":0}"#, 0).as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn types_are_equal_if_their_schemas_are() {
        assert_eq!(telemetry(), telemetry());
        assert_ne!(telemetry(), message_type("fleet.v1.Ping").unwrap());
        let other = MessageType { schema_hash: 0, ..telemetry() };
        assert_ne!(telemetry(), other);
    }

    #[test]
    fn few_bytes_do_not_become_much_json() {
        let empty_trailers = "3200".repeat(MAX_STRUCTURED_BYTES / 2);
        assert_eq!(read(&empty_trailers), Err(DecodeError::TooLarge(FORMAT, 1_024)));
    }
}
