//! Tests of the messages that tiles keep.

use proptest::prelude::*;

use super::*;
use crate::model::connection::Qos;

fn message<'a>(topic: &'a str, payload: &'a str, retain: bool) -> MessageRef<'a> {
    MessageRef { topic, payload: payload.as_bytes(), qos: Qos::AtMostOnce, retain, properties: None }
}

fn at(seconds: u64) -> Time {
    Time::from_millis(1_000 * seconds)
}

/// Records live messages, one a second.
fn record(kept: &mut KeptMessages, messages: &[(&str, &str)]) {
    for (second, (topic, payload)) in (0..).zip(messages) {
        kept.record(message(topic, payload, false), at(second));
    }
}

fn texts(kept: &KeptMessages) -> Vec<String> {
    kept.iter().map(|kept| format!("{}={}", kept.topic, String::from_utf8_lossy(&kept.payload))).collect()
}

const LAST: KeepRule = KeepRule::Last { messages: 3 };
const NEWEST: KeepRule = KeepRule::NewestOfTopics { topics: 3 };
const RECENT: KeepRule = KeepRule::Recent { period: Duration::from_secs(10), messages: 3, topics: 2 };

#[test]
fn last_messages_are_kept_in_the_order_of_their_arrival() {
    let mut kept = KeptMessages::new(LAST);
    record(&mut kept, &[("b", "1"), ("a", "2"), ("b", "3"), ("b", ""), ("a", "2")]);
    assert_eq!(texts(&kept), ["b=3", "b=", "a=2"]);
}

#[test]
fn newest_message_of_each_topic_is_kept_until_the_topic_is_cleared() {
    let mut kept = KeptMessages::new(NEWEST);
    record(&mut kept, &[("b", "1"), ("a", "2"), ("b", "3"), ("c", "4")]);
    assert_eq!(texts(&kept), ["a=2", "b=3", "c=4"]);
    record(&mut kept, &[("b", "")]);
    assert_eq!(texts(&kept), ["a=2", "c=4"]);
}

#[test]
fn topic_that_is_silent_for_the_longest_time_makes_room_for_a_new_one() {
    let mut kept = KeptMessages::new(NEWEST);
    record(&mut kept, &[("a", "1"), ("b", "2"), ("c", "3"), ("a", "4"), ("d", "5")]);
    assert_eq!(texts(&kept), ["a=4", "c=3", "d=5"]);
}

#[test]
fn messages_of_a_period_are_kept_for_each_topic() {
    let mut kept = KeptMessages::new(RECENT);
    let messages = [("a", 0), ("b", 1), ("a", 4), ("a", 9), ("a", 11), ("a", 12), ("a", 22)];
    for (topic, second) in messages {
        kept.record(message(topic, &second.to_string(), false), at(second));
    }
    assert_eq!(texts(&kept), ["a=12", "a=22", "b=1"], "10 seconds before the newest one of the topic");
    let counts: Vec<(&str, usize)> = kept.by_topic.iter().map(|(topic, messages)| (&**topic, messages.len())).collect();
    assert_eq!(counts, [("a", 2), ("b", 1)]);
    for second in 23..30 {
        kept.record(message("c", "", false), at(second));
        kept.record(message("c", &second.to_string(), false), at(second));
        kept.record(message("a", &second.to_string(), false), at(second));
    }
    assert_eq!(texts(&kept), ["a=27", "a=28", "a=29", "c=29"], "3 messages of 2 topics");
}

#[test]
fn retained_message_that_the_broker_repeats_is_the_same_message() {
    for rule in [LAST, NEWEST, RECENT] {
        let mut kept = KeptMessages::new(rule);
        kept.record(message("a", "1", true), at(1));
        kept.record(message("b", "2", false), at(2));
        kept.expect_retained();
        for (topic, payload) in [("a", "1"), ("b", "2")] {
            kept.record(message(topic, payload, true), at(9));
        }
        assert_eq!(texts(&kept), ["a=1", "b=2"], "{rule:?}");
        let ages: Vec<_> = kept.iter().map(|kept| (kept.age.since, kept.age.is_unknown)).collect();
        assert_eq!(ages, [(at(1), true), (at(2), false)], "{rule:?}");
        // Some brokers set the flag in later messages, too.
        kept.record(message("a", "1", true), at(10));
        assert_eq!(kept.iter().map(|kept| kept.age.since).max(), Some(at(10)), "{rule:?}");
        kept.expect_retained();
        kept.record(message("a", "3", true), at(11));
        let newest = kept.iter().max_by_key(|kept| kept.age.since).unwrap();
        assert!(newest.age.is_unknown && &*newest.payload == b"3", "{rule:?}: published during the outage");
    }
}

