//! The `QoS` 2 messages whose exchange goes on when the network connection is established again.

use tokio::time::Instant;

use super::{Outbox, QueuedPublish};
use crate::model::connection::PublishRequest;

/// A `QoS` 2 message whose exchange is completed in the same session (MQTT 3.1.1, section 4.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mqtt) struct ResumedPublish {
    /// Its packet ID.
    pub packet_id: u16,
    /// The message to send again, with DUP; `None` if the broker has received it, and PUBREL is sent.
    pub request: Option<PublishRequest>,
}

impl Outbox {
    /// Returns the `QoS` 2 messages whose exchange can be completed on the next network connection, if the broker keeps
    /// the session, with the rest of their expiry.
    pub(in crate::mqtt) fn resumable(&self, now: Instant) -> Vec<ResumedPublish> {
        let resumed = |item: &QueuedPublish| {
            let (packet_id, is_received) = item.exchange?;
            let request = PublishRequest { retain: item.sent_with.1, ..item.request_at(now).into_owned() };
            Some(ResumedPublish { packet_id, request: (!is_received).then_some(request) })
        };
        self.items.iter().filter_map(resumed).collect()
    }
}
