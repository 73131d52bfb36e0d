//! The requests of subscriptions: which are sent when, and what their answers change.

use std::time::Duration;

use super::*;
use crate::{
    model::connection::Qos,
    mqtt::limits::{MAX_FILTERS_PER_SUBSCRIBE, MAX_PENDING_SUBSCRIBES},
};

fn subscription(filter: &str, qos: Qos) -> Subscription {
    Subscription::new(TopicFilter::new(filter).unwrap(), qos)
}

fn at_most_once(filters: &[&str]) -> Vec<Subscription> {
    filters.iter().map(|filter| subscription(filter, Qos::AtMostOnce)).collect()
}

fn begin(subscriptions: &mut Subscriptions, session_present: bool) {
    subscriptions.begin_session(SessionStart { session_present, ..SessionStart::default() }, Instant::now());
}

/// Takes all requests and returns them as text: `+a` for subscribe, `-a` for unsubscribe.
fn request_all(subscriptions: &mut Subscriptions) -> Vec<String> {
    let mut requests = Vec::new();
    while let Some(request) = subscriptions.next_request(false) {
        match &request {
            SubscriptionRequest::Subscribe(packet) => {
                let filters = packet.subscriptions.iter();
                requests.extend(filters.map(|subscription| format!("+{}", subscription.filter)));
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
    begin(&mut subscriptions, false);
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
    begin(&mut subscriptions, false);
    request_all(&mut subscriptions);
    begin(&mut subscriptions, false);
    assert_eq!(request_all(&mut subscriptions), ["+a", "+b"]);
}

#[test]
fn resumed_session_unsubscribes_filters_no_longer_desired() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.set(&at_most_once(&["a", "b"]));
    begin(&mut subscriptions, false);
    request_all(&mut subscriptions);
    subscriptions.set(&at_most_once(&["b"]));
    begin(&mut subscriptions, true);
    assert_eq!(request_all(&mut subscriptions), ["-a", "+b"]);
}

fn filters(names: &[&str]) -> Vec<TopicFilter> {
    names.iter().map(|name| TopicFilter::new(name).unwrap()).collect()
}

#[test]
fn kept_session_of_an_earlier_run_loses_what_is_not_wanted_once_that_is_known() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.keep_session(KeptSession { filters: filters(&["old", "kept", "old/#"]), ..KeptSession::default() });
    begin(&mut subscriptions, true);
    assert_eq!(request_all(&mut subscriptions), [""; 0], "the subscriptions are not known yet");
    assert_eq!(subscriptions.take_session_change(), None);
    subscriptions.set(&at_most_once(&["kept", "new"]));
    assert_eq!(
        subscriptions.take_session_change(),
        Some(filters(&["kept", "new", "old", "old/#"])),
        "reported before the packets are sent"
    );
    let mut requests = request_all(&mut subscriptions);
    requests.sort();
    assert_eq!(requests, ["+kept", "+new", "-old", "-old/#"]);
    assert_eq!(subscriptions.take_session_change(), Some(filters(&["kept", "new"])));
    begin(&mut subscriptions, true);
    assert_eq!(request_all(&mut subscriptions), ["+kept", "+new"], "they are unsubscribed once");
    assert_eq!(subscriptions.take_session_change(), None);
}

#[test]
fn protected_subscription_of_a_kept_session_is_never_unsubscribed_and_stays_on_record() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.keep_session(KeptSession { filters: filters(&["other", "old"]), protected: filters(&["other"]) });
    subscriptions.set(&at_most_once(&["mine"]));
    begin(&mut subscriptions, true);
    assert_eq!(request_all(&mut subscriptions), ["-old", "+mine"]);
    assert_eq!(subscriptions.take_session_change(), Some(filters(&["mine", "other"])));
    subscriptions.set(&at_most_once(&["mine", "other"]));
    assert_eq!(request_all(&mut subscriptions), ["+other"]);
    subscriptions.set(&at_most_once(&["mine"]));
    assert_eq!(request_all(&mut subscriptions), [""; 0]);
    begin(&mut subscriptions, true);
    assert_eq!(request_all(&mut subscriptions), ["+mine"]);
    assert_eq!(subscriptions.take_session_change(), None);
}

#[test]
fn session_that_the_broker_has_not_kept_has_nothing_to_unsubscribe() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.keep_session(KeptSession { filters: filters(&["old"]), ..KeptSession::default() });
    subscriptions.set(&at_most_once(&["new"]));
    begin(&mut subscriptions, false);
    assert_eq!(request_all(&mut subscriptions), ["+new"]);
    assert_eq!(subscriptions.take_session_change(), Some(vec![TopicFilter::new("new").unwrap()]));
}

