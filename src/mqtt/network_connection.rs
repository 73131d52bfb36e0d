//! Runs one network connection, from CONNACK to its end.
//!
//! [`EventSource::poll`] is not cancel safe: the same future is polled until it is ready, and only the end
//! of the network connection drops it. Requests that arrive while it is pending are passed to the
//! [`Requester`], which wakes the future.

use std::{borrow::Cow, pin::pin, str, task::Poll, time::Duration};

use futures_util::poll;
use tokio::{select, time::Instant};

use super::{
    connection_task::{ConnectionTask, TaskEvent},
    error::{MqttError, format_bytes},
    outbox::Outbox,
    session::{ConnAckInfo, EventSource, IncomingPublish, Requester, SessionEvent},
    subscriptions::SubscriptionRequest,
};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionEvent, ConnectionState, PublishRequest, Qos},
    profile::ByteSize,
};

/// The number of session events in a row without a wait after which task events are handled.
const EVENT_BURST_LIMIT: u32 = 64;

/// The pause before the next read when `QoS` 0 messages follow each other faster than this, a few per read.
/// The messages that arrive during the pause are read together, which saves wakeups. A single message and
/// the first two of a burst are not delayed.
const READ_PAUSE: Duration = Duration::from_millis(1);
/// With at least this many messages per read, no pause is needed.
const READ_BATCH_SIZE: u32 = 32;

/// How long writing the DISCONNECT packet may take.
const DISCONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// The number of leaked in-flight slots of rumqttc after which the network connection is closed. At 100
/// (its in-flight limit) rumqttc would send no more messages. See [`SessionEvent::InflightLeaked`].
const MAX_INFLIGHT_LEAKS: u8 = 50;

/// How a network connection ended.
pub(super) enum ConnectionEnd {
    /// The client closed it.
    Closed,
    /// It failed, or the broker closed it.
    Failed(MqttError),
}

/// The state of one network connection.
struct NetworkConnection<'a, R> {
    connection: &'a mut ConnectionTask,
    requester: &'a R,
    connack: ConnAckInfo,
    max_packet_size: ByteSize,
    inflight_leaks: u8,
    /// Whether the user was notified that messages are sent with a lower `QoS` or without `retain`.
    downgrade_notified: bool,
    /// When to close even if messages are queued. Set when the connection is to be closed.
    close_deadline: Option<Instant>,
    disconnect_sent: bool,
}

/// Runs the network connection until it ends.
pub(super) async fn run<S: EventSource, R: Requester>(
    connection: &mut ConnectionTask,
    mut event_source: S,
    requester: &R,
    connack: ConnAckInfo,
    max_packet_size: ByteSize,
) -> ConnectionEnd {
    let silence_timeout = connack.keep_alive * 2 + Duration::from_secs(5);
    let mut network = NetworkConnection {
        connection,
        requester,
        connack,
        max_packet_size,
        inflight_leaks: 0,
        downgrade_notified: false,
        close_deadline: None,
        disconnect_sent: false,
    };
    network.begin_session();
    // The number of session events since the last wait, and whether that wait was shorter than `READ_PAUSE`.
    let (mut read_count, mut last_wait_was_short) = (0_u32, false);
    loop {
        let session_event = {
            let mut next_event = pin!(event_source.poll());
            if let Poll::Ready(session_event) = poll!(next_event.as_mut()) {
                session_event
            } else {
                network.connection.event_sink.flush();
                let mut wait_started_at = Instant::now();
                let silence_deadline = wait_started_at + silence_timeout;
                let mut pause_until =
                    (last_wait_was_short && read_count < READ_BATCH_SIZE).then(|| wait_started_at + READ_PAUSE);
                read_count = 0;
                loop {
                    let deadline = pause_until.unwrap_or_else(|| network.next_deadline(silence_deadline));
                    let task_event = select! {
                        biased;
                        session_event = next_event.as_mut(), if pause_until.is_none() => {
                            last_wait_was_short = wait_started_at.elapsed() < READ_PAUSE;
                            break session_event;
                        }
                        task_event = network.connection.next_event(Some(deadline)) => task_event,
                    };
                    // A task event ends the pause, so that a publish request is not delayed.
                    if pause_until.take().is_some() {
                        wait_started_at = Instant::now();
                    }
                    if Instant::now() >= silence_deadline {
                        return ConnectionEnd::Failed(MqttError::KeepAliveTimeout);
                    }
                    if let Some(end) = network.handle_task_event(task_event) {
                        return end;
                    }
                }
            }
        };
        read_count = read_count.wrapping_add(1);
        // With QoS 1 and 2 the broker may wait for the acknowledgment before it sends the next message.
        last_wait_was_short &=
            matches!(&session_event, Ok(SessionEvent::PublishReceived(publish)) if publish.qos == Qos::AtMostOnce);
        let end = match session_event {
            Ok(session_event) => network.handle_session_event(session_event),
            Err(error) => Some(network.end_with_error(error)),
        };
        let drain_if_burst =
            || if read_count.is_multiple_of(EVENT_BURST_LIMIT) { network.drain_task_events() } else { None };
        if let Some(end) = end.or_else(drain_if_burst) {
            network.connection.event_sink.flush();
            return end;
        }
    }
}