#[test]
fn large_payload_is_cut_and_says_so() {
    let mut kept = KeptMessages::new(LAST);
    kept.record(message("a", &"x".repeat(MAX_KEPT_PAYLOAD_BYTES + 1), false), at(0));
    kept.record(message("a", &"x".repeat(MAX_KEPT_PAYLOAD_BYTES), false), at(0));
    let cut: Vec<(usize, bool)> =
        kept.iter().map(|kept| (kept.payload.len(), kept.payload.len() < kept.payload_bytes)).collect();
    assert_eq!(cut, [(MAX_KEPT_PAYLOAD_BYTES, true), (MAX_KEPT_PAYLOAD_BYTES, false)]);
}

fn extract(payload: &[u8]) -> Result<Extracted, TileError> {
    let text = String::from_utf8_lossy(payload);
    if payload == b"bad" {
        return Err(TileError::NotANumber(text.into()));
    }
    let fields = Box::new([Some(text.into()), None]);
    Ok(Extracted { records: vec![Record { key: None, fields }], left_out: 0 })
}

#[test]
fn each_message_is_read_once() {
    let mut kept = KeptMessages::new(LAST);
    record(&mut kept, &[("a", "1"), ("a", "bad")]);
    kept.extract(extract);
    kept.record(message("a", "3", false), at(3));
    let read = std::cell::RefCell::new(Vec::new());
    kept.extract(|payload| {
        read.borrow_mut().push(payload.to_vec());
        extract(payload)
    });
    assert_eq!(read.take(), [b"3"]);
    let fields: Vec<Option<&str>> =
        kept.iter().map(|kept| kept.records().first().and_then(|record| record.fields[0].as_deref())).collect();
    assert_eq!(fields, [Some("1"), None, Some("3")]);
    kept.clear_extracted();
    assert!(kept.iter().all(|kept| kept.extracted.is_none()));
}

#[test]
fn messages_stay_under_another_rule() {
    let mut kept = KeptMessages::new(LAST);
    record(&mut kept, &[("b", "1"), ("a", "2"), ("b", "3")]);
    let kept = kept.with_rule(NEWEST);
    assert_eq!(texts(&kept), ["a=2", "b=3"]);
    assert_eq!(texts(&kept.with_rule(KeepRule::Last { messages: 1 })), ["b=3"]);
}

#[test]
fn cut_keeps_the_newest_messages() {
    let mut kept = KeptMessages::new(KeepRule::Last { messages: 1_000 });
    for number in 0..1_000 {
        kept.record(message("a", &number.to_string(), false), at(number));
    }
    let before = kept.bytes();
    kept.cut();
    assert!(kept.bytes() <= before / 2 && kept.bytes() > before / 3, "{} of {before}", kept.bytes());
    assert_eq!(texts(&kept).last().unwrap(), "a=999");
}

fn rule_strategy() -> impl Strategy<Value = KeepRule> {
    let limit = || 1..6_usize;
    prop_oneof![
        limit().prop_map(|messages| KeepRule::Last { messages }),
        limit().prop_map(|topics| KeepRule::NewestOfTopics { topics }),
        (0..20_u64, limit(), limit()).prop_map(|(seconds, messages, topics)| KeepRule::Recent {
            period: Duration::from_secs(seconds),
            messages,
            topics
        }),
    ]
}

proptest! {
    #[test]
    fn memory_is_bounded_and_counted_whatever_arrives(
        rules in prop::collection::vec(rule_strategy(), 1..3),
        messages in prop::collection::vec(("[a-h]", 0..3_usize, any::<bool>(), 0..9_u8), 0..60),
    ) {
        let mut kept = KeptMessages::new(rules[0]);
        for (second, (topic, size, retain, other)) in (0..).zip(&messages) {
            let payload = "x".repeat(size * 300_000);
            kept.record(message(topic, &payload, *retain), at(second));
            match other {
                0 => kept.extract(extract),
                1 => kept.clear_extracted(),
                2 => kept.expect_retained(),
                3 => kept = kept.with_rule(*rules.last().unwrap()),
                _ => {}
            }
            prop_assert_eq!(kept.bytes(), kept.iter().map(KeptMessage::bytes).sum::<usize>());
            prop_assert!(kept.bytes() <= MAX_KEPT_BYTES);
            let count = kept.iter().count();
            match kept.rule() {
                KeepRule::Last { messages } => prop_assert!(count <= messages),
                KeepRule::NewestOfTopics { topics } => prop_assert!(count <= topics),
                KeepRule::Recent { messages, topics, .. } => {
                    prop_assert!(kept.by_topic.len() <= topics && count <= messages * topics);
                    prop_assert!(kept.by_topic.values().all(|messages| !messages.is_empty()));
                }
                KeepRule::Value => prop_assert!(count <= 1),
            }
        }
    }
}
