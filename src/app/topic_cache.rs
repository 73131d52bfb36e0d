//! A cache of the topics of a connection with the last message of each, for completion in forms, previews
//! and new tiles. It is bounded, so that a broker with a million topics needs no more memory than one with
//! a thousand.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

use crate::model::{
    batch::MessageRef,
    connection::Qos,
    message_age::MessageAge,
    message_properties::{MessageProperties, memory_bytes},
    time::Time,
    topic::TopicFilter,
};

/// The maximum number of cached topics.
const MAX_TOPICS: usize = 1_000;
/// The largest payload, and the largest properties, that are cached completely, in bytes.
const MAX_PAYLOAD_BYTES: usize = 4 << 10;
/// The number of bytes that are cached of a larger payload, enough to recognize it.
const TRUNCATED_PAYLOAD_BYTES: usize = 64;

/// The topics of a connection with their last messages.
#[derive(Debug, Clone, Default)]
pub(crate) struct TopicCache {
    messages: HashMap<Box<str>, CachedMessage, RandomState>,
    /// How often the broker may have sent all retained messages again.
    retained_rounds: u32,
}

/// The last message of a topic.
#[derive(Debug, Clone)]
struct CachedMessage {
    payload: Vec<u8>,
    qos: Qos,
    retain: bool,
    properties: Option<Arc<MessageProperties>>,
    received_at: Time,
    age: MessageAge,
    /// The last round in which a message of the topic had the retain flag.
    retained_round: Option<u32>,
    is_complete: bool,
}

impl CachedMessage {
    fn as_message_ref<'a>(&'a self, topic: &'a str) -> MessageRef<'a> {
        let Self { payload, qos, retain, properties, .. } = self;
        MessageRef { topic, payload, qos: *qos, retain: *retain, properties: properties.as_ref() }
    }

    /// Returns the age of the next message of the topic, which has the retain flag. Only the first one of a round is one
    /// that the broker had kept, perhaps the same again: some brokers set the flag in later messages, too.
    fn retained_age(&self, payload: &[u8], is_complete: bool, received_at: Time, round: u32) -> MessageAge {
        let is_same = is_complete && self.is_complete && payload == self.payload;
        let comes_again = self.retained_round != Some(round);
        match (is_same, comes_again) {
            (true, true) => self.age,
            (true, false) if self.age.is_unknown => self.age,
            (false, true) => MessageAge::retained(received_at),
            (_, false) => MessageAge::live(received_at),
        }
    }
}

impl TopicCache {
    /// Takes into account that the broker may send retained messages again: the connection is established, or subscribed
    /// to something else.
    pub fn expect_retained(&mut self) {
        self.retained_rounds += 1;
    }

    /// Records a message. A new topic is ignored when the cache is full.
    pub fn record(&mut self, message: MessageRef<'_>, received_at: Time) {
        let MessageRef { topic, payload, qos, retain, properties } = message;
        let (keeps_payload, keeps_properties) =
            (payload.len() <= MAX_PAYLOAD_BYTES, memory_bytes(properties) <= MAX_PAYLOAD_BYTES);
        let is_complete = keeps_payload && keeps_properties;
        let payload = if keeps_payload { payload } else { &payload[..TRUNCATED_PAYLOAD_BYTES] };
        let properties = properties.filter(|_| keeps_properties).cloned();
        let round = self.retained_rounds;
        if let Some(cached) = self.messages.get_mut(topic) {
            if retain {
                cached.age = cached.retained_age(payload, is_complete, received_at, round);
                cached.retained_round = Some(round);
            } else {
                cached.age = MessageAge::live(received_at);
            }
            cached.payload.clear();
            cached.payload.extend_from_slice(payload);
            (cached.qos, cached.retain, cached.properties) = (qos, retain, properties);
            (cached.received_at, cached.is_complete) = (received_at, is_complete);
        } else if self.messages.len() < MAX_TOPICS {
            // Spare capacity: the next payload of the topic probably has a similar length.
            let mut buffer = Vec::with_capacity((payload.len() + 16).next_multiple_of(32));
            buffer.extend_from_slice(payload);
            let age = if retain { MessageAge::retained(received_at) } else { MessageAge::live(received_at) };
            let retained_round = retain.then_some(round);
            let message = CachedMessage {
                payload: buffer,
                qos,
                retain,
                properties,
                received_at,
                age,
                retained_round,
                is_complete,
            };
            self.messages.insert(topic.into(), message);
        }
    }

    /// Returns the number of topics. It only grows, so that topics have come if and only if it has changed.
    #[must_use]
    pub fn topic_count(&self) -> usize {
        self.messages.len()
    }

