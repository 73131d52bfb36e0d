//! The state of a connection that survives reconnects, and what its task does while it waits: it
//! accepts publish requests, drops expired ones, and sends events to the receiver.

use std::{
    collections::HashSet,
    future::Future,
    pin::pin,
    time::{Duration, SystemTime},
};

use tokio::{
    select,
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    OnRefusal,
    backoff::Backoff,
    event_sink::EventSink,
    incoming_qos2::IncomingQos2,
    limits::Limits,
    outbox::Outbox,
    subscriptions::{SubackResult, Subscriptions},
};
use crate::model::connection::{ConnectionEvent, PublishId, PublishRequest, PublishStatus, Subscription};

/// The most different notices about a broker: it may answer differently each time.
const MAX_NOTIFIED: usize = 8;

/// The wall clock, and the monotonic clock, which stops while the machine is suspended.
struct ClockSample(SystemTime, Instant);

impl ClockSample {
    #[expect(clippy::disallowed_methods, reason = "the wall clock shows for how long the monotonic clock stopped")]
    fn now() -> Self {
        Self(SystemTime::now(), Instant::now())
    }

    /// Returns how long the machine was suspended since `earlier`.
    fn suspended_since(&self, earlier: &Self) -> Duration {
        self.0.duration_since(earlier.0).unwrap_or_default().saturating_sub(self.1.duration_since(earlier.1))
    }
}

/// The state of a connection that survives reconnects.
pub(super) struct ConnectionTask {
    pub limits: Limits,
    pub event_sink: EventSink,
    pub outbox: Outbox,
    pub subscriptions: Subscriptions,
    pub incoming_qos2: IncomingQos2,
    pub backoff: Backoff,
    /// What to do when the broker refuses a login that it has never accepted.
    pub on_refusal: OnRefusal,
    /// Whether the broker has accepted this login before, in this run of the program.
    pub login_accepted: bool,
    /// The number of network connections in a row that ended with a packet that was too large.
    pub consecutive_too_large: u8,
    /// Whether there is a network connection and the broker has accepted it with CONNACK.
    pub is_connected: bool,
    /// When the PINGREQ that is not answered yet was written.
    pub ping_written_at: Option<Instant>,
    /// Whether the [`Client`](super::Client) was dropped or closed.
    pub closing: bool,
    /// The notices about the broker that were sent: it says the same on each network connection.
    notified: HashSet<String>,
    requests: mpsc::Receiver<ClientRequest>,
    desired_subscriptions: watch::Receiver<Vec<Subscription>>,
    last_clock_sample: ClockSample,
}

/// What the [`Client`](super::Client) requests in order.
#[derive(Debug)]
pub(super) enum ClientRequest {
    /// Publish a message.
    Publish(PublishRequest),
    /// Publish a message if it can be sent on this network connection.
    PublishIfConnected(PublishRequest),
    /// Cancel the messages with these IDs that are not sent yet.
    Cancel(Vec<PublishId>),
}

/// An event for the connection task that does not come from the broker.
pub(super) enum TaskEvent {
    Requested(ClientRequest),
    SubscriptionsChanged,
    /// The channel to the receiver has capacity again.
    SinkReady,
    DeadlineReached,
    CloseRequested,
}

impl ConnectionTask {
    pub(super) fn new(
        event_sink: EventSink,
        (requests, desired_subscriptions): (mpsc::Receiver<ClientRequest>, watch::Receiver<Vec<Subscription>>),
        limits: Limits,
    ) -> Self {
        Self {
            limits,
            event_sink,
            outbox: Outbox::new(limits),
            subscriptions: Subscriptions::default(),
            incoming_qos2: IncomingQos2::default(),
            backoff: Backoff::default(),
            on_refusal: OnRefusal::default(),
            login_accepted: false,
            consecutive_too_large: 0,
            is_connected: false,
            ping_written_at: None,
            closing: false,
            notified: HashSet::new(),
            requests,
            desired_subscriptions,
            last_clock_sample: ClockSample::now(),
        }
    }

    /// Drops all publish requests if the machine was suspended for at least their time to live, which
    /// the monotonic clock does not measure.
    pub(super) fn discard_after_suspend(&mut self) {
        let now = ClockSample::now();
        if now.suspended_since(&self.last_clock_sample) >= self.limits.request_ttl {
            self.event_sink.send_status_updates(self.outbox.clear("not sent: this machine was suspended"));
        }
        self.last_clock_sample = now;
    }

    /// Waits for the next event, at most until `deadline`. Cancel safe.
    pub(super) async fn next_event(&mut self, deadline: Option<Instant>) -> TaskEvent {
        let timer = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        select! {
            biased;
            request = self.requests.recv(), if !self.closing => {
                request.map_or(TaskEvent::CloseRequested, TaskEvent::Requested)
            }
            changed = self.desired_subscriptions.changed(), if !self.closing => {
                changed.map_or(TaskEvent::CloseRequested, |()| TaskEvent::SubscriptionsChanged)
            }
            () = self.event_sink.wait_for_capacity(), if self.event_sink.has_pending() => TaskEvent::SinkReady,
            () = timer => TaskEvent::DeadlineReached,
        }
    }

