//! The value of a tile: a message, and the text that the tile extracts from it.

use std::{borrow::Cow, sync::Arc, time::Duration};

use encoding_rs::WINDOWS_1252;

use super::{
    connection::Message,
    error::format_bytes,
    history::MAX_HISTORY_PAYLOAD_BYTES,
    message_age::MessageAge,
    number::is_same_number,
    time::{Time, format_age, format_short_age},
};

/// The value of a tile.
#[derive(Debug, Clone, PartialEq)]
pub struct TileValue {
    /// The text to show: the result of the JSON path, or the payload itself.
    pub text: Arc<str>,
    /// The payload.
    pub payload: Arc<[u8]>,
    /// When it was received.
    pub updated_at: Time,
    /// Whether the broker had kept the message for an unknown time when it was received.
    pub age_unknown: bool,
}

impl TileValue {
    /// Creates the value that the user has published. Its payload and its text are the same bytes.
    pub(crate) fn published(text: Arc<str>, published_at: Time) -> Self {
        Self { payload: Arc::clone(&text).into(), text, updated_at: published_at, age_unknown: false }
    }

    /// Returns since when the message with the value is known.
    pub(crate) const fn message_age(&self) -> MessageAge {
        MessageAge { since: self.updated_at, is_unknown: self.age_unknown }
    }

    /// Returns how long ago the value was published; `None` if that is unknown.
    pub(crate) fn age(&self, now: Time) -> Option<Duration> {
        self.message_age().at(now)
    }

    /// Returns how long ago the value was published, as text.
    pub(crate) fn age_text(&self, now: Time) -> String {
        self.age(now).map_or_else(|| if self.age_unknown { "retained" } else { "age unknown" }.to_owned(), format_age)
    }

    /// Returns the text of [`age_text`](Self::age_text) in few characters.
    pub(crate) fn short_age_text(&self, now: Time) -> String {
        self.age(now).map_or_else(|| if self.age_unknown { "ret" } else { "?" }.to_owned(), format_short_age)
    }

    /// Returns the payload as text; without a copy if it is the text of the value.
    pub(crate) fn payload_text(&self) -> Arc<str> {
        let is_same = self.payload.as_ptr() == self.text.as_ptr() && self.payload.len() == self.text.len();
        if is_same { Arc::clone(&self.text) } else { payload_text(&self.payload).into() }
    }

    /// Returns whether the text is only a description of a payload that is no text.
    pub(crate) fn is_binary(&self) -> bool {
        // The payload may have been cut since, after which another size is described.
        let bytes = |text: &str| text.split_once('(').map(|(bytes, _)| bytes.to_owned());
        decode_text(&self.payload).is_none() && bytes(&self.text) == bytes(&payload_text(&self.payload))
    }

    /// Returns whether the value is `expected`. Numbers out of JSON are compared as numbers: MQTT Dash compares with
    /// `-127.0` where the payload has `-127.00`, which is the text here.
    pub(crate) fn is(&self, expected: &str) -> bool {
        let is_payload = || self.payload.as_ref() == self.text.as_bytes();
        *self.text == *expected || is_same_number(&self.text, expected) && !is_payload()
    }

    /// Returns the index of the text that the value is: literally, or else as a number.
    pub(crate) fn index_in<'t>(&self, mut texts: impl Iterator<Item = &'t str> + Clone) -> Option<usize> {
        texts.clone().position(|text| *self.text == *text).or_else(|| texts.position(|text| self.is(text)))
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

/// Returns a payload as text: UTF-8 unchanged, Windows-1252 decoded, anything else as its first bytes in hexadecimal and
/// its size.
#[must_use]
pub(crate) fn payload_text(payload: &[u8]) -> String {
    beginning_text(payload, payload.len())
}

/// Returns what [`payload_text`] returns, for a payload of this many bytes of which only the beginning is known.
#[must_use]
pub(crate) fn beginning_text(beginning: &[u8], payload_bytes: usize) -> String {
    const MAX_HEX_BYTES: usize = 16;
    if let Some(text) = decode_text(beginning) {
        return text.into_owned();
    }
    let hex: Vec<String> = beginning.iter().take(MAX_HEX_BYTES).map(|byte| format!("{byte:02X}")).collect();
    let ellipsis = if payload_bytes > MAX_HEX_BYTES { "… " } else { "" };
    format!("{} {ellipsis}({})", hex.join(" "), format_bytes(payload_bytes))
}

/// Returns the text of a payload: UTF-8, or what looks like Windows-1252, of which Latin-1 is a part. Small devices send
/// that, and it tells nothing about itself. `None` if it looks like neither.
#[must_use]
pub(crate) fn decode_text(payload: &[u8]) -> Option<Cow<'_, str>> {
    match std::str::from_utf8(payload) {
        Ok(text) => Some(Cow::Borrowed(text)),
        // A payload that was cut off in the middle of a character is still text.
        Err(error) if error.error_len().is_none() && payload.len() >= MAX_HISTORY_PAYLOAD_BYTES => {
            std::str::from_utf8(&payload[..error.valid_up_to()]).ok().map(Cow::Borrowed)
        }
        Err(_) if looks_like_windows_1252(payload) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(payload);
            Some(text)
        }
        Err(_) => None,
    }
}

