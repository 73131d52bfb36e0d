//! A payload as a row shows it.

use std::borrow::Cow;

use crate::{
    decode,
    model::{
        one_line::one_line,
        tile_value::{beginning_text, payload_text},
    },
};

/// The most bytes of a payload that are looked at.
const MAX_BYTES: usize = 512;

/// Returns a payload in one line. `payload_bytes` is its size, also if only the beginning is known. CBOR and `MessagePack`
/// are decoded if the payload is small: it is done for each row of each frame.
pub(crate) fn payload_row(payload: &[u8], payload_bytes: usize) -> String {
    if payload_bytes == 0 {
        return "(empty)".to_owned();
    }
    let beginning = &payload[..payload.len().min(MAX_BYTES)];
    // A cut in the middle of a character would make a text binary.
    let text = match std::str::from_utf8(beginning) {
        Err(error) if error.error_len().is_none() && payload_bytes > beginning.len() => {
            Cow::Borrowed(std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default())
        }
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let decoded = if beginning.len() == payload_bytes { decode::recognize_value(payload) } else { None };
            let text = decoded.map(|(_, decoded)| payload_text(&decoded[..decoded.len().min(MAX_BYTES)]));
            Cow::Owned(text.unwrap_or_else(|| beginning_text(beginning, payload_bytes)))
        }
    };
    one_line(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_is_one_line_that_says_what_it_is() {
        let cut = "é".repeat(300);
        for (payload, bytes, expected) in [
            (&b""[..], 0, "(empty)"),
            (b"{\n  \"a\": 1\n}", 12, "{ \"a\": 1 }"),
            (b"\xa1\x62on\xf5", 5, "{\"on\":true}"),
            (&[0xff, 0xfe, 0x00][..], 20_480, "FF FE 00 … (20.0 KiB)"),
            (&cut.as_bytes()[..301], 600, &cut[..300]),
        ] {
            assert_eq!(payload_row(payload, bytes), expected);
        }
        let compressed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
        assert!(payload_row(&compressed, 10).starts_with("1F 8B"), "that could be a lot");
    }
}
