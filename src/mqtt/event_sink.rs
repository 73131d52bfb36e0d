//! Sends the events of a connection to the receiver, and its messages to all consumers, without ever waiting for one.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use tokio::{
    sync::mpsc::{WeakSender, error::TrySendError},
    time::Instant,
};

use super::{
    coalescing_queue::{CoalescingQueue, MAX_BATCH_BYTES, MAX_BATCH_MESSAGES},
    connection_task::ClientRequest,
    event_sender::{EventSender, Place, PlaceInLine},
    message_consumer::MessageConsumer,
    outbox::PublishStatusUpdate,
};
use crate::model::{
    batch::{Batch, MessageRef},
    connection::{ConnectionEvent, ConnectionId, ConnectionState},
};

/// The minimum time between two notices about lost messages.
const FLOOD_NOTICE_INTERVAL: Duration = Duration::from_secs(10);

/// The sending half of a connection's event channel, with a queue for what does not fit into it, and the other consumers
/// of messages.
pub(super) struct EventSink {
    connection: ConnectionId,
    events: EventSender,
    /// The messages since the last batch.
    batch: Batch,
    consumers: Vec<Box<dyn MessageConsumer>>,
    /// The consumer that feeds the channel.
    queue: CoalescingQueue,
    /// The channel of the [`Client`](super::Client), which tells whether it was closed or dropped.
    client: WeakSender<ClientRequest>,
    /// Kept until it is used: a sink that gave it up would be overtaken by all others, again and again.
    reservation: Reservation,
    last_flood_notice: Option<Instant>,
}

/// The place for the next event in a channel that was full.
enum Reservation {
    None,
    Waiting(PlaceInLine),
    Ready(Place),
}

impl EventSink {
    pub(super) fn new(
        connection: ConnectionId,
        events: impl Into<EventSender>,
        consumers: Vec<Box<dyn MessageConsumer>>,
        client: WeakSender<ClientRequest>,
    ) -> Self {
        Self {
            connection,
            events: events.into(),
            batch: Batch::default(),
            consumers,
            queue: CoalescingQueue::default(),
            client,
            reservation: Reservation::None,
            last_flood_notice: None,
        }
    }

    /// Sends the state of the connection.
    pub(super) fn send_state(&mut self, state: ConnectionState) {
        self.send_event(ConnectionEvent::State(state));
    }

    /// Sends an event that is not a message.
    pub(super) fn send_event(&mut self, event: ConnectionEvent) {
        self.deliver_batch();
        self.queue.push_event(event);
        self.send_queued();
    }

    /// Sends the status of publish requests.
    pub(super) fn send_status_updates(&mut self, updates: impl IntoIterator<Item = PublishStatusUpdate>) {
        for (id, status) in updates {
            self.send_event(ConnectionEvent::PublishStatus(id, status));
        }
    }

    /// Adds a message to the batch, which is delivered when it is full, at the latest by the next [`Self::flush`].
    pub(super) fn push_message(&mut self, message: MessageRef<'_>) {
        self.batch.push(message);
        if self.batch.len() >= MAX_BATCH_MESSAGES || self.batch.total_bytes() >= MAX_BATCH_BYTES {
            // Under load the next batch is about as large as this one.
            let next = Batch::with_capacity_of(&self.batch);
            self.deliver_batch();
            self.batch = next;
            self.send_queued();
        }
    }