    /// Returns the next event if there is one now.
    pub(super) fn try_next_event(&mut self) -> Option<TaskEvent> {
        if self.closing {
            return None;
        }
        match self.requests.try_recv() {
            Ok(request) => return Some(TaskEvent::Requested(request)),
            Err(mpsc::error::TryRecvError::Disconnected) => return Some(TaskEvent::CloseRequested),
            Err(mpsc::error::TryRecvError::Empty) => {}
        }
        self.desired_subscriptions.has_changed().unwrap_or(false).then_some(TaskEvent::SubscriptionsChanged)
    }

    /// Handles an event as far as that needs no network connection.
    pub(super) fn handle_event(&mut self, event: TaskEvent) {
        match event {
            TaskEvent::Requested(ClientRequest::Publish(request)) => {
                self.event_sink.send_status_updates(self.outbox.enqueue(request, Instant::now()));
            }
            TaskEvent::Requested(ClientRequest::PublishIfConnected(request)) => {
                let update = if self.is_connected {
                    self.outbox.enqueue_transient(request, Instant::now())
                } else {
                    Some((request.id, PublishStatus::Failed("not sent: not connected".to_owned())))
                };
                self.event_sink.send_status_updates(update);
            }
            TaskEvent::Requested(ClientRequest::Cancel(ids)) => {
                self.event_sink.send_status_updates(self.outbox.cancel(&ids));
            }
            TaskEvent::SubscriptionsChanged => {
                let desired_subscriptions = self.desired_subscriptions.borrow_and_update();
                self.subscriptions.set(&desired_subscriptions);
                drop(desired_subscriptions);
                self.report_refusals();
            }
            TaskEvent::SinkReady => self.event_sink.flush(),
            TaskEvent::DeadlineReached => {
                self.event_sink.send_status_updates(self.outbox.expire(Instant::now(), self.is_connected));
            }
            TaskEvent::CloseRequested => self.closing = true,
        }
    }

    /// Reports what the broker has rejected, and what it has granted although it was reported as overdue
    /// or refused.
    pub(super) fn handle_suback(&mut self, packet_id: u16, results: Vec<Option<String>>) {
        let SubackResult { rejected, granted_late } = self.subscriptions.handle_suback(packet_id, results);
        for (filter, reason) in rejected {
            self.event_sink.send_event(ConnectionEvent::SubscriptionRefused(filter, reason));
        }
        for filter in granted_late {
            self.event_sink.send_event(ConnectionEvent::SubscriptionGranted(filter));
        }
    }

    /// Sends how long the broker took to answer PINGREQ.
    pub(super) fn report_round_trip(&mut self) {
        if let Some(written_at) = self.ping_written_at.take() {
            self.event_sink.send_event(ConnectionEvent::RoundTrip(written_at.elapsed()));
        }
    }

    /// Sends the notices that were not sent before.
    pub(super) fn report_once(&mut self, notices: Vec<String>) {
        for notice in notices {
            if self.notified.len() < MAX_NOTIFIED && self.notified.insert(notice.clone()) {
                self.event_sink.send_event(ConnectionEvent::Notice(notice));
            }
        }
    }

    /// Reports which subscriptions the broker keeps, if they have changed.
    pub(super) fn report_session(&mut self) {
        if let Some(filters) = self.subscriptions.take_session_change() {
            self.event_sink.send_event(ConnectionEvent::SessionSubscriptions(filters));
        }
    }

    /// Reports the subscriptions that are refused, although the broker has sent no SUBACK that says so.
    pub(super) fn report_refusals(&mut self) {
        for (filter, reason) in self.subscriptions.take_unreported() {
            self.event_sink.send_event(ConnectionEvent::SubscriptionRefused(filter, reason));
        }
    }

    /// Reports the subscriptions that the broker has not acknowledged in time, and asks again if it has refused all.
    pub(super) fn report_overdue_subscriptions(&mut self, now: Instant) {
        self.subscriptions.retry_refused(now);
        let ack_timeout = self.limits.ack_timeout;
        for filter in self.subscriptions.take_overdue(now, ack_timeout) {
            let reason = format!("the broker did not answer within {} s", ack_timeout.as_secs());
            self.event_sink.send_event(ConnectionEvent::SubscriptionRefused(filter, reason));
        }
    }

    /// Runs `future` to completion and handles task events until then. Returns `None` if the connection
    /// is to be closed.
    pub(super) async fn run_until<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        loop {
            let deadline = self.outbox.next_deadline();
            let event = select! {
                biased;
                output = future.as_mut() => return Some(output),
                event = self.next_event(deadline) => event,
            };
            self.handle_event(event);
            if self.closing {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_sample_detects_suspend_and_ignores_clock_set_back() {
        let (wall, monotonic) = (SystemTime::UNIX_EPOCH, Instant::now());
        let second = Duration::from_secs(1);
        let before = ClockSample(wall + second, monotonic);
        assert_eq!(ClockSample(wall + 2 * second, monotonic + second).suspended_since(&before), Duration::ZERO);
        assert_eq!(ClockSample(wall + 9 * second, monotonic + second).suspended_since(&before), 7 * second);
        assert_eq!(ClockSample(wall, monotonic + second).suspended_since(&before), Duration::ZERO);
    }
}
