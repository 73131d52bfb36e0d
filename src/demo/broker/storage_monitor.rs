//! Keeps the retained messages and the queues of all sessions within their limits, in a task of its own.
//!
//! The library limits the number of retained messages and the size of each, and the queue of each session. This task
//! lowers the size that a retained message may have when the others fill their memory. It measures the queues whenever
//! messages that they may have got add up to [`MEASURE_AFTER_BYTES`], and empties the largest ones beyond the limit.

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use mqtt5::broker::{
    BrokerEventHandler, DynamicStorage, StorageBackend, events::RetainedSetEvent, router::MessageRouter,
};
use tokio::sync::{mpsc, oneshot};

use super::limits::{
    MAX_MESSAGE_HEAD_BYTES, MAX_QUEUED_BYTES, MAX_RETAINED_BYTES, MAX_RETAINED_MESSAGES, SMALL_RETAINED_BYTES,
};

/// The capacity of the channel to the task.
const CHANNEL_CAPACITY: usize = 64;
/// The queues are measured when they may have got this many bytes.
const MEASURE_AFTER_BYTES: usize = 16 << 20;
/// What a message in a queue takes besides its bytes.
const OVERHEAD_BYTES: usize = 512;

enum Request {
    RetainedSet { topic: String, payload_bytes: usize, done: oneshot::Sender<()> },
    Measure { done: oneshot::Sender<()> },
}

/// Reports messages to the task. Clones reach the same task.
#[derive(Debug, Clone)]
pub(super) struct StorageMonitor {
    requests: mpsc::Sender<Request>,
    counters: Arc<Counters>,
}

/// What connections count and the task reads, and the other way around.
#[derive(Debug, Default)]
struct Counters {
    /// The size of the messages that the queues may have got since they were measured.
    unmeasured_bytes: AtomicUsize,
    /// The number of sessions, or more.
    sessions: AtomicUsize,
    /// The size of all retained messages.
    retained_bytes: AtomicUsize,
}

/// The channel to the task, before the router exists that it needs.
pub(super) struct MonitorChannel {
    receiver: mpsc::Receiver<Request>,
    counters: Arc<Counters>,
}

impl StorageMonitor {
    /// Creates a monitor for a router that reports its retained messages to it.
    pub(super) fn new() -> (Self, MonitorChannel) {
        let (requests, receiver) = mpsc::channel(CHANNEL_CAPACITY);
        let counters = Arc::new(Counters::default());
        (Self { requests, counters: Arc::clone(&counters) }, MonitorChannel { receiver, counters })
    }

    /// Sets the number of sessions, when a client connects.
    pub(super) fn set_sessions(&self, sessions: usize) {
        self.counters.sessions.store(sessions, Relaxed);
    }

    /// Returns the number of sessions, or more.
    pub(super) fn sessions(&self) -> usize {
        self.counters.sessions.load(Relaxed).max(1)
    }

    /// Counts a message that the queues of all sessions may get. Returns when they are within their limit.
    pub(super) async fn message_published(&self, bytes: usize) {
        if self.message_needs_measurement(bytes) {
            self.request(|done| Request::Measure { done }).await;
        }
    }

    /// Counts a message as [`Self::message_published`], without waiting. Returns a receiver to wait with, or `None` if
    /// the queues are within their limit.
    pub(super) fn message_released(&self, bytes: usize) -> Option<oneshot::Receiver<()>> {
        let (done, is_done) = oneshot::channel();
        // If the channel is full, measurements are on their way.
        let is_requested =
            self.message_needs_measurement(bytes) && self.requests.try_send(Request::Measure { done }).is_ok();
        is_requested.then_some(is_done)
    }

    /// Counts the retained messages that the queue of one session may have got.
    pub(super) async fn subscribed(&self, subscriptions: usize) {
        let retained_bytes = self.counters.retained_bytes.load(Relaxed);
        if self.needs_measurement(retained_bytes.saturating_mul(subscriptions)) {
            self.request(|done| Request::Measure { done }).await;
        }
    }

    fn message_needs_measurement(&self, bytes: usize) -> bool {
        self.needs_measurement((bytes + OVERHEAD_BYTES).saturating_mul(self.sessions()))
    }

