//! The last messages of a tile, close together: a dashboard may have ten thousand tiles, and a message
//! that has come long ago costs its bytes and little more.

use std::{collections::VecDeque, sync::Arc};

use super::{batch::MessageRef, connection::Qos, time::Time};

/// How many messages the detail view remembers.
pub const MAX_HISTORY_MESSAGES: usize = 20;
/// A larger payload is remembered by its beginning, in bytes.
pub const MAX_HISTORY_PAYLOAD_BYTES: usize = 4 << 10;

/// The messages for which room is made where one more than so many is kept: many tiles only ever have
/// one, and one that has a second will have them all. In steps it would leave holes behind.
fn capacity_for(messages: usize) -> usize {
    match messages {
        0 => 1,
        1..MAX_HISTORY_MESSAGES => MAX_HISTORY_MESSAGES,
        _ => MAX_HISTORY_MESSAGES + 1,
    }
}

/// The last messages of a tile, each payload no longer than [`MAX_HISTORY_PAYLOAD_BYTES`].
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The oldest first.
    entries: VecDeque<StoredMessage>,
    /// Their topics, each of them once: mostly there is one.
    topics: Vec<Arc<str>>,
    /// A ring of their payloads, each in one piece.
    ring: Vec<u8>,
}

/// A message, and where its payload is.
#[derive(Debug, Clone)]
struct StoredMessage {
    received_at: Time,
    start: u32,
    len: u16,
    /// Which of the topics: there are no more of them than messages.
    topic_index: u8,
    flags: PublishFlags,
}

/// The quality of service and whether it was kept, as the first byte of a PUBLISH has them (MQTT 3.1.1,
/// section 3.3.1).
#[derive(Debug, Clone, Copy)]
struct PublishFlags(u8);

impl PublishFlags {
    fn new(qos: Qos, retain: bool) -> Self {
        Self(qos.as_u8() << 1 | u8::from(retain))
    }

    fn qos(self) -> Qos {
        Qos::from_i64((self.0 >> 1).into()).unwrap_or_default()
    }

    fn retain(self) -> bool {
        self.0 & 1 != 0
    }
}

impl StoredMessage {
    fn start(&self) -> usize {
        self.start as usize
    }

    fn end(&self) -> usize {
        self.start() + usize::from(self.len)
    }
}

/// A message of a tile, and when it came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryEntry<'a> {
    /// The message.
    pub message: MessageRef<'a>,
    /// When it came.
    pub received_at: Time,
}

