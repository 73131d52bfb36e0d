//! The last messages of a tile, close together: a dashboard may have ten thousand tiles, and a message
//! that has come long ago costs its bytes and little more.

use std::{collections::VecDeque, sync::Arc};

use super::{batch::MessageRef, line::Qos, time::Time};

/// How many messages the detail view remembers.
pub const HISTORY: usize = 20;
/// A larger payload is remembered by its beginning, in bytes.
pub const HISTORY_BYTES: usize = 4 << 10;

/// The messages for which room is made where one more than so many is kept: many tiles only ever have
/// one, and one that has a second will have them all. In steps it would leave holes behind.
fn room(messages: usize) -> usize {
    match messages {
        0 => 1,
        1..HISTORY => HISTORY,
        _ => HISTORY + 1,
    }
}

/// The last messages of a tile, each payload no longer than [`HISTORY_BYTES`].
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The oldest first.
    heads: VecDeque<Head>,
    /// Their topics, each of them once: mostly there is one.
    topics: Vec<Arc<str>>,
    /// A ring of their payloads, each in one piece.
    bytes: Vec<u8>,
}

/// A message, and where its payload is.
#[derive(Debug, Clone)]
struct Head {
    at: Time,
    begin: u32,
    long: u16,
    /// Which of the topics: there are no more of them than messages.
    topic: u8,
    flags: Flags,
}

/// The quality of service and whether it was kept, as the first byte of a PUBLISH has them (MQTT 3.1.1,
/// section 3.3.1).
#[derive(Debug, Clone, Copy)]
struct Flags(u8);

impl Flags {
    fn new(qos: Qos, retain: bool) -> Self {
        Self(qos.number() << 1 | u8::from(retain))
    }

    fn qos(self) -> Qos {
        Qos::from_number((self.0 >> 1).into()).unwrap_or_default()
    }

    fn retain(self) -> bool {
        self.0 & 1 != 0
    }
}

impl Head {
    fn begin(&self) -> usize {
        self.begin as usize
    }

    fn end(&self) -> usize {
        self.begin() + usize::from(self.long)
    }
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
        if self.heads.len() == HISTORY {
            self.heads.pop_front();
        }
        let payload = &message.payload[..message.payload.len().min(HISTORY_BYTES)];
        let begin = self.place(payload.len());
        self.bytes[begin..begin + payload.len()].copy_from_slice(payload);
        let MessageRef { topic, qos, retain, .. } = message;
        let topic = self.topic(topic);
        if self.heads.len() == self.heads.capacity() {
            self.heads.reserve_exact(room(self.heads.len()).min(HISTORY) - self.heads.len());
        }
        // The ring is far smaller than what these can count.
        let (begin, long) = (begin.try_into().unwrap_or(u32::MAX), payload.len().try_into().unwrap_or(u16::MAX));
        self.heads.push_back(Head { at, begin, long, topic, flags: Flags::new(qos, retain) });
    }

    /// The number of a topic; a new one takes the place of one that no message has any more.
    fn topic(&mut self, topic: &str) -> u8 {
        let known = self.topics.iter().position(|known| **known == *topic);
        let at = known.unwrap_or_else(|| {
            let used = |at: usize| self.heads.iter().any(|head| usize::from(head.topic) == at);
            if let Some(free) = (0..self.topics.len()).find(|at| !used(*at)) {
                self.topics[free] = topic.into();
                return free;
            }
            self.topics.reserve_exact(1);
            self.topics.push(topic.into());
            self.topics.len() - 1
        });
        at.try_into().unwrap_or(u8::MAX)
    }

    /// Where a payload goes: behind the last one, or at the beginning where that has gone; else in a larger ring.
    /// The end of the last one never meets the beginning of the oldest one from below.
    fn place(&mut self, long: usize) -> usize {
        let (begin, last, end) = match (self.heads.front(), self.heads.back()) {
            (Some(first), Some(last)) => (first.begin(), last.begin(), last.end()),
            _ => (0, 0, 0),
        };
        if last < begin {
            if end + long < begin {
                return end;
            }
        } else if end + long <= self.bytes.len() {
            return end;
        } else if long < begin {
            return 0;
        }
        self.grow(long)
    }

    /// Moves to a ring with room for another payload and for those that will come if they are about as long
    /// as those that are here. Gives where the payload goes.
    fn grow(&mut self, long: usize) -> usize {
        let messages = self.heads.len();
        let held: usize = self.heads.iter().map(|head| usize::from(head.long)).sum();
        let each = (held + long).div_ceil(messages + 1);
        let wanted = held + long.max(each * (room(messages) - messages));
        // Once it has room for all, what is left over at its end may still be too little for one more.
        let wanted = if messages + 1 < HISTORY { wanted } else { wanted.max(self.bytes.len() + long) };
        let mut bytes = Vec::with_capacity(wanted);
        for head in &mut self.heads {
            let begin = bytes.len();
            bytes.extend_from_slice(&self.bytes[head.begin()..head.end()]);
            head.begin = begin.try_into().unwrap_or(u32::MAX);
        }
        bytes.resize(bytes.capacity(), 0);
        self.bytes = bytes;
        held
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<Past<'_>> {
        self.iter().next()
    }

    /// All of them, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = Past<'_>> {
        self.heads.iter().rev().map(|head| {
            let payload = &self.bytes[head.begin()..head.end()];
            let topic = &*self.topics[usize::from(head.topic)];
            Past {
                message: MessageRef { topic, payload, qos: head.flags.qos(), retain: head.flags.retain() },
                at: head.at,
            }
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
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..200),
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
        assert_eq!((history.len(), size_of::<Head>()), (HISTORY, 16));
        assert!(history.bytes.capacity() <= (HISTORY + 3) * HISTORY_BYTES, "{}", history.bytes.capacity());
        assert!(history.heads.capacity() <= HISTORY, "{}", history.heads.capacity());
    }
}
