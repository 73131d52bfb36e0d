//! The queue of publish requests: first in, first out, with a time to live and a limit of unacknowledged
//! messages. It uses no socket and no clock: its caller passes what happened, and when.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::limits::{Limits, MAX_DELIVERY_ATTEMPTS, MAX_QUEUED_BYTES, MAX_QUEUED_REQUESTS};
use crate::model::connection::{PublishId, PublishRequest, PublishStatus, Qos};

/// The maximum number of publish requests that were passed to rumqttc and are not written yet.
const MAX_SUBMITTED: usize = 16;

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
    /// Whether it was written to the socket, on this network connection or an earlier one.
    was_sent: bool,
}

/// The queue of publish requests.
#[derive(Debug)]
pub(super) struct Outbox {
    items: VecDeque<QueuedPublish>,
    bytes: usize,
    limits: Limits,
}

impl Outbox {
    pub(super) const fn new(limits: Limits) -> Self {
        Self { items: VecDeque::new(), bytes: 0, limits }
    }

    /// Returns whether no request is queued or in flight.
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Adds a request. Returns its failure if the queue is full.
    pub(super) fn enqueue(&mut self, request: PublishRequest, now: Instant) -> Option<PublishStatusUpdate> {
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
            was_sent: false,
        });
        None
    }

    /// Returns the request that may be sent now, if there is one.
    pub(super) fn next_request(&self) -> Option<&PublishRequest> {
        let (mut submitted, mut unacknowledged) = (0, 0);
        for item in &self.items {
            match item.state {
                DeliveryState::Queued => {
                    let has_capacity = submitted < MAX_SUBMITTED && unacknowledged < self.limits.max_inflight;
                    return has_capacity.then_some(&item.request);
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

    /// Marks the request of [`Self::next_request`] as passed to rumqttc with this `QoS`.
    pub(super) fn mark_submitted(&mut self, qos: Qos) {
        if let Some(item) = self.items.iter_mut().find(|item| item.state == DeliveryState::Queued) {
            item.state = DeliveryState::Submitted(qos);
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
        let index = self.items.iter().position(|item| matches!(item.state, DeliveryState::Submitted(_)))?;
        let item = &mut self.items[index];
        let id = item.request.id;
        let first = !std::mem::replace(&mut item.was_sent, true);
        if item.state == DeliveryState::Submitted(Qos::AtMostOnce) {
            self.remove(index);
        } else {
            item.state = DeliveryState::Written(packet_id, now);
        }
        first.then_some((id, PublishStatus::Sent))
    }

    /// Completes the request with this packet ID: acknowledged, or rejected by the broker for a reason.
    pub(super) fn handle_ack(&mut self, packet_id: u16, rejection: Option<String>) -> Option<PublishStatusUpdate> {
        let index = self
            .items
            .iter()
            .position(|item| matches!(item.state, DeliveryState::Written(id, _) if id == packet_id))?;
        match rejection {
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
        let head = self.items.front_mut().filter(|_| head_was_inflight)?;
        head.failed_attempts += 1;
        if head.failed_attempts < MAX_DELIVERY_ATTEMPTS {
            return None;
        }
        self.drop_request(0, format!("given up: the connection failed {MAX_DELIVERY_ATTEMPTS} times while sending it"))
    }

    /// Drops the queued requests whose time to live has passed.
    pub(super) fn expire(&mut self, now: Instant, connected: bool) -> Vec<PublishStatusUpdate> {
        let mut updates = Vec::new();
        while let Some(index) = self.items.iter().position(|item| {
            item.state == DeliveryState::Queued && now.duration_since(item.queued_at) >= self.limits.request_ttl
        }) {
            let reason = match (self.items[index].was_sent, connected) {
                (true, _) => "sent, but not acknowledged: the broker may or may not have received it",
                (false, true) => "not sent: the broker acknowledged earlier messages too slowly",
                (false, false) => "not sent: the connection is down",
            };
            updates.extend(self.drop_request(index, reason.to_owned()));
        }
        updates
    }

    /// Drops all requests.
    pub(super) fn clear(&mut self, reason: &str) -> Vec<PublishStatusUpdate> {
        self.bytes = 0;
        self.items.drain(..).map(|item| (item.request.id, PublishStatus::Failed(reason.to_owned()))).collect()
    }

    /// Returns whether an acknowledgment is overdue.
    pub(super) fn is_ack_overdue(&self, now: Instant) -> bool {
        self.unacknowledged_since().is_some_and(|since| now.duration_since(since) >= self.limits.ack_timeout)
    }

    /// Returns when [`Self::expire`] or [`Self::is_ack_overdue`] must be called next.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let oldest = self.items.iter().find(|item| item.state == DeliveryState::Queued);
        let expires = oldest.map(|item| item.queued_at + self.limits.request_ttl);
        let ack_deadline = self.unacknowledged_since().map(|since| since + self.limits.ack_timeout);
        expires.into_iter().chain(ack_deadline).min()
    }

    fn unacknowledged_since(&self) -> Option<Instant> {
        self.items.iter().find_map(|item| match item.state {
            DeliveryState::Written(_, written_at) => Some(written_at),
            DeliveryState::Queued | DeliveryState::Submitted(_) => None,
        })
    }

    fn remove(&mut self, index: usize) -> Option<QueuedPublish> {
        let item = self.items.remove(index)?;
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
        PublishRequest { id: PublishId(id), topic, payload: b"ON".as_slice().into(), qos, retain: false }
    }

    fn outbox() -> Outbox {
        Outbox::new(Limits::default())
    }

    fn next_id(outbox: &Outbox) -> Option<u64> {
        outbox.next_request().map(|request| request.id.0)
    }

    #[test]
    fn outbox_sends_acknowledged_publishes_one_at_a_time_in_order() {
        let (mut outbox, now) = (outbox(), Instant::now());
        for id in 1..=3 {
            assert_eq!(outbox.enqueue(request(id, Qos::AtLeastOnce), now), None);
        }
        for id in 1..=3 {
            assert_eq!(next_id(&outbox), Some(id));
            outbox.mark_submitted(Qos::AtLeastOnce);
            assert_eq!(next_id(&outbox), None, "the previous request is not acknowledged");
            assert_eq!(outbox.mark_written(7, now), Some((PublishId(id), PublishStatus::Sent)));
            assert_eq!(outbox.handle_ack(8, None), None, "the packet ID is unknown");
            assert_eq!(outbox.handle_ack(7, None), Some((PublishId(id), PublishStatus::Acknowledged)));
        }
        assert!(outbox.is_empty());
    }

    #[test]
    fn outbox_completes_qos0_publish_when_written() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtMostOnce), now);
        outbox.enqueue(request(2, Qos::AtMostOnce), now);
        outbox.mark_submitted(Qos::AtMostOnce);
        assert_eq!(next_id(&outbox), Some(2), "QoS 0 requests must not wait for each other");
        outbox.mark_submitted(Qos::AtMostOnce);
        assert_eq!(outbox.mark_written(0, now), Some((PublishId(1), PublishStatus::Sent)));
        assert_eq!(outbox.mark_written(0, now), Some((PublishId(2), PublishStatus::Sent)));
        assert!(outbox.is_empty());
    }

    #[test]
    fn outbox_keeps_order_across_reconnect() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtLeastOnce), now);
        outbox.enqueue(request(2, Qos::AtLeastOnce), now);
        outbox.mark_submitted(Qos::AtLeastOnce);
        outbox.mark_written(1, now);
        assert_eq!(outbox.requeue_inflight(), None);
        assert_eq!(next_id(&outbox), Some(1));
        outbox.mark_submitted(Qos::AtLeastOnce);
        assert_eq!(outbox.mark_written(1, now), None, "the status `Sent` must be reported once");
        assert_eq!(outbox.handle_ack(1, None), Some((PublishId(1), PublishStatus::Acknowledged)));
        assert_eq!(next_id(&outbox), Some(2));
    }

    #[test]
    fn outbox_drops_publish_after_max_delivery_attempts() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::AtLeastOnce), now);
        outbox.enqueue(request(2, Qos::AtLeastOnce), now);
        assert_eq!(outbox.requeue_inflight(), None, "a request that was not in flight must not count an attempt");
        for _ in 1..MAX_DELIVERY_ATTEMPTS {
            outbox.mark_submitted(Qos::AtLeastOnce);
            assert_eq!(outbox.requeue_inflight(), None);
        }
        outbox.mark_submitted(Qos::AtLeastOnce);
        let reason = "given up: the connection failed 3 times while sending it".to_owned();
        assert_eq!(outbox.requeue_inflight(), Some((PublishId(1), PublishStatus::Failed(reason))));
        assert_eq!(next_id(&outbox), Some(2));
    }

    #[test]
    fn outbox_expires_old_publishes_with_known_status() {
        let (mut outbox, start) = (outbox(), Instant::now());
        let request_ttl = Limits::default().request_ttl;
        outbox.enqueue(request(1, Qos::AtLeastOnce), start);
        outbox.enqueue(request(2, Qos::AtLeastOnce), start + Duration::from_secs(1));
        outbox.mark_submitted(Qos::AtLeastOnce);
        outbox.mark_written(1, start);
        outbox.requeue_inflight();
        assert_eq!(outbox.next_deadline(), Some(start + request_ttl));
        assert_eq!(outbox.expire(start + request_ttl / 2, false), []);
        let [(PublishId(1), PublishStatus::Failed(reason))] = &outbox.expire(start + request_ttl, false)[..] else {
            panic!()
        };
        assert!(reason.starts_with("sent, but not acknowledged"), "{reason}");
        let down = PublishStatus::Failed("not sent: the connection is down".to_owned());
        assert_eq!(outbox.expire(start + request_ttl * 2, false), [(PublishId(2), down)]);
        assert_eq!(outbox.next_deadline(), None);
    }

    #[test]
    fn outbox_reports_missing_acknowledgment_as_overdue() {
        let (mut outbox, now) = (outbox(), Instant::now());
        outbox.enqueue(request(1, Qos::ExactlyOnce), now);
        outbox.mark_submitted(Qos::ExactlyOnce);
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
        outbox.mark_submitted(Qos::AtLeastOnce);
        outbox.mark_written(3, now);
        let reason = PublishStatus::Failed("rejected by the broker: not allowed".to_owned());
        assert_eq!(outbox.handle_ack(3, Some("not allowed".to_owned())), Some((PublishId(1), reason)));
    }
}
