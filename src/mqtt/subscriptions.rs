//! Which subscriptions are desired, which were requested on this network connection, and which are
//! acknowledged. It uses no socket.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::time::Instant;

use super::limits::{MAX_FILTERS_PER_SUBSCRIBE, MAX_PENDING_SUBSCRIBES};
use crate::model::{
    connection::{Qos, Subscription},
    topic::TopicFilter,
};

/// The maximum number of bytes of topic filters in a SUBSCRIBE packet, so that it stays far below the packet
/// size limits of brokers.
const MAX_SUBSCRIBE_BYTES: usize = 32 << 10;

/// The next packet to send to the broker.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SubscriptionRequest {
    /// SUBSCRIBE with these topic filters.
    Subscribe(Vec<Subscription>),
    /// UNSUBSCRIBE with this topic filter.
    Unsubscribe(TopicFilter),
}

/// A SUBSCRIBE packet that the broker has not acknowledged with SUBACK. The packet ID is known once
/// rumqttc has written the packet.
#[derive(Debug)]
struct PendingSubscribe {
    packet_id: Option<u16>,
    subscriptions: Vec<Subscription>,
    sent_at: Instant,
    /// Whether it was reported that the broker does not answer.
    is_overdue: bool,
}

/// What SUBACK says that was not expected.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SubackResult {
    /// The topic filters that the broker rejected, with the reasons.
    pub rejected: Vec<(TopicFilter, String)>,
    /// The topic filters that the broker granted, although they were reported as overdue.
    pub granted_late: Vec<TopicFilter>,
}

/// The desired subscriptions of a connection and the state of their requests.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    desired: Vec<Subscription>,
    /// What was requested on this network connection, or on an earlier one of the same session.
    requested: HashMap<TopicFilter, Qos>,
    to_subscribe: VecDeque<Subscription>,
    to_unsubscribe: VecDeque<TopicFilter>,
    pending: VecDeque<PendingSubscribe>,
}

impl Subscriptions {
    /// Replaces the desired subscriptions. If a topic filter occurs repeatedly, the highest `QoS` counts.
    pub(super) fn set(&mut self, desired: &[Subscription]) {
        let mut index_by_filter: HashMap<&TopicFilter, usize> = HashMap::new();
        let mut merged: Vec<Subscription> = Vec::with_capacity(desired.len());
        for subscription in desired {
            if let Some(&index) = index_by_filter.get(&subscription.filter) {
                merged[index].qos = merged[index].qos.max(subscription.qos);
            } else {
                index_by_filter.insert(&subscription.filter, merged.len());
                merged.push(subscription.clone());
            }
        }
        self.desired = merged;
        self.update_difference();
    }

    /// Starts a network connection: all desired subscriptions are requested again. If the broker has
    /// session state, its subscriptions that are no longer desired are unsubscribed.
    pub(super) fn begin_session(&mut self, session_present: bool) {
        self.pending.clear();
        let stale = if session_present { std::mem::take(&mut self.requested) } else { HashMap::new() };
        self.requested.clear();
        self.update_difference();
        let desired: HashSet<&TopicFilter> = self.desired.iter().map(|subscription| &subscription.filter).collect();
        self.to_unsubscribe = stale.into_keys().filter(|filter| !desired.contains(filter)).collect();
    }

    fn update_difference(&mut self) {
        self.to_subscribe = self
            .desired
            .iter()
            .filter(|subscription| self.requested.get(&subscription.filter) != Some(&subscription.qos))
            .cloned()
            .collect();
        let desired: HashSet<&TopicFilter> = self.desired.iter().map(|subscription| &subscription.filter).collect();
        self.to_unsubscribe = self.requested.keys().filter(|filter| !desired.contains(filter)).cloned().collect();
    }

    /// Returns the next packet to send, if there is one and few enough SUBSCRIBE packets are pending.
    pub(super) fn next_request(&self) -> Option<SubscriptionRequest> {
        if let Some(filter) = self.to_unsubscribe.front() {
            return Some(SubscriptionRequest::Unsubscribe(filter.clone()));
        }
        if self.to_subscribe.is_empty() || self.expected().count() >= MAX_PENDING_SUBSCRIBES {
            return None;
        }
        let mut bytes = 0;
        let fits_in_packet = |subscription: &&Subscription| {
            let first = bytes == 0;
            bytes += subscription.filter.as_str().len() + 3;
            first || bytes <= MAX_SUBSCRIBE_BYTES
        };
        Some(SubscriptionRequest::Subscribe(
            self.to_subscribe.iter().take(MAX_FILTERS_PER_SUBSCRIBE).take_while(fits_in_packet).cloned().collect(),
        ))
    }

