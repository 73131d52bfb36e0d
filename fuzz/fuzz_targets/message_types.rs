//! Schemas of Protocol Buffers and messages of their types are any bytes: they end, and become no more than the limit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::decode::{Decoder, MessageType, decode, encode};

/// A descriptor set with the type `fuzz.Message`, of which each field is of another kind.
const SCHEMA: &[u8] = include_bytes!("../schemas/message.bin");

fuzz_target!(|data: &[u8]| {
    let Ok(message_type) = MessageType::from_descriptor_set(SCHEMA, "fuzz.Message") else {
        panic!("the schema is not readable");
    };
    let decoders = [Decoder::of_message_type(message_type)];
    if let Ok(decoded) = decode(&decoders, data) {
        assert!(decoded.len() <= 1 << 20);
        let encoded = encode(&decoders, &decoded, 0);
        assert!(encoded.is_ok(), "{encoded:?}");
    }
    let _ = encode(&decoders, data, 0);
    // The data as a schema, of which each type is tried with little.
    if let Ok(message_type) = MessageType::from_descriptor_set(data, "a") {
        let _ = decode(&[Decoder::of_message_type(message_type)], &data[..data.len().min(64)]);
    }
});
