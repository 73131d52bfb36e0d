//! The value of a tile: a message, and the text that the tile extracts from it.

use std::sync::Arc;

use super::{connection::Message, error::format_bytes, time::Time};

/// The value of a tile.
#[derive(Debug, Clone, PartialEq)]
pub struct TileValue {
    /// The text to show: the result of the JSON path, or the payload itself.
    pub text: Arc<str>,
    /// The payload.
    pub payload: Arc<[u8]>,
    /// When it was received.
    pub updated_at: Time,
}

impl TileValue {
    /// Returns the payload as text; without a copy if it is the text of the value.
    pub(crate) fn payload_text(&self) -> Arc<str> {
        let is_same = self.payload.as_ptr() == self.text.as_ptr() && self.payload.len() == self.text.len();
        if is_same { Arc::clone(&self.text) } else { payload_text(&self.payload).into() }
    }
}

/// A message and when it was received.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimedMessage {
    /// The message.
    pub message: Message,
    /// When it was received.
    pub received_at: Time,
}

/// Returns a payload as text: UTF-8 unchanged, anything else as its first bytes in hexadecimal and its size.
#[must_use]
pub(crate) fn payload_text(payload: &[u8]) -> String {
    const MAX_HEX_BYTES: usize = 16;
    if let Ok(text) = std::str::from_utf8(payload) {
        return text.to_owned();
    }
    let hex: Vec<String> = payload.iter().take(MAX_HEX_BYTES).map(|byte| format!("{byte:02X}")).collect();
    let ellipsis = if payload.len() > MAX_HEX_BYTES { "… " } else { "" };
    format!("{} {ellipsis}({})", hex.join(" "), format_bytes(payload.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_text_shows_binary_as_hex_prefix_and_size() {
        assert_eq!(payload_text("23 °C".as_bytes()), "23 °C");
        assert_eq!(payload_text(&[0xff, 0, 0x1b]), "FF 00 1B (3 B)");
        assert_eq!(payload_text(&vec![0xff; 20_480]), format!("{}… (20.0 KiB)", "FF ".repeat(16)));
    }
}
