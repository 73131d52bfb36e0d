//! Runs one network connection, from CONNACK to its end.
//!
//! [`EventSource::poll`] is not cancel safe: the same future is polled until it is ready, and only the end
//! of the network connection drops it. Requests that arrive while it is pending are passed to the
//! [`Requester`], which wakes the future.

use std::{
    ops::ControlFlow,
    pin::{Pin, pin},
    task::Poll,
};

use futures_util::poll;
use tokio::{select, time::Instant};

use super::{
    connection_task::{ConnectionTask, TaskEvent},
    error::MqttError,
    limits::{DISCONNECT_TIMEOUT, MAX_INFLIGHT_LEAKS, SILENCE_MARGIN},
    outbox::{Outbox, PublishStatusUpdate},
    publish_limits::{PacketLimits, PublishLimits},
    read_pacing::ReadPacing,
    session::{ConnAckInfo, EventSource, IncomingPublish, Requester, SessionEvent},
    subscriptions::{SessionStart, SubscriptionRequest},
};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionEvent, ConnectionState, Qos},
    profile::ByteSize,
};

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
    publish_limits: PublishLimits,
    inflight_leaks: u8,
    /// Whether the user was notified that messages are sent with a lower `QoS` or without `retain`.
    lowered_notified: bool,
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
    let packet_limits = PacketLimits::new(&connack, max_packet_size);
    let mut network = NetworkConnection {
        connection,
        requester,
        publish_limits: PublishLimits::new(&connack, packet_limits),
        connack,
        inflight_leaks: 0,
        lowered_notified: false,
        close_deadline: None,
        disconnect_sent: false,
    };
    network.begin_session(packet_limits);
    let mut pacing = ReadPacing::default();
    loop {
        let mut next_event = pin!(event_source.poll());
        let session_event = match poll!(next_event.as_mut()) {
            Poll::Ready(session_event) => session_event,
            Poll::Pending => match network.wait_for(next_event, &mut pacing).await {
                ControlFlow::Continue(session_event) => session_event,
                ControlFlow::Break(end) => return end,
            },
        };
        let is_burst = pacing.record(&session_event);
        let end = match session_event {
            Ok(session_event) => network.handle_session_event(session_event),
            Err(error) => Some(network.end_with_error(error)),
        };
        if let Some(end) = end.or_else(|| if is_burst { network.drain_task_events() } else { None }) {
            network.connection.event_sink.flush();
            return end;
        }
    }
}

