//! A bounded queue of the connection events that the receiver, which feeds the screen, has not taken yet.
//!
//! Messages come in batches. When they arrive faster than the receiver takes them, the queue first merges small
//! batches, then coalesces messages: it keeps the latest one of each topic and counts the others. Events other than
//! messages are never dropped.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::model::{
    batch::{Batch, MessageRef},
    connection::{ConnectionEvent, Qos},
    message_properties::{MessageProperties, memory_bytes},
};

use super::message_consumer::MessageConsumer;

/// The maximum number of messages in a batch.
pub(super) const MAX_BATCH_MESSAGES: usize = 512;
/// A batch is complete when its topics, payloads and properties have at least this many bytes.
pub(super) const MAX_BATCH_BYTES: usize = 1 << 20;
/// The number of queued messages from which on they are coalesced.
const MAX_UNCOALESCED_MESSAGES: usize = 32 * MAX_BATCH_MESSAGES;
/// The number of queued bytes, of topics, payloads and properties, from which on messages are coalesced.
const MAX_UNCOALESCED_BYTES: usize = 32 << 20;
/// The maximum number of topics whose latest message is kept while coalescing.
const MAX_COALESCED_TOPICS: usize = 131_072;
/// The maximum number of queued bytes while coalescing.
const MAX_COALESCED_BYTES: usize = 64 << 20;

#[derive(Debug, Clone)]
enum QueueEntry {
    Event(ConnectionEvent),
    Batch(Arc<Batch>),
    Latest(LatestMessages),
}

/// The latest message of a topic.
#[derive(Debug, Clone)]
struct LatestMessage {
    topic: Arc<str>,
    payload: Vec<u8>,
    qos: Qos,
    retain: bool,
    properties: Option<Arc<MessageProperties>>,
}

impl LatestMessage {
    fn as_message_ref(&self) -> MessageRef<'_> {
        let Self { topic, payload, qos, retain, properties } = self;
        MessageRef { topic, payload, qos: *qos, retain: *retain, properties: properties.as_ref() }
    }
}

/// The latest message of each topic, ordered by the arrival of the topic's first message.
#[derive(Debug, Clone, Default)]
struct LatestMessages {
    messages: Vec<LatestMessage>,
    bytes: usize,
    index_by_topic: HashMap<Arc<str>, usize>,
}

/// The connection events that the receiver has not taken yet.
#[derive(Debug, Clone, Default)]
pub(super) struct CoalescingQueue {
    entries: VecDeque<QueueEntry>,
    messages: usize,
    bytes: usize,
    coalesced: u64,
    dropped: u64,
}

impl CoalescingQueue {
    /// Returns whether the queue holds no event.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an event that is not a message. A connection state replaces a state directly before it.
    pub(super) fn push_event(&mut self, event: ConnectionEvent) {
        if let (ConnectionEvent::State(_), Some(QueueEntry::Event(last @ ConnectionEvent::State(_)))) =
            (&event, self.entries.back_mut())
        {
            *last = event;
        } else {
            self.entries.push_back(QueueEntry::Event(event));
        }
    }

    /// Returns the last batch, if these messages can be appended to it: it has room for them, and no other consumer
    /// uses it.
    fn last_batch_with_room(&mut self, messages: &Batch) -> Option<&mut Batch> {
        let Some(QueueEntry::Batch(last)) = self.entries.back_mut() else { return None };
        let has_room = last.len() + messages.len() <= MAX_BATCH_MESSAGES
            && last.total_bytes() + messages.total_bytes() <= MAX_BATCH_BYTES;
        Arc::get_mut(last).filter(|_| has_room)
    }

    /// Stores a message as the latest one of its topic.
    fn push_coalesced(&mut self, message: MessageRef<'_>) {
        if !matches!(self.entries.back(), Some(QueueEntry::Latest(_))) {
            self.entries.push_back(QueueEntry::Latest(LatestMessages::default()));
        }
        let Some(QueueEntry::Latest(LatestMessages { messages, bytes, index_by_topic })) = self.entries.back_mut()
        else {
            return;
        };
        let MessageRef { topic, payload, qos, retain, properties } = message;
        let size = payload.len() + memory_bytes(properties);
        let properties = properties.cloned();
        if let Some(&index) = index_by_topic.get(topic) {
            let stored = &mut messages[index];
            let old_size = stored.payload.len() + memory_bytes(stored.properties.as_ref());
            if self.bytes - old_size + size > MAX_COALESCED_BYTES && size > old_size {
                self.dropped += 1;
                return;
            }
            (self.bytes, *bytes) = (self.bytes - old_size + size, *bytes - old_size + size);
            stored.payload.clear();
            stored.payload.extend_from_slice(payload);
            // One large message must not keep its memory allocated.
            stored.payload.shrink_to(2 * payload.len());
            (stored.qos, stored.retain, stored.properties) = (qos, retain, properties);
            self.coalesced += 1;
        } else if self.messages >= MAX_UNCOALESCED_MESSAGES + MAX_COALESCED_TOPICS
            || self.bytes + topic.len() + size > MAX_COALESCED_BYTES
        {
            self.dropped += 1;
        } else {
            let size = topic.len() + size;
            let topic: Arc<str> = topic.into();
            index_by_topic.insert(Arc::clone(&topic), messages.len());
            messages.push(LatestMessage { topic, payload: payload.to_vec(), qos, retain, properties });
            (self.bytes, *bytes) = (self.bytes + size, *bytes + size);
            self.messages += 1;
        }
    }

