//! The messages of the topics that were selected last: whole, and as many as there is room for.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, OnceLock},
};

use serde_json::Value as Json;

use super::payload_decoding::{PayloadContext, PayloadDecoding};
use crate::{
    app::shown_json,
    decode::{self, DecodeError, Decoder},
    model::{
        batch::MessageRef,
        json_path::json_text,
        message::Qos,
        message_properties::{MessageProperties, memory_bytes},
        time::Time,
        topic_tree::{NodeId, TopicTree},
    },
};

/// How many topics are watched: the ones that were selected last.
const MAX_TOPICS: usize = 16;
/// How many messages of each are kept.
const MAX_MESSAGES: usize = 500;
/// How many bytes of a payload are kept.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;
/// The largest payload whose parts are compared with those of the one before.
const MAX_COMPARED_BYTES: usize = 64 << 10;
/// The most parts that are compared.
const MAX_CHANGES: usize = 200;
/// How many of the newest messages keep what their payload was decoded to.
const DECODED_MESSAGES: usize = 2;
/// How many bytes of payloads and properties of each are kept. The last message is kept, however large it is.
const MAX_BYTES: usize = 1 << 20;

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
    fn new(message: MessageRef<'_>, context: PayloadContext, received_at: Time) -> Self {
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

    fn memory_bytes(&self) -> usize {
        self.payload.len() + memory_bytes(self.properties.as_ref())
    }
}

/// A topic that is selected, or was.
#[derive(Debug, Clone)]
pub(crate) struct WatchedTopic {
    pub node: NodeId,
    /// The topic.
    pub topic: String,
    /// Its messages, the newest last. There is at least one.
    messages: VecDeque<WatchedMessage>,
    bytes: usize,
    /// What has changed since the message before. Found out when it is shown.
    changes: OnceLock<Vec<Change>>,
}

/// The path of a part of the JSON that has changed, and what it was; `None` if it was not there.
pub(crate) type Change = (String, Option<String>);

impl WatchedTopic {
    /// Returns its messages, the newest first.
    pub fn newest_first(&self) -> impl ExactSizeIterator<Item = &WatchedMessage> {
        self.messages.iter().rev()
    }

    /// Returns the newest message.
    pub fn newest(&self) -> Option<&WatchedMessage> {
        self.messages.back()
    }

    /// Returns which parts of the JSON have changed with the newest message.
    pub fn changes(&self) -> &[Change] {
        let find = || self.newest().zip(self.newest_first().nth(1)).map(|(newest, before)| changes(before, newest));
        self.changes.get_or_init(|| find().unwrap_or_default())
    }

    fn push(&mut self, message: WatchedMessage) {
        self.changes = OnceLock::new();
        self.bytes += message.memory_bytes();
        self.messages.push_back(message);
        let older = self.messages.len().checked_sub(DECODED_MESSAGES + 1);
        if let Some(older) = older.and_then(|index| self.messages.get_mut(index)) {
            older.decoded = OnceLock::new();
        }
        while self.messages.len() > MAX_MESSAGES || (self.bytes > MAX_BYTES && self.messages.len() > 1) {
            if let Some(oldest) = self.messages.pop_front() {
                self.bytes -= oldest.memory_bytes();
            }
        }
    }
}

/// Returns the parts of the JSON of a message that differ from those of the one before, without lists and objects.
fn changes(before: &WatchedMessage, newest: &WatchedMessage) -> Vec<Change> {
    let payloads = [before.shown_payload(), newest.shown_payload()];
    if payloads.iter().any(|payload| payload.len() > MAX_COMPARED_BYTES) {
        return Vec::new();
    }
    let [Some(old), Some(new)] = payloads.map(|payload| shown_json::parse(payload)) else { return Vec::new() };
    let is_leaf = |json: &Json| !json.is_object() && !json.is_array();
    let old_parts: HashMap<String, &Json> =
        shown_json::parts(&old).into_iter().map(|part| (part.path, part.value)).collect();
    let changed = shown_json::parts(&new).into_iter().filter(|part| is_leaf(part.value)).filter_map(|part| {
        let old = old_parts.get(&part.path).copied();
        (old != Some(part.value)).then(|| (part.path, old.map(json_text)))
    });
    changed.take(MAX_CHANGES).collect()
}

/// The topics that were selected last.
#[derive(Debug, Clone, Default)]
pub(super) struct WatchedTopics {
    /// The one that was selected last is last.
    topics: VecDeque<WatchedTopic>,
}

impl WatchedTopics {
    /// Returns a watched topic.
    pub fn get(&self, node: NodeId) -> Option<&WatchedTopic> {
        self.topics.iter().rfind(|topic| topic.node == node)
    }

    /// Begins to watch a node, if it is a topic.
    pub fn watch(&mut self, tree: &TopicTree, node: NodeId, decoding: &PayloadDecoding) {
        if let Some(index) = self.topics.iter().position(|topic| topic.node == node) {
            if let Some(topic) = self.topics.remove(index) {
                self.topics.push_back(topic);
            }
            return;
        }
        let Some(last) = tree.topic(node) else { return };
        let mut topic = WatchedTopic {
            node,
            topic: tree.path(node),
            messages: VecDeque::new(),
            bytes: 0,
            changes: OnceLock::new(),
        };
        topic.push(WatchedMessage {
            payload: last.payload.into(),
            payload_bytes: last.payload_bytes,
            qos: last.qos,
            retain: last.came_retained,
            properties: None,
            received_at: last.received_at,
            context: decoding.context_of(&topic.topic, last.payload),
            decoded: OnceLock::new(),
        });
        if self.topics.len() >= MAX_TOPICS {
            self.topics.pop_front();
        }
        self.topics.push_back(topic);
    }

    /// Keeps a message if its topic is watched.
    pub fn record(
        &mut self,
        node: NodeId,
        message: MessageRef<'_>,
        now: Time,
        context: impl FnOnce() -> PayloadContext,
    ) {
        let Some(topic) = self.topics.iter_mut().find(|topic| topic.node == node) else { return };
        topic.push(WatchedMessage::new(message, context(), now));
    }

    /// Decodes the messages by other rules.
    pub fn set_rules(&mut self, decoding: &PayloadDecoding) {
        for topic in &mut self.topics {
            topic.changes = OnceLock::new();
            for message in &mut topic.messages {
                message.context.decoders = decoding.rules.decoders_of(&topic.topic).cloned();
                message.decoded = OnceLock::new();
            }
        }
    }
}
