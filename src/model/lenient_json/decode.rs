//! Decodes bytes as text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Decodes UTF-8, in which each byte that is none is read as Windows-1252, so that one such byte damages no other
/// character. A byte order mark is removed; that of UTF-16 is followed.
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = match Encoding::for_bom(bytes) {
        Some((encoding, length)) if encoding == UTF_8 => &bytes[length..],
        Some((encoding, length)) => return encoding.decode_without_bom_handling(&bytes[length..]).0,
        None => bytes,
    };
    if let Ok(text) = str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    text.into()
}
