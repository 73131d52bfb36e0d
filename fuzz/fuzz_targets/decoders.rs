//! Decoders get any bytes: they end, return no more than their limit, and read again what they have written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mqtt_dash::decode::{DecodeError, Decoder, decode, encode};

fuzz_target!(|data: &[u8]| {
    let Some((choice, payload)) = data.split_first() else { return };
    let all: Vec<Decoder> = Decoder::all().collect();
    let first = &all[usize::from(*choice) % all.len()];
    let second = &all[usize::from(*choice) / all.len() % all.len()];
    for decoders in [&[first.clone()][..], &[first.clone(), second.clone()]] {
        let Ok(decoded) = decode(decoders, payload) else { continue };
        assert!(decoded.len() <= 1 << 20, "{decoders:?}: {} bytes", decoded.len());
        // A file cannot have the others.
        if decoders.len() > 1 && !first.can_be_followed() {
            continue;
        }
        // A text that looks like JSON is written as what it looks like, which may be nested more deeply than is read.
        // Sparkplug B is written only as far as commands need it.
        let Ok(encoded) = encode(decoders, &decoded, 0) else {
            assert!(decoders.iter().any(|decoder| decoder.name() == "sparkplug"), "{decoders:?}");
            continue;
        };
        let again = decode(decoders, &encoded);
        let is_limit = |error: &DecodeError| matches!(error, DecodeError::TooLarge(..) | DecodeError::TooDeep(_));
        assert!(again.as_ref().err().is_none_or(is_limit), "{decoders:?}: {again:?}");
    }
});
