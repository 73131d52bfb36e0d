//! The value of a tile: a message, and the text that the tile extracts from it.

use std::sync::Arc;

use super::{connection::Message, error::format_bytes, number::is_same_number, time::Time};

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

    /// Returns whether the value is `expected`. Numbers out of JSON are compared as numbers: MQTT Dash compares with
    /// `-127.0` where the payload has `-127.00`, which is the text here.
    pub(crate) fn is(&self, expected: &str) -> bool {
        let is_payload = || self.payload.as_ref() == self.text.as_bytes();
        *self.text == *expected || is_same_number(&self.text, expected) && !is_payload()
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
    fn number_out_of_json_is_compared_as_number() {
        let value = |text: &str, payload: &str| TileValue {
            text: text.into(),
            payload: payload.as_bytes().into(),
            updated_at: Time::default(),
        };
        let number = value("-127.00", "{\"t\":-127.00}");
        assert!(number.is("-127.00") && number.is("-127.0") && number.is("-127") && !number.is("127"));
        assert!(value("1.0", "1.0").is("1.0") && !value("1.0", "1.0").is("1"), "a payload is compared as it is");
        assert!(!value("ON", "{\"s\":\"ON\"}").is("on"));
    }

    #[test]
    fn payload_text_shows_binary_as_hex_prefix_and_size() {
        assert_eq!(payload_text("23 °C".as_bytes()), "23 °C");
        assert_eq!(payload_text(&[0xff, 0, 0x1b]), "FF 00 1B (3 B)");
        assert_eq!(payload_text(&vec![0xff; 20_480]), format!("{}… (20.0 KiB)", "FF ".repeat(16)));
    }
}
