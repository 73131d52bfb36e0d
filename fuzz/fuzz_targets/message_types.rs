//! Messages of Protocol Buffers are any bytes: they end, become no more than the limit, and are written back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::decode::{Decoder, Schema, decode, encode};

/// A descriptor set with the type `fuzz.Message`, of which each field is of another kind.
const SCHEMA: &[u8] = include_bytes!("../schemas/message.bin");

fuzz_target!(|data: &[u8]| {
    let schema = Schema::from_descriptor_set(SCHEMA);
    let Ok(message_type) = schema.and_then(|schema| schema.message_type("fuzz.Message")) else {
        panic!("the schema is not readable");
    };
    let decoders = [Decoder::of_message_type(message_type)];
    if let Ok(decoded) = decode(&decoders, data) {
        assert!(decoded.len() <= 1 << 20);
        let encoded = encode(&decoders, &decoded, 0);
        assert!(encoded.is_ok(), "{encoded:?}");
    }
    let _ = encode(&decoders, data, 0);
});
