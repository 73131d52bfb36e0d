//! The requests that have waited too long: longer than the connection allows, or longer than their message is valid
//! (the Message Expiry Interval of MQTT 5, section 3.3.2.3.3).

use std::{borrow::Cow, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{DeliveryState, Outbox, PublishStatusUpdate, QueuedPublish};
use crate::model::{connection::PublishRequest, publish_properties::PublishProperties};

impl QueuedPublish {
    /// Returns for how long the message is valid from when the user has published it; `None`: for ever.
    fn message_expiry(&self) -> Option<Duration> {
        let seconds = self.request.properties.as_ref()?.expiry_seconds?;
        Some(Duration::from_secs(seconds.into()))
    }

    /// Returns when the request is dropped if it is still queued.
    fn expires_at(&self, request_ttl: Duration) -> Instant {
        self.queued_at + self.message_expiry().map_or(request_ttl, |expiry| expiry.min(request_ttl))
    }

    /// Returns the request as it is sent now: the broker counts the expiry from when it receives the message, so that the time
    /// in the outbox is subtracted. At least one second is left, as 0 means that the message expires at once.
    pub(super) fn request_at(&self, now: Instant) -> Cow<'_, PublishRequest> {
        let waited = now.duration_since(self.queued_at).as_secs();
        let properties = self.request.properties.as_ref().filter(|_| waited > 0);
        let Some((properties, expiry)) = properties.and_then(|all| Some((all, all.expiry_seconds?))) else {
            return Cow::Borrowed(&self.request);
        };
        let rest = expiry.saturating_sub(u32::try_from(waited).unwrap_or(u32::MAX)).max(1);
        let properties = PublishProperties { expiry_seconds: Some(rest), ..PublishProperties::clone(properties) };
        Cow::Owned(PublishRequest { properties: Some(Arc::new(properties)), ..self.request.clone() })
    }
}

impl Outbox {
    /// Drops the queued requests that have waited too long.
    pub(in crate::mqtt) fn expire(&mut self, now: Instant, connected: bool) -> Vec<PublishStatusUpdate> {
        let request_ttl = self.limits.request_ttl;
        let is_late = |item: &QueuedPublish| item.state == DeliveryState::Queued && now >= item.expires_at(request_ttl);
        let mut updates = Vec::new();
        while let Some(index) = self.items.iter().position(is_late) {
            let item = &self.items[index];
            let mut reason = match (item.was_sent, connected) {
                (true, _) => "sent, but not acknowledged: the broker may or may not have received it",
                (false, true) => "not sent: the broker acknowledged earlier messages too slowly",
                (false, false) => "not sent: not connected",
            }
            .to_owned();
            if item.message_expiry().is_some_and(|expiry| now.duration_since(item.queued_at) >= expiry) {
                reason.push_str("; the message has expired");
            }
            updates.extend(self.drop_request(index, reason));
        }
        updates
    }

    /// Returns when [`Self::expire`] or [`Self::is_ack_overdue`] must be called next.
    pub(in crate::mqtt) fn next_deadline(&self) -> Option<Instant> {
        let queued = self.items.iter().filter(|item| item.state == DeliveryState::Queued);
        let expires = queued.map(|item| item.expires_at(self.limits.request_ttl)).min();
        let ack_deadline = self.unacknowledged_since().map(|since| since + self.limits.ack_timeout);
        expires.into_iter().chain(ack_deadline).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            connection::{PublishId, PublishStatus, Qos},
            topic::Topic,
        },
        mqtt::limits::Limits,
    };

    fn request(id: u64, qos: Qos, expiry: Option<u32>) -> PublishRequest {
        let properties = PublishProperties { expiry_seconds: expiry, ..PublishProperties::default() };
        PublishRequest {
            id: PublishId(id),
            topic: Topic::new("lamp/set").unwrap(),
            payload: b"ON".as_slice().into(),
            qos,
            retain: false,
            properties: Some(Arc::new(properties)),
        }
    }

    fn expiry_of(request: &PublishRequest) -> Option<u32> {
        request.properties.as_ref()?.expiry_seconds
    }

    #[test]
    fn message_that_has_expired_is_dropped_and_one_that_waited_has_the_rest() {
        let start = Instant::now();
        let after = |millis: u64| start + Duration::from_millis(millis);
        let mut outbox = Outbox::new(Limits::default());
        for (id, expiry) in [(1, None), (2, Some(2)), (3, Some(60))] {
            assert_eq!(outbox.enqueue(request(id, Qos::AtMostOnce, expiry), start), None);
        }
        assert_eq!(outbox.next_deadline(), Some(after(2_000)), "also behind one that waits longer");
        assert_eq!(outbox.expire(after(1_999), false), []);
        let expired = PublishStatus::Failed("not sent: not connected; the message has expired".to_owned());
        assert_eq!(outbox.expire(after(2_000), false), [(PublishId(2), expired)]);
        assert_eq!(outbox.next_deadline(), Some(start + Limits::default().request_ttl));
        outbox.mark_submitted(Qos::AtMostOnce, false);
        for (millis, rest) in [(0, 60), (999, 60), (5_000, 55), (59_999, 1), (90_000, 1)] {
            let next = outbox.next_request(after(millis)).unwrap();
            assert_eq!((next.id.0, expiry_of(&next)), (3, Some(rest)), "after {millis} ms");
        }
    }

    #[test]
    fn repeated_message_has_the_rest_of_its_expiry() {
        let start = Instant::now();
        let mut outbox = Outbox::new(Limits::default());
        outbox.enqueue(request(1, Qos::ExactlyOnce, Some(60)), start);
        outbox.mark_submitted(Qos::ExactlyOnce, false);
        outbox.mark_written(7, start);
        outbox.requeue_inflight();
        let later = start + Duration::from_secs(8);
        let resumed = outbox.resumable(later);
        assert_eq!(resumed[0].request.as_ref().and_then(expiry_of), Some(52));
        let next = outbox.next_request(later).unwrap();
        assert_eq!(expiry_of(&next), Some(52));
    }
}
