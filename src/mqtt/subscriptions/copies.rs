//! Recognizes the copies of a message that a broker sends because several subscriptions match its topic.
//!
//! A broker may send one packet for all of them, or one for each (MQTT 3.1.1, section 3.3.5; MQTT 5, section 3.3.4).
//! With MQTT 5, a packet says which subscriptions it is sent for, and the packets for one of them, the oldest, are the
//! messages. Without that, the copies are recognized by their content: they follow each other at once. What the first
//! messages show about the broker is remembered for the network connection: if it sends one packet, equal messages are
//! different ones.
//!
//! Retained messages are sent for each new subscription, which a new tile may be waiting for. Only equal ones that follow
//! each other at once are copies: those of subscriptions that were requested together.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use tokio::time::Instant;

use super::Requested;
use crate::{
    model::{router::Router, topic::TopicFilter},
    mqtt::session::IncomingPublish,
};

/// Within this time the copies of the first message must arrive to show that the broker sends copies.
const FIRST_COPY_WINDOW: Duration = Duration::from_millis(250);

/// Within this time copies arrive from a broker that sends them.
const COPY_WINDOW: Duration = Duration::from_secs(2);

/// The number of messages in a row without a copy which show that the broker sends none.
const MAX_MISSES: u8 = 3;

/// The number of messages whose copies are awaited.
const MAX_AWAITED: usize = 256;

/// Returns the subscription identifier of a topic filter. It depends on the filter only: a broker may deliver messages
/// that it has queued for an earlier run of the program.
pub(super) fn subscription_id(filter: &TopicFilter) -> u32 {
    // FNV-1a; identifiers have 28 bits and are not 0 (MQTT 5, section 3.8.2.1.2).
    let hash =
        filter.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (hash & 0x0fff_ffff).max(1)
}

/// Whether the broker sends a copy of a message for each subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Habit {
    #[default]
    Unknown,
    OnePacket,
    /// It does; the number of messages in a row without a copy.
    Copies(u8),
}

/// A message whose copies may follow.
#[derive(Debug)]
struct Awaited {
    topic_hash: u64,
    hash: u64,
    copies: usize,
    has_copy: bool,
    is_retained: bool,
    received_at: Instant,
}

/// Recognizes copies of messages.
#[derive(Debug, Default)]
pub(super) struct Copies {
    router: Router<usize>,
    /// What the targets of the router stand for.
    filters: Vec<TopicFilter>,
    habit: Habit,
    awaited: VecDeque<Awaited>,
    hasher: RandomState,
}

impl Copies {
    /// Begins a network connection.
    pub(super) fn begin_session(&mut self) {
        self.awaited.clear();
        self.habit = Habit::Unknown;
    }

    /// Replaces the topic filters that match topics of others. A message of a shared subscription may have been given to
    /// this member only, so these have no copies.
    pub(super) fn set(&mut self, overlapping: &HashSet<TopicFilter>) {
        self.router = Router::default();
        self.filters = overlapping.iter().filter(|filter| !filter.is_shared()).cloned().collect();
        for (index, filter) in self.filters.iter().enumerate() {
            self.router.insert(filter, index);
        }
    }

    /// Returns whether a message is a copy of one that was received because of another subscription.
    pub(super) fn is_copy(
        &mut self,
        topic: &str,
        publish: &IncomingPublish,
        requested: &HashMap<TopicFilter, Requested>,
        now: Instant,
    ) -> bool {
        if self.filters.is_empty() {
            return false;
        }
        let mut matching = Vec::new();
        self.router.route(topic, &mut |index| matching.extend(requested.get(&self.filters[index])));
        if matching.is_empty() {
            return false;
        }
        // A retained message may be sent for a new subscription only.
        let by_id = if publish.retain { None } else { is_copy_by_id(&matching, &publish.subscription_ids) };
        match by_id {
            Some(is_copy) => is_copy,
            None => matching.len() > 1 && self.is_copy_by_content(topic, publish, matching.len() - 1, now),
        }
    }

