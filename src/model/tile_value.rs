//! What came in: a reading is a message and the text that the tile takes out of it.

use std::sync::Arc;

use super::{connection::Message, error::format_bytes, time::Time};

/// What a tile knows from its topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TileValue {
    /// The text to show: out of the JSON path, or the payload itself.
    pub text: Arc<str>,
    /// The bytes as they came.
    pub payload: Arc<[u8]>,
    /// When it came.
    pub updated_at: Time,
}

/// A message of a tile, kept for its detail view.
#[derive(Debug, Clone, PartialEq)]
pub struct TimedMessage {
    /// The message.
    pub message: Message,
    /// When it came.
    pub received_at: Time,
}

/// A payload as text: UTF-8 as it is, anything else as the first bytes in hexadecimal and the size.
#[must_use]
pub fn payload_text(payload: &[u8]) -> String {
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
