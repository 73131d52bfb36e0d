//! The topics that came by on a line, and the last message of each: what fields complete from and
//! previews show. Bounded, so that a broker with a million topics costs no more than one with a
//! thousand.

use std::{collections::HashMap, sync::Arc};

use crate::model::{line::Message, time::Time, topic::Filter};

/// The most topics that are remembered.
const MOST: usize = 1_000;
/// The largest payload that is remembered, in bytes; of a larger one, its head.
const PAYLOAD: usize = 4 << 10;
/// How much of a larger one is remembered, to tell it by.
const HEAD: usize = 64;

/// The topics that came by.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    last: HashMap<Arc<str>, Last>,
}

/// The last message of a topic.
#[derive(Debug, Clone)]
struct Last {
    message: Message,
    at: Time,
    whole: bool,
}

impl Seen {
    /// Remembers a message that came at this time.
    pub fn note(&mut self, message: &Message, at: Time) {
        let whole = message.payload.len() <= PAYLOAD;
        let last = || {
            let payload = if whole { Arc::clone(&message.payload) } else { message.payload[..HEAD].into() };
            Last { message: Message { payload, ..message.clone() }, at, whole }
        };
        if let Some(known) = self.last.get_mut(&*message.topic) {
            *known = last();
        } else if self.last.len() < MOST {
            self.last.insert(Arc::clone(&message.topic), last());
        }
    }

    /// The topics, sorted, each with its last message.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Message> {
        let mut all: Vec<&Message> = self.last.values().map(|last| &last.message).collect();
        all.sort_by(|a, b| a.topic.cmp(&b.topic));
        all
    }

    /// The last message of a topic that a filter matches, and when it came; `None` where only its
    /// head is remembered.
    #[must_use]
    pub fn last(&self, filter: &Filter) -> Option<(&Message, Time)> {
        let known = match filter.as_topic() {
            Some(topic) => self.last.get(topic.as_str()),
            None => self.last.values().filter(|last| filter.matches(&last.message.topic)).max_by_key(|last| last.at),
        };
        known.filter(|last| last.whole).map(|last| (&last.message, last.at))
    }

    /// The topic that what is typed most likely becomes: the first that begins so. What is a topic
    /// already is whole.
    #[must_use]
    pub fn complete(&self, typed: &str) -> Option<&str> {
        let longer = |topic: &&Arc<str>| topic.len() > typed.len() && topic.starts_with(typed);
        let whole = typed.is_empty() || self.last.contains_key(typed);
        if whole { None } else { self.last.keys().filter(longer).min().map(|topic| &**topic) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::line::Qos;

    fn message(topic: &str, payload: &str) -> Message {
        Message { topic: topic.into(), payload: payload.as_bytes().into(), qos: Qos::AtMostOnce, retain: false }
    }

    #[test]
    fn what_is_typed_is_completed_and_memory_is_bounded() {
        let mut seen = Seen::default();
        for topic in ["home/lamp", "home/lamp/set", "cellar"] {
            seen.note(&message(topic, "1"), Time::default());
        }
        assert_eq!(seen.complete("home"), Some("home/lamp"));
        assert_eq!(seen.complete("home/lamp"), None);
        assert_eq!(seen.complete("home/lamp/"), Some("home/lamp/set"));
        assert_eq!(seen.complete("x"), None);
        for number in 0..5_000 {
            seen.note(&message(&format!("t/{number}"), "x"), Time::default());
        }
        assert_eq!(seen.sorted().len(), MOST);
        seen.note(&message("cellar", "2"), Time::from_millis(5));
        assert_eq!(&*seen.last(&Filter::new("+").unwrap()).unwrap().0.payload, b"2");
    }
}
