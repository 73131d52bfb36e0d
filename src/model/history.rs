//! The last messages of a tile, close together: a dashboard may have ten thousand tiles, and a message
//! that has come long ago costs its bytes and little more.

use std::{collections::VecDeque, sync::Arc};

use super::{batch::MessageRef, line::Qos, time::Time};

/// How many messages the detail view remembers.
pub const HISTORY: usize = 20;
/// A larger payload is remembered by its beginning, in bytes.
pub const HISTORY_BYTES: usize = 4 << 10;

/// For so many messages room is made at a time: most tiles have one or none, and one that has had a few
/// will have them all.
const ROOMS: [usize; 3] = [1, HISTORY / 5, HISTORY];

/// The messages for which room is made where one more than so many is kept.
fn room(messages: usize) -> usize {
    ROOMS.into_iter().find(|room| *room > messages).unwrap_or(HISTORY)
}

/// The last messages of a tile, each payload no longer than [`HISTORY_BYTES`].
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The oldest first.
    heads: VecDeque<Head>,
    /// Their payloads, one behind the other, behind those of messages that are gone.
    bytes: Vec<u8>,
    gone: usize,
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

/// A message of a tile, and when it came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Past<'a> {
    /// The message.
    pub message: MessageRef<'a>,
    /// When it came.
    pub at: Time,
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
    pub(super) fn push(&mut self, message: MessageRef<'_>, at: Time) {
        if self.heads.len() == HISTORY
            && let Some(oldest) = self.heads.pop_front()
        {
            self.gone += usize::from(oldest.long);
        }
        let payload = &message.payload[..message.payload.len().min(HISTORY_BYTES)];
        self.make_room(payload.len());
        self.bytes.extend_from_slice(payload);
        // Most tiles have one topic: then they hold one copy of it.
        let MessageRef { topic, qos, retain, .. } = message;
        let known = self.heads.back().map(|head| &head.topic).filter(|known| &***known == topic);
        let topic = known.map_or_else(|| Arc::from(topic), Arc::clone);
        let long = u16::try_from(payload.len()).unwrap_or(u16::MAX);
        if self.heads.len() == self.heads.capacity() {
            self.heads.reserve_exact(room(self.heads.len()) - self.heads.len());
        }
        self.heads.push_back(Head { topic, at, long, qos, retain });
    }

    /// Makes room behind the payloads: at first where others are gone.
    fn make_room(&mut self, long: usize) {
        if self.bytes.capacity() - self.bytes.len() >= long {
            return;
        }
        self.bytes.drain(..std::mem::take(&mut self.gone));
        if self.bytes.capacity() - self.bytes.len() < long {
            // Those to come are about as long as those that are here.
            let messages = self.heads.len();
            let each = (self.bytes.len() + long).div_ceil(messages + 1);
            self.bytes.reserve_exact(long.max(each * (room(messages) - messages)));
        }
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<Past<'_>> {
        self.iter().next()
    }

    /// All of them, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = Past<'_>> {
        let mut end = self.bytes.len();
        self.heads.iter().rev().map(move |Head { topic, at, long, qos, retain }| {
            let begin = end - usize::from(*long);
            let message = MessageRef { topic, payload: &self.bytes[begin..end], qos: *qos, retain: *retain };
            end = begin;
            Past { message, at: *at }
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
            let topics: Vec<String> = (0..payloads.len()).map(|number| format!("t/{}", number / 3)).collect();
            let pasts = (0..).zip(&payloads).zip(&topics).map(|((number, payload), topic)| {
                let qos = if number % 2 == 0 { Qos::AtMostOnce } else { Qos::ExactlyOnce };
                Past { message: MessageRef { topic, payload, qos, retain: number % 3 == 0 }, at: Time::from_millis(number) }
            });
            let pasts: Vec<Past<'_>> = pasts.collect();
            for past in &pasts {
                history.push(past.message, past.at);
                prop_assert_eq!(history.last(), Some(*past));
            }
            let wanted: Vec<Past<'_>> = pasts.iter().rev().take(HISTORY).copied().collect();
            prop_assert_eq!(history.iter().collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        let payload = vec![b'x'; 100_000];
        let message = MessageRef { topic: "t", payload: &payload, qos: Qos::AtMostOnce, retain: false };
        for number in 0..1_000 {
            history.push(message, Time::from_millis(number));
        }
        assert_eq!(history.len(), HISTORY);
        assert!(history.bytes.capacity() <= HISTORY * HISTORY_BYTES, "{}", history.bytes.capacity());
        assert!(history.heads.capacity() <= HISTORY, "{}", history.heads.capacity());
    }
}
