//! The next SUBSCRIBE or UNSUBSCRIBE packet.

use tokio::time::Instant;

use super::{
    FILTER_BYTES, PendingSubscribe, SUBSCRIBE_BYTES, SubscribePacket, SubscriptionRequest, Subscriptions, copies,
};
use crate::{
    model::{connection::Subscription, topic::TopicFilter},
    mqtt::limits::MAX_PENDING_SUBSCRIBES,
};

/// The maximum number of bytes of topic filters in a SUBSCRIBE packet, so that it stays far below the packet
/// size limits of brokers.
const MAX_SUBSCRIBE_BYTES: usize = 32 << 10;

impl Subscriptions {
    /// Returns the next packet to send, if there is one and few enough SUBSCRIBE packets are pending. While a refused
    /// subscription is being looked for, it waits for a message in flight, so that only one of them can be the reason if
    /// the broker closes the network connection.
    pub(in crate::mqtt) fn next_request(&self, is_publish_in_flight: bool) -> Option<SubscriptionRequest> {
        if let Some(filter) = self.to_unsubscribe.iter().find(|filter| !self.is_replacement_awaited(filter)) {
            return Some(SubscriptionRequest::Unsubscribe(filter.clone()));
        }
        let is_searching = self.refusals.is_searching();
        let max_pending = if is_searching { 1 } else { MAX_PENDING_SUBSCRIBES };
        if self.expected().count() >= max_pending || is_searching && is_publish_in_flight {
            return None;
        }
        self.next_packet().map(SubscriptionRequest::Subscribe)
    }

    /// Returns whether a SUBSCRIBE packet is in flight that may make the broker close the network connection. Then no
    /// message should be sent.
    pub(in crate::mqtt) fn is_suspect_in_flight(&self) -> bool {
        self.refusals.is_searching() && self.expected().next().is_some()
    }

    /// Returns whether a subscription is requested, and not granted yet, that may replace this one.
    fn is_replacement_awaited(&self, filter: &TopicFilter) -> bool {
        let pending = self.expected().flat_map(|request| &request.subscriptions);
        pending.chain(&self.to_subscribe).any(|awaited| awaited.filter != *filter && awaited.filter.overlaps(filter))
    }

    fn next_packet(&self) -> Option<SubscribePacket> {
        let first = self.to_subscribe.front()?;
        let id = self.subscription_id(&first.filter);
        let packet = |subscriptions| SubscribePacket { subscriptions, id };
        if id.is_some() {
            return Some(packet(vec![first.clone()]));
        }
        let group = self.refusals.group_of(&first.filter);
        let belongs_to_first = |candidate: &&Subscription| {
            if group.is_empty() {
                !self.refusals.is_suspect(&candidate.filter)
            } else {
                group.contains(&candidate.filter)
            }
        };
        let mut bytes = SUBSCRIBE_BYTES;
        let max_bytes = self.session.packet_limits.max_bytes().min(MAX_SUBSCRIBE_BYTES);
        let fits_in_packet = |candidate: &&Subscription| {
            bytes += candidate.filter.as_str().len() + FILTER_BYTES;
            candidate.filter == first.filter || bytes <= max_bytes && self.subscription_id(&candidate.filter).is_none()
        };
        let candidates = self.to_subscribe.iter().filter(belongs_to_first).take(self.refusals.max_filters());
        Some(packet(candidates.take_while(fits_in_packet).cloned().collect()))
    }

    /// Returns the subscription identifier of a request.
    fn subscription_id(&self, filter: &TopicFilter) -> Option<u32> {
        let has_id = self.session.has_subscription_ids && self.overlapping.contains(filter);
        has_id.then(|| copies::subscription_id(filter))
    }

    /// Marks the result of [`Self::next_request`] as passed to rumqttc.
    pub(in crate::mqtt) fn mark_requested(&mut self, request: SubscriptionRequest, now: Instant) {
        match request {
            SubscriptionRequest::Unsubscribe(filter) => {
                self.to_unsubscribe.retain(|other| *other != filter);
                self.requested.remove(&filter);
                self.session_record.has_shrunk = true;
            }
            SubscriptionRequest::Subscribe(SubscribePacket { subscriptions, id }) => {
                self.to_subscribe.retain(|other| !subscriptions.contains(other));
                for Subscription { filter, options } in &subscriptions {
                    let requested = self.requested.entry(filter.clone()).or_default();
                    (requested.options, requested.id) = (Some(*options), id);
                }
                let (packet_id, is_overdue) = (None, false);
                self.pending.push_back(PendingSubscribe { packet_id, subscriptions, sent_at: now, is_overdue });
            }
        }
    }

    /// Assigns a packet ID to the first pending SUBSCRIBE packet that has none: rumqttc has written it.
    pub(in crate::mqtt) fn mark_subscribe_written(&mut self, packet_id: u16, now: Instant) {
        if let Some(request) = self.pending.iter_mut().find(|request| request.packet_id.is_none()) {
            request.packet_id = Some(packet_id);
            request.sent_at = now;
        }
    }
}
