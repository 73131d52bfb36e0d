//! A message of a topic that was selected: whole, with what its payload says.

use std::sync::{Arc, OnceLock};

use super::payload_decoding::PayloadContext;
use crate::{
    decode::{self, DecodeError, Decoder},
    model::{
        batch::MessageRef,
        message::Qos,
        message_properties::{MessageProperties, memory_bytes},
        time::Time,
        topic_tree::TopicState,
    },
};

/// How many bytes of a payload are kept.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;

/// A message of a watched topic.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WatchedMessage {
    /// The payload; the beginning of it if it is too large, or if the message came before the topic was selected.
    pub payload: Arc<[u8]>,
    /// The size of the whole payload in bytes.
    pub payload_bytes: usize,
    pub qos: Qos,
    /// Whether the broker had retained it.
    pub retain: bool,
    pub properties: Option<Arc<MessageProperties>>,
    pub received_at: Time,
    /// What is known of the payload besides its bytes.
    pub context: PayloadContext,
    /// What the payload says, by the rule for its topic or if it is of a format that is recognized. Found out when it is
    /// shown.
    decoded: OnceLock<Option<Result<Decoded, DecodeError>>>,
}

/// What a payload says, and what it was decoded by.
#[derive(Debug, Clone, PartialEq)]
struct Decoded {
    decoders: Vec<Decoder>,
    bytes: Arc<[u8]>,
}

impl WatchedMessage {
    /// Creates a message of a topic that is watched.
    pub fn new(message: MessageRef<'_>, context: PayloadContext, received_at: Time) -> Self {
        Self {
            payload: message.payload[..message.payload.len().min(MAX_PAYLOAD_BYTES)].into(),
            payload_bytes: message.payload.len(),
            qos: message.qos,
            retain: message.retain,
            properties: message.properties.cloned(),
            received_at,
            context,
            decoded: OnceLock::new(),
        }
    }

    /// Creates the last message of a topic from before it was watched. The tree has kept the beginning of the payload.
    pub fn last_of(last: TopicState<'_>, context: PayloadContext) -> Self {
        Self {
            payload: last.payload.into(),
            payload_bytes: last.payload_bytes,
            qos: last.qos,
            retain: last.came_retained,
            properties: None,
            received_at: last.received_at,
            context,
            decoded: OnceLock::new(),
        }
    }

    /// Returns whether the payload is cut because it is too large.
    pub const fn is_too_large(&self) -> bool {
        self.payload_bytes > MAX_PAYLOAD_BYTES
    }

    /// Returns whether the payload is whole.
    pub fn is_whole(&self) -> bool {
        self.payload.len() >= self.payload_bytes
    }

    fn decoded(&self) -> Option<&Result<Decoded, DecodeError>> {
        let decode = || match &self.context.decoders {
            Some(decoders) if decoders.is_empty() || !self.is_whole() => None,
            Some(decoders) => {
                let payload = self.context.completed.as_deref().unwrap_or(&self.payload);
                let bytes = decode::decode(decoders, payload).map(|bytes| bytes.as_ref().into());
                Some(bytes.map(|bytes| Decoded { decoders: decoders.to_vec(), bytes }))
            }
            None => {
                let (decoders, bytes) = decode::recognize(&self.payload)?;
                Some(Ok(Decoded { decoders, bytes: bytes.into() }))
            }
        };
        self.decoded.get_or_init(decode).as_ref()
    }

    /// Returns why the payload cannot be decoded as the rule for its topic says.
    fn decode_error(&self) -> Option<&DecodeError> {
        self.decoded()?.as_ref().err()
    }

    /// Returns what is wrong with the message, in sentences.
    pub fn problems(&self) -> Vec<String> {
        let error = self.decode_error().map(DecodeError::to_string);
        error.into_iter().chain(self.context.problems()).collect()
    }

    /// Returns what is shown: the payload, or what it says if it is decoded.
    pub fn shown_payload(&self) -> &Arc<[u8]> {
        self.decoded().and_then(|decoded| decoded.as_ref().ok()).map_or(&self.payload, |decoded| &decoded.bytes)
    }

    /// Returns what the payload is decoded by, whether or not a rule says so; nothing if it is shown as it is.
    fn decoders(&self) -> &[Decoder] {
        self.decoded().and_then(|decoded| decoded.as_ref().ok()).map_or(&[], |decoded| &decoded.decoders)
    }

    /// Returns what the payload is decoded by, in words.
    pub fn decoder_names(&self) -> Option<String> {
        let names: Vec<&str> = self.decoders().iter().map(Decoder::name).collect();
        let by = if self.context.decoders.is_some() { " (by its topic)" } else { "" };
        (!names.is_empty()).then(|| format!("{}{by}", names.join(", ")))
    }

    /// Returns the decoders that a tile needs for it. A rule for its topic applies to tiles, too.
    pub fn decoders_for_tile(&self) -> &[Decoder] {
        if self.context.decoders.is_some() { &[] } else { self.decoders() }
    }

    /// Forgets what the payload says, until it is shown again.
    pub fn forget_decoded(&mut self) {
        self.decoded = OnceLock::new();
    }

    /// Returns how many bytes are counted for it.
    pub fn memory_bytes(&self) -> usize {
        let completed = self.context.completed.as_ref().map_or(0, |completed| completed.len());
        self.payload.len() + completed + memory_bytes(self.properties.as_ref())
    }
}
