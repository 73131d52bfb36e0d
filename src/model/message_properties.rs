//! What a publisher says about a message in MQTT 5 (section 3.3.2.3): its properties. The broker passes them on
//! unchanged, so they are as untrusted as the payload, and as large as a packet allows.

use std::{borrow::Cow, sync::Arc};

/// The most bytes that are kept of one text.
const MAX_TEXT_BYTES: usize = 16 << 10;
/// The most bytes that are kept of all properties of a message.
const MAX_BYTES: usize = 64 << 10;
/// What a user property takes besides its name and its value: an empty one is not free.
const USER_PROPERTY_BYTES: usize = size_of::<(Box<str>, Box<str>)>();
/// The mark at the end of a text that was cut off.
const CUT_MARK: &str = "…";

/// The properties of a message as they were received.
#[derive(Debug, Default)]
pub(crate) struct ReceivedProperties<'a> {
    /// The Payload Format Indicator: 0 for any bytes, 1 for UTF-8.
    pub payload_format: Option<u8>,
    /// The Message Expiry Interval in seconds: what remained of it when the broker sent the message.
    pub expiry_seconds: Option<u32>,
    /// The Content Type.
    pub content_type: Option<&'a str>,
    /// The Response Topic.
    pub response_topic: Option<&'a str>,
    /// The Correlation Data.
    pub correlation_data: Option<&'a [u8]>,
    /// The User Properties, in their order; a name may occur repeatedly.
    pub user_properties: &'a [(String, String)],
}

/// The properties of a message, as much of them as is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageProperties {
    /// The Payload Format Indicator: 0 for any bytes, 1 for UTF-8.
    pub(crate) payload_format: Option<u8>,
    /// The Message Expiry Interval in seconds: what remained of it when the broker sent the message.
    pub(crate) expiry_seconds: Option<u32>,
    /// The Content Type.
    pub(crate) content_type: Option<Box<str>>,
    /// The Response Topic.
    pub(crate) response_topic: Option<Box<str>>,
    /// The Correlation Data; any bytes.
    pub(crate) correlation_data: Option<Box<[u8]>>,
    /// The User Properties, in their order; a name may occur repeatedly.
    pub(crate) user_properties: Box<[(Box<str>, Box<str>)]>,
    /// How many User Properties are not kept.
    pub(crate) omitted: usize,
    /// The bytes of all texts as they were received.
    pub(crate) received_bytes: usize,
    /// The bytes of all texts that are kept.
    pub(crate) kept_bytes: usize,
}

impl MessageProperties {
    /// Copies the properties of a received message; `None` if it has none of them.
    #[must_use]
    pub(crate) fn new(received: &ReceivedProperties<'_>) -> Option<Self> {
        let properties = Self::with_limit(received, MAX_BYTES);
        (properties != Self::default()).then_some(properties)
    }

    /// Copies properties up to a limit in bytes: the fixed ones first, then the User Properties from the beginning.
    fn with_limit(received: &ReceivedProperties<'_>, limit: usize) -> Self {
        let mut budget = Budget { rest: limit, received: 0, kept: 0 };
        let content_type = received.content_type.map(|text| budget.text(text));
        let response_topic = received.response_topic.map(|text| budget.text(text));
        let correlation_data = received.correlation_data.map(|bytes| budget.bytes(bytes).into());
        let mut user_properties = Vec::new();
        for (name, value) in received.user_properties {
            if budget.rest < USER_PROPERTY_BYTES {
                budget.received += name.len() + value.len();
                continue;
            }
            budget.rest -= USER_PROPERTY_BYTES;
            user_properties.push((budget.text(name), budget.text(value)));
        }
        Self {
            payload_format: received.payload_format,
            expiry_seconds: received.expiry_seconds,
            content_type,
            response_topic,
            correlation_data,
            omitted: received.user_properties.len() - user_properties.len(),
            user_properties: user_properties.into(),
            received_bytes: budget.received,
            kept_bytes: budget.kept,
        }
    }

    /// Returns the number of bytes that they take in memory.
    #[must_use]
    pub(crate) fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.kept_bytes + self.user_properties.len() * USER_PROPERTY_BYTES
    }

    /// Returns whether something of them is not kept.
    pub(crate) fn is_cut(&self) -> bool {
        self.omitted > 0 || self.kept_bytes < self.received_bytes
    }

    /// Returns only the beginning of them, of about `limit` bytes in memory.
    #[must_use]
    pub(crate) fn cut(&self, limit: usize) -> Self {
        let user_properties: Vec<(String, String)> =
            self.user_properties.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let kept = ReceivedProperties {
            payload_format: self.payload_format,
            expiry_seconds: self.expiry_seconds,
            content_type: self.content_type.as_deref(),
            response_topic: self.response_topic.as_deref(),
            correlation_data: self.correlation_data.as_deref(),
            user_properties: &user_properties,
        };
        let cut = Self::with_limit(&kept, limit.saturating_sub(size_of::<Self>()));
        Self { omitted: self.omitted + cut.omitted, received_bytes: self.received_bytes, ..cut }
    }
}

