//! The topics that came by on a line, and the last message of each: what fields complete from and
//! previews show. Bounded, so that a broker with a million topics costs no more than one with a
//! thousand.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::{batch::MessageRef, connection::Qos, time::Time, topic::TopicFilter};

/// The most topics that are remembered.
const MOST: usize = 1_000;
/// The largest payload that is remembered, in bytes; of a larger one, its head.
const PAYLOAD: usize = 4 << 10;
/// How much of a larger one is remembered, to tell it by.
const HEAD: usize = 64;

/// The topics that came by.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    last: HashMap<Box<str>, Last, RandomState>,
}

/// The last message of a topic.
#[derive(Debug, Clone)]
struct Last {
    payload: Vec<u8>,
    qos: Qos,
    retain: bool,
    at: Time,
    whole: bool,
}

impl Last {
    fn message<'a>(&'a self, topic: &'a str) -> MessageRef<'a> {
        MessageRef { topic, payload: &self.payload, qos: self.qos, retain: self.retain }
    }
}

impl Seen {
    /// Remembers a message that came at this time.
    pub fn note(&mut self, message: MessageRef<'_>, at: Time) {
        let MessageRef { topic, payload, qos, retain } = message;
        let whole = payload.len() <= PAYLOAD;
        let payload = if whole { payload } else { &payload[..HEAD] };
        if let Some(known) = self.last.get_mut(topic) {
            known.payload.clear();
            known.payload.extend_from_slice(payload);
            (known.qos, known.retain, known.at, known.whole) = (qos, retain, at, whole);
        } else if self.last.len() < MOST {
            // With some room: the next one is about as long.
            let mut kept = Vec::with_capacity((payload.len() + 16).next_multiple_of(32));
            kept.extend_from_slice(payload);
            self.last.insert(topic.into(), Last { payload: kept, qos, retain, at, whole });
        }
    }

    /// The topics, sorted, each with its last message.
    #[must_use]
    pub fn sorted(&self) -> Vec<MessageRef<'_>> {
        let mut all: Vec<_> = self.last.iter().map(|(topic, last)| last.message(topic)).collect();
        all.sort_by_key(|message| message.topic);
        all
    }

    /// The last message of a topic that a filter matches, and when it came; `None` where only its
    /// head is remembered.
    #[must_use]
    pub fn last(&self, filter: &TopicFilter) -> Option<(MessageRef<'_>, Time)> {
        let known = match filter.as_topic() {
            Some(topic) => self.last.get_key_value(topic.as_str()),
            None => self.last.iter().filter(|(topic, _)| filter.matches(topic)).max_by_key(|(_, last)| last.at),
        };
        known.filter(|(_, last)| last.whole).map(|(topic, last)| (last.message(topic), last.at))
    }

    /// The topic that what is typed most likely becomes: the first that begins so. What is a topic
    /// already is whole.
    #[must_use]
    pub fn complete(&self, typed: &str) -> Option<&str> {
        let longer = |topic: &&str| topic.len() > typed.len() && topic.starts_with(typed);
        let whole = typed.is_empty() || self.last.contains_key(typed);
        if whole { None } else { self.last.keys().map(|topic| &**topic).filter(longer).min() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<'a>(topic: &'a str, payload: &'a str) -> MessageRef<'a> {
        MessageRef { topic, payload: payload.as_bytes(), qos: Qos::AtMostOnce, retain: false }
    }

    #[test]
    fn what_is_typed_is_completed_and_memory_is_bounded() {
        let mut seen = Seen::default();
        for topic in ["home/lamp", "home/lamp/set", "cellar"] {
            seen.note(message(topic, "1"), Time::default());
        }
        assert_eq!(seen.complete("home"), Some("home/lamp"));
        assert_eq!(seen.complete("home/lamp"), None);
        assert_eq!(seen.complete("home/lamp/"), Some("home/lamp/set"));
        assert_eq!(seen.complete("x"), None);
        for number in 0..5_000 {
            seen.note(message(&format!("t/{number}"), "x"), Time::default());
        }
        assert_eq!(seen.sorted().len(), MOST);
        seen.note(message("cellar", "2"), Time::from_millis(5));
        assert_eq!(seen.last(&TopicFilter::new("+").unwrap()).unwrap().0.payload, b"2");
    }
}
