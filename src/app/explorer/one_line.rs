//! A payload as a row shows it.

use std::borrow::Cow;

use crate::{decode, model::tile_value::payload_text};

/// The most bytes of a payload that are looked at.
const MAX_VALUE_BYTES: usize = 512;

/// Returns a payload in one line: what it says, if it is small and of a format that is recognized.
pub(crate) fn one_line(payload: &[u8], payload_bytes: usize) -> String {
    if payload_bytes == 0 {
        return "(empty)".to_owned();
    }
    let beginning = &payload[..payload.len().min(MAX_VALUE_BYTES)];
    // A cut in the middle of a character would make a text binary.
    let text = match std::str::from_utf8(beginning) {
        Err(error) if error.error_len().is_none() && payload_bytes > beginning.len() => {
            Cow::Borrowed(std::str::from_utf8(&beginning[..error.valid_up_to()]).unwrap_or_default())
        }
        Ok(text) => Cow::Borrowed(text),
        Err(_) if payload.len() == payload_bytes && payload_bytes <= MAX_VALUE_BYTES => {
            let decoded = decode::recognize(payload).map(|(_, decoded)| decoded);
            Cow::Owned(payload_text(decoded.as_deref().unwrap_or(payload)))
        }
        Err(_) => Cow::Owned(payload_text(payload)),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
