//! The queue of publish requests: first in, first out, with a time to live and a limit of unacknowledged
//! messages. It uses no socket and no clock: its caller passes what happened, and when.

mod dropped;
mod expiry;
mod resumed;

use std::{
    borrow::Cow,
    collections::{HashSet, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

pub(super) use resumed::ResumedPublish;

use super::limits::{Limits, MAX_DELIVERY_ATTEMPTS, MAX_QUEUED_BYTES, MAX_QUEUED_REQUESTS};
use crate::model::{
    connection::{PublishId, PublishRequest, PublishStatus, Qos},
    topic::Topic,
};

/// The maximum number of publish requests that were passed to rumqttc and are not written yet.
const MAX_SUBMITTED: usize = 16;

/// How long after a `QoS` 0 message the end of the network connection may be its result.
const REFUSAL_WINDOW: Duration = Duration::from_secs(2);

/// The new status of a publish request.
pub(super) type PublishStatusUpdate = (PublishId, PublishStatus);

/// How far a publish request got on the current network connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DeliveryState {
    Queued,
    /// Passed to rumqttc, with the `QoS` that the broker supports.
    Submitted(Qos),
    /// Written to the socket with this packet ID.
    Written(u16, Instant),
}

#[derive(Debug)]
struct QueuedPublish {
    request: PublishRequest,
    queued_at: Instant,
    state: DeliveryState,
    failed_attempts: u8,
    /// The `QoS` and the RETAIN flag that it was passed to rumqttc with.
    sent_with: (Qos, bool),
    /// The packet ID of a `QoS` 2 message that the broker may have, and whether it has sent PUBREC.
    exchange: Option<(u16, bool)>,
    /// Whether the exchange began on an earlier network connection of the session.
    is_resumed: bool,
    /// Whether it was written to the socket, on this network connection or an earlier one.
    was_sent: bool,
    /// Whether it is dropped when the network connection ends, instead of being sent on the next one.
    is_transient: bool,
}

/// The queue of publish requests.
#[derive(Debug)]
pub(super) struct Outbox {
    items: VecDeque<QueuedPublish>,
    bytes: usize,
    limits: Limits,
    /// The topic of the last `QoS` 0 message on this network connection, and when it was written.
    last_unacknowledged: Option<(Topic, Instant)>,
    /// The packet IDs of `QoS` 2 messages that were given up, and that the broker may still have in its session state.
    abandoned: HashSet<u16>,
}

impl Outbox {
    pub(super) fn new(limits: Limits) -> Self {
        Self { items: VecDeque::new(), bytes: 0, limits, last_unacknowledged: None, abandoned: HashSet::new() }
    }

    /// Returns the topic of the message that may have made the broker close the network connection: the first one in
    /// flight, or a `QoS` 0 message shortly before.
    pub(super) fn suspect_topic(&self, now: Instant) -> Option<&Topic> {
        let written = self.items.iter().find(|item| matches!(item.state, DeliveryState::Written(..)));
        let is_recent = |written_at: &Instant| now.duration_since(*written_at) < REFUSAL_WINDOW;
        let unacknowledged = self.last_unacknowledged.as_ref().filter(|(_, written_at)| is_recent(written_at));
        written.map(|item| &item.request.topic).or_else(|| unacknowledged.map(|(topic, _)| topic))
    }

    /// Returns whether no request is queued or in flight.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns whether a request is in flight: passed to rumqttc, and not completed.
    pub(super) fn has_inflight(&self) -> bool {
        self.items.iter().any(|item| item.state != DeliveryState::Queued)
    }

    /// Starts a network connection. If the broker has session state, the exchanges of [`Self::resumable`] go on;
    /// otherwise, their messages are sent as new ones.
    pub(super) fn begin_session(&mut self, session_present: bool, now: Instant) {
        if !session_present {
            self.abandoned.clear();
        }
        for item in &mut self.items {
            item.exchange = item.exchange.filter(|_| session_present);
            if let Some((packet_id, _)) = item.exchange {
                item.state = DeliveryState::Written(packet_id, now);
                item.is_resumed = true;
            }
        }
    }

    /// Marks the `QoS` 2 message with this packet ID as received by the broker, which has sent PUBREC.
    pub(super) fn mark_received(&mut self, packet_id: u16) {
        if let Some(item) = self.items.iter_mut().find(|item| item.exchange == Some((packet_id, false))) {
            item.exchange = Some((packet_id, true));
        }
    }

    /// Adds a request. Returns its failure if the queue is full.
    pub(super) fn enqueue(&mut self, request: PublishRequest, now: Instant) -> Option<PublishStatusUpdate> {
        self.add(request, now, false)
    }

    fn add(&mut self, request: PublishRequest, now: Instant, is_transient: bool) -> Option<PublishStatusUpdate> {
        let bytes = request.payload.len();
        if self.items.len() >= MAX_QUEUED_REQUESTS || (self.bytes + bytes > MAX_QUEUED_BYTES && !self.items.is_empty())
        {
            return Some((request.id, PublishStatus::Failed("not sent: the outgoing queue is full".to_owned())));
        }
        self.bytes += bytes;
        self.items.push_back(QueuedPublish {
            request,
            queued_at: now,
            state: DeliveryState::Queued,
            failed_attempts: 0,
            sent_with: (Qos::AtMostOnce, false),
            exchange: None,
            is_resumed: false,
            was_sent: false,
            is_transient,
        });
        None
    }

    /// Returns the request that may be sent now, if there is one, with the rest of its expiry. [`Self::expire`] is called
    /// before: the deadline of a request may be reached in the same turn.
    pub(super) fn next_request(&self, now: Instant) -> Option<Cow<'_, PublishRequest>> {
        let (mut submitted, mut unacknowledged) = (0, 0);
        for item in &self.items {
            match item.state {
                DeliveryState::Queued => {
                    let has_capacity = submitted < MAX_SUBMITTED && unacknowledged < self.limits.max_inflight;
                    return has_capacity.then(|| item.request_at(now));
                }
                DeliveryState::Submitted(Qos::AtMostOnce) => submitted += 1,
                DeliveryState::Submitted(_) => {
                    submitted += 1;
                    unacknowledged += 1;
                }
                DeliveryState::Written(..) => unacknowledged += 1,
            }
        }
        None
    }

    /// Marks the request of [`Self::next_request`] as passed to rumqttc with this `QoS` and RETAIN flag.
    pub(super) fn mark_submitted(&mut self, qos: Qos, retain: bool) {
        if let Some(item) = self.items.iter_mut().find(|item| item.state == DeliveryState::Queued) {
            item.state = DeliveryState::Submitted(qos);
            item.sent_with = (qos, retain);
        }
    }

    /// Drops the request of [`Self::next_request`].
    pub(super) fn reject_next(&mut self, reason: String) -> Option<PublishStatusUpdate> {
        let index = self.items.iter().position(|item| item.state == DeliveryState::Queued)?;
        self.drop_request(index, reason)
    }

    /// Marks the first submitted request as written to the socket with this packet ID. A `QoS` 0 request is
    /// complete then.
    pub(super) fn mark_written(&mut self, packet_id: u16, now: Instant) -> Option<PublishStatusUpdate> {
        let is_resumed = |item: &QueuedPublish| matches!(item.state, DeliveryState::Written(id, _) if id == packet_id);
        if packet_id > 0 && self.items.iter().any(is_resumed) {
            return None;
        }
        let index = self.items.iter().position(|item| matches!(item.state, DeliveryState::Submitted(_)))?;
        let item = &mut self.items[index];
        let id = item.request.id;
        let first = !std::mem::replace(&mut item.was_sent, true);
        if item.state == DeliveryState::Submitted(Qos::AtMostOnce) {
            self.last_unacknowledged = self.remove(index).map(|item| (item.request.topic, now));
        } else {
            item.state = DeliveryState::Written(packet_id, now);
            item.exchange = (item.sent_with.0 == Qos::ExactlyOnce).then_some((packet_id, false));
        }
        first.then_some((id, PublishStatus::Sent))
    }

    /// Completes the request with this packet ID: acknowledged, or rejected by the broker for a reason.
    pub(super) fn handle_ack(&mut self, packet_id: u16, rejection: Option<String>) -> Option<PublishStatusUpdate> {
        let index = self
            .items
            .iter()
            .position(|item| matches!(item.state, DeliveryState::Written(id, _) if id == packet_id))?;
        // The broker has completed a resumed exchange before: the packet ID is unknown to it.
        let is_complete = self.items[index].is_resumed && matches!(self.items[index].exchange, Some((_, true)));
        self.items[index].exchange = None;
        if self.abandoned.remove(&packet_id) {
            let reason = "the broker may have taken it for an earlier message that was not acknowledged: press again";
            return self.drop_request(index, reason.to_owned());
        }
        match rejection.filter(|_| !is_complete) {
            Some(reason) => self.drop_request(index, format!("rejected by the broker: {reason}")),
            None => self.remove(index).map(|item| (item.request.id, PublishStatus::Acknowledged)),
        }
    }

    /// Queues all requests in flight again, in their order. Called when the network connection ended. Drops
    /// the first one if it was in flight in [`MAX_DELIVERY_ATTEMPTS`] failed network connections.
    pub(super) fn requeue_inflight(&mut self) -> Option<PublishStatusUpdate> {
        let head_was_inflight = self.items.front().is_some_and(|item| item.state != DeliveryState::Queued);
        for item in &mut self.items {
            item.state = DeliveryState::Queued;
        }
        self.last_unacknowledged = None;
        let head = self.items.front_mut().filter(|_| head_was_inflight)?;
        head.failed_attempts += 1;
        if head.failed_attempts < MAX_DELIVERY_ATTEMPTS {
            return None;
        }
        let reason = format!(
            "given up: the connection failed {MAX_DELIVERY_ATTEMPTS} times after a message to {}; publishing to it may not \
             be allowed",
            head.request.topic
        );
        self.drop_request(0, reason)
    }

    /// Drops all requests.
    pub(super) fn clear(&mut self, reason: &str) -> Vec<PublishStatusUpdate> {
        self.bytes = 0;
        self.abandoned.extend(self.items.iter().filter_map(|item| item.exchange).map(|(packet_id, _)| packet_id));
        self.items.drain(..).map(|item| (item.request.id, PublishStatus::Failed(reason.to_owned()))).collect()
    }

    /// Returns whether an acknowledgment is overdue.
    pub(super) fn is_ack_overdue(&self, now: Instant) -> bool {
        self.unacknowledged_since().is_some_and(|since| now.duration_since(since) >= self.limits.ack_timeout)
    }

    fn unacknowledged_since(&self) -> Option<Instant> {
        self.items.iter().find_map(|item| match item.state {
            DeliveryState::Written(_, written_at) => Some(written_at),
            DeliveryState::Queued | DeliveryState::Submitted(_) => None,
        })
    }

    fn remove(&mut self, index: usize) -> Option<QueuedPublish> {
        let item = self.items.remove(index)?;
        // The broker may have this message: another one with its packet ID would be taken for a repetition of it.
        self.abandoned.extend(item.exchange.map(|(packet_id, _)| packet_id));
        self.bytes -= item.request.payload.len();
        Some(item)
    }

    fn drop_request(&mut self, index: usize, reason: String) -> Option<PublishStatusUpdate> {
        self.remove(index).map(|item| (item.request.id, PublishStatus::Failed(reason)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::topic::Topic;

    fn request(id: u64, qos: Qos) -> PublishRequest {
        let topic = Topic::new("lamp/set").unwrap();
        PublishRequest {
            id: PublishId(id),
            topic,
            payload: b"ON".as_slice().into(),
            qos,
            retain: false,
            properties: None,
        }
    }

    fn outbox() -> Outbox {
        Outbox::new(Limits::default())
    }

    fn next_id(outbox: &Outbox) -> Option<u64> {
        outbox.next_request(Instant::now()).map(|request| request.id.0)
    }

    #[test]
    fn only_what_was_never_sent_is_canceled() {
        let (mut outbox, now) = (outbox(), Instant::now());
        for id in 1..=4 {
            outbox.enqueue(request(id, Qos::AtLeastOnce), now);
        }
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        outbox.mark_written(1, now);
        let ids = [1, 2, 4, 9].map(PublishId);
        let canceled = |id| (PublishId(id), PublishStatus::Canceled);
        assert_eq!(outbox.cancel(&ids), [canceled(2), canceled(4)]);
        outbox.requeue_inflight();
        assert_eq!(outbox.cancel(&ids), [], "the broker may have the first one");
        assert_eq!(next_id(&outbox), Some(1));
        assert_eq!(outbox.bytes, 4, "two requests are left");
    }

    #[test]
    fn outbox_sends_acknowledged_publishes_one_at_a_time_in_order() {
        let (mut outbox, now) = (outbox(), Instant::now());
        for id in 1..=3 {
            assert_eq!(outbox.enqueue(request(id, Qos::AtLeastOnce), now), None);
        }
        for id in 1..=3 {
            assert_eq!(next_id(&outbox), Some(id));
            outbox.mark_submitted(Qos::AtLeastOnce, false);
            assert_eq!(next_id(&outbox), None, "the previous request is not acknowledged");
            assert_eq!(outbox.mark_written(7, now), Some((PublishId(id), PublishStatus::Sent)));
            assert_eq!(outbox.handle_ack(8, None), None, "the packet ID is unknown");
            assert_eq!(outbox.handle_ack(7, None), Some((PublishId(id), PublishStatus::Acknowledged)));
        }
        assert!(outbox.is_empty());
    }

    #[test]
    fn message_before_the_end_of_the_connection_is_suspected() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtMostOnce), now);
        outbox.mark_submitted(Qos::AtMostOnce, false);
        assert_eq!(outbox.suspect_topic(now), None, "it is not written");
        outbox.mark_written(0, now);
        assert_eq!(outbox.suspect_topic(now).map(Topic::as_str), Some("lamp/set"));
        assert_eq!(outbox.suspect_topic(now + REFUSAL_WINDOW), None, "the broker has had time to close");
        outbox.requeue_inflight();
        assert_eq!(outbox.suspect_topic(now), None, "it was sent on an earlier network connection");
        outbox.enqueue(request(2, Qos::AtLeastOnce), now);
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        outbox.mark_written(1, now);
        assert_eq!(outbox.suspect_topic(now + REFUSAL_WINDOW).map(Topic::as_str), Some("lamp/set"));
        outbox.handle_ack(1, None);
        assert_eq!(outbox.suspect_topic(now), None);
    }

    #[test]
    fn outbox_completes_qos0_publish_when_written() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtMostOnce), now);
        outbox.enqueue(request(2, Qos::AtMostOnce), now);
        outbox.mark_submitted(Qos::AtMostOnce, false);
        assert_eq!(next_id(&outbox), Some(2), "QoS 0 requests must not wait for each other");
        outbox.mark_submitted(Qos::AtMostOnce, false);
        assert_eq!(outbox.mark_written(0, now), Some((PublishId(1), PublishStatus::Sent)));
        assert_eq!(outbox.mark_written(0, now), Some((PublishId(2), PublishStatus::Sent)));
        assert!(outbox.is_empty());
    }

    #[test]
    fn outbox_keeps_order_across_reconnect() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtLeastOnce), now);
        outbox.enqueue(request(2, Qos::AtLeastOnce), now);
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        outbox.mark_written(1, now);
        assert_eq!(outbox.requeue_inflight(), None);
        assert_eq!(next_id(&outbox), Some(1));
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        assert_eq!(outbox.mark_written(1, now), None, "the status `Sent` must be reported once");
        assert_eq!(outbox.handle_ack(1, None), Some((PublishId(1), PublishStatus::Acknowledged)));
        assert_eq!(next_id(&outbox), Some(2));
    }

    #[test]
    fn transient_request_is_not_sent_on_the_next_network_connection() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue_transient(request(1, Qos::AtLeastOnce), now);
        outbox.enqueue_transient(request(2, Qos::AtLeastOnce), now);
        outbox.enqueue(request(3, Qos::AtLeastOnce), now);
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        outbox.mark_written(1, now);
        let failed = |id, reason: &str| (PublishId(id), PublishStatus::Failed(reason.to_owned()));
        assert_eq!(
            outbox.drop_transient(),
            [
                failed(1, "the connection was lost before the broker acknowledged it"),
                failed(2, "not sent: the connection was lost"),
            ]
        );
        assert_eq!(outbox.requeue_inflight(), None);
        assert_eq!((next_id(&outbox), outbox.bytes), (Some(3), 2));
    }

    #[test]
    fn outbox_drops_publish_after_max_delivery_attempts() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtLeastOnce), now);
        outbox.enqueue(request(2, Qos::AtLeastOnce), now);
        assert_eq!(outbox.requeue_inflight(), None, "a request that was not in flight must not count an attempt");
        for _ in 1..MAX_DELIVERY_ATTEMPTS {
            outbox.mark_submitted(Qos::AtLeastOnce, false);
            assert_eq!(outbox.requeue_inflight(), None);
        }
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        let reason = "given up: the connection failed 3 times after a message to lamp/set; \
                      publishing to it may not be allowed";
        let reason = reason.to_owned();
        assert_eq!(outbox.requeue_inflight(), Some((PublishId(1), PublishStatus::Failed(reason))));
        assert_eq!(next_id(&outbox), Some(2));
    }

    #[test]
    fn outbox_expires_old_publishes_with_known_status() {
        let (mut outbox, start) = (outbox(), Instant::now());
        let request_ttl = Limits::default().request_ttl;
        outbox.enqueue(request(1, Qos::AtLeastOnce), start);
        outbox.enqueue(request(2, Qos::AtLeastOnce), start + Duration::from_secs(1));
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        outbox.mark_written(1, start);
        outbox.requeue_inflight();
        assert_eq!(outbox.next_deadline(), Some(start + request_ttl));
        assert_eq!(outbox.expire(start + request_ttl / 2, false), []);
        let [(PublishId(1), PublishStatus::Failed(reason))] = &outbox.expire(start + request_ttl, false)[..] else {
            panic!()
        };
        assert!(reason.starts_with("sent, but not acknowledged"), "{reason}");
        let down = PublishStatus::Failed("not sent: not connected".to_owned());
        assert_eq!(outbox.expire(start + request_ttl * 2, false), [(PublishId(2), down)]);
        assert_eq!(outbox.next_deadline(), None);
    }

    #[test]
    fn outbox_reports_missing_acknowledgment_as_overdue() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::ExactlyOnce), now);
        outbox.mark_submitted(Qos::ExactlyOnce, false);
        assert!(
            !outbox.is_ack_overdue(now + Duration::from_mins(1)),
            "the time until a message is written must not count"
        );
        outbox.mark_written(1, now);
        assert!(!outbox.is_ack_overdue(now + Duration::from_secs(9)));
        assert!(outbox.is_ack_overdue(now + Duration::from_secs(10)));
    }

    #[test]
    fn outbox_rejects_requests_over_count_and_byte_limits() {
        let (mut outbox, now) = (outbox(), Instant::now());
        for id in 0..MAX_QUEUED_REQUESTS as u64 {
            assert_eq!(outbox.enqueue(request(id, Qos::AtMostOnce), now), None);
        }
        assert!(matches!(outbox.enqueue(request(0, Qos::AtMostOnce), now), Some((_, PublishStatus::Failed(_)))));
        assert_eq!(outbox.clear("closed").len(), MAX_QUEUED_REQUESTS);
        let large = PublishRequest { payload: vec![0; MAX_QUEUED_BYTES + 1].into(), ..request(1, Qos::AtMostOnce) };
        assert_eq!(outbox.enqueue(large, now), None, "a single request may exceed the byte limit");
        assert!(outbox.enqueue(request(2, Qos::AtMostOnce), now).is_some());
    }

    #[test]
    fn outbox_reports_rejection_by_broker() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtLeastOnce), now);
        outbox.mark_submitted(Qos::AtLeastOnce, false);
        outbox.mark_written(3, now);
        let reason = PublishStatus::Failed("rejected by the broker: not allowed".to_owned());
        assert_eq!(outbox.handle_ack(3, Some("not allowed".to_owned())), Some((PublishId(1), reason)));
    }

    fn write_exactly_once(outbox: &mut Outbox, id: u64, packet_id: u16) {
        let now = Instant::now();
        outbox.enqueue(request(id, Qos::ExactlyOnce), now);
        outbox.mark_submitted(Qos::ExactlyOnce, false);
        outbox.mark_written(packet_id, now);
    }

    #[test]
    fn exchange_of_a_qos_2_message_goes_on_in_the_same_session() {
        for is_received in [false, true] {
            let (mut outbox, now) = (outbox(), Instant::now());
            write_exactly_once(&mut outbox, 1, 7);
            if is_received {
                outbox.mark_received(7);
            }
            outbox.requeue_inflight();
            let [resumed] = &outbox.resumable(Instant::now())[..] else { panic!() };
            assert_eq!((resumed.packet_id, resumed.request.is_none()), (7, is_received));
            outbox.begin_session(true, now);
            assert_eq!(next_id(&outbox), None, "it is not sent as a new message");
            assert_eq!(outbox.mark_written(7, now), None);
            assert_eq!(outbox.handle_ack(7, None), Some((PublishId(1), PublishStatus::Acknowledged)));
            assert_eq!(outbox.resumable(Instant::now()), []);
        }
    }

    #[test]
    fn qos_2_message_is_a_new_one_in_another_session() {
        let mut outbox = outbox();
        write_exactly_once(&mut outbox, 1, 7);
        outbox.requeue_inflight();
        outbox.begin_session(false, Instant::now());
        assert_eq!(next_id(&outbox), Some(1));
        assert_eq!(outbox.resumable(Instant::now()), []);
    }

    #[test]
    fn packet_id_of_a_message_that_was_given_up_acknowledges_no_other_one() {
        let (mut outbox, now) = (outbox(), Instant::now());
        write_exactly_once(&mut outbox, 1, 7);
        outbox.requeue_inflight();
        assert_eq!(outbox.expire(Instant::now() + Limits::default().request_ttl, false).len(), 1);
        assert_eq!(outbox.resumable(Instant::now()), [], "an old command is not sent late");
        outbox.begin_session(true, now);
        check_packet_id_is_used_up_once(outbox);
    }

    fn check_packet_id_is_used_up_once(mut outbox: Outbox) {
        write_exactly_once(&mut outbox, 2, 7);
        let Some((PublishId(2), PublishStatus::Failed(reason))) = outbox.handle_ack(7, None) else { panic!() };
        assert!(reason.contains("taken it for an earlier message"), "{reason}");
        write_exactly_once(&mut outbox, 3, 7);
        assert_eq!(outbox.handle_ack(7, None), Some((PublishId(3), PublishStatus::Acknowledged)));
    }

    #[test]
    fn packet_id_of_a_message_that_was_dropped_after_a_suspend_acknowledges_no_other_one() {
        let mut outbox = outbox();
        write_exactly_once(&mut outbox, 1, 7);
        outbox.requeue_inflight();
        assert_eq!(outbox.clear("suspended").len(), 1);
        assert_eq!(outbox.resumable(Instant::now()), [], "an old command is not sent late");
        outbox.begin_session(true, Instant::now());
        check_packet_id_is_used_up_once(outbox);
    }

    #[test]
    fn resumed_exchange_that_the_broker_has_completed_is_acknowledged() {
        let (mut outbox, now) = (outbox(), Instant::now());
        write_exactly_once(&mut outbox, 1, 7);
        outbox.mark_received(7);
        outbox.requeue_inflight();
        outbox.begin_session(true, now);
        let status = outbox.handle_ack(7, Some("packet identifier not found".to_owned()));
        assert_eq!(status, Some((PublishId(1), PublishStatus::Acknowledged)));
    }
}