    /// Marks the result of [`Self::next_request`] as passed to rumqttc.
    pub(super) fn mark_requested(&mut self, request: SubscriptionRequest, now: Instant) {
        match request {
            SubscriptionRequest::Unsubscribe(filter) => {
                self.to_unsubscribe.pop_front();
                self.requested.remove(&filter);
            }
            SubscriptionRequest::Subscribe(subscriptions) => {
                self.to_subscribe.drain(..subscriptions.len().min(self.to_subscribe.len()));
                self.requested
                    .extend(subscriptions.iter().map(|subscription| (subscription.filter.clone(), subscription.qos)));
                self.pending.push_back(PendingSubscribe {
                    packet_id: None,
                    subscriptions,
                    sent_at: now,
                    is_overdue: false,
                });
            }
        }
    }

    /// Assigns a packet ID to the first pending SUBSCRIBE packet that has none: rumqttc has written it.
    pub(super) fn mark_subscribe_written(&mut self, packet_id: u16, now: Instant) {
        if let Some(request) = self.pending.iter_mut().find(|request| request.packet_id.is_none()) {
            request.packet_id = Some(packet_id);
            request.sent_at = now;
        }
    }

    /// Handles SUBACK. `results` has, in the order of the topic filters, `None` or why the broker rejected one.
    pub(super) fn handle_suback(&mut self, packet_id: u16, results: Vec<Option<String>>) -> SubackResult {
        let mut suback = SubackResult::default();
        let Some(index) = self.pending.iter().position(|request| request.packet_id == Some(packet_id)) else {
            return suback;
        };
        let Some(request) = self.pending.remove(index) else { return suback };
        let mut results = results.into_iter();
        for Subscription { filter, .. } in request.subscriptions {
            match results.next().unwrap_or_else(|| Some("missing from the broker's SUBACK".to_owned())) {
                Some(reason) => suback.rejected.push((filter, reason)),
                None if request.is_overdue => suback.granted_late.push(filter),
                None => {}
            }
        }
        suback
    }

    /// Returns the topic filters that the broker has not acknowledged within `timeout`, once. The broker may still
    /// answer.
    pub(super) fn take_overdue(&mut self, now: Instant, timeout: std::time::Duration) -> Vec<TopicFilter> {
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
        overdue
    }

    /// Iterates over the requests that the broker still has time to answer.
    fn expected(&self) -> impl Iterator<Item = &PendingSubscribe> {
        self.pending.iter().filter(|request| !request.is_overdue)
    }

    /// Returns when [`Self::take_overdue`] must be called next.
    pub(super) fn next_deadline(&self, timeout: std::time::Duration) -> Option<Instant> {
        self.expected().map(|request| request.sent_at + timeout).min()
    }