    /// Counts what the queues may have got.
    fn needs_measurement(&self, bytes: usize) -> bool {
        let bytes = bytes.min(MEASURE_AFTER_BYTES);
        self.counters.unmeasured_bytes.fetch_add(bytes, Relaxed) + bytes >= MEASURE_AFTER_BYTES
    }

    async fn request(&self, request: impl FnOnce(oneshot::Sender<()>) -> Request) {
        let (done, is_done) = oneshot::channel();
        if self.requests.send(request(done)).await.is_ok() {
            // Without the task, the broker has ended.
            let _ = is_done.await;
        }
    }
}

impl BrokerEventHandler for StorageMonitor {
    fn on_retained_set<'a>(&'a self, event: RetainedSetEvent) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let (topic, payload_bytes) = (event.topic.to_string(), if event.cleared { 0 } else { event.payload.len() });
            self.request(|done| Request::RetainedSet { topic, payload_bytes, done }).await;
        })
    }
}

impl MonitorChannel {
    /// Runs the task until it is aborted: the router keeps a monitor.
    pub(super) async fn run(mut self, router: Arc<MessageRouter>, storage: Arc<DynamicStorage>) {
        let mut task = MonitorTask { router, storage, counters: self.counters, retained: HashMap::new() };
        while let Some(request) = self.receiver.recv().await {
            let done = match request {
                Request::RetainedSet { topic, payload_bytes, done } => {
                    task.retained_set(topic, payload_bytes).await;
                    done
                }
                Request::Measure { done } => {
                    task.measure_queues().await;
                    done
                }
            };
            // The connection may have ended.
            let _ = done.send(());
        }
    }
}

/// The state of the task.
struct MonitorTask {
    router: Arc<MessageRouter>,
    storage: Arc<DynamicStorage>,
    counters: Arc<Counters>,
    /// The size of each retained message, by its topic.
    retained: HashMap<String, usize>,
}

impl MonitorTask {
    async fn retained_set(&mut self, topic: String, payload_bytes: usize) {
        // The router keeps the message. The storage has a second copy of it, for a restart that does not happen here.
        if let Err(error) = self.storage.remove_retained_message(&topic).await {
            tracing::debug!("cannot remove the copy of a retained message: {error}");
        }
        let total = self.counters.retained_bytes.load(Relaxed);
        // Properties are limited together with the topic, and counted as if they were always that large.
        let bytes = if payload_bytes == 0 { 0 } else { payload_bytes + MAX_MESSAGE_HEAD_BYTES };
        let earlier = if bytes == 0 { self.retained.remove(&topic) } else { self.retained.insert(topic, bytes) };
        let total = total.saturating_sub(earlier.unwrap_or_default()) + bytes;
        self.counters.retained_bytes.store(total, Relaxed);
        let free = MAX_RETAINED_BYTES.saturating_sub(total);
        self.router.update_retained_limits(MAX_RETAINED_MESSAGES, free.max(SMALL_RETAINED_BYTES));
    }

    /// Measures the queues, unless that has just happened, and empties the largest ones beyond the limit.
    async fn measure_queues(&self) {
        if self.counters.unmeasured_bytes.load(Relaxed) < MEASURE_AFTER_BYTES {
            return;
        }
        self.counters.unmeasured_bytes.store(0, Relaxed);
        let client_ids = self.storage.session_client_ids().await.unwrap_or_default();
        self.counters.sessions.store(client_ids.len(), Relaxed);
        let mut queues = Vec::new();
        for client_id in client_ids {
            let bytes = self.queued_bytes(&client_id).await;
            queues.push((bytes, client_id));
        }
        let mut total: usize = queues.iter().map(|(bytes, _)| bytes).sum();
        queues.sort_unstable();
        while total > MAX_QUEUED_BYTES
            && let Some((bytes, client_id)) = queues.pop()
        {
            self.empty_queue(&client_id, bytes).await;
            total -= bytes;
        }
    }

    /// Returns the size of the messages that are stored for a client: those that wait, and those that it has not
    /// acknowledged or released.
    async fn queued_bytes(&self, client_id: &str) -> usize {
        let queue = self.storage.queue_handle(client_id);
        let waiting = if queue.is_empty() { Vec::new() } else { queue.peek_all().await };
        let unacknowledged = self.storage.get_inflight_messages(client_id).await.unwrap_or_default();
        let unacknowledged =
            unacknowledged.iter().map(|message| message.payload.len() + message.topic.len() + OVERHEAD_BYTES);
        waiting.iter().map(|message| message.footprint() + OVERHEAD_BYTES).chain(unacknowledged).sum()
    }