#[test]
fn subscribe_batches_are_bounded_in_size_and_number() {
    let mut subscriptions = Subscriptions::default();
    let many: Vec<String> = (0..1_000).map(|n| format!("tile/{n}")).collect();
    subscriptions.set(&at_most_once(&many.iter().map(String::as_str).collect::<Vec<_>>()));
    begin(&mut subscriptions, false);
    let now = Instant::now();
    for packet_id in 1..=8 {
        let Some(SubscriptionRequest::Subscribe(packet)) = subscriptions.next_request(false) else {
            panic!("a packet was due")
        };
        assert_eq!(packet.subscriptions.len(), MAX_FILTERS_PER_SUBSCRIBE);
        subscriptions.mark_requested(SubscriptionRequest::Subscribe(packet), now);
        subscriptions.mark_subscribe_written(packet_id, now);
    }
    assert_eq!(subscriptions.next_request(false), None);
    assert_eq!(subscriptions.handle_suback(1, vec![None; MAX_FILTERS_PER_SUBSCRIBE]), SubackResult::default());
    assert!(subscriptions.next_request(false).is_some());
    let long = format!("x/{}", "y".repeat(60_000));
    subscriptions.set(&at_most_once(&[&long, "a"]));
    begin(&mut subscriptions, false);
    let Some(SubscriptionRequest::Subscribe(packet)) = subscriptions.next_request(false) else {
        panic!("a packet was due")
    };
    assert_eq!(packet.subscriptions.len(), 1);
}

#[test]
fn suback_results_match_their_filters() {
    let (mut subscriptions, now) = (Subscriptions::default(), Instant::now());
    subscriptions.set(&at_most_once(&["a", "b", "c"]));
    begin(&mut subscriptions, false);
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
    begin(&mut subscriptions, false);
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
    begin(&mut subscriptions, false);
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
    begin(&mut subscriptions, false);
    for n in 0..100 {
        subscriptions.set(&at_most_once(&[&n.to_string()]));
        request_all(&mut subscriptions);
        subscriptions.take_overdue(now + Duration::from_secs(1), Duration::ZERO);
    }
    assert_eq!(subscriptions.pending.len(), MAX_PENDING_SUBSCRIBES);
}

/// Acknowledges the SUBSCRIBE packet that was requested last, with these reasons of a rejection.
fn acknowledge(subscriptions: &mut Subscriptions, packet_id: u16, results: Vec<Option<String>>) -> SubackResult {
    subscriptions.mark_subscribe_written(packet_id, Instant::now());
    subscriptions.handle_suback(packet_id, results)
}

