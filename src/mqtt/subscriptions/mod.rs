//! Which subscriptions are desired, which were requested on this network connection, and which are
//! acknowledged. It uses no socket.

mod acknowledgments;
mod copies;
mod plan;
mod refusals;
mod requests;
mod session_record;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

pub use self::session_record::KeptSession;
use self::{
    copies::Copies,
    plan::{merged, overlapping, uncovered},
    refusals::Refusals,
    session_record::SessionRecord,
};
use super::{
    publish_limits::PacketLimits,
    session::{ConnAckInfo, IncomingPublish},
};
use crate::model::{
    connection::{RetainHandling, Subscription, SubscriptionOptions},
    topic::TopicFilter,
};

/// The size of a SUBSCRIBE packet without its topic filters: fixed header 5, packet ID 2, property length 1,
/// subscription identifier 5 bytes.
const SUBSCRIBE_BYTES: usize = 13;

/// The bytes of a topic filter in a SUBSCRIBE packet besides its text: its length 2, its options 1 byte.
const FILTER_BYTES: usize = 3;

/// How long nothing is asked for again after the broker has refused everything.
const ALL_REFUSED_FOR: Duration = Duration::from_mins(1);

/// A SUBSCRIBE packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SubscribePacket {
    /// The topic filters, each with its options.
    pub subscriptions: Vec<Subscription>,
    /// The subscription identifier (MQTT 5, section 3.8.2.1.2).
    pub id: Option<u32>,
}

/// The next packet to send to the broker.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SubscriptionRequest {
    /// SUBSCRIBE.
    Subscribe(SubscribePacket),
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
    /// The topic filters that the broker granted, although they were reported as overdue or refused.
    pub granted_late: Vec<TopicFilter>,
}

/// What a network connection begins with.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SessionStart {
    /// Whether the broker has session state from an earlier network connection.
    pub session_present: bool,
    /// Whether the broker says which subscriptions a message matches.
    pub has_subscription_ids: bool,
    /// What the broker and the profile allow of a packet.
    pub packet_limits: PacketLimits,
}

impl SessionStart {
    /// Returns what the broker has announced in CONNACK, with the limits of packets.
    pub(super) const fn new(connack: &ConnAckInfo, packet_limits: PacketLimits) -> Self {
        let &ConnAckInfo { session_present, has_subscription_ids, .. } = connack;
        Self { session_present, has_subscription_ids, packet_limits }
    }
}

/// A subscription that the broker has, or was asked for.
#[derive(Debug, Clone, Default)]
struct Requested {
    /// `None` if it was requested on an earlier network connection of the same session, and must be again.
    options: Option<SubscriptionOptions>,
    id: Option<u32>,
    /// When the broker acknowledged it, in the order of acknowledgments.
    granted: Option<u64>,
}

/// The desired subscriptions of a connection and the state of their requests.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    desired: Vec<Subscription>,
    /// What was requested on this network connection, or on an earlier one of the same session.
    requested: HashMap<TopicFilter, Requested>,
    /// What the broker has rejected with SUBACK on this network connection, or cannot be asked for.
    rejected: HashMap<TopicFilter, SubscriptionOptions>,
    refusals: Refusals,
    /// The topic filters that were asked for again during this network connection, after they had been refused.
    asked_again: HashSet<TopicFilter>,
    /// The covered topic filters that are requested once for their retained messages, which new tiles are waiting for.
    fetched: HashSet<TopicFilter>,
    is_search_due: bool,
    /// The topic filters that were refused without a SUBACK and are not reported yet, with the reasons.
    unreported: Vec<(TopicFilter, String)>,
    to_subscribe: VecDeque<Subscription>,
    to_unsubscribe: Vec<TopicFilter>,
    /// The topic filters that match topics of other ones.
    overlapping: HashSet<TopicFilter>,
    /// Whether the desired subscriptions are known. Until then, nothing of a kept session is unsubscribed.
    is_desired_set: bool,
    session_record: SessionRecord,
    pending: VecDeque<PendingSubscribe>,
    copies: Copies,
    session: SessionStart,
    /// The number of acknowledgments so far.
    order: u64,
}

impl Subscriptions {
    /// Takes into account that the broker keeps the session, and what it has.
    pub(super) fn keep_session(&mut self, session: KeptSession) {
        self.session_record = SessionRecord::new(&session);
        self.requested = session.filters.into_iter().map(|filter| (filter, Requested::default())).collect();
    }

    /// Replaces the desired subscriptions. If a topic filter occurs repeatedly, the less restrictive options count.
    pub(super) fn set(&mut self, desired: &[Subscription]) {
        self.is_desired_set = true;
        let earlier = std::mem::replace(&mut self.desired, merged(desired));
        // The broker is asked again if the filter comes back, or with other options.
        let by_filter: HashMap<_, _> = self.desired.iter().map(|desired| (&desired.filter, desired.options)).collect();
        self.rejected.retain(|filter, options| by_filter.get(filter) == Some(options));
        self.refusals.retain(|filter| by_filter.contains_key(filter));
        self.fetched.retain(|filter| by_filter.contains_key(filter));
        let wants_retained = |desired: &&Subscription| desired.options.retain_handling != RetainHandling::Never;
        let earlier: HashSet<&TopicFilter> =
            earlier.iter().filter(wants_retained).map(|earlier| &earlier.filter).collect();
        let wildcards =
            self.requested.iter().filter(|(other, requested)| requested.options.is_some() && other.exact().is_none());
        let wildcards: Vec<&TopicFilter> = wildcards.map(|(other, _)| other).collect();
        let added = self.desired.iter().filter(wants_retained).map(|desired| &desired.filter);
        let added = added.filter(|filter| !earlier.contains(filter));
        let is_covered =
            |filter: &&TopicFilter| !filter.is_shared() && wildcards.iter().any(|other| other.covers(filter));
        self.fetched.extend(added.filter(is_covered).cloned());
        self.update_difference();
    }