    /// Returns whether events wait for capacity of the channel.
    pub(super) fn has_pending(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Passes the messages since the last batch to the consumers.
    fn deliver_batch(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let batch = Arc::new(std::mem::take(&mut self.batch));
        if self.is_client_gone() {
            return;
        }
        for consumer in &mut self.consumers {
            consumer.consume(&batch);
        }
        self.queue.consume(&batch);
    }

    /// Waits until the channel has capacity or is closed. Cancel safe: the place in line is kept.
    pub(super) async fn wait_for_capacity(&mut self) {
        poll_fn(|context| self.poll_reservation(context)).await;
    }

    /// Gets in line for a place in the channel. Ready when there is a place, or the channel is closed.
    fn poll_reservation(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let Reservation::None = self.reservation {
            self.reservation = Reservation::Waiting(self.events.reserve());
        }
        if let Reservation::Waiting(place) = &mut self.reservation {
            let Poll::Ready(place) = place.as_mut().poll(context) else { return Poll::Pending };
            // If the channel is closed, `send_queued` notices it and empties the queue.
            self.reservation = place.map_or(Reservation::None, Reservation::Ready);
        }
        Poll::Ready(())
    }

    /// Delivers the messages so far, and sends as many queued events as the channel has capacity for.
    pub(super) fn flush(&mut self) {
        self.deliver_batch();
        self.send_queued();
    }

    /// Returns whether the client was closed or dropped. Then a new client may have the same connection ID, perhaps for
    /// another broker: states and messages of this one would be taken for those of the new one.
    fn is_client_gone(&self) -> bool {
        self.client.strong_count() == 0
    }

    fn send_queued(&mut self) {
        if self.is_client_gone() {
            self.queue.retain_publish_statuses();
        }
        while !self.queue.is_empty() {
            let is_in_line = !matches!(self.reservation, Reservation::None);
            // Whoever still waits after that calls `wait_for_capacity`, which sets another waker.
            if is_in_line && self.poll_reservation(&mut Context::from_waker(Waker::noop())).is_pending() {
                return;
            }
            if let Reservation::Ready(place) = std::mem::replace(&mut self.reservation, Reservation::None) {
                if let Some(event) = self.queue.pop_event() {
                    place((self.connection, event));
                }
                continue;
            }
            let (connection, queue) = (self.connection, &mut self.queue);
            match self.events.try_send(|| queue.pop_event().map(|event| (connection, event))) {
                Ok(()) => {}
                Err(TrySendError::Full(())) => self.reservation = Reservation::Waiting(self.events.reserve()),
                Err(TrySendError::Closed(())) => {
                    self.queue = CoalescingQueue::default();
                    return;
                }
            }
        }
        if self.queue.has_losses()
            && self.last_flood_notice.is_none_or(|sent_at| sent_at.elapsed() >= FLOOD_NOTICE_INTERVAL)
        {
            self.last_flood_notice = Some(Instant::now());
            let (coalesced, dropped) = self.queue.take_losses();
            if dropped > 0 {
                self.queue.push_event(ConnectionEvent::MessagesDropped(dropped));
            }
            self.queue.push_event(ConnectionEvent::Notice(flood_notice(coalesced, dropped)));
            self.send_queued();
        }
    }
}

fn flood_notice(coalesced: u64, dropped: u64) -> String {
    let mut text = format!("{} messages arrived faster than they could be processed", coalesced + dropped);
    if coalesced > 0 {
        text.push_str("; only the latest of each topic was kept");
    }
    if dropped > 0 {
        use std::fmt::Write;
        let _ = write!(text, "; {dropped} of them were dropped");
    }
    text
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;
    use crate::{
        model::connection::{PublishId, PublishStatus, Qos},
        mqtt::message_consumer::MessageCounter,
    };

    #[tokio::test]
    async fn flood_is_counted_exactly_and_reported_once_there_is_capacity() {
        let (events, mut receiver) = mpsc::channel(2);
        let (counter, count) = MessageCounter::new();
        let (client, _requests) = mpsc::channel(1);
        let mut sink = EventSink::new(ConnectionId(3), events, vec![Box::new(counter)], client.downgrade());
        for n in 0..100_000_u32 {
            sink.push_message(MessageRef {
                topic: "a",
                payload: &n.to_le_bytes(),
                qos: Qos::AtMostOnce,
                retain: false,
                properties: None,
            });
        }
        sink.send_event(ConnectionEvent::Notice("end".to_owned()));
        assert_eq!(*count.borrow(), 100_000, "the screen has taken nothing yet");
        let mut messages = 0;
        let mut notices = Vec::new();
        while notices.len() < 2 {
            match receiver.try_recv() {
                Ok((ConnectionId(3), ConnectionEvent::Messages(batch))) => messages += batch.len(),
                Ok((ConnectionId(3), ConnectionEvent::Notice(text))) => notices.push(text),
                Ok(other) => panic!("{other:?}"),
                Err(_) => sink.flush(),
            }
        }
        assert_eq!(notices[0], "end");
        let lost_count = 100_000 - messages;
        assert_eq!(
            notices[1],
            format!(
                "{lost_count} messages arrived faster than they could be processed; \
                 only the latest of each topic was kept"
            )
        );
    }

    #[tokio::test]
    async fn saturated_sinks_and_another_sender_all_make_progress() {
        const ROUNDS: usize = 30;
        let (events, mut receiver) = mpsc::channel(1);
        let (client, _requests) = mpsc::channel(1);
        let sink_task = |connection: u32| {
            let mut sink = EventSink::new(ConnectionId(connection), events.clone(), Vec::new(), client.downgrade());
            tokio::spawn(async move {
                loop {
                    sink.send_event(ConnectionEvent::Notice(String::new()));
                    // A socket that is always readable wins over the wait for capacity, again and again.
                    tokio::select! {
                        biased;
                        () = sink.wait_for_capacity() => sink.flush(),
                        () = tokio::task::yield_now() => {}
                    }
                }
            })
        };
        let sinks = [sink_task(0), sink_task(1)];
        let other = tokio::spawn(async move {
            while events.send((ConnectionId(2), ConnectionEvent::Notice(String::new()))).await.is_ok() {}
        });
        let mut received = [0; 3];
        for _ in 0..ROUNDS * 3 {
            let (ConnectionId(sender), _) = receiver.recv().await.unwrap();
            received[sender as usize] += 1;
        }
        assert!(received.iter().all(|count| *count >= ROUNDS / 2), "events of each sender: {received:?}");
        sinks.iter().chain([&other]).for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn event_sink_discards_events_when_receiver_is_gone() {
        let (events, receiver) = mpsc::channel::<(ConnectionId, ConnectionEvent)>(1);
        drop(receiver);
        let (client, _requests) = mpsc::channel(1);
        let mut sink = EventSink::new(ConnectionId(0), events, Vec::new(), client.downgrade());
        sink.send_event(ConnectionEvent::Notice("a".to_owned()));
        assert!(!sink.has_pending());
        sink.wait_for_capacity().await;
    }

    #[tokio::test]
    async fn sink_of_a_dropped_client_sends_only_publish_statuses() {
        let (events, mut receiver) = mpsc::channel(1);
        let (counter, count) = MessageCounter::new();
        let (client, _requests) = mpsc::channel(1);
        let mut sink = EventSink::new(ConnectionId(3), events, vec![Box::new(counter)], client.downgrade());
        let message = MessageRef { topic: "a", payload: b"1", qos: Qos::AtMostOnce, retain: false, properties: None };
        let status = (PublishId(1), PublishStatus::Acknowledged);
        for _ in 0..2 {
            sink.send_state(ConnectionState::Connected);
            sink.push_message(message);
            sink.send_status_updates([status.clone()]);
        }
        assert_eq!(*count.borrow(), 2);
        sink.push_message(message);
        drop(client);
        // What was sent before stays in the channel, in front of the events of the next client.
        assert_eq!(receiver.try_recv(), Ok((ConnectionId(3), ConnectionEvent::State(ConnectionState::Connected))));
        sink.send_state(ConnectionState::Connecting { attempt: 1 });
        sink.send_status_updates([status.clone()]);
        for _ in 0..3 {
            sink.flush();
            let expected = ConnectionEvent::PublishStatus(status.0, status.1.clone());
            assert_eq!(receiver.try_recv(), Ok((ConnectionId(3), expected)));
        }
        sink.flush();
        assert!(receiver.try_recv().is_err() && !sink.has_pending());
        assert_eq!(*count.borrow(), 2);
    }
}