    /// Removes everything but the status of publish requests.
    pub(super) fn retain_publish_statuses(&mut self) {
        let entries = std::mem::take(&mut self.entries);
        let is_status = |entry: &QueueEntry| matches!(entry, QueueEntry::Event(ConnectionEvent::PublishStatus(..)));
        *self = Self { entries: entries.into_iter().filter(is_status).collect(), ..Self::default() };
    }

    /// Removes and returns the next event.
    pub(super) fn pop_event(&mut self) -> Option<ConnectionEvent> {
        let (batch, bytes) = match self.entries.pop_front()? {
            QueueEntry::Event(event) => return Some(event),
            QueueEntry::Batch(batch) => {
                let bytes = batch.total_bytes();
                (batch, bytes)
            }
            QueueEntry::Latest(LatestMessages { messages, bytes, .. }) => {
                (Arc::new(messages.iter().map(LatestMessage::as_message_ref).collect()), bytes)
            }
        };
        self.messages -= batch.len();
        self.bytes -= bytes;
        Some(ConnectionEvent::Messages(batch))
    }

    /// Returns the number of messages that were replaced by a later one of their topic, and the number
    /// of messages that were dropped, since the last call.
    pub(super) fn take_losses(&mut self) -> (u64, u64) {
        (std::mem::take(&mut self.coalesced), std::mem::take(&mut self.dropped))
    }

    /// Returns whether messages were replaced or dropped since the last [`Self::take_losses`].
    pub(super) const fn has_losses(&self) -> bool {
        self.coalesced > 0 || self.dropped > 0
    }
}

