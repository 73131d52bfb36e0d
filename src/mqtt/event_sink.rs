//! Sends the events of a connection to the receiver without ever waiting for it.

use std::time::Duration;

use tokio::{
    sync::mpsc::{Sender, error::TrySendError},
    time::Instant,
};

use super::{coalescing_queue::CoalescingQueue, outbox::PublishStatusUpdate};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionEvent, ConnectionId, ConnectionState},
};

/// The minimum time between two notices about lost messages.
const FLOOD_NOTICE_INTERVAL: Duration = Duration::from_secs(10);

/// The sending half of a connection's event channel, with a queue for what does not fit into it.
#[derive(Debug)]
pub(super) struct EventSink {
    connection: ConnectionId,
    events: Sender<(ConnectionId, ConnectionEvent)>,
    queue: CoalescingQueue,
    last_flood_notice: Option<Instant>,
}

impl EventSink {
    pub(super) fn new(connection: ConnectionId, events: Sender<(ConnectionId, ConnectionEvent)>) -> Self {
        Self { connection, events, queue: CoalescingQueue::default(), last_flood_notice: None }
    }

    /// Sends the state of the connection.
    pub(super) fn send_state(&mut self, state: ConnectionState) {
        self.send_event(ConnectionEvent::State(state));
    }

    /// Sends an event that is not a message.
    pub(super) fn send_event(&mut self, event: ConnectionEvent) {
        self.queue.push_event(event);
        self.flush();
    }

    /// Sends the status of publish requests.
    pub(super) fn send_status_updates(&mut self, updates: impl IntoIterator<Item = PublishStatusUpdate>) {
        for (id, status) in updates {
            self.send_event(ConnectionEvent::PublishStatus(id, status));
        }
    }

    /// Queues a message. It is sent in a batch, at the latest by the next [`Self::flush`].
    pub(super) fn push_message(&mut self, message: MessageRef<'_>) {
        self.queue.push_message(message);
        if self.queue.has_full_batch() {
            self.flush();
        }
    }

    /// Returns whether events wait for capacity of the channel.
    pub(super) fn has_pending(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Waits until the channel has capacity or is closed.
    pub(super) async fn wait_for_capacity(&self) {
        // If the channel is closed, `flush` notices it and empties the queue.
        let _ = self.events.reserve().await;
    }

    /// Sends as many queued events as the channel has capacity for.
    pub(super) fn flush(&mut self) {
        while !self.queue.is_empty() {
            match self.events.try_reserve() {
                Ok(permit) => {
                    if let Some(event) = self.queue.pop_event() {
                        permit.send((self.connection, event));
                    }
                }
                Err(TrySendError::Full(())) => return,
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
            self.queue.push_event(ConnectionEvent::Notice(flood_notice(coalesced, dropped)));
            self.flush();
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
    use crate::model::connection::Qos;

    #[tokio::test]
    async fn event_sink_sends_flood_notice_once_there_is_capacity() {
        let (events, mut receiver) = mpsc::channel(2);
        let mut sink = EventSink::new(ConnectionId(3), events);
        for n in 0..100_000_u32 {
            sink.push_message(MessageRef {
                topic: "a",
                payload: &n.to_le_bytes(),
                qos: Qos::AtMostOnce,
                retain: false,
            });
        }
        sink.send_event(ConnectionEvent::Notice("end".to_owned()));
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
    async fn event_sink_discards_events_when_receiver_is_gone() {
        let (events, receiver) = mpsc::channel(1);
        drop(receiver);
        let mut sink = EventSink::new(ConnectionId(0), events);
        sink.send_event(ConnectionEvent::Notice("a".to_owned()));
        assert!(!sink.has_pending());
        sink.wait_for_capacity().await;
    }
}