    fn is_copy_by_content(&mut self, topic: &str, publish: &IncomingPublish, copies: usize, now: Instant) -> bool {
        self.expire(now);
        let topic_hash = self.hasher.hash_one(topic);
        let hash = self.hasher.hash_one((topic_hash, &publish.payload, publish.retain));
        let awaited = self.awaited.iter_mut().find(|awaited| awaited.hash == hash && awaited.copies > 0);
        if let Some(awaited) = awaited.filter(|_| publish.retain || self.habit != Habit::OnePacket) {
            awaited.copies -= 1;
            awaited.has_copy = true;
            if !publish.retain {
                self.habit = Habit::Copies(0);
            }
            return true;
        }
        if self.habit == Habit::OnePacket && !publish.retain {
            return false;
        }
        // Copies follow each other at once: another message on the topic comes after them.
        let followed =
            |awaited: &&Awaited| awaited.topic_hash == topic_hash && !awaited.has_copy && !awaited.is_retained;
        if self.habit == Habit::Unknown && self.awaited.iter().any(|awaited| followed(&awaited)) {
            self.habit = Habit::OnePacket;
            return false;
        }
        if self.awaited.len() >= MAX_AWAITED {
            self.awaited.pop_front();
        }
        let (has_copy, is_retained) = (false, publish.retain);
        self.awaited.push_back(Awaited { topic_hash, hash, copies, has_copy, is_retained, received_at: now });
        false
    }

    /// Forgets the messages whose copies would have arrived.
    fn expire(&mut self, now: Instant) {
        while let Some(first) = self.awaited.front() {
            let age = now.duration_since(first.received_at);
            let window = match self.habit {
                Habit::Unknown if !first.is_retained => FIRST_COPY_WINDOW,
                _ => COPY_WINDOW,
            };
            if age < window {
                return;
            }
            if !first.has_copy && !first.is_retained {
                self.habit = match self.habit {
                    Habit::Copies(misses) if misses + 1 < MAX_MISSES => Habit::Copies(misses + 1),
                    _ => Habit::OnePacket,
                };
            }
            self.awaited.pop_front();
        }
    }
}

