//! Base64 (RFC 4648): with or without padding and line breaks, in the alphabet of section 4 or in that for URLs of section 5.

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{Codec, DecodeError, EncodeError};

const FORMAT: &str = "Base64";
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const WITH_PLUS: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const WITH_MINUS: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

pub(super) struct Base64;

impl Codec for Base64 {
    fn names(&self) -> (&'static str, &'static str) {
        ("base64", FORMAT)
    }

    fn reads_text(&self) -> bool {
        true
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        let is_text = |byte: &u8| !byte.is_ascii_whitespace();
        let text: Vec<u8> = payload.iter().copied().filter(is_text).collect();
        let engine = if text.iter().any(|byte| matches!(byte, b'-' | b'_')) { WITH_MINUS } else { WITH_PLUS };
        engine.decode(&text).map_err(|error| DecodeError::Invalid(FORMAT, lowercase_first(&error.to_string())))
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        Ok(WITH_PLUS.encode(decoded).into_bytes())
    }
}

/// Returns the sentence of a library as the end of another sentence.
fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        for text in ["+/8=", "+/8", "-_8=", "-_8", " +/\r\n8=\n"] {
            assert_eq!(Base64.decode(text.as_bytes()).as_deref(), Ok(&[0xfb, 0xff][..]), "{text}");
        }
        assert_eq!(Base64.encode(&[0xfb, 0xff], 0).as_deref(), Ok(&b"+/8="[..]));
        let error = Base64.decode(b"a*bc").unwrap_err().to_string();
        assert_eq!(error, "not Base64: invalid symbol 42, offset 1.");
    }
}
