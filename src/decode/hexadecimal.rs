//! Bytes written as hexadecimal digits, such as `01 ff`, `01:FF` or `0x01ff`.

use super::{Codec, DecodeError, EncodeError};

const FORMAT: &str = "hexadecimal";

pub(super) struct Hexadecimal;

impl Codec for Hexadecimal {
    fn names(&self) -> (&'static str, &'static str) {
        ("hex", FORMAT)
    }

    fn reads_text(&self) -> bool {
        true
    }

    fn decode(&self, payload: &[u8]) -> Result<Vec<u8>, DecodeError> {
        from_hexadecimal(payload)
    }

    fn encode(&self, decoded: &[u8], _now: u64) -> Result<Vec<u8>, EncodeError> {
        Ok(to_hexadecimal(decoded).into_bytes())
    }
}

/// Returns the bytes that hexadecimal digits stand for.
pub(super) fn from_hexadecimal(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(b"0x").unwrap_or(text);
    let mut digits = Vec::with_capacity(text.len());
    for byte in text.iter().filter(|byte| !matches!(byte, b' ' | b':' | b'-' | b'\n' | b'\r' | b'\t')) {
        let digit = char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        digits.push(digit.ok_or_else(|| DecodeError::Invalid(FORMAT, "it has other characters".to_owned()))?);
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(DecodeError::Invalid(FORMAT, "the number of digits is odd".to_owned()));
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Returns bytes as hexadecimal digits.
pub(super) fn to_hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_ways_to_write_bytes_are_read() {
        for text in ["01ff", "01 FF", "01:ff", "01-FF", "0x01ff", " 01ff\n"] {
            assert_eq!(Hexadecimal.decode(text.as_bytes()).as_deref(), Ok(&[1, 0xff][..]), "{text}");
        }
        assert_eq!(Hexadecimal.encode(&[1, 0xff], 0).as_deref(), Ok(&b"01ff"[..]));
        for (text, expected) in
            [("01f", "the number of digits is odd"), ("01g0", "it has other characters"), ("ON", "other characters")]
        {
            assert!(Hexadecimal.decode(text.as_bytes()).unwrap_err().to_string().contains(expected), "{text}");
        }
    }
}