    /// Starts a network connection: all desired subscriptions are requested again. If the broker has
    /// session state, its subscriptions that are no longer desired are unsubscribed.
    pub(super) fn begin_session(&mut self, session: SessionStart, now: Instant) {
        self.session = session;
        self.pending.clear();
        self.rejected.clear();
        self.unreported.clear();
        self.asked_again.clear();
        self.fetched.clear();
        let earlier = std::mem::take(&mut self.requested);
        if session.session_present {
            self.requested = earlier
                .into_iter()
                .map(|(filter, earlier)| (filter, Requested { id: earlier.id, ..Requested::default() }))
                .collect();
        }
        let desired: HashSet<&TopicFilter> = self.desired.iter().map(|desired| &desired.filter).collect();
        self.refusals.retain(|filter| desired.contains(filter));
        self.refusals.expire(now);
        let reason = "the broker closes the connection when it is asked for this subscription";
        self.unreported.extend(self.refusals.refused().map(|filter| (filter.clone(), reason.to_owned())));
        self.copies.begin_session();
        self.update_difference();
    }

    /// Notes that the broker has closed the network connection after `lasted`. `is_sole_cause` tells whether nothing
    /// but a SUBSCRIBE packet without SUBACK can be the reason.
    pub(super) fn record_end(&mut self, lasted: Duration, is_sole_cause: bool, now: Instant) {
        let filters = |request: &PendingSubscribe| {
            request.subscriptions.iter().map(|subscription| subscription.filter.clone()).collect::<Vec<_>>()
        };
        let unanswered: Vec<Vec<TopicFilter>> =
            self.expected().filter(|request| request.packet_id.is_some()).map(filters).collect();
        self.is_search_due = self.refusals.record_end(&unanswered, is_sole_cause, lasted, now);
    }

    /// Returns whether the next attempt should be made at once, to find out which subscription the broker refuses.
    pub(super) fn take_search_due(&mut self) -> bool {
        std::mem::take(&mut self.is_search_due)
    }

    /// Asks for everything again that the broker has refused.
    pub(super) fn forget_refusals(&mut self) {
        self.refusals.forget();
    }

    /// Returns when everything is to be asked for again, because the broker has refused all of it: perhaps it was
    /// starting.
    pub(super) fn retry_at(&self) -> Option<Instant> {
        let newest = self.refusals.newest()?;
        let is_all_refused = self.desired.iter().all(|desired| self.refusals.is_refused(&desired.filter));
        is_all_refused.then_some(newest + ALL_REFUSED_FOR)
    }

    /// Asks for everything again if [`Self::retry_at`] is reached.
    pub(super) fn retry_refused(&mut self, now: Instant) {
        if self.retry_at().is_some_and(|retry_at| retry_at <= now) {
            self.asked_again.extend(self.refusals.refused().cloned());
            self.refusals.forget();
            self.update_difference();
        }
    }

    /// Returns the refusals that were found without a SUBACK and not returned before.
    pub(super) fn take_unreported(&mut self) -> Vec<(TopicFilter, String)> {
        std::mem::take(&mut self.unreported)
    }

    fn update_difference(&mut self) {
        self.reject_too_long();
        let (rejected, refusals) = (&self.rejected, &self.refusals);
        let is_refused = |filter: &TopicFilter| rejected.contains_key(filter) || refusals.is_refused(filter);
        let mut needed = uncovered(&self.desired, is_refused);
        self.fetched.retain(|filter| !is_refused(filter) && !needed.iter().any(|needed| needed.filter == *filter));
        needed.extend(self.desired.iter().filter(|desired| self.fetched.contains(&desired.filter)).cloned());
        let is_requested = |needed: &Subscription| {
            self.requested.get(&needed.filter).is_some_and(|requested| requested.options == Some(needed.options))
        };
        let mut to_subscribe: Vec<Subscription> =
            needed.iter().filter(|needed| !is_requested(needed)).cloned().collect();
        if refusals.is_searching() {
            // What works comes first, the suspects last.
            to_subscribe.sort_by_key(|subscription| {
                (refusals.is_suspect(&subscription.filter), !refusals.is_answered(&subscription.filter))
            });
        }
        self.to_subscribe = to_subscribe.into();
        let needed: HashSet<&TopicFilter> = needed.iter().map(|needed| &needed.filter).collect();
        let is_unwanted = |filter: &&TopicFilter| {
            self.is_desired_set && !needed.contains(filter) && !self.session_record.is_protected(filter)
        };
        self.to_unsubscribe = self.requested.keys().filter(is_unwanted).cloned().collect();
        self.session_record.has_grown = true;
        self.overlapping = overlapping(self.requested.keys().chain(needed.iter().copied()));
        self.copies.set(&self.overlapping);
    }

    /// Rejects the desired topic filters that fit into no packet.
    fn reject_too_long(&mut self) {
        for Subscription { filter, options } in &self.desired {
            let size = SUBSCRIBE_BYTES + FILTER_BYTES + filter.as_str().len();
            if let Some(reason) = self.session.packet_limits.size_error(size)
                && self.rejected.insert(filter.clone(), *options).is_none()
            {
                self.unreported.push((filter.clone(), format!("not subscribed: {reason}")));
            }
        }
    }

    /// Returns whether a message is a copy of one that was received because of another subscription.
    pub(super) fn is_copy(&mut self, topic: &str, publish: &IncomingPublish, now: Instant) -> bool {
        self.copies.is_copy(topic, publish, &self.requested, now)
    }
}

#[cfg(test)]
mod tests;