    /// Returns whether all desired subscriptions were requested, and acknowledged or reported as overdue.
    pub(super) fn is_complete(&self) -> bool {
        self.expected().next().is_none() && self.to_subscribe.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn subscription(filter: &str, qos: Qos) -> Subscription {
        Subscription { filter: TopicFilter::new(filter).unwrap(), qos }
    }

    fn at_most_once(filters: &[&str]) -> Vec<Subscription> {
        filters.iter().map(|filter| subscription(filter, Qos::AtMostOnce)).collect()
    }

    /// Takes all requests and returns them as text: `+a` for subscribe, `-a` for unsubscribe.
    fn request_all(subscriptions: &mut Subscriptions) -> Vec<String> {
        let mut requests = Vec::new();
        while let Some(request) = subscriptions.next_request() {
            match &request {
                SubscriptionRequest::Subscribe(batch) => {
                    requests.extend(batch.iter().map(|subscription| format!("+{}", subscription.filter)));
                }
                SubscriptionRequest::Unsubscribe(filter) => requests.push(format!("-{filter}")),
            }
            subscriptions.mark_requested(request, Instant::now());
        }
        requests
    }

    #[test]
    fn subscriptions_request_only_the_difference() {
        let mut subscriptions = Subscriptions::default();
        subscriptions.set(&at_most_once(&["a", "b"]));
        subscriptions.begin_session(false);
        assert_eq!(request_all(&mut subscriptions), ["+a", "+b"]);
        subscriptions.set(&at_most_once(&["b", "c"]));
        assert_eq!(request_all(&mut subscriptions), ["-a", "+c"]);
        subscriptions.set(&[
            subscription("b", Qos::AtLeastOnce),
            subscription("b", Qos::AtMostOnce),
            subscription("c", Qos::AtMostOnce),
        ]);
        assert_eq!(request_all(&mut subscriptions), ["+b"], "the QoS rose, and the highest one counts");
        assert_eq!(request_all(&mut subscriptions), [""; 0]);
    }

    #[test]
    fn new_session_requests_all_subscriptions() {
        let mut subscriptions = Subscriptions::default();
        subscriptions.set(&at_most_once(&["a", "b"]));
        subscriptions.begin_session(false);
        request_all(&mut subscriptions);
        subscriptions.begin_session(false);
        assert_eq!(request_all(&mut subscriptions), ["+a", "+b"]);
    }

    #[test]
    fn resumed_session_unsubscribes_filters_no_longer_desired() {
        let mut subscriptions = Subscriptions::default();
        subscriptions.set(&at_most_once(&["a", "b"]));
        subscriptions.begin_session(false);
        request_all(&mut subscriptions);
        subscriptions.set(&at_most_once(&["b"]));
        subscriptions.begin_session(true);
        assert_eq!(request_all(&mut subscriptions), ["-a", "+b"]);
    }

    #[test]
    fn subscribe_batches_are_bounded_in_size_and_number() {
        let mut subscriptions = Subscriptions::default();
        let many: Vec<String> = (0..1_000).map(|n| format!("tile/{n}")).collect();
        subscriptions.set(&at_most_once(&many.iter().map(String::as_str).collect::<Vec<_>>()));
        subscriptions.begin_session(false);
        let now = Instant::now();
        for packet_id in 1..=8 {
            let Some(SubscriptionRequest::Subscribe(batch)) = subscriptions.next_request() else {
                panic!("a batch was due")
            };
            assert_eq!(batch.len(), MAX_FILTERS_PER_SUBSCRIBE);
            subscriptions.mark_requested(SubscriptionRequest::Subscribe(batch), now);
            subscriptions.mark_subscribe_written(packet_id, now);
        }
        assert_eq!(subscriptions.next_request(), None);
        assert_eq!(subscriptions.handle_suback(1, vec![None; MAX_FILTERS_PER_SUBSCRIBE]), SubackResult::default());
        assert!(subscriptions.next_request().is_some());
        let long = format!("x/{}", "y".repeat(60_000));
        subscriptions.set(&at_most_once(&[&long, "a"]));
        subscriptions.begin_session(false);
        let Some(SubscriptionRequest::Subscribe(batch)) = subscriptions.next_request() else {
            panic!("a batch was due")
        };
        assert_eq!(batch.len(), 1);
    }

    #[test]
    fn suback_results_match_their_filters() {
        let (mut subscriptions, now) = (Subscriptions::default(), Instant::now());
        subscriptions.set(&at_most_once(&["a", "b", "c"]));
        subscriptions.begin_session(false);
        request_all(&mut subscriptions);
        subscriptions.mark_subscribe_written(4, now);
        assert!(!subscriptions.is_complete());
        assert_eq!(subscriptions.handle_suback(5, vec![]), SubackResult::default(), "the packet ID is unknown");
        let suback = subscriptions.handle_suback(4, vec![None, Some("not allowed".to_owned())]);
        assert_eq!(suback.granted_late, [], "it is granted in time");
        let rejected = suback.rejected;
        let texts: Vec<String> = rejected.iter().map(|(filter, reason)| format!("{filter}: {reason}")).collect();
        assert_eq!(texts, ["b: not allowed", "c: missing from the broker's SUBACK"]);
        assert!(subscriptions.is_complete());
    }

    #[test]
    fn overdue_subscription_is_reported_once() {
        let (mut subscriptions, now) = (Subscriptions::default(), Instant::now());
        let timeout = Duration::from_secs(10);
        subscriptions.set(&at_most_once(&["a"]));
        subscriptions.begin_session(false);
        request_all(&mut subscriptions);
        subscriptions.mark_subscribe_written(1, now);
        assert_eq!(subscriptions.next_deadline(timeout), Some(now + timeout));
        assert_eq!(subscriptions.take_overdue(now, timeout), []);
        assert_eq!(subscriptions.take_overdue(now + timeout, timeout), [TopicFilter::new("a").unwrap()]);
        assert_eq!(subscriptions.take_overdue(now + timeout, timeout), []);
        assert_eq!(subscriptions.next_deadline(timeout), None);
    }

    #[test]
    fn overdue_subscription_can_be_granted_later() {
        let (mut subscriptions, now) = (Subscriptions::default(), Instant::now());
        subscriptions.set(&at_most_once(&["a", "b"]));
        subscriptions.begin_session(false);
        request_all(&mut subscriptions);
        subscriptions.mark_subscribe_written(1, now);
        assert_eq!(subscriptions.take_overdue(now, Duration::ZERO).len(), 2);
        assert!(subscriptions.is_complete(), "the broker need not answer any more");
        let suback = subscriptions.handle_suback(1, vec![None, Some("not allowed".to_owned())]);
        assert_eq!(suback.granted_late, [TopicFilter::new("a").unwrap()]);
        assert_eq!(suback.rejected, [(TopicFilter::new("b").unwrap(), "not allowed".to_owned())]);
    }

    #[test]
    fn few_overdue_requests_are_kept() {
        let (mut subscriptions, now) = (Subscriptions::default(), Instant::now());
        subscriptions.begin_session(false);
        for n in 0..100 {
            subscriptions.set(&at_most_once(&[&n.to_string()]));
            request_all(&mut subscriptions);
            subscriptions.take_overdue(now + Duration::from_secs(1), Duration::ZERO);
        }
        assert_eq!(subscriptions.pending.len(), MAX_PENDING_SUBSCRIBES);
    }
}