/// Returns whether a message is a copy according to the subscription identifiers in its packet; `None` if they do not
/// tell. The packets for the oldest subscription with an identifier are the messages.
fn is_copy_by_id(matching: &[&Requested], ids: &[usize]) -> Option<bool> {
    let has_id =
        |entry: &&Requested| entry.id.and_then(|id| usize::try_from(id).ok()).is_some_and(|id| ids.contains(&id));
    let granted = || matching.iter().filter(|entry| entry.granted.is_some());
    let chosen = granted().filter(|entry| entry.id.is_some()).min_by_key(|entry| entry.granted)?;
    let is_from_other = matching.iter().any(has_id) || ids.is_empty() && granted().any(|entry| entry.id.is_none());
    is_from_other.then(|| !has_id(chosen))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::model::connection::Qos;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// Copies, and the subscriptions of which they come.
    struct Fixture {
        copies: Copies,
        requested: HashMap<TopicFilter, Requested>,
    }

    impl Fixture {
        fn is_copy(&mut self, topic: &str, publish: &IncomingPublish, now: Instant) -> bool {
            self.copies.is_copy(topic, publish, &self.requested, now)
        }
    }

    /// The subscriptions to topic filters, granted one after the other.
    fn copies(filters: &[&str], has_ids: bool) -> Fixture {
        let filters: Vec<TopicFilter> = filters.iter().map(|filter| TopicFilter::new(filter).unwrap()).collect();
        let mut copies = Copies::default();
        copies.begin_session();
        copies.set(&filters.iter().cloned().collect());
        let requested = filters.into_iter().zip(1..).map(|(filter, order)| {
            let id = has_ids.then(|| subscription_id(&filter));
            (filter, Requested { options: Some(Qos::AtMostOnce.into()), id, granted: Some(order) })
        });
        Fixture { copies, requested: requested.collect() }
    }

    fn message(payload: &'static str, retain: bool, ids: &[&str]) -> IncomingPublish {
        let id = |filter: &&str| usize::try_from(subscription_id(&TopicFilter::new(filter).unwrap())).unwrap();
        IncomingPublish {
            topic: Bytes::new(),
            payload: Bytes::from_static(payload.as_bytes()),
            qos: Qos::AtMostOnce,
            retain,
            packet_id: 0,
            subscription_ids: ids.iter().map(id).collect(),
            properties: None,
        }
    }

    /// Receives messages on `a/b/c`, each after a pause; returns the payloads of those that are no copies.
    fn receive(copies: &mut Fixture, messages: &[(&'static str, Duration)]) -> Vec<&'static str> {
        let mut now = Instant::now();
        let mut received = Vec::new();
        for (payload, pause) in messages {
            now += *pause;
            if !copies.is_copy("a/b/c", &message(payload, false, &[]), now) {
                received.push(*payload);
            }
        }
        received
    }

    #[test]
    fn identifiers_tell_copies_from_equal_messages() {
        let filters = ["a/+/c", "a/b/#"];
        let mut copies = copies(&filters, true);
        let now = Instant::now();
        for _ in 0..3 {
            assert!(!copies.is_copy("a/b/c", &message("1", false, &filters[..1]), now));
            assert!(copies.is_copy("a/b/c", &message("1", false, &filters[1..]), now), "its copy");
        }
        for _ in 0..3 {
            assert!(!copies.is_copy("a/b/c", &message("1", false, &filters), now), "one packet for both");
        }
        assert!(!copies.is_copy("a/b/x", &message("1", false, &filters[1..]), now), "only one matches");
    }

    #[test]
    fn message_with_unknown_identifiers_is_not_lost() {
        let mut copies = copies(&["a/+/c", "a/b/#"], true);
        for n in 0..3 {
            let now = Instant::now() + FIRST_COPY_WINDOW * n;
            assert!(!copies.is_copy("a/b/c", &message("1", false, &["an/older/subscription"]), now));
        }
    }

    #[test]
    fn broker_that_sends_copies_is_recognized_and_equal_messages_count() {
        let mut copies = copies(&["a/+/c", "a/b/#"], false);
        let pair = |payload| [(payload, Duration::from_secs(1)), (payload, MILLISECOND)];
        let received = receive(&mut copies, &[pair("1"), pair("1"), pair("2")].concat());
        assert_eq!(received, ["1", "1", "2"]);
        let four = [("x", MILLISECOND); 4];
        assert_eq!(receive(&mut copies, &four), ["x", "x"], "two messages at once");
    }

    #[test]
    fn broker_that_sends_one_packet_is_recognized_and_equal_messages_count() {
        for first in
            [&[("1", MILLISECOND), ("2", MILLISECOND)][..], &[("1", MILLISECOND), ("1", Duration::from_millis(300))]]
        {
            let mut copies = copies(&["a/+/c", "a/b/#"], false);
            assert_eq!(receive(&mut copies, first).len(), 2);
            assert_eq!(receive(&mut copies, &[("x", MILLISECOND); 3]), ["x", "x", "x"]);
        }
    }

    #[test]
    fn broker_that_stops_to_send_copies_is_recognized() {
        let mut copies = copies(&["a/+/c", "a/b/#"], false);
        receive(&mut copies, &[("1", MILLISECOND), ("1", MILLISECOND)]);
        let single: Vec<_> = ["2", "3", "4", "5"].map(|payload| (payload, COPY_WINDOW)).into();
        assert_eq!(receive(&mut copies, &single).len(), 4);
        assert_eq!(receive(&mut copies, &[("x", MILLISECOND); 2]), ["x", "x"]);
    }

    #[test]
    fn shared_subscription_is_no_copy_of_another_member() {
        let mut copies = copies(&["$share/g/a/#", "$share/h/a/b/c"], false);
        assert_eq!(receive(&mut copies, &[("x", MILLISECOND); 2]), ["x", "x"]);
    }

    #[test]
    fn retained_message_of_a_new_subscription_is_no_copy() {
        for has_ids in [false, true] {
            let filters = ["a/+/c", "a/b/#"];
            let mut copies = copies(&filters, has_ids);
            let now = Instant::now();
            assert!(!copies.is_copy("a/b/c", &message("1", true, &filters[..1]), now));
            assert!(copies.is_copy("a/b/c", &message("1", true, &filters[1..]), now), "both were requested together");
            let later = now + COPY_WINDOW;
            assert!(!copies.is_copy("a/b/c", &message("1", true, &filters[1..]), later), "a tile may wait for it");
        }
    }
}