/// Returns whether bytes that are not UTF-8 look like text in Windows-1252: no control characters, and letters and
/// signs beyond ASCII only among others.
fn looks_like_windows_1252(payload: &[u8]) -> bool {
    let (mut ascii, mut letters, mut signs, mut rare) = (0_usize, 0_usize, 0_usize, 0_usize);
    for byte in payload {
        match byte {
            b'!'..=b'~' => ascii += 1,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            0xa0..=0xbf | 0xd7 | 0xf7 => signs += 1,
            0xc0..=0xff => letters += 1,
            // These have no character.
            0x81 | 0x8d | 0x8f | 0x90 | 0x9d => return false,
            // Quotation marks and the like, which are not in Latin-1.
            0x80..=0x9f => rare += 1,
            _ => return false,
        }
    }
    ascii > 0 && signs <= ascii && letters <= 2 * ascii && 3 * rare <= ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_told_only_if_it_can_be_true() {
        let now = Time::from_millis(1_700_000_000_000);
        let texts = |updated_at: u64, age_unknown: bool| {
            let updated_at = Time::from_millis(updated_at);
            let value = TileValue { text: "1".into(), payload: b"1"[..].into(), updated_at, age_unknown };
            (value.age_text(now), value.short_age_text(now), value.age(now).is_some())
        };
        let expect = |text: &str, short: &str, is_known: bool| (text.to_owned(), short.to_owned(), is_known);
        assert_eq!(texts(1_700_000_000_000, false), expect("just now", "now", true));
        assert_eq!(texts(1_699_999_990_000, false), expect("10 s ago", "10 s", true));
        assert_eq!(texts(1_699_999_990_000, true), expect("retained", "ret", false));
        assert_eq!(texts(1_700_000_000_001, false), expect("age unknown", "?", false), "from the future");
        assert_eq!(texts(86_400_000, false), expect("age unknown", "?", false), "from before the clock was set");
    }

    #[test]
    fn number_out_of_json_is_compared_as_number() {
        let value = |text: &str, payload: &str| TileValue {
            text: text.into(),
            payload: payload.as_bytes().into(),
            updated_at: Time::default(),
            age_unknown: false,
        };
        let number = value("-127.00", "{\"t\":-127.00}");
        assert!(number.is("-127.00") && number.is("-127.0") && number.is("-127") && !number.is("127"));
        assert!(value("1.0", "1.0").is("1.0") && !value("1.0", "1.0").is("1"), "a payload is compared as it is");
        assert!(!value("ON", "{\"s\":\"ON\"}").is("on"));
    }

    #[test]
    fn payload_text_decodes_text_of_western_europe() {
        for (payload, text) in [
            (&b"21.5 \xb0C"[..], "21.5 °C"),
            (b"\xb0C", "°C"),
            (b"\x8012,50 \x96 ok", "€12,50 – ok"),
            (b"\xc3\xa4 \xdcbergr\xf6\xdfe", "Ã¤ Übergröße"),
            (b"\xe9t\xe9\r\n", "été\r\n"),
            ("°C é".as_bytes(), "°C é"),
        ] {
            assert_eq!(payload_text(payload), text);
        }
        let (cut, whole) = (&"ab é".repeat(2_000).into_bytes()[..4_099], "ab é".repeat(819));
        assert_eq!(payload_text(cut), format!("{whole}ab "), "cut in the middle of a character");
    }

    #[test]
    fn payload_text_shows_binary_as_hex_prefix_and_size() {
        assert_eq!(payload_text("23 °C".as_bytes()), "23 °C");
        for binary in [
            &[0xff][..],
            &[0xff, 0xd8, 0xff, 0xe0],
            b"\x41\xac\x00\x00",
            b"\x89P",
            b"\x01\xb0C",
            b"a\x81b",
            b"\xb0\xb1\xb2a",
        ] {
            assert!(payload_text(binary).ends_with(" B)"), "{binary:?}");
        }
        assert_eq!(payload_text(&[0xff, 0, 0x1b]), "FF 00 1B (3 B)");
        assert_eq!(payload_text(&vec![0xff; 20_480]), format!("{}… (20.0 KiB)", "FF ".repeat(16)));
    }
}
