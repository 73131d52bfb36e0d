//! What the line has to say and nobody has taken yet. Messages are gathered into batches; when they
//! come faster than they are taken, only the last one of each topic is kept and the others counted.
//! What is not a message is never dropped.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::model::{
    batch::{Batch, MessageRef},
    connection::{ConnectionEvent, Qos},
};

/// A batch has at most this many messages…
const BATCH: usize = 512;
/// …and is closed by the message that makes it this large.
const BATCH_BYTES: usize = 1 << 20;
/// As many messages, or bytes, wait one by one; beyond them only the last of each topic is kept.
const PLAIN: usize = 32 * BATCH;
const PLAIN_BYTES: usize = 32 << 20;
/// The most topics, or bytes, of which the last message is kept.
const TOPICS: usize = 16_384;
const TOPIC_BYTES: usize = 64 << 20;

#[derive(Debug)]
enum Piece {
    News(ConnectionEvent),
    Batch(Batch),
    Last(Last),
}

/// The last message of each topic, in the order of their first ones.
#[derive(Debug, Default)]
struct Last {
    messages: Vec<(Arc<str>, Vec<u8>, Qos, bool)>,
    bytes: usize,
    at: HashMap<Arc<str>, usize>,
}

/// What nobody has taken yet.
#[derive(Debug, Default)]
pub(super) struct Spool {
    pieces: VecDeque<Piece>,
    messages: usize,
    bytes: usize,
    coalesced: u64,
    skipped: u64,
}

impl Spool {
    /// Whether there is nothing to take.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether as much waits as one event carries.
    pub(super) const fn is_full(&self) -> bool {
        self.messages >= BATCH || self.bytes >= BATCH_BYTES
    }

    /// Takes in something that is not a message.
    pub(super) fn news(&mut self, event: ConnectionEvent) {
        if let (ConnectionEvent::State(_), Some(Piece::News(last @ ConnectionEvent::State(_)))) =
            (&event, self.pieces.back_mut())
        {
            *last = event;
        } else {
            self.pieces.push_back(Piece::News(event));
        }
    }

    /// Takes in a message.
    pub(super) fn message(&mut self, message: MessageRef<'_>) {
        if self.messages >= PLAIN || self.bytes >= PLAIN_BYTES {
            return self.last(message);
        }
        self.messages += 1;
        self.bytes += message.payload.len();
        match self.pieces.back_mut() {
            Some(Piece::Batch(batch)) if batch.len() < BATCH && batch.payload_bytes() < BATCH_BYTES => {
                batch.push(message)
            }
            before => {
                // As much as before comes again, or little.
                let mut batch = match before {
                    Some(Piece::Batch(full)) => Batch::with_capacity_of(full),
                    _ => Batch::default(),
                };
                batch.push(message);
                self.pieces.push_back(Piece::Batch(batch));
            }
        }
    }

    /// Keeps a message as the last one of its topic.
    fn last(&mut self, message: MessageRef<'_>) {
        if !matches!(self.pieces.back(), Some(Piece::Last(_))) {
            self.pieces.push_back(Piece::Last(Last::default()));
        }
        let Some(Piece::Last(Last { messages, bytes, at })) = self.pieces.back_mut() else { return };
        let MessageRef { topic, payload, qos, retain } = message;
        let size = payload.len();
        if let Some(&at) = at.get(topic) {
            let (_, known, ..) = &mut messages[at];
            let before = known.len();
            if self.bytes - before + size > TOPIC_BYTES && size > before {
                self.skipped += 1;
                return;
            }
            (self.bytes, *bytes) = (self.bytes - before + size, *bytes - before + size);
            let mut known = std::mem::take(known);
            known.clear();
            known.extend_from_slice(payload);
            // What was larger once is not held for ever.
            known.shrink_to(2 * size);
            let topic = Arc::clone(&messages[at].0);
            messages[at] = (topic, known, qos, retain);
            self.coalesced += 1;
        } else if self.messages >= PLAIN + TOPICS || self.bytes + size > TOPIC_BYTES {
            self.skipped += 1;
        } else {
            let topic: Arc<str> = topic.into();
            at.insert(Arc::clone(&topic), messages.len());
            messages.push((topic, payload.to_vec(), qos, retain));
            (self.bytes, *bytes) = (self.bytes + size, *bytes + size);
            self.messages += 1;
        }
    }

