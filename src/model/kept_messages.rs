//! The messages that a tile keeps because its kind shows more than the newest one: the lines of a log, the newest
//! message of each topic. They are recorded as they arrive, also those between two frames; what the kind extracts from
//! each is computed once, before the next frame.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use super::{
    batch::MessageRef,
    error::TileError,
    extracted::{Extracted, Record},
    message_age::MessageAge,
    time::Time,
};

/// The number of bytes that are kept of a payload. More than the history keeps: JSON that is cut off cannot be read.
pub(crate) const MAX_KEPT_PAYLOAD_BYTES: usize = 16 << 10;
/// The maximum size of the messages that one tile keeps, with what is extracted from them, in bytes.
pub(crate) const MAX_KEPT_BYTES: usize = 2 << 20;
/// What a message takes in addition to its topic and its payload, in bytes.
const OVERHEAD_BYTES: usize = size_of::<KeptMessage>() + 32;

/// Which messages a tile keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepRule {
    /// Only what is extracted from the value, which is all of the newest payload, or what a script has made of it.
    Value,
    /// The last messages, whatever their topics.
    Last {
        /// The maximum number of messages.
        messages: usize,
    },
    /// The newest message of each topic, until the topic is cleared with an empty payload.
    NewestOfTopics {
        /// The maximum number of topics. Beyond that, the topic that was silent for the longest time is forgotten.
        topics: usize,
    },
    /// The messages of each topic within a period, until the topic is cleared with an empty payload.
    Recent {
        /// The time before the newest message of the topic.
        period: Duration,
        /// The maximum number of messages of a topic.
        messages: usize,
        /// The maximum number of topics, as above.
        topics: usize,
    },
}

/// A message that a tile keeps.
#[derive(Debug, Clone)]
pub struct KeptMessage {
    /// The topic.
    pub topic: Arc<str>,
    /// The payload; of a large one only the beginning. Empty with [`KeepRule::Value`].
    pub payload: Arc<[u8]>,
    /// The size of the whole payload.
    pub payload_bytes: usize,
    /// Since when it is known.
    pub(crate) age: MessageAge,
    /// What the kind has extracted; `None` before the next frame.
    pub extracted: Option<Result<Extracted, TileError>>,
    /// The round of retained messages in which it arrived.
    round: u32,
}

impl KeptMessage {
    /// Returns what the kind has extracted, if it could.
    pub(crate) fn readable(&self) -> Option<&Extracted> {
        self.extracted.as_ref()?.as_ref().ok()
    }

    /// Returns the records that the kind has extracted.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        self.readable().map_or(&[], |extracted| &extracted.records)
    }

    fn bytes(&self) -> usize {
        let extracted = self.readable().map_or(0, Extracted::bytes);
        OVERHEAD_BYTES + self.topic.len() + self.payload.len() + extracted
    }

    fn has_payload_of(&self, message: MessageRef<'_>) -> bool {
        self.payload_bytes == message.payload.len() && message.payload.starts_with(&self.payload)
    }
}

/// The messages that a tile keeps.
#[derive(Debug, Clone)]
pub struct KeptMessages {
    rule: KeepRule,
    /// The messages whose order matters, whatever their topics.
    in_order: VecDeque<KeptMessage>,
    /// The messages of each topic, the oldest first, if the rule tells topics apart.
    by_topic: BTreeMap<Arc<str>, VecDeque<KeptMessage>>,
    bytes: usize,
    /// How often the broker may have sent all retained messages again.
    round: u32,
}

impl KeptMessages {
    /// Creates an empty memory.
    pub(crate) fn new(rule: KeepRule) -> Self {
        Self { rule, in_order: VecDeque::new(), by_topic: BTreeMap::new(), bytes: 0, round: 0 }
    }

    /// Returns which messages are kept.
    pub(crate) const fn rule(&self) -> KeepRule {
        self.rule
    }

    /// Returns whether what is kept under this rule are the same messages, but for their number.
    pub(crate) fn is_like(&self, rule: KeepRule) -> bool {
        std::mem::discriminant(&self.rule) == std::mem::discriminant(&rule)
    }