impl History {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes a message in; the oldest one goes where there are [`MAX_HISTORY_MESSAGES`].
    pub(super) fn push(&mut self, message: MessageRef<'_>, received_at: Time) {
        if self.entries.len() == MAX_HISTORY_MESSAGES {
            self.entries.pop_front();
        }
        let payload = &message.payload[..message.payload.len().min(MAX_HISTORY_PAYLOAD_BYTES)];
        let start = self.allocate(payload.len());
        self.ring[start..start + payload.len()].copy_from_slice(payload);
        let MessageRef { topic, qos, retain, .. } = message;
        let topic = self.topic_index(topic);
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact(capacity_for(self.entries.len()).min(MAX_HISTORY_MESSAGES) - self.entries.len());
        }
        // The ring is far smaller than what these can count.
        let (start, len) = (start.try_into().unwrap_or(u32::MAX), payload.len().try_into().unwrap_or(u16::MAX));
        self.entries.push_back(StoredMessage {
            received_at,
            start,
            len,
            topic_index: topic,
            flags: PublishFlags::new(qos, retain),
        });
    }

    /// The number of a topic; a new one takes the place of one that no message has any more.
    fn topic_index(&mut self, topic: &str) -> u8 {
        let existing = self.topics.iter().position(|existing| **existing == *topic);
        let index = existing.unwrap_or_else(|| {
            let is_used = |index: usize| self.entries.iter().any(|entry| usize::from(entry.topic_index) == index);
            if let Some(free) = (0..self.topics.len()).find(|index| !is_used(*index)) {
                self.topics[free] = topic.into();
                return free;
            }
            self.topics.reserve_exact(1);
            self.topics.push(topic.into());
            self.topics.len() - 1
        });
        index.try_into().unwrap_or(u8::MAX)
    }

    /// Where a payload goes: behind the last one, or at the beginning where that has gone; else in a larger ring.
    /// The end of the last one never meets the beginning of the oldest one from below.
    fn allocate(&mut self, len: usize) -> usize {
        let (start, last_start, end) = match (self.entries.front(), self.entries.back()) {
            (Some(first), Some(last)) => (first.start(), last.start(), last.end()),
            _ => (0, 0, 0),
        };
        if last_start < start {
            if end + len < start {
                return end;
            }
        } else if end + len <= self.ring.len() {
            return end;
        } else if len < start {
            return 0;
        }
        self.grow_ring(len)
    }

    /// Moves to a ring with room for another payload and for those that will come if they are about as long
    /// as those that are here. Gives where the payload goes.
    fn grow_ring(&mut self, len: usize) -> usize {
        let messages = self.entries.len();
        let used_bytes: usize = self.entries.iter().map(|entry| usize::from(entry.len)).sum();
        let average_len = (used_bytes + len).div_ceil(messages + 1);
        let capacity = used_bytes + len.max(average_len * (capacity_for(messages) - messages));
        // Once it has room for all, what is left over at its end may still be too little for one more.
        let capacity = if messages + 1 < MAX_HISTORY_MESSAGES { capacity } else { capacity.max(self.ring.len() + len) };
        let mut ring = Vec::with_capacity(capacity);
        for entry in &mut self.entries {
            let start = ring.len();
            ring.extend_from_slice(&self.ring[entry.start()..entry.end()]);
            entry.start = start.try_into().unwrap_or(u32::MAX);
        }
        ring.resize(ring.capacity(), 0);
        self.ring = ring;
        used_bytes
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<HistoryEntry<'_>> {
        self.iter().next()
    }

    /// All of them, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = HistoryEntry<'_>> {
        self.entries.iter().rev().map(|entry| {
            let payload = &self.ring[entry.start()..entry.end()];
            let topic = &*self.topics[usize::from(entry.topic_index)];
            HistoryEntry {
                message: MessageRef { topic, payload, qos: entry.flags.qos(), retain: entry.flags.retain() },
                received_at: entry.received_at,
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
        fn history_keeps_the_last_messages_unchanged(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..200),
        ) {
            let mut history = History::default();
            let topics: Vec<String> = (0..payloads.len()).map(|number| format!("t/{}", number / 3)).collect();
            let entries = (0..).zip(&payloads).zip(&topics).map(|((number, payload), topic)| {
                let qos = if number % 2 == 0 { Qos::AtMostOnce } else { Qos::ExactlyOnce };
                HistoryEntry { message: MessageRef { topic, payload, qos, retain: number % 3 == 0 }, received_at: Time::from_millis(number) }
            });
            let entries: Vec<HistoryEntry<'_>> = entries.collect();
            for entry in &entries {
                history.push(entry.message, entry.received_at);
                prop_assert_eq!(history.last(), Some(*entry));
            }
            let expected: Vec<HistoryEntry<'_>> = entries.iter().rev().take(MAX_HISTORY_MESSAGES).copied().collect();
            prop_assert_eq!(history.iter().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn history_memory_is_bounded() {
        let mut history = History::default();
        let payload = vec![b'x'; 100_000];
        let message = MessageRef { topic: "t", payload: &payload, qos: Qos::AtMostOnce, retain: false };
        for number in 0..1_000 {
            history.push(message, Time::from_millis(number));
        }
        assert_eq!((history.len(), size_of::<StoredMessage>()), (MAX_HISTORY_MESSAGES, 16));
        assert!(
            history.ring.capacity() <= (MAX_HISTORY_MESSAGES + 3) * MAX_HISTORY_PAYLOAD_BYTES,
            "{}",
            history.ring.capacity()
        );
        assert!(history.entries.capacity() <= MAX_HISTORY_MESSAGES, "{}", history.entries.capacity());
    }
}
