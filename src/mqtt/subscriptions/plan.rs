//! Which of the desired subscriptions the broker has to be asked for: those that no other one covers.
//! One that is covered is asked for only once, when it is added later, for its retained messages.
//!
//! A broker may send a message once for each subscription that matches it (MQTT 3.1.1, section 3.3.5). With fewer
//! overlapping subscriptions, there are fewer copies to recognize.

use std::collections::{HashMap, HashSet};

use crate::model::{connection::Subscription, topic::TopicFilter};

/// Merges subscriptions with the same topic filter: each gets what it needs.
pub(super) fn merged(subscriptions: &[Subscription]) -> Vec<Subscription> {
    let mut index_by_filter: HashMap<&TopicFilter, usize> = HashMap::new();
    let mut merged: Vec<Subscription> = Vec::with_capacity(subscriptions.len());
    for subscription in subscriptions {
        if let Some(&index) = index_by_filter.get(&subscription.filter) {
            merged[index].options = merged[index].options.merged(subscription.options);
        } else {
            index_by_filter.insert(&subscription.filter, merged.len());
            merged.push(subscription.clone());
        }
    }
    merged
}

/// Returns the subscriptions that no other one covers with options that bring as much, without those that
/// `is_refused` names. The topic filters must differ.
pub(super) fn uncovered(desired: &[Subscription], is_refused: impl Fn(&TopicFilter) -> bool) -> Vec<Subscription> {
    let candidates: Vec<&Subscription> = desired.iter().filter(|candidate| !is_refused(&candidate.filter)).collect();
    let wildcards: Vec<(usize, &Subscription)> = candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| candidate.filter.exact().is_none())
        .map(|(index, candidate)| (index, *candidate))
        .collect();
    let by_filter: HashMap<&str, &Subscription> =
        candidates.iter().map(|candidate| (candidate.filter.as_str(), *candidate)).collect();
    let is_covered = |index: usize, candidate: &Subscription| {
        // A filter without wildcards covers another one only if that is a shared one of the same topic.
        let same_topic = by_filter.get(candidate.filter.topics()).filter(|_| candidate.filter.is_shared());
        same_topic.is_some_and(|other| other.options.include(candidate.options))
            || wildcards.iter().any(|(other_index, other)| {
                *other_index != index
                    && other.options.include(candidate.options)
                    && other.filter.covers(&candidate.filter)
                    // Of two filters that match the same topics, the first one is asked for.
                    && (*other_index < index
                        || !candidate.options.include(other.options)
                        || !candidate.filter.covers(&other.filter))
            })
    };
    candidates
        .iter()
        .enumerate()
        .filter(|(index, candidate)| !is_covered(*index, candidate))
        .map(|(_, candidate)| (*candidate).clone())
        .collect()
}

/// Returns the topic filters that match a topic of another one.
pub(super) fn overlapping<'a>(filters: impl Iterator<Item = &'a TopicFilter>) -> HashSet<TopicFilter> {
    let filters: HashSet<&TopicFilter> = filters.collect();
    let has_wildcard = |filter: &&&TopicFilter| filter.exact().is_none();
    let mut overlapping = HashSet::new();
    for wildcard in filters.iter().filter(has_wildcard) {
        for other in filters.iter().filter(|other| *other != wildcard && other.overlaps(wildcard)) {
            overlapping.extend([(*other).clone(), (*wildcard).clone()]);
        }
    }
    let mut by_topic: HashMap<&str, &TopicFilter> = HashMap::new();
    for filter in filters.iter().filter(|filter| !has_wildcard(filter)) {
        if let Some(other) = by_topic.insert(filter.topics(), filter) {
            overlapping.extend([other.clone(), (*filter).clone()]);
        }
    }
    overlapping
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::connection::{Qos, RetainHandling, SubscriptionOptions};

    fn plan(desired: &[(&str, Qos)], refused: &[&str]) -> Vec<String> {
        let subscription = |(filter, qos): &(&str, Qos)| Subscription::new(TopicFilter::new(filter).unwrap(), *qos);
        plan_of(&desired.iter().map(subscription).collect::<Vec<_>>(), refused)
    }

    fn plan_of(desired: &[Subscription], refused: &[&str]) -> Vec<String> {
        let plan = uncovered(&merged(desired), |filter| refused.contains(&filter.as_str()));
        plan.iter().map(|subscription| subscription.filter.to_string()).collect()
    }

    /// Nobody may miss a retained message because of the options of another tile.
    #[test]
    fn filter_without_retained_messages_covers_none_that_wants_them() {
        use RetainHandling::{Always, Never, New};
        let plan = |desired: &[(&str, RetainHandling)]| {
            let subscription = |(filter, retain_handling): &(&str, RetainHandling)| {
                let options = SubscriptionOptions { retain_handling: *retain_handling, ..Default::default() };
                Subscription::new(TopicFilter::new(filter).unwrap(), options)
            };
            plan_of(&desired.iter().map(subscription).collect::<Vec<_>>(), &[])
        };
        assert_eq!(plan(&[("a/#", Never), ("a/b", Always)]), ["a/#", "a/b"]);
        assert_eq!(plan(&[("a/#", New), ("a/b", Always), ("a/c", Never)]), ["a/#", "a/b"]);
        assert_eq!(plan(&[("a/#", Always), ("a/b", Never), ("a/c", New)]), ["a/#"]);
        assert_eq!(plan(&[("+/#", Never), ("#", Always)]), ["#"]);
        assert_eq!(plan(&[("a/#", Never), ("a/b", Always), ("a/#", Always)]), ["a/#"], "the less restrictive counts");
    }

    #[test]
    fn only_what_nothing_else_covers_is_asked_for() {
        let (q0, q1) = (Qos::AtMostOnce, Qos::AtLeastOnce);
        let desired = [("test/bla/status", q0), ("test/#", q0), ("test/+/status", q0), ("other", q0)];
        assert_eq!(plan(&desired, &[]), ["test/#", "other"]);
        assert_eq!(plan(&desired, &["test/#"]), ["test/+/status", "other"], "the refused one covers nothing");
        assert_eq!(plan(&desired, &["test/#", "test/+/status"]), ["test/bla/status", "other"]);
        assert_eq!(plan(&[("a/b", q1), ("a/#", q0)], &[]), ["a/b", "a/#"], "the QoS is lower");
        assert_eq!(plan(&[("a/b", q0), ("a/#", q1)], &[]), ["a/#"]);
        assert_eq!(plan(&[("a/b", q0), ("a/b", q1), ("a/#", q0)], &[]), ["a/b", "a/#"], "the highest QoS counts");
        assert_eq!(plan(&[("#", q0), ("+/#", q0), ("$SYS/#", q0)], &[]), ["#", "$SYS/#"]);
        assert_eq!(plan(&[("+/#", q0), ("#", q1)], &[]), ["#"]);
        assert_eq!(plan(&[("a/+/c", q0), ("a/b/#", q0)], &[]), ["a/+/c", "a/b/#"], "they overlap in part");
        assert_eq!(plan(&[("$share/g/a", q0), ("a", q0)], &[]), ["a"]);
        assert_eq!(plan(&[("$share/g/a", q0), ("$share/h/a", q0), ("$share/g/#", q0)], &[]).len(), 3);
    }
}
