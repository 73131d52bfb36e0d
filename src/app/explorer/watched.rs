//! The messages of the topics that were selected last: as many as there is room for, which of them is shown, and what it is
//! compared with.

use std::{
    collections::{HashMap, VecDeque},
    sync::OnceLock,
};

use serde_json::Value as Json;

use super::{
    payload_decoding::{PayloadContext, PayloadDecoding},
    watched_message::WatchedMessage,
};
use crate::{
    app::shown_json,
    model::{
        batch::MessageRef,
        json_path::json_text,
        numbered::Numbered,
        time::Time,
        topic_tree::{NodeId, TopicTree},
    },
};

/// How many topics are watched: the ones that were selected last.
const MAX_TOPICS: usize = 16;
/// How many messages of each are kept.
const MAX_MESSAGES: usize = 500;
/// The largest payload whose parts are compared with those of the one before.
const MAX_COMPARED_BYTES: usize = 64 << 10;
/// The most parts that are compared.
const MAX_CHANGES: usize = 200;
/// How many of the newest messages keep what their payload was decoded to.
const DECODED_MESSAGES: u64 = 2;
/// How many bytes of payloads and properties of each are kept. The last message is kept, however large it is.
const MAX_BYTES: usize = 1 << 20;

/// A topic that is selected, or was.
#[derive(Debug, Clone)]
pub(crate) struct WatchedTopic {
    pub node: NodeId,
    /// The topic.
    pub topic: String,
    /// Its messages. There is at least one.
    messages: Numbered<WatchedMessage>,
    bytes: usize,
    /// The number of the message that is shown; `None`: the newest, whichever that is.
    shown: Option<u64>,
    /// The number of the message that the shown one is compared with; `None`: the one before.
    compared: Option<u64>,
    /// What differs from the message that the shown one is compared with. Found out when it is shown.
    changes: OnceLock<Vec<Change>>,
}

/// The path of a part of the JSON that has changed, and what it was; `None` if it was not there.
pub(crate) type Change = (String, Option<String>);

impl WatchedTopic {
    fn new(node: NodeId, topic: String, message: WatchedMessage) -> Self {
        let mut watched = Self {
            node,
            topic,
            messages: Numbered::default(),
            bytes: 0,
            shown: None,
            compared: None,
            changes: OnceLock::new(),
        };
        watched.push(message);
        watched
    }

    /// Returns its messages with their numbers, the newest first.
    pub fn newest_first(&self) -> impl ExactSizeIterator<Item = (u64, &WatchedMessage)> {
        self.messages.newest_first()
    }

    fn newest_number(&self) -> u64 {
        self.messages.newest_number().unwrap_or_default()
    }

    /// Returns the number of the message that is shown: of those that are kept, the one that was chosen or the oldest.
    pub fn shown_number(&self) -> u64 {
        let newest = self.newest_number();
        self.shown.map_or(newest, |number| number.clamp(self.messages.first_number(), newest))
    }

    /// Returns the message that is shown.
    pub fn shown(&self) -> Option<&WatchedMessage> {
        self.messages.get(self.shown_number())
    }

    /// Returns how many messages are newer than the one that is shown.
    pub fn newer_messages(&self) -> u64 {
        self.newest_number() - self.shown_number()
    }

    /// Returns the number of the message that was chosen to compare with, if it is kept.
    pub fn compared_number(&self) -> Option<u64> {
        self.compared.filter(|number| self.messages.get(*number).is_some())
    }

    /// Shows an older message, or a newer one. Returns whether there is one.
    pub fn show_older(&mut self, is_older: bool) -> bool {
        let shown = self.shown_number();
        let number = if is_older { shown.checked_sub(1) } else { Some(shown + 1) };
        let number = number.filter(|number| self.messages.get(*number).is_some());
        if let Some(number) = number {
            self.show(number);
        }
        number.is_some()
    }

    /// Shows the message with this number, if it is kept. The newest one is followed by those that come.
    pub fn show(&mut self, number: u64) {
        self.shown = (number < self.newest_number()).then_some(number);
        self.forget_decoded();
    }

    /// Compares with the message that is shown, or again with the one before.
    pub fn toggle_compared(&mut self) {
        let shown = self.shown_number();
        self.compared = (self.compared_number() != Some(shown)).then_some(shown);
        self.forget_decoded();
    }

    /// Returns the message that the shown one is compared with.
    fn compared(&self) -> Option<&WatchedMessage> {
        let shown = self.shown_number();
        let number = self.compared_number().filter(|number| *number != shown).or_else(|| shown.checked_sub(1))?;
        self.messages.get(number)
    }

    /// Returns which parts of the JSON differ from the message that the shown one is compared with.
    pub fn changes(&self) -> &[Change] {
        let find = || self.shown().zip(self.compared()).map(|(shown, compared)| changes(compared, shown));
        self.changes.get_or_init(|| find().unwrap_or_default())
    }

    /// Forgets what the payloads were decoded to that are not needed for the next frame.
    fn forget_decoded(&mut self) {
        self.changes = OnceLock::new();
        let (shown, compared, newest) = (self.shown_number(), self.compared_number(), self.newest_number());
        for (number, message) in self.messages.numbered_mut() {
            let is_needed = number + DECODED_MESSAGES > newest || number == shown || Some(number) == compared;
            if !is_needed {
                message.forget_decoded();
            }
        }
    }

    fn push(&mut self, message: WatchedMessage) {
        self.changes = OnceLock::new();
        self.bytes += message.memory_bytes();
        let older = self.messages.push(message).checked_sub(DECODED_MESSAGES);
        let is_shown = |number: &u64| self.shown == Some(*number) || self.compared == Some(*number);
        let older = older.filter(|number| !is_shown(number));
        if let Some(older) = older.and_then(|number| self.messages.get_mut(number)) {
            older.forget_decoded();
        }
        while self.messages.len() > MAX_MESSAGES || (self.bytes > MAX_BYTES && self.messages.len() > 1) {
            if let Some(oldest) = self.messages.pop_oldest() {
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
        let topic = tree.path(node);
        let message = WatchedMessage::last_of(last, decoding.context_of(&topic, last.payload));
        let topic = WatchedTopic::new(node, topic, message);
        if self.topics.len() >= MAX_TOPICS {
            self.topics.pop_front();
        }
        self.topics.push_back(topic);
    }

    /// Returns a watched topic.
    pub fn get_mut(&mut self, node: NodeId) -> Option<&mut WatchedTopic> {
        self.topics.iter_mut().rfind(|topic| topic.node == node)
    }

    /// Keeps a message if its topic is watched.
    pub fn record(
        &mut self,
        node: NodeId,
        message: MessageRef<'_>,
        now: Time,
        context: impl FnOnce() -> PayloadContext,
    ) {
        let Some(topic) = self.get_mut(node) else { return };
        // The broker sends what it retains again after a reconnection.
        let is_known = |newest: &WatchedMessage| {
            newest.payload_bytes == message.payload.len() && *newest.payload == *message.payload
        };
        if message.retain && topic.messages.newest().is_some_and(is_known) {
            return;
        }
        topic.push(WatchedMessage::new(message, context(), now));
    }

    /// Decodes the messages by other rules.
    pub fn set_rules(&mut self, decoding: &PayloadDecoding) {
        for topic in &mut self.topics {
            topic.changes = OnceLock::new();
            for (_, message) in topic.messages.numbered_mut() {
                message.context.decoders = decoding.rules.decoders_of(&topic.topic).cloned();
                message.forget_decoded();
            }
        }
    }
}