#[test]
fn covered_subscription_stays_until_the_covering_one_is_granted() {
    let mut subscriptions = Subscriptions::default();
    begin(&mut subscriptions, false);
    subscriptions.set(&at_most_once(&["a/b", "c"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/b", "+c"]);
    acknowledge(&mut subscriptions, 1, vec![None, None]);
    subscriptions.set(&at_most_once(&["a/b", "a/#", "c"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/#"]);
    acknowledge(&mut subscriptions, 2, vec![None]);
    assert_eq!(request_all(&mut subscriptions), ["-a/b"]);
}

#[test]
fn covering_subscription_stays_until_the_covered_ones_are_granted() {
    let mut subscriptions = Subscriptions::default();
    begin(&mut subscriptions, false);
    subscriptions.set(&at_most_once(&["a/b", "a/#"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/#"]);
    acknowledge(&mut subscriptions, 1, vec![None]);
    subscriptions.set(&at_most_once(&["a/b"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/b"]);
    acknowledge(&mut subscriptions, 2, vec![None]);
    assert_eq!(request_all(&mut subscriptions), ["-a/#"]);
}

#[test]
fn retained_messages_of_a_new_covered_subscription_are_fetched_once() {
    let mut subscriptions = Subscriptions::default();
    begin(&mut subscriptions, false);
    subscriptions.set(&at_most_once(&["a/#"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/#"]);
    acknowledge(&mut subscriptions, 1, vec![None]);
    subscriptions.set(&at_most_once(&["a/#", "a/b"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/b"]);
    acknowledge(&mut subscriptions, 2, vec![None]);
    assert_eq!(request_all(&mut subscriptions), ["-a/b"], "the other one brings the messages");
    subscriptions.set(&at_most_once(&["a/#", "a/b", "a/c"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/c"]);
    let suback = acknowledge(&mut subscriptions, 3, vec![Some("no".to_owned())]);
    assert_eq!(suback, SubackResult::default(), "the other one brings the messages");
    assert_eq!(request_all(&mut subscriptions), Vec::<String>::new());
}

#[test]
fn retained_messages_are_not_fetched_for_a_tile_that_wants_none() {
    let mut subscriptions = Subscriptions::default();
    begin(&mut subscriptions, false);
    subscriptions.set(&at_most_once(&["a/#"]));
    assert_eq!(request_all(&mut subscriptions), ["+a/#"]);
    acknowledge(&mut subscriptions, 1, vec![None]);
    let mut never = subscription("a/b", Qos::AtMostOnce);
    never.options.retain_handling = RetainHandling::Never;
    subscriptions.set(&[at_most_once(&["a/#"]), vec![never.clone()]].concat());
    assert_eq!(request_all(&mut subscriptions), [""; 0]);
    let other = Subscription::new(never.filter.clone(), Qos::AtMostOnce);
    subscriptions.set(&[at_most_once(&["a/#"]), vec![never, other]].concat());
    assert_eq!(request_all(&mut subscriptions), ["+a/b"], "nobody has asked for its retained message before");
}

#[test]
fn refused_filters_are_asked_for_again_when_they_come_back_or_all_are_refused() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.set(&at_most_once(&["a"]));
    for _ in 0..2 {
        begin(&mut subscriptions, false);
        assert_eq!(request_all(&mut subscriptions), ["+a"]);
        subscriptions.mark_subscribe_written(1, Instant::now());
        subscriptions.record_end(Duration::from_millis(50), true, Instant::now());
    }
    begin(&mut subscriptions, false);
    assert_eq!(subscriptions.take_unreported().len(), 1);
    assert_eq!(request_all(&mut subscriptions), Vec::<String>::new());
    let retry_at = subscriptions.retry_at().expect("all are refused");
    assert_eq!(subscriptions.next_deadline(Duration::from_secs(10)), Some(retry_at));
    subscriptions.retry_refused(retry_at - Duration::from_millis(1));
    assert_eq!(request_all(&mut subscriptions), Vec::<String>::new());
    subscriptions.retry_refused(retry_at);
    assert_eq!(request_all(&mut subscriptions), ["+a"]);
    let granted = acknowledge(&mut subscriptions, 2, vec![None]).granted_late;
    assert_eq!(granted, [TopicFilter::new("a").unwrap()], "the tile shows it as refused until then");
    for _ in 0..2 {
        begin(&mut subscriptions, false);
        request_all(&mut subscriptions);
        subscriptions.mark_subscribe_written(1, Instant::now());
        subscriptions.record_end(Duration::from_millis(50), true, Instant::now());
    }
    begin(&mut subscriptions, false);
    subscriptions.set(&[]);
    subscriptions.set(&at_most_once(&["a"]));
    assert_eq!(request_all(&mut subscriptions), ["+a"], "it was removed and comes back");
}

#[test]
fn what_a_rejected_subscription_would_have_covered_is_requested() {
    let mut subscriptions = Subscriptions::default();
    begin(&mut subscriptions, false);
    subscriptions.set(&at_most_once(&["a/b", "a/+", "#"]));
    assert_eq!(request_all(&mut subscriptions), ["+#"]);
    let rejected = acknowledge(&mut subscriptions, 1, vec![Some("no".to_owned())]).rejected;
    assert_eq!(rejected, [(TopicFilter::new("#").unwrap(), "no".to_owned())]);
    assert_eq!(request_all(&mut subscriptions), ["+a/+"]);
    acknowledge(&mut subscriptions, 2, vec![Some("no".to_owned())]);
    assert_eq!(request_all(&mut subscriptions), ["+a/b"]);
    begin(&mut subscriptions, false);
    assert_eq!(request_all(&mut subscriptions), ["+#"], "a new session asks again");
}

#[test]
fn subscriptions_without_answer_are_reported_with_what_they_cover() {
    let mut subscriptions = Subscriptions::default();
    begin(&mut subscriptions, false);
    subscriptions.set(&at_most_once(&["a/b", "a/#"]));
    request_all(&mut subscriptions);
    subscriptions.mark_subscribe_written(1, Instant::now());
    let both = ["a/b", "a/#"].map(|filter| TopicFilter::new(filter).unwrap());
    assert_eq!(subscriptions.take_overdue(Instant::now(), Duration::ZERO), both);
    assert_eq!(subscriptions.handle_suback(1, vec![None]).granted_late, both);
}

#[test]
fn packets_are_as_small_as_the_broker_wants_and_what_fits_into_none_is_refused() {
    let mut subscriptions = Subscriptions::default();
    let long = format!("t/{}", "x".repeat(100));
    subscriptions.set(&at_most_once(&[&long, "t/aaaaaaaaaa", "t/bbbbbbbbbb", "t/cccccccccc"]));
    let packet_limits = PacketLimits::with_broker_limit(50);
    subscriptions.begin_session(SessionStart { packet_limits, ..SessionStart::default() }, Instant::now());
    let [(refused, reason)] = &subscriptions.take_unreported()[..] else { panic!() };
    assert_eq!((refused.as_str(), reason.as_str()), (&*long, "not subscribed: it has 118 B, the broker allows 50 B"));
    for expected in [&["t/aaaaaaaaaa", "t/bbbbbbbbbb"][..], &["t/cccccccccc"]] {
        let Some(request @ SubscriptionRequest::Subscribe(_)) = subscriptions.next_request(false) else { panic!() };
        let SubscriptionRequest::Subscribe(packet) = &request else { panic!() };
        let filters: Vec<&str> = packet.subscriptions.iter().map(|requested| requested.filter.as_str()).collect();
        assert_eq!(filters, expected);
        subscriptions.mark_requested(request, Instant::now());
    }
    subscriptions.set(&at_most_once(&[&long, "a"]));
    assert_eq!(subscriptions.take_unreported(), [], "it is reported once");
}

#[test]
fn overlapping_subscriptions_have_identifiers_of_their_own() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.set(&at_most_once(&["a/+/c", "x", "a/b/#", "y"]));
    subscriptions.begin_session(SessionStart { has_subscription_ids: true, ..SessionStart::default() }, Instant::now());
    let mut packets = Vec::new();
    while let Some(SubscriptionRequest::Subscribe(packet)) = subscriptions.next_request(false) {
        let filters: Vec<String> = packet.subscriptions.iter().map(|requested| requested.filter.to_string()).collect();
        packets.push((filters.join(" "), packet.id.is_some()));
        subscriptions.mark_requested(SubscriptionRequest::Subscribe(packet), Instant::now());
    }
    let expected = [("a/+/c", true), ("x", false), ("a/b/#", true), ("y", false)];
    assert_eq!(packets, expected.map(|(filter, has_id)| (filter.to_owned(), has_id)));
}

#[test]
fn refused_subscription_is_searched_for_with_nothing_else_in_flight() {
    let mut subscriptions = Subscriptions::default();
    subscriptions.set(&at_most_once(&["a", "b", "c"]));
    let close = |subscriptions: &mut Subscriptions| {
        subscriptions.mark_subscribe_written(1, Instant::now());
        subscriptions.record_end(Duration::ZERO, true, Instant::now());
        assert!(subscriptions.take_search_due() && !subscriptions.take_search_due());
        begin(subscriptions, false);
    };
    begin(&mut subscriptions, false);
    assert_eq!(request_all(&mut subscriptions), ["+a", "+b", "+c"]);
    close(&mut subscriptions);
    assert_eq!(subscriptions.next_request(true), None, "a message in flight could be the reason");
    assert_eq!(request_all(&mut subscriptions), ["+a", "+b"]);
    assert!(subscriptions.is_suspect_in_flight());
    acknowledge(&mut subscriptions, 1, vec![None, None]);
    for _ in 0..2 {
        subscriptions.set(&at_most_once(&["a", "b", "c"]));
        assert_eq!(request_all(&mut subscriptions).last().unwrap(), "+c");
        close(&mut subscriptions);
        if !subscriptions.unreported.is_empty() {
            break;
        }
        assert_eq!(request_all(&mut subscriptions), ["+a", "+b"], "what works comes first");
        acknowledge(&mut subscriptions, 1, vec![None, None]);
    }
    let [(refused, _)] = &subscriptions.take_unreported()[..] else { panic!() };
    assert_eq!(refused.as_str(), "c");
    assert_eq!(request_all(&mut subscriptions), ["+a", "+b"]);
    assert!(!subscriptions.is_suspect_in_flight());
}