    /// Returns the last payload of a topic.
    #[must_use]
    pub fn payload_of(&self, topic: &str) -> Option<&[u8]> {
        self.messages.get(topic).map(|cached| &*cached.payload)
    }

    /// Returns the last message of every topic, sorted by topic.
    #[must_use]
    pub fn messages_by_topic(&self) -> Vec<MessageRef<'_>> {
        let mut messages: Vec<_> = self.messages.iter().map(|(topic, cached)| cached.as_message_ref(topic)).collect();
        messages.sort_by_key(|message| message.topic);
        messages
    }

    /// Returns the newest message that a filter matches, when it was received, and since when it is known; `None` if
    /// its payload is truncated or its properties are not cached.
    #[must_use]
    pub fn latest_message(&self, filter: &TopicFilter) -> Option<(MessageRef<'_>, Time, MessageAge)> {
        self.latest_message_that(filter, |_| true)
    }

    /// Returns what [`latest_message`](Self::latest_message) returns, of the messages that fulfill a condition.
    #[must_use]
    pub fn latest_message_that(
        &self,
        filter: &TopicFilter,
        condition: impl Fn(MessageRef<'_>) -> bool,
    ) -> Option<(MessageRef<'_>, Time, MessageAge)> {
        let fulfills = |topic: &str, cached: &CachedMessage| condition(cached.as_message_ref(topic));
        let cached = match filter.exact() {
            Some(topic) => self.messages.get_key_value(topic).filter(|(topic, cached)| fulfills(topic, cached)),
            None => self
                .messages
                .iter()
                .filter(|(topic, cached)| filter.matches(topic) && fulfills(topic, cached))
                .max_by_key(|(_, cached)| cached.received_at),
        };
        cached
            .filter(|(_, cached)| cached.is_complete)
            .map(|(topic, cached)| (cached.as_message_ref(topic), cached.received_at, cached.age))
    }

    /// Returns the newest message of each topic that a filter matches, except those whose payload is truncated, in the
    /// order of their arrival.
    #[must_use]
    pub fn messages_of(&self, filter: &TopicFilter) -> Vec<(MessageRef<'_>, Time)> {
        let matching = self.messages.iter().filter(|(topic, cached)| cached.is_complete && filter.matches(topic));
        let mut messages: Vec<_> =
            matching.map(|(topic, cached)| (cached.as_message_ref(topic), cached.received_at)).collect();
        messages.sort_by_key(|(message, received_at)| (*received_at, message.topic));
        messages
    }

    /// Returns since when the newest message of a topic is known.
    #[must_use]
    pub fn age_of(&self, topic: &str) -> Option<MessageAge> {
        self.messages.get(topic).map(|cached| cached.age)
    }

    /// Returns the completion of a typed topic: the first topic in alphabetical order that starts with
    /// it. A text that already is a topic has no completion.
    #[must_use]
    pub fn complete_topic(&self, typed: &str) -> Option<&str> {
        let extends_typed = |topic: &&str| topic.len() > typed.len() && topic.starts_with(typed);
        let already_complete = typed.is_empty() || self.messages.contains_key(typed);
        if already_complete { None } else { self.messages.keys().map(|topic| &**topic).filter(extends_typed).min() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(topic: &'a str, payload: &'a str) -> MessageRef<'a> {
        MessageRef { topic, payload: payload.as_bytes(), qos: Qos::AtMostOnce, retain: false, properties: None }
    }

    #[test]
    fn topic_cache_completes_typed_topic_and_is_bounded() {
        let mut cache = TopicCache::default();
        for topic in ["home/lamp", "home/lamp/set", "cellar"] {
            cache.record(message(topic, "1"), Time::default());
        }
        assert_eq!(cache.complete_topic("home"), Some("home/lamp"));
        assert_eq!(cache.complete_topic("home/lamp"), None);
        assert_eq!(cache.complete_topic("home/lamp/"), Some("home/lamp/set"));
        assert_eq!(cache.complete_topic("x"), None);
        for index in 0..5_000 {
            cache.record(message(&format!("t/{index}"), "x"), Time::default());
        }
        assert_eq!(cache.messages_by_topic().len(), MAX_TOPICS);
        cache.record(message("cellar", "2"), Time::from_millis(5));
        for filter in ["+", "cellar", "$share/g/cellar", "$queue/+"] {
            assert_eq!(cache.latest_message(&TopicFilter::new(filter).unwrap()).unwrap().0.payload, b"2", "{filter}");
        }
    }
}
