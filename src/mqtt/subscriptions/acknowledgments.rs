//! What the broker answers to SUBSCRIBE packets, and that it does not answer.

use std::time::Duration;

use tokio::time::Instant;

use super::{PendingSubscribe, SubackResult, Subscriptions};
use crate::{
    model::{connection::Subscription, topic::TopicFilter},
    mqtt::limits::MAX_PENDING_SUBSCRIBES,
};

impl Subscriptions {
    /// Handles SUBACK. `results` has, in the order of the topic filters, `None` or why the broker rejected one.
    pub(in crate::mqtt) fn handle_suback(&mut self, packet_id: u16, results: Vec<Option<String>>) -> SubackResult {
        let mut suback = SubackResult::default();
        let Some(index) = self.pending.iter().position(|request| request.packet_id == Some(packet_id)) else {
            return suback;
        };
        let Some(request) = self.pending.remove(index) else { return suback };
        self.order += 1;
        let mut is_changed = false;
        let mut results = results.into_iter();
        for Subscription { filter, options } in request.subscriptions {
            self.refusals.record_answer(&filter);
            if let Some(reason) = results.next().unwrap_or_else(|| Some("missing from the broker's SUBACK".to_owned()))
            {
                self.requested.remove(&filter);
                self.session_record.has_shrunk = true;
                // What covers it brings its messages.
                if !self.fetched.remove(&filter) && self.desired.iter().any(|desired| desired.filter == filter) {
                    self.rejected.insert(filter.clone(), options);
                    suback.rejected.push((filter, reason));
                }
                continue;
            }
            is_changed |= self.fetched.remove(&filter);
            if let Some(requested) = self.requested.get_mut(&filter) {
                requested.granted.get_or_insert(self.order);
            }
            if request.is_overdue || self.asked_again.remove(&filter) {
                suback.granted_late.extend(self.carried_by(&filter));
            }
        }
        if is_changed || !suback.rejected.is_empty() {
            // What a rejected filter would have covered is requested itself, and what was fetched is not needed any more.
            self.update_difference();
        }
        suback
    }

    /// Returns the desired topic filters whose messages this subscription brings: itself, and those it covers.
    fn carried_by(&self, filter: &TopicFilter) -> Vec<TopicFilter> {
        let desired = self.desired.iter().map(|desired| &desired.filter);
        desired
            .filter(|other| *other == filter || filter.covers(other) && !self.requested.contains_key(other))
            .cloned()
            .collect()
    }

    /// Returns the topic filters that the broker has not acknowledged within `timeout`, once. The broker may still
    /// answer.
    pub(in crate::mqtt) fn take_overdue(&mut self, now: Instant, timeout: Duration) -> Vec<TopicFilter> {
        let mut overdue = Vec::new();
        for request in self.pending.iter_mut().filter(|request| !request.is_overdue) {
            if now.duration_since(request.sent_at) >= timeout {
                request.is_overdue = true;
                overdue.extend(request.subscriptions.iter().map(|subscription| subscription.filter.clone()));
            }
        }
        while self.pending.len() - self.expected().count() > MAX_PENDING_SUBSCRIBES {
            if let Some(oldest) = self.pending.iter().position(|request| request.is_overdue) {
                self.pending.remove(oldest);
            }
        }
        overdue.iter().flat_map(|filter| self.carried_by(filter)).collect()
    }

    /// Iterates over the requests that the broker still has time to answer.
    pub(super) fn expected(&self) -> impl Iterator<Item = &PendingSubscribe> {
        self.pending.iter().filter(|request| !request.is_overdue)
    }

    /// Returns when [`Self::take_overdue`] or [`Self::retry_refused`] must be called next.
    pub(in crate::mqtt) fn next_deadline(&self, timeout: Duration) -> Option<Instant> {
        self.expected().map(|request| request.sent_at + timeout).chain(self.retry_at()).min()
    }

    /// Returns whether all desired subscriptions were requested, and acknowledged or reported as overdue.
    pub(in crate::mqtt) fn is_complete(&self) -> bool {
        self.expected().next().is_none() && self.to_subscribe.is_empty()
    }
}