    /// Returns the messages: in the order of their arrival, or sorted by topic if the rule tells topics apart.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &KeptMessage> {
        self.in_order.iter().chain(self.by_topic.values().flatten())
    }

    /// Returns the number of bytes that the messages take.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes into account that the broker may send retained messages again.
    pub(super) fn expect_retained(&mut self) {
        self.round += 1;
    }

    /// Records a message, unless the broker only repeats a retained one.
    pub(crate) fn record(&mut self, message: MessageRef<'_>, received_at: Time) {
        // What is kept of the value is set with it.
        if self.rule == KeepRule::Value {
            return;
        }
        let round = self.round;
        // Only a retained message may be a repetition.
        let previous = if message.retain { self.newest_of_topic(message.topic) } else { None };
        let may_be_repeated = message.retain && previous.as_ref().is_none_or(|previous| previous.round != round);
        if let Some(previous) = previous.filter(|previous| may_be_repeated && previous.has_payload_of(message)) {
            previous.round = round;
            return;
        }
        let age = if may_be_repeated { MessageAge::retained(received_at) } else { MessageAge::live(received_at) };
        let known_topic = self.by_topic.get_key_value(message.topic).map(|(topic, _)| topic);
        let last_topic = self.in_order.back().map(|last| &last.topic).filter(|topic| ***topic == *message.topic);
        self.push(KeptMessage {
            topic: known_topic.or(last_topic).map_or_else(|| message.topic.into(), Arc::clone),
            payload: message.payload[..message.payload.len().min(MAX_KEPT_PAYLOAD_BYTES)].into(),
            payload_bytes: message.payload.len(),
            age,
            extracted: None,
            round,
        });
    }

    /// Keeps what was extracted from the value, if the rule says so.
    pub(super) fn set_value(&mut self, age: MessageAge, extracted: Result<Extracted, TileError>) {
        self.in_order.clear();
        let (topic, payload, extracted) = (Arc::from(""), Arc::from([]), Some(extracted));
        let message = KeptMessage { topic, payload, payload_bytes: 0, age, extracted, round: self.round };
        self.bytes = message.bytes();
        self.in_order.push_back(message);
    }

    /// Extracts what was not extracted yet.
    pub(super) fn extract(&mut self, extract: impl Fn(&[u8]) -> Result<Extracted, TileError>) {
        let messages = self.in_order.iter_mut().chain(self.by_topic.values_mut().flatten());
        for message in messages.filter(|message| message.extracted.is_none()) {
            let extracted = extract(&message.payload);
            self.bytes += extracted.as_ref().map_or(0, Extracted::bytes);
            message.extracted = Some(extracted);
        }
        self.limit_bytes(MAX_KEPT_BYTES);
    }

    /// Forgets what was extracted: the definition of the tile has changed.
    pub(super) fn clear_extracted(&mut self) {
        self.in_order.iter_mut().chain(self.by_topic.values_mut().flatten()).for_each(|kept| kept.extracted = None);
        self.bytes = self.iter().map(KeptMessage::bytes).sum();
    }

    /// Returns the messages under another rule, as far as they are known.
    #[must_use]
    pub(super) fn with_rule(self, rule: KeepRule) -> Self {
        let mut changed = Self { round: self.round, ..Self::new(rule) };
        let mut messages: Vec<KeptMessage> =
            self.in_order.into_iter().chain(self.by_topic.into_values().flatten()).collect();
        messages.sort_by_key(|message| message.age.since);
        // A value has no topic.
        for message in messages.into_iter().filter(|message| !message.topic.is_empty()) {
            changed.push(message);
        }
        changed
    }

    /// Removes the oldest messages until the others take at most half of the memory.
    pub(super) fn cut(&mut self) {
        self.limit_bytes(self.bytes / 2);
    }

    fn newest_of_topic(&mut self, topic: &str) -> Option<&mut KeptMessage> {
        match self.rule {
            KeepRule::Value | KeepRule::Last { .. } => {
                self.in_order.iter_mut().rev().find(|kept| *kept.topic == *topic)
            }
            KeepRule::NewestOfTopics { .. } | KeepRule::Recent { .. } => {
                self.by_topic.get_mut(topic).and_then(VecDeque::back_mut)
            }
        }
    }

    /// Adds a message, and removes what is too old or too much.
    fn push(&mut self, message: KeptMessage) {
        match self.rule {
            KeepRule::Value => {}
            KeepRule::Last { messages } => {
                self.bytes += message.bytes();
                self.in_order.push_back(message);
                while self.in_order.len() > messages {
                    self.pop_oldest();
                }
            }
            KeepRule::NewestOfTopics { topics } => self.push_of_topic(message, topics, 1, Duration::MAX),
            KeepRule::Recent { period, messages, topics } => self.push_of_topic(message, topics, messages, period),
        }
        self.limit_bytes(MAX_KEPT_BYTES);
    }

    fn push_of_topic(&mut self, message: KeptMessage, topics: usize, messages: usize, period: Duration) {
        if message.payload_bytes == 0 {
            self.forget_topic(&message.topic);
            return;
        }
        if self.by_topic.len() >= topics
            && !self.by_topic.contains_key(&message.topic)
            && let Some(silent) = self.topic_by_age(VecDeque::back)
        {
            self.forget_topic(&silent);
        }
        self.bytes += message.bytes();
        let now = message.age.since;
        let of_topic = self.by_topic.entry(Arc::clone(&message.topic)).or_insert_with(|| VecDeque::with_capacity(1));
        let is_obsolete =
            |oldest: &KeptMessage, count: usize| count >= messages || now.since(oldest.age.since) > period;
        while of_topic.front().is_some_and(|oldest| is_obsolete(oldest, of_topic.len()))
            && let Some(oldest) = of_topic.pop_front()
        {
            self.bytes -= oldest.bytes();
        }
        of_topic.push_back(message);
    }

    fn forget_topic(&mut self, topic: &str) {
        let forgotten = self.by_topic.remove(topic).unwrap_or_default();
        self.bytes -= forgotten.iter().map(KeptMessage::bytes).sum::<usize>();
    }

    /// Returns the topic of which this message is the oldest of all topics.
    fn topic_by_age(&self, message: impl Fn(&VecDeque<KeptMessage>) -> Option<&KeptMessage>) -> Option<Arc<str>> {
        let by_age = |(_, messages): &(&Arc<str>, &VecDeque<KeptMessage>)| message(messages).map(|kept| kept.age.since);
        self.by_topic.iter().min_by_key(by_age).map(|(topic, _)| Arc::clone(topic))
    }

    fn pop_oldest(&mut self) {
        let Some(topic) = self.topic_by_age(VecDeque::front) else {
            self.bytes -= self.in_order.pop_front().map_or(0, |oldest| oldest.bytes());
            return;
        };
        let Some(messages) = self.by_topic.get_mut(&topic) else { return };
        self.bytes -= messages.pop_front().map_or(0, |oldest| oldest.bytes());
        if messages.is_empty() {
            self.by_topic.remove(&topic);
        }
    }

    /// Removes the oldest messages until the others have at most so many bytes. The newest one stays.
    fn limit_bytes(&mut self, limit: usize) {
        while self.bytes > limit && self.iter().nth(1).is_some() {
            self.pop_oldest();
        }
    }
}

#[cfg(test)]
#[path = "kept_messages_tests.rs"]
mod tests;
