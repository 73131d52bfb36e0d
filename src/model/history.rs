//! The last messages of a tile, stored contiguously: a dashboard may have ten thousand tiles, and an old
//! message should cost little more memory than its bytes.

use std::{collections::VecDeque, sync::Arc};

use super::{batch::MessageRef, connection::Qos, time::Time};

/// The number of messages that the detail view shows.
pub(crate) const MAX_HISTORY_MESSAGES: usize = 20;
/// The number of bytes that are kept of a payload; the rest is cut off.
pub(crate) const MAX_HISTORY_PAYLOAD_BYTES: usize = 4 << 10;

/// From this average length of payloads on, memory is allocated in steps: a full history of all tiles at once could be
/// most of what the program takes.
const LARGE_PAYLOAD_BYTES: usize = 512;

/// For how many large payloads memory is allocated at a time.
const LARGE_PAYLOAD_STEP: usize = 3;

/// Returns for how many messages to allocate when one is added to `messages` existing ones. Many tiles only
/// ever get one message, and a tile that gets a second one will fill its history. Growing in steps would
/// fragment the memory.
fn capacity_for(messages: usize) -> usize {
    match messages {
        0 => 1,
        1..MAX_HISTORY_MESSAGES => MAX_HISTORY_MESSAGES,
        _ => MAX_HISTORY_MESSAGES + 1,
    }
}

/// The last messages of a tile, each payload no longer than [`MAX_HISTORY_PAYLOAD_BYTES`].
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// The messages, the oldest first.
    entries: VecDeque<StoredMessage>,
    /// Their distinct topics; usually one.
    topics: Vec<Arc<str>>,
    /// A ring buffer of their payloads, each stored contiguously.
    ring: Vec<u8>,
}

/// A message, and where its payload is stored.
#[derive(Debug, Clone)]
struct StoredMessage {
    received_at: Time,
    start: u32,
    len: u16,
    /// An index into the topics; there are no more topics than messages.
    topic_index: u8,
    flags: PublishFlags,
}

/// The quality of service and the retain flag, encoded like in the first byte of a PUBLISH packet
/// (MQTT 3.1.1, section 3.3.1).
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

/// A message of a tile, and when it was received.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HistoryEntry<'a> {
    /// The message.
    pub message: MessageRef<'a>,
    /// When it was received.
    pub received_at: Time,
}

impl History {
    /// Returns the number of messages.
    #[cfg(test)]
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the number of bytes that are allocated for the messages.
    pub(super) fn allocated_bytes(&self) -> usize {
        let topics: usize = self.topics.iter().map(|topic| topic.len()).sum();
        self.ring.capacity() + self.entries.capacity() * size_of::<StoredMessage>() + topics
    }

    /// Removes all messages but the newest one.
    pub(super) fn keep_newest(&mut self) {
        let old = std::mem::take(self);
        if let Some(HistoryEntry { message, received_at }) = old.last() {
            self.push(message, received_at);
        }
    }

    /// Appends a message without its properties. If there are [`MAX_HISTORY_MESSAGES`], the oldest one is removed.
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
        // The ring buffer is far smaller than the range of these types.
        let (start, len) = (start.try_into().unwrap_or(u32::MAX), payload.len().try_into().unwrap_or(u16::MAX));
        self.entries.push_back(StoredMessage {
            received_at,
            start,
            len,
            topic_index: topic,
            flags: PublishFlags::new(qos, retain),
        });
    }

    /// Returns the index of a topic. A new topic replaces one that no message uses any more.
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

    /// Returns the offset for a payload: after the newest one, or at the beginning if the payloads there are
    /// gone, otherwise in a larger ring buffer. The end of the newest payload stays below the start of the
    /// oldest one when the buffer has wrapped.
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

    /// Moves the payloads to a ring buffer with room for this payload and for future ones of average length.
    /// Returns the offset for this payload.
    fn grow_ring(&mut self, len: usize) -> usize {
        let messages = self.entries.len();
        let used_bytes: usize = self.entries.iter().map(|entry| usize::from(entry.len)).sum();
        let average_len = (used_bytes + len).div_ceil(messages + 1);
        let most_messages = if average_len > LARGE_PAYLOAD_BYTES { LARGE_PAYLOAD_STEP } else { usize::MAX };
        let future_messages = most_messages.min(capacity_for(messages) - messages);
        let capacity = used_bytes + len.max(average_len * future_messages);
        // A buffer sized for a full history may still have too little space left at its end for this payload.
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

    /// Returns the newest message.
    #[must_use]
    pub fn last(&self) -> Option<HistoryEntry<'_>> {
        self.iter().next()
    }

    /// Iterates over the messages, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = HistoryEntry<'_>> {
        self.entries.iter().rev().map(|entry| {
            let payload = &self.ring[entry.start()..entry.end()];
            let topic = &*self.topics[usize::from(entry.topic_index)];
            HistoryEntry {
                message: MessageRef {
                    topic,
                    payload,
                    qos: entry.flags.qos(),
                    retain: entry.flags.retain(),
                    properties: None,
                },
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
                HistoryEntry { message: MessageRef { topic, payload, qos, retain: number % 3 == 0, properties: None }, received_at: Time::from_millis(number) }
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
        let message =
            MessageRef { topic: "t", payload: &payload, qos: Qos::AtMostOnce, retain: false, properties: None };
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
