//! Which subscriptions the broker keeps in a session: a later run of the program unsubscribes what it does not want.

use std::collections::{BTreeSet, HashSet};

use super::Subscriptions;
use crate::model::topic::TopicFilter;

/// What the session that the broker keeps has before a client connects.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeptSession {
    /// The topic filters that an earlier client has subscribed to
    /// ([`ConnectionEvent::SessionSubscriptions`](crate::model::connection::ConnectionEvent::SessionSubscriptions)).
    pub filters: Vec<TopicFilter>,
    /// Those of them that stay subscribed although this client does not need them: something that is not open does.
    pub protected: Vec<TopicFilter>,
}

/// What was reported of the session, and whether that is still true.
#[derive(Debug, Default)]
pub(super) struct SessionRecord {
    /// Whether there may be subscriptions that were not reported.
    pub(super) has_grown: bool,
    /// Whether something that was reported was unsubscribed.
    pub(super) has_shrunk: bool,
    /// Whether the broker keeps the session while there is no network connection.
    is_kept: bool,
    reported: Vec<TopicFilter>,
    /// What is not unsubscribed, although it is not desired.
    protected: HashSet<TopicFilter>,
}

impl SessionRecord {
    /// Begins the record of a session that the broker keeps, with what an earlier client has reported.
    pub(super) fn new(session: &KeptSession) -> Self {
        let reported: BTreeSet<&TopicFilter> = session.filters.iter().collect();
        let protected = session.protected.iter().cloned().collect();
        Self { is_kept: true, reported: reported.into_iter().cloned().collect(), protected, ..Self::default() }
    }

    /// Returns whether a topic filter stays subscribed although it is not desired.
    pub(super) fn is_protected(&self, filter: &TopicFilter) -> bool {
        self.protected.contains(filter)
    }
}

impl Subscriptions {
    /// Returns all topic filters of the session, sorted, if the broker keeps it and they are others than at the last
    /// call: those that were requested, and those that are next. What is about to be unsubscribed belongs to it until
    /// that is done.
    pub(in crate::mqtt) fn take_session_change(&mut self) -> Option<Vec<TopicFilter>> {
        let record = &mut self.session_record;
        let has_shrunk = record.has_shrunk && self.to_unsubscribe.is_empty();
        if !record.is_kept || !std::mem::take(&mut record.has_grown) && !has_shrunk {
            return None;
        }
        record.has_shrunk &= !has_shrunk;
        let next = self.to_subscribe.iter().map(|subscription| &subscription.filter);
        let filters: BTreeSet<&TopicFilter> = self.requested.keys().chain(next).collect();
        let filters: Vec<TopicFilter> = filters.into_iter().cloned().collect();
        if filters == record.reported {
            return None;
        }
        record.reported.clone_from(&filters);
        Some(filters)
    }
}