impl<R: Requester> NetworkConnection<'_, R> {
    fn begin_session(&mut self, packet_limits: PacketLimits) {
        (self.connection.is_connected, self.connection.ping_written_at) = (true, None);
        self.connection.incoming_qos2.begin_session(self.connack.session_present);
        self.connection.outbox.begin_session(self.connack.session_present, Instant::now());
        self.connection.subscriptions.begin_session(SessionStart::new(&self.connack, packet_limits), Instant::now());
        self.connection.event_sink.send_state(ConnectionState::Connected);
        self.connection.report_refusals();
        self.connection.report_once(std::mem::take(&mut self.connack.notices));
        self.connection.event_sink.send_status_updates(self.connection.outbox.expire(Instant::now(), false));
        self.send_pending();
    }

    /// Waits for the next session event, and handles task events until then. Returns how the network connection ended
    /// if it has.
    async fn wait_for(
        &mut self,
        mut next_event: Pin<&mut impl Future<Output = Result<SessionEvent, MqttError>>>,
        pacing: &mut ReadPacing,
    ) -> ControlFlow<ConnectionEnd, Result<SessionEvent, MqttError>> {
        self.connection.event_sink.flush();
        let mut wait_started_at = Instant::now();
        let silence_deadline = wait_started_at + self.connack.keep_alive * 2 + SILENCE_MARGIN;
        let mut pause_until = pacing.begin_wait(wait_started_at);
        loop {
            let deadline = pause_until.unwrap_or_else(|| self.next_deadline(silence_deadline));
            let task_event = select! {
                biased;
                session_event = next_event.as_mut(), if pause_until.is_none() => {
                    pacing.end_wait(wait_started_at.elapsed());
                    return ControlFlow::Continue(session_event);
                }
                task_event = self.connection.next_event(Some(deadline)) => task_event,
            };
            // A task event ends the pause, so that a publish request is not delayed.
            if pause_until.take().is_some() {
                wait_started_at = Instant::now();
            }
            if Instant::now() >= silence_deadline {
                return ControlFlow::Break(ConnectionEnd::Failed(MqttError::KeepAliveTimeout));
            }
            if let Some(end) = self.handle_task_event(task_event) {
                return ControlFlow::Break(end);
            }
        }
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
            self.connection.report_overdue_subscriptions(now);
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
        while let Some(request) = self.connection.subscriptions.next_request(self.connection.outbox.has_inflight()) {
            let accepted = match &request {
                SubscriptionRequest::Subscribe(packet) => self.requester.subscribe(packet),
                SubscriptionRequest::Unsubscribe(filter) => self.requester.unsubscribe(filter),
            };
            if !accepted {
                return;
            }
            self.connection.subscriptions.mark_requested(request, Instant::now());
        }
        self.connection.report_session();
        if self.connection.subscriptions.is_suspect_in_flight() {
            return;
        }
        self.update_outbox(|outbox| outbox.expire(Instant::now(), true));
        while let Some(request) = self.connection.outbox.next_request(Instant::now()) {
            if let Some(reason) = self.publish_limits.size_error(&request) {
                self.update_outbox(|outbox| outbox.reject_next(reason));
                continue;
            }
            let (qos, retain) = self.publish_limits.lowered(&request);
            let is_lowered = (qos, retain) != (request.qos, request.retain);
            if !self.requester.publish(&request, qos, retain) {
                return;
            }
            self.connection.outbox.mark_submitted(qos, retain);
            if is_lowered && !std::mem::replace(&mut self.lowered_notified, true) {
                let notice = self.publish_limits.lowered_notice();
                self.connection.event_sink.send_event(ConnectionEvent::Notice(notice));
            }
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
                    let error = MqttError::ConnectionLost("the broker rejected too many messages".to_owned());
                    return Some(self.end_with_error(error));
                }
            }
            SessionEvent::SubscribeWritten(packet_id) => {
                self.connection.subscriptions.mark_subscribe_written(packet_id, Instant::now());
            }
            SessionEvent::SubscribeAcknowledged(packet_id, results) => {
                self.connection.handle_suback(packet_id, results);
            }
            SessionEvent::PublishAccepted(packet_id) => self.connection.outbox.mark_received(packet_id),
            SessionEvent::PublishReleased(packet_id) => self.connection.incoming_qos2.release(packet_id),
            SessionEvent::PingWritten => self.connection.ping_written_at = Some(Instant::now()),
            SessionEvent::PingAnswered => self.connection.report_round_trip(),
            SessionEvent::DisconnectWritten => return Some(ConnectionEnd::Closed),
            SessionEvent::Connected(_) | SessionEvent::Other => {}
        }
        self.send_pending();
        self.advance_close(Instant::now())
    }

    fn update_outbox<U: IntoIterator<Item = PublishStatusUpdate>>(&mut self, apply: impl FnOnce(&mut Outbox) -> U) {
        let updates = apply(&mut self.connection.outbox);
        self.connection.event_sink.send_status_updates(updates);
    }

    fn handle_publish(&mut self, publish: &IncomingPublish) {
        if publish.qos == Qos::ExactlyOnce && !self.connection.incoming_qos2.insert(publish.packet_id) {
            return;
        }
        let topic = publish.topic();
        if topic.is_empty() {
            return tracing::warn!("received a message without a topic");
        }
        if self.connection.subscriptions.is_copy(&topic, publish, Instant::now()) {
            return;
        }
        let &IncomingPublish { ref payload, qos, retain, ref properties, .. } = publish;
        let message = MessageRef { topic: &topic, payload, qos, retain, properties: properties.as_ref() };
        self.connection.event_sink.push_message(message);
    }

    fn end_with_error(&self, error: MqttError) -> ConnectionEnd {
        if self.disconnect_sent {
            return ConnectionEnd::Closed;
        }
        ConnectionEnd::Failed(error)
    }
}