/// How many bytes may still be kept.
struct Budget {
    rest: usize,
    received: usize,
    kept: usize,
}

impl Budget {
    /// Returns how many bytes to keep of this many.
    fn take(&mut self, len: usize) -> usize {
        let kept = len.min(self.rest).min(MAX_TEXT_BYTES);
        self.received += len;
        kept
    }

    fn count(&mut self, kept: usize) {
        self.rest -= kept;
        self.kept += kept;
    }

    /// Returns the beginning of a text, with a mark if that is not all.
    fn text(&mut self, text: &str) -> Box<str> {
        let end = text.floor_char_boundary(self.take(text.len()));
        self.count(end);
        let kept = &text[..end];
        if end < text.len() { [kept, CUT_MARK].concat().into() } else { kept.into() }
    }

    fn bytes<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = self.take(bytes.len());
        self.count(end);
        &bytes[..end]
    }
}

/// Returns Correlation Data as text if it is printable, otherwise in hexadecimal.
#[must_use]
pub(crate) fn correlation_text(data: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(data) {
        Ok(text) if !text.contains(super::unsafe_char::is_unsafe) => Cow::Borrowed(text),
        _ => {
            let hex: Vec<String> = data.iter().map(|byte| format!("{byte:02X}")).collect();
            Cow::Owned(hex.join(" "))
        }
    }
}

/// Returns the memory that optional properties take, in bytes.
#[must_use]
pub(crate) fn memory_bytes(properties: Option<&Arc<MessageProperties>>) -> usize {
    properties.map_or(0, |properties| properties.memory_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_without_properties_has_none() {
        assert_eq!(MessageProperties::new(&ReceivedProperties::default()), None);
        let empty = ReceivedProperties { content_type: Some(""), ..ReceivedProperties::default() };
        assert!(MessageProperties::new(&empty).is_some_and(|properties| properties.content_type.is_some()));
    }

    #[test]
    fn all_properties_are_kept_in_their_order() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let user_properties = [pair("b", "1"), pair("a", "2"), pair("b", "3")];
        let received = ReceivedProperties { user_properties: &user_properties, ..ReceivedProperties::default() };
        let properties = MessageProperties::new(&received).unwrap();
        let kept: Vec<(&str, &str)> =
            properties.user_properties.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(kept, [("b", "1"), ("a", "2"), ("b", "3")]);
        assert!(!properties.is_cut());
    }

    #[test]
    fn large_properties_are_bounded_and_marked() {
        let large = "é".repeat(32_000);
        let many: Vec<(String, String)> = (0..60_000).map(|number| (number.to_string(), String::new())).collect();
        for user_properties in [vec![(large.clone(), large.clone()); 40], many, vec![Default::default(); 200_000]] {
            let received = ReceivedProperties {
                content_type: Some(&large),
                response_topic: Some(&large),
                correlation_data: Some(large.as_bytes()),
                user_properties: &user_properties,
                ..ReceivedProperties::default()
            };
            let properties = MessageProperties::new(&received).unwrap();
            assert!(properties.is_cut() && properties.omitted > 0, "{}", properties.omitted);
            assert_eq!(properties.omitted + properties.user_properties.len(), user_properties.len());
            let marks = CUT_MARK.len() * (2 + 2 * properties.user_properties.len());
            assert!(properties.memory_bytes() <= MAX_BYTES + size_of::<MessageProperties>() + marks);
            assert!(properties.content_type.as_ref().unwrap().ends_with("é…"));
            let cut = properties.cut(4_096);
            assert!(cut.memory_bytes() < 5_000 && cut.received_bytes == properties.received_bytes);
            assert_eq!(cut.omitted, user_properties.len());
        }
    }

    #[test]
    fn correlation_data_is_text_or_hexadecimal() {
        assert_eq!(correlation_text("7-é".as_bytes()), "7-é");
        for (data, text) in
            [(&b"\x1b[2J"[..], "1B 5B 32 4A"), (b"\xff\x00", "FF 00"), ("\u{202e}".as_bytes(), "E2 80 AE")]
        {
            assert_eq!(correlation_text(data), text);
        }
    }
}