    async fn empty_queue(&self, client_id: &str, bytes: usize) {
        tracing::warn!(
            ?client_id,
            bytes,
            "the demo broker dropped the queued messages of a client: all queues are full"
        );
        let queue = self.storage.queue_handle(client_id);
        queue.clear(Some(queue.next_seq()));
        let is_connected = match self.storage.get_session(client_id).await {
            Ok(session) => session.is_some_and(|session| session.connected),
            Err(_) => false,
        };
        // A connected client still acknowledges its messages.
        if !is_connected && let Err(error) = self.storage.remove_all_inflight_messages(client_id).await {
            tracing::debug!("cannot remove the unacknowledged messages of a session: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use mqtt5::{
        QoS,
        broker::{
            MemoryBackend,
            storage::{ClientSession, QueuedMessage},
        },
        packet::publish::PublishPacket,
    };

    use super::{super::limits::SESSION_QUEUE_LIMITS, *};

    fn start() -> (StorageMonitor, Arc<MessageRouter>, Arc<DynamicStorage>) {
        let storage = Arc::new(DynamicStorage::Memory(MemoryBackend::with_queue_limits(SESSION_QUEUE_LIMITS)));
        let (monitor, channel) = StorageMonitor::new();
        let router = MessageRouter::with_storage(Arc::clone(&storage)).with_event_handler(Arc::new(monitor.clone()));
        let router = Arc::new(router.with_retained_limits(MAX_RETAINED_MESSAGES, MAX_RETAINED_BYTES));
        tokio::spawn(channel.run(Arc::clone(&router), Arc::clone(&storage)));
        (monitor, router, storage)
    }

    fn retained(topic: &str, bytes: usize) -> PublishPacket {
        PublishPacket::new(topic, vec![0; bytes], QoS::AtMostOnce).with_retain(true)
    }

    #[tokio::test]
    async fn retained_messages_lower_the_size_of_further_ones() {
        let (_, router, storage) = start();
        for number in 0..100 {
            router.route_message(&retained(&format!("a/{number}"), 1 << 20), None).await;
        }
        let stored: usize = router.get_retained_messages("#").await.iter().map(|message| message.payload.len()).sum();
        assert!((MAX_RETAINED_BYTES - (2 << 20)..=MAX_RETAINED_BYTES).contains(&stored), "{stored}");
        assert!(storage.get_retained_messages("#").await.unwrap().is_empty(), "no second copy");
        router.route_message(&retained("small", SMALL_RETAINED_BYTES), None).await;
        assert!(router.has_retained_message("small").await);
        router.route_message(&retained("a/0", 0), None).await;
        router.route_message(&retained("b", 1 << 20), None).await;
        assert!(router.has_retained_message("b").await, "a cleared message makes room");
        router.route_message(&retained("b", 1), None).await;
        router.route_message(&retained("c", 1 << 20), None).await;
        assert!(router.has_retained_message("c").await, "a smaller message makes room");
    }

    #[tokio::test]
    async fn largest_queues_are_emptied_beyond_the_limit() {
        let (monitor, _, storage) = start();
        let message = |client_id: &str| {
            let packet = PublishPacket::new("a", vec![0; 1 << 20], QoS::AtLeastOnce);
            QueuedMessage::new(packet, client_id.to_owned(), QoS::AtLeastOnce, None)
        };
        for (client_id, count) in [("a", 14), ("b", 15), ("c", 12), ("d", 15), ("e", 15), ("small", 1)] {
            storage.store_session(ClientSession::new(client_id, true, Some(3600))).await.unwrap();
            for _ in 0..count {
                storage.queue_message(message(client_id)).await.unwrap();
            }
        }
        monitor.set_sessions(6);
        monitor.message_published(MEASURE_AFTER_BYTES / 12).await;
        assert_eq!(storage.queue_handle("e").count(), 15, "not measured yet");
        monitor.message_published(MEASURE_AFTER_BYTES / 12).await;
        let counts = ["a", "b", "c", "d", "e", "small"].map(|client_id| storage.queue_handle(client_id).count());
        assert_eq!(counts, [14, 15, 12, 15, 0, 1]);
    }
}
