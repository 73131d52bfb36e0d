//! The last messages of a tile, close together: a dashboard may have ten thousand tiles, and a message
//! that has come long ago costs its bytes and little more.

use std::{collections::VecDeque, sync::Arc};

use super::{
    line::{Message, Qos},
    reading::Received,
    time::Time,
};

/// How many messages the detail view remembers.
pub const HISTORY: usize = 20;
/// A larger payload is remembered by its beginning, in bytes.
pub const HISTORY_BYTES: usize = 4 << 10;

/// The room for payloads grows by so many bytes.
const GROWTH: usize = 128;

/// The last messages of a tile, each payload no longer than [`HISTORY_BYTES`].
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The oldest first.
    heads: VecDeque<Head>,
    /// Their payloads, one behind the other.
    bytes: VecDeque<u8>,
}

/// A message without its payload.
#[derive(Debug, Clone)]
struct Head {
    topic: Arc<str>,
    at: Time,
    long: u16,
    qos: Qos,
    retain: bool,
}

impl History {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether nothing has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// Takes a message in; the oldest one goes where there are [`HISTORY`].
    pub(super) fn push(&mut self, message: &Message, at: Time) {
        if self.heads.len() == HISTORY
            && let Some(oldest) = self.heads.pop_front()
        {
            self.bytes.drain(..usize::from(oldest.long));
        }
        let payload = &message.payload[..message.payload.len().min(HISTORY_BYTES)];
        let long = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        // What grows by itself doubles, and half of it would lie idle.
        if self.heads.len() == self.heads.capacity() {
            self.heads.reserve_exact((HISTORY / 5).min(HISTORY - self.heads.len()).max(1));
        }
        let wanted = self.bytes.len() + payload.len();
        if self.bytes.capacity() < wanted {
            self.bytes.reserve_exact(wanted.next_multiple_of(GROWTH) - self.bytes.len());
        }
        self.bytes.extend(payload);
        // Most tiles have one topic: then they hold one copy of it, whoever else has others.
        let Message { topic, qos, retain, .. } = message;
        let known = self.heads.back().map(|head| &head.topic).filter(|known| *known == topic);
        let topic = Arc::clone(known.unwrap_or(topic));
        self.heads.push_back(Head { topic, at, long, qos: *qos, retain: *retain });
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<Received> {
        self.iter().next()
    }

    /// All of them, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = Received> {
        let mut end = self.bytes.len();
        self.heads.iter().rev().map(move |Head { topic, at, long, qos, retain }| {
            let begin = end - usize::from(*long);
            let payload: Vec<u8> = self.bytes.range(begin..end).copied().collect();
            end = begin;
            let message = Message { topic: Arc::clone(topic), payload: payload.into(), qos: *qos, retain: *retain };
            Received { message, at: *at }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_the_last_messages_as_they_were(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..60),
        ) {
            let mut history = History::default();
            for (number, payload) in (0..).zip(&payloads) {
                let qos = if number % 2 == 0 { Qos::AtMostOnce } else { Qos::ExactlyOnce };
                let message =
                    Message { topic: format!("t/{number}").into(), payload: payload.as_slice().into(), qos, retain: number % 3 == 0 };
                history.push(&message, Time::from_millis(number));
                prop_assert_eq!(history.last(), Some(Received { message, at: Time::from_millis(number) }));
            }
            let wanted: Vec<&[u8]> = payloads.iter().rev().take(HISTORY).map(Vec::as_slice).collect();
            let held: Vec<Received> = history.iter().collect();
            prop_assert_eq!(held.iter().map(|kept| &*kept.message.payload).collect::<Vec<_>>(), wanted);
            let oldest = payloads.len().saturating_sub(HISTORY);
            let topics = held.iter().rev().map(|kept| kept.message.topic.to_string());
            let as_they_came = topics.eq((oldest..payloads.len()).map(|number| format!("t/{number}")));
            prop_assert!(as_they_came);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        let message =
            Message { topic: "t".into(), payload: vec![b'x'; 100_000].into(), qos: Qos::AtMostOnce, retain: false };
        for number in 0..1_000 {
            history.push(&message, Time::from_millis(number));
        }
        assert_eq!((history.len(), history.bytes.len()), (HISTORY, HISTORY * HISTORY_BYTES));
        assert!(history.bytes.capacity() <= HISTORY * HISTORY_BYTES, "{}", history.bytes.capacity());
        assert!(history.heads.capacity() <= HISTORY, "{}", history.heads.capacity());
    }
}