impl MessageConsumer for CoalescingQueue {
    fn consume(&mut self, batch: &Arc<Batch>) {
        if self.messages >= MAX_UNCOALESCED_MESSAGES || self.bytes >= MAX_UNCOALESCED_BYTES {
            batch.iter().for_each(|message| self.push_coalesced(message));
            return;
        }
        self.messages += batch.len();
        self.bytes += batch.total_bytes();
        match self.last_batch_with_room(batch) {
            Some(last) => last.append(batch),
            None => self.entries.push_back(QueueEntry::Batch(Arc::clone(batch))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{connection::Message, message_properties::ReceivedProperties};

    fn push_message(queue: &mut CoalescingQueue, message: MessageRef<'_>) {
        queue.consume(&Arc::new(Batch::from_iter([message])));
    }

    fn messages<'a>(messages: impl IntoIterator<Item = MessageRef<'a>>) -> ConnectionEvent {
        ConnectionEvent::Messages(Arc::new(messages.into_iter().collect()))
    }

    fn message<'a>(topic: &'a str, payload: &'a [u8]) -> MessageRef<'a> {
        MessageRef { topic, payload, qos: Qos::AtMostOnce, retain: false, properties: None }
    }

    fn notice(text: &str) -> ConnectionEvent {
        ConnectionEvent::Notice(text.to_owned())
    }

    fn drain(queue: &mut CoalescingQueue) -> Vec<ConnectionEvent> {
        std::iter::from_fn(|| queue.pop_event()).collect()
    }

    #[test]
    fn queue_batches_messages_and_keeps_order() {
        let mut queue = CoalescingQueue::default();
        push_message(&mut queue, message("a", b"1"));
        push_message(&mut queue, message("a", b"2"));
        queue.push_event(notice("n"));
        push_message(&mut queue, message("a", b"3"));
        assert_eq!(
            drain(&mut queue),
            [messages([message("a", b"1"), message("a", b"2")]), notice("n"), messages([message("a", b"3")]),]
        );
        assert!(queue.is_empty() && !queue.has_losses());
        assert_eq!((queue.messages, queue.bytes), (0, 0));
    }

    #[test]
    fn properties_stay_with_their_messages_and_are_counted_also_under_load() {
        let mut queue = CoalescingQueue::default();
        let user_properties = [("n".to_owned(), "v".repeat(10_000))];
        let received = ReceivedProperties { user_properties: &user_properties, ..ReceivedProperties::default() };
        let properties = MessageProperties::new(&received).map(Arc::new);
        for number in 0..20_000 {
            let topic = (number / 2).to_string();
            let with_properties = MessageRef { properties: properties.as_ref(), ..message(&topic, b"1") };
            push_message(&mut queue, if number % 2 == 0 { message(&topic, b"0") } else { with_properties });
            assert!(queue.bytes <= MAX_COALESCED_BYTES, "{}", queue.bytes);
        }
        assert!(queue.coalesced > 0 && queue.dropped > 0, "there was load");
        let batches = drain(&mut queue).into_iter().map(|event| match event {
            ConnectionEvent::Messages(batch) => batch,
            other => panic!("{other:?}"),
        });
        let batches: Vec<Arc<Batch>> = batches.collect();
        let messages = || batches.iter().flat_map(|batch| batch.iter());
        assert!(messages().all(|message| message.properties.is_some() == (message.payload == b"1")));
        assert!(messages().any(|message| message.properties.is_some()));
        assert_eq!((queue.messages, queue.bytes), (0, 0));
    }

    #[test]
    fn queue_does_not_change_a_batch_that_another_consumer_uses() {
        let mut queue = CoalescingQueue::default();
        let shared = Arc::new(Batch::from_iter([message("a", b"1")]));
        queue.consume(&shared);
        push_message(&mut queue, message("a", b"2"));
        assert_eq!(drain(&mut queue), [messages([message("a", b"1")]), messages([message("a", b"2")])]);
        assert_eq!(shared.len(), 1);
    }

    #[test]
    fn queue_merges_no_batch_above_the_byte_limit() {
        let mut queue = CoalescingQueue::default();
        let large = vec![0; MAX_BATCH_BYTES];
        push_message(&mut queue, message("a", &large));
        push_message(&mut queue, message("b", &large));
        assert_eq!(drain(&mut queue).len(), 2);
    }

    #[test]
    fn queue_keeps_latest_message_of_each_topic_under_load() {
        let mut queue = CoalescingQueue::default();
        let total = 100_000;
        for n in 0..total {
            push_message(&mut queue, message(["a", "b", "c"][n % 3], n.to_string().as_bytes()));
        }
        let messages: Vec<Message> = drain(&mut queue)
            .into_iter()
            .flat_map(|event| match event {
                ConnectionEvent::Messages(messages) => messages.to_messages(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(messages.len(), MAX_UNCOALESCED_MESSAGES + 3);
        let last = |topic: &str| {
            let last = messages.iter().rfind(|message| &*message.topic == topic).unwrap();
            String::from_utf8_lossy(&last.payload).into_owned()
        };
        assert_eq!([last("a"), last("b"), last("c")], ["99999", "99997", "99998"]);
        assert_eq!(queue.take_losses(), ((total - MAX_UNCOALESCED_MESSAGES - 3) as u64, 0));
        assert_eq!((queue.messages, queue.bytes), (0, 0));
    }

    #[test]
    fn queue_is_bounded_in_messages_topics_and_bytes() {
        let mut queue = CoalescingQueue::default();
        for n in 0..200_000 {
            push_message(&mut queue, message(&n.to_string(), b"x"));
        }
        assert_eq!(queue.messages, MAX_UNCOALESCED_MESSAGES + MAX_COALESCED_TOPICS);
        assert_eq!(queue.take_losses(), (0, (200_000 - MAX_UNCOALESCED_MESSAGES - MAX_COALESCED_TOPICS) as u64));
        let mut queue = CoalescingQueue::default();
        for n in 0..200 {
            push_message(&mut queue, message(&(n % 150).to_string(), &vec![0; 1 << 20]));
        }
        assert!(queue.bytes <= MAX_COALESCED_BYTES);
        while queue.pop_event().is_some() {}
        assert_eq!((queue.messages, queue.bytes), (0, 0));
    }

    #[test]
    fn queue_keeps_only_the_latest_of_consecutive_states() {
        use crate::model::connection::ConnectionState;
        let mut queue = CoalescingQueue::default();
        for attempt in 1..5 {
            queue.push_event(ConnectionEvent::State(ConnectionState::Connecting { attempt }));
        }
        assert_eq!(drain(&mut queue), [ConnectionEvent::State(ConnectionState::Connecting { attempt: 4 })]);
    }

    #[test]
    fn queue_is_bounded_in_bytes_of_topics() {
        let mut queue = CoalescingQueue::default();
        for n in 0..3_000 {
            push_message(&mut queue, message(&format!("{n:05}{}", "t".repeat(60_000)), b""));
        }
        let batches = drain(&mut queue).into_iter().map(|event| match event {
            ConnectionEvent::Messages(batch) => batch,
            other => panic!("{other:?}"),
        });
        let sizes: Vec<usize> = batches.map(|batch| batch.iter().map(|message| message.topic.len()).sum()).collect();
        assert!(sizes.iter().sum::<usize>() <= MAX_COALESCED_BYTES, "{sizes:?}");
        assert!(sizes[0] <= MAX_BATCH_BYTES, "{sizes:?}");
        assert_eq!((queue.messages, queue.bytes), (0, 0));
    }
}