impl<R: Requester> NetworkConnection<'_, R> {
    fn begin_session(&mut self) {
        self.connection.is_connected = true;
        self.connection.had_inflight_publishes = false;
        self.connection.incoming_qos2.begin_session(self.connack.session_present);
        self.connection.subscriptions.begin_session(self.connack.session_present);
        self.connection.event_sink.send_state(ConnectionState::Connected);
        if let Some(notice) = self.connack.notice.take() {
            self.connection.event_sink.send_event(ConnectionEvent::Notice(notice));
        }
        self.connection.discard_after_suspend();
        let expired = self.connection.outbox.expire(Instant::now(), false);
        self.connection.event_sink.send_status_updates(expired);
        self.send_pending();
    }

    /// Returns when the next timeout expires.
    fn next_deadline(&self, silence_deadline: Instant) -> Instant {
        let ack_timeout = self.connection.limits.ack_timeout;
        let deadlines = [
            self.connection.outbox.next_deadline(),
            self.connection.subscriptions.next_deadline(ack_timeout),
            self.close_deadline,
        ];
        deadlines.into_iter().flatten().fold(silence_deadline, Instant::min)
    }

    /// Handles all pending task events. Called when session events arrive without a pause.
    fn drain_task_events(&mut self) -> Option<ConnectionEnd> {
        while let Some(task_event) = self.connection.try_next_event() {
            let end = self.handle_task_event(task_event);
            if end.is_some() {
                return end;
            }
        }
        self.handle_task_event(TaskEvent::DeadlineReached)
    }

    fn handle_task_event(&mut self, task_event: TaskEvent) -> Option<ConnectionEnd> {
        let now = Instant::now();
        if matches!(task_event, TaskEvent::CloseRequested) {
            self.close_deadline = Some(now + self.connection.limits.drain_timeout);
        }
        let deadline_reached = matches!(task_event, TaskEvent::DeadlineReached);
        self.connection.handle_event(task_event);
        if deadline_reached {
            if self.connection.outbox.is_ack_overdue(now) {
                return Some(self.end_with_error(MqttError::AckTimeout(self.connection.limits.ack_timeout.as_secs())));
            }
            for filter in self.connection.subscriptions.take_overdue(now, self.connection.limits.ack_timeout) {
                let reason =
                    format!("the broker did not answer within {} s", self.connection.limits.ack_timeout.as_secs());
                self.connection.event_sink.send_event(ConnectionEvent::SubscriptionRefused(filter, reason));
            }
        }
        self.send_pending();
        self.advance_close(now)
    }

    /// While closing: sends DISCONNECT when the outbox is empty or the deadline is reached.
    fn advance_close(&mut self, now: Instant) -> Option<ConnectionEnd> {
        let close_deadline = self.close_deadline?;
        if self.disconnect_sent {
            return (now >= close_deadline).then_some(ConnectionEnd::Closed);
        }
        if now >= close_deadline || self.connection.outbox.is_empty() {
            if !self.requester.disconnect() {
                return Some(ConnectionEnd::Closed);
            }
            self.disconnect_sent = true;
            self.close_deadline = Some(now + DISCONNECT_TIMEOUT);
        }
        None
    }

    /// Passes the subscriptions and publish requests that may be sent now to rumqttc.
    fn send_pending(&mut self) {
        if self.disconnect_sent {
            return;
        }
        while let Some(request) = self.connection.subscriptions.next_request() {
            let accepted = match &request {
                SubscriptionRequest::Subscribe(filters) => self.requester.subscribe(filters),
                SubscriptionRequest::Unsubscribe(filter) => self.requester.unsubscribe(filter),
            };
            if !accepted {
                return;
            }
            self.connection.subscriptions.mark_requested(request, Instant::now());
        }
        while let Some(request) = self.connection.outbox.next_request() {
            if let Some(reason) = self.size_error(request) {
                let update = self.connection.outbox.reject_next(reason);
                self.connection.event_sink.send_status_updates(update);
                continue;
            }
            let (qos, retain) =
                (request.qos.min(self.connack.max_qos), request.retain && self.connack.retain_available);
            let downgraded = qos != request.qos || retain != request.retain;
            if !self.requester.publish(request, qos, retain) {
                return;
            }
            self.connection.outbox.mark_submitted(qos);
            if downgraded && !std::mem::replace(&mut self.downgrade_notified, true) {
                self.connection.event_sink.send_event(ConnectionEvent::Notice(self.downgrade_notice()));
            }
        }
    }

    fn downgrade_notice(&self) -> String {
        if self.connack.retain_available {
            format!("the broker supports QoS {} at most: messages are sent with that", self.connack.max_qos.as_u8())
        } else {
            "the broker does not support retained messages: messages are sent without `retain`".to_owned()
        }
    }

    /// Returns why the request is too large to be sent, if it is.
    fn size_error(&self, request: &PublishRequest) -> Option<String> {
        // Fixed header: 5 bytes, topic length and packet ID: 4, property length: 1.
        let size = request.topic.as_str().len() + request.payload.len() + 10;
        let local_limit = usize::try_from(self.max_packet_size.bytes()).unwrap_or(usize::MAX);
        let broker_limit =
            self.connack.max_packet_size.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
        if size > broker_limit {
            Some(format!("not sent: it has {}, the broker allows {}", format_bytes(size), format_bytes(broker_limit)))
        } else if size > local_limit {
            Some(format!(
                "not sent: it has {}, `max_packet_size` of the profile allows {}",
                format_bytes(size),
                self.max_packet_size
            ))
        } else {
            None
        }
    }

    fn handle_session_event(&mut self, session_event: SessionEvent) -> Option<ConnectionEnd> {
        match session_event {
            SessionEvent::PublishReceived(publish) => {
                self.handle_publish(&publish);
                return None;
            }
            SessionEvent::PublishWritten(packet_id) => {
                self.update_outbox(|outbox| outbox.mark_written(packet_id, Instant::now()));
            }
            SessionEvent::PublishAcknowledged(packet_id, rejection) => {
                self.update_outbox(|outbox| outbox.handle_ack(packet_id, rejection));
            }
            SessionEvent::InflightLeaked(packet_id, reason) => {
                self.update_outbox(|outbox| outbox.handle_ack(packet_id, Some(reason)));
                self.inflight_leaks += 1;
                if self.inflight_leaks >= MAX_INFLIGHT_LEAKS {
                    return Some(self.end_with_error(MqttError::ConnectionLost(
                        "the broker rejected too many messages".to_owned(),
                    )));
                }
            }
            SessionEvent::SubscribeWritten(packet_id) => {
                self.connection.subscriptions.mark_subscribe_written(packet_id, Instant::now());
            }
            SessionEvent::SubscribeAcknowledged(packet_id, results) => {
                for (filter, reason) in self.connection.subscriptions.handle_suback(packet_id, results) {
                    self.connection.event_sink.send_event(ConnectionEvent::SubscriptionRefused(filter, reason));
                }
            }
            SessionEvent::PublishReleased(packet_id) => self.connection.incoming_qos2.release(packet_id),
            SessionEvent::DisconnectWritten => return Some(ConnectionEnd::Closed),
            SessionEvent::Connected(_) | SessionEvent::Other => {}
        }
        self.send_pending();
        self.advance_close(Instant::now())
    }

    fn update_outbox(&mut self, apply: impl FnOnce(&mut Outbox) -> Option<super::outbox::PublishStatusUpdate>) {
        let update = apply(&mut self.connection.outbox);
        self.connection.event_sink.send_status_updates(update);
    }

    fn handle_publish(&mut self, publish: &IncomingPublish) {
        if publish.qos == Qos::ExactlyOnce && !self.connection.incoming_qos2.insert(publish.packet_id) {
            return;
        }
        let topic = match str::from_utf8(&publish.topic) {
            Ok("") => return tracing::warn!("received a message without a topic"),
            Ok(topic) => Cow::Borrowed(topic),
            Err(_) => String::from_utf8_lossy(&publish.topic),
        };
        let IncomingPublish { payload, qos, retain, .. } = publish;
        self.connection.event_sink.push_message(MessageRef { topic: &topic, payload, qos: *qos, retain: *retain });
    }

    fn end_with_error(&mut self, error: MqttError) -> ConnectionEnd {
        if self.disconnect_sent {
            return ConnectionEnd::Closed;
        }
        self.connection.had_inflight_publishes = self.connection.outbox.has_inflight();
        ConnectionEnd::Failed(error)
    }
}
