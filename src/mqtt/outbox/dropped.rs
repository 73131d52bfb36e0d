//! Requests that are not sent: those that the user cancels, and those that would come too late.

use tokio::time::Instant;

use super::{DeliveryState, Outbox, PublishStatusUpdate, QueuedPublish};
use crate::model::connection::{PublishId, PublishRequest, PublishStatus};

impl Outbox {
    /// Adds a request that is dropped when the network connection ends. Returns its failure if the queue is full.
    pub(in crate::mqtt) fn enqueue_transient(
        &mut self,
        request: PublishRequest,
        now: Instant,
    ) -> Option<PublishStatusUpdate> {
        self.add(request, now, true)
    }

    /// Drops the requests that must not be sent on the next network connection. Called when one ended.
    pub(in crate::mqtt) fn drop_transient(&mut self) -> Vec<PublishStatusUpdate> {
        let mut updates = Vec::new();
        while let Some(index) = self.items.iter().position(|item| item.is_transient) {
            let reason = if self.items[index].was_sent {
                "the connection was lost before the broker acknowledged it"
            } else {
                "not sent: the connection was lost"
            };
            updates.extend(self.drop_request(index, reason.to_owned()));
        }
        updates
    }

    /// Drops the requests with these IDs that were never passed to a network connection.
    pub(in crate::mqtt) fn cancel(&mut self, ids: &[PublishId]) -> Vec<PublishStatusUpdate> {
        let is_unsent = |item: &QueuedPublish| {
            ids.contains(&item.request.id)
                && item.state == DeliveryState::Queued
                && (item.failed_attempts, item.was_sent) == (0, false)
        };
        let mut updates = Vec::new();
        while let Some(index) = self.items.iter().position(is_unsent) {
            updates.extend(self.remove(index).map(|item| (item.request.id, PublishStatus::Canceled)));
        }
        updates
    }
}