    /// The next thing to say.
    pub(super) fn pop(&mut self) -> Option<ConnectionEvent> {
        let (batch, bytes) = match self.pieces.pop_front()? {
            Piece::News(event) => return Some(event),
            Piece::Batch(batch) => {
                let bytes = batch.payload_bytes();
                (batch, bytes)
            }
            Piece::Last(Last { messages, bytes, .. }) => {
                let mut batch = Batch::default();
                for (topic, payload, qos, retain) in &messages {
                    batch.push(MessageRef { topic, payload, qos: *qos, retain: *retain });
                }
                (batch, bytes)
            }
        };
        self.messages -= batch.len();
        self.bytes -= bytes;
        Some(ConnectionEvent::Messages(batch))
    }

    /// How many messages gave way to a later one of their topic, and how many found no room, since
    /// this was last asked.
    pub(super) fn losses(&mut self) -> (u64, u64) {
        (std::mem::take(&mut self.coalesced), std::mem::take(&mut self.skipped))
    }

    /// Whether [`Self::losses`] has something to tell.
    pub(super) const fn has_losses(&self) -> bool {
        self.coalesced > 0 || self.skipped > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::connection::Message;

    fn message<'a>(topic: &'a str, payload: &'a [u8]) -> MessageRef<'a> {
        MessageRef { topic, payload, qos: Qos::AtMostOnce, retain: false }
    }

    fn notice(text: &str) -> ConnectionEvent {
        ConnectionEvent::Notice(text.to_owned())
    }

    fn all(spool: &mut Spool) -> Vec<ConnectionEvent> {
        std::iter::from_fn(|| spool.pop()).collect()
    }

    #[test]
    fn messages_come_in_batches_and_in_order() {
        let mut spool = Spool::default();
        spool.message(message("a", b"1"));
        spool.message(message("a", b"2"));
        spool.news(notice("n"));
        spool.message(message("a", b"3"));
        assert_eq!(
            all(&mut spool),
            [
                ConnectionEvent::Messages([message("a", b"1"), message("a", b"2")].into_iter().collect()),
                notice("n"),
                ConnectionEvent::Messages([message("a", b"3")].into_iter().collect()),
            ]
        );
        assert!(spool.is_empty() && !spool.has_losses());
        assert_eq!((spool.messages, spool.bytes), (0, 0));
    }

    #[test]
    fn large_messages_close_their_batch() {
        let mut spool = Spool::default();
        let large = vec![0; BATCH_BYTES];
        spool.message(message("a", &large));
        assert!(spool.is_full());
        spool.message(message("b", &large));
        assert_eq!(all(&mut spool).len(), 2);
    }

    #[test]
    fn a_flood_leaves_the_last_of_each_topic() {
        let mut spool = Spool::default();
        let total = 100_000;
        for n in 0..total {
            spool.message(message(["a", "b", "c"][n % 3], n.to_string().as_bytes()));
        }
        let messages: Vec<Message> = all(&mut spool)
            .into_iter()
            .flat_map(|event| match event {
                ConnectionEvent::Messages(messages) => messages,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(messages.len(), PLAIN + 3);
        let last = |topic: &str| {
            let last = messages.iter().rfind(|message| &*message.topic == topic).unwrap();
            String::from_utf8_lossy(&last.payload).into_owned()
        };
        assert_eq!([last("a"), last("b"), last("c")], ["99999", "99997", "99998"]);
        assert_eq!(spool.losses(), ((total - PLAIN - 3) as u64, 0));
        assert_eq!((spool.messages, spool.bytes), (0, 0));
    }

    #[test]
    fn it_is_bounded_whatever_comes() {
        let mut spool = Spool::default();
        for n in 0..100_000 {
            spool.message(message(&n.to_string(), b"x"));
        }
        assert_eq!(spool.messages, PLAIN + TOPICS);
        assert_eq!(spool.losses(), (0, (100_000 - PLAIN - TOPICS) as u64));
        let mut spool = Spool::default();
        for n in 0..200 {
            spool.message(message(&(n % 150).to_string(), &vec![0; 1 << 20]));
        }
        assert!(spool.bytes <= TOPIC_BYTES);
        while spool.pop().is_some() {}
        assert_eq!((spool.messages, spool.bytes), (0, 0));
    }

    #[test]
    fn only_the_last_of_several_states_is_said() {
        use crate::model::connection::ConnectionState;
        let mut spool = Spool::default();
        for attempt in 1..5 {
            spool.news(ConnectionEvent::State(ConnectionState::Connecting { attempt }));
        }
        assert_eq!(all(&mut spool), [ConnectionEvent::State(ConnectionState::Connecting { attempt: 4 })]);
    }
}
