//! Brokers that refuse subscriptions and messages by closing the network connection, that limit packets, and that send
//! a copy of a message for each subscription, in both versions of MQTT.

use std::collections::BTreeSet;

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, PublishStatus, Qos, Subscription},
        profile::{MqttVersion, Profile},
    },
    mqtt::Limits,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::protocol_errors::{for_both_versions, with_timeout};
use crate::fixtures::{
    connection::{ConnectionFixture, login, profile, publish_request, short_retry_limits, subscription},
    packet::{DISCONNECT, PINGREQ, PINGRESP, PUBLISH, RETAIN, SUBSCRIBE, UNSUBSCRIBE, suback},
    scripted_broker::{ScriptedBroker, ScriptedConnection},
};

for_both_versions! {
    broker_that_closes_on_more_than_eight_filters_gets_fewer;
    filters_that_the_broker_closes_on_are_found_and_the_others_work;
    restart_of_the_broker_refuses_no_subscription;
    message_that_the_broker_closes_on_names_its_topic;
    copies_of_a_message_are_one_message;
    covered_filter_is_not_subscribed_until_nothing_else_brings_its_messages;
    rejected_filter_is_replaced_by_what_it_covers;
}

fn profile_of(broker: &ScriptedBroker, protocol: MqttVersion) -> Profile {
    profile(&broker.url(), protocol)
}

fn subscriptions(filters: &[&str]) -> Vec<Subscription> {
    filters.iter().map(|filter| subscription(filter, Qos::AtMostOnce)).collect()
}

/// A SUBSCRIBE packet.
struct Subscribe {
    packet_id: [u8; 2],
    /// The properties of MQTT 5.
    properties: Vec<u8>,
    filters: Vec<String>,
}

impl Subscribe {
    fn parse(protocol: MqttVersion, body: &[u8]) -> Self {
        let (packet_id, mut rest) = ([body[0], body[1]], &body[2..]);
        let mut properties = Vec::new();
        if protocol == MqttVersion::V5 {
            let length = usize::from(rest[0]);
            properties = rest[1..=length].to_vec();
            rest = &rest[1 + length..];
        }
        let mut filters = Vec::new();
        while let [high, low, text @ ..] = rest {
            let (text, options) = text.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            filters.push(String::from_utf8_lossy(text).into_owned());
            rest = &options[1..];
        }
        Self { packet_id, properties, filters }
    }

    /// The subscription identifier, as it is encoded.
    fn id(&self) -> &[u8] {
        self.properties.strip_prefix(&[0x0b]).expect("a subscription identifier")
    }
}

async fn expect_subscribe(connection: &mut ScriptedConnection, protocol: MqttVersion) -> Subscribe {
    Subscribe::parse(protocol, &connection.expect(SUBSCRIBE).await)
}

async fn grant(connection: &mut ScriptedConnection, protocol: MqttVersion, request: &Subscribe) {
    connection.send(&suback(protocol, request.packet_id, &vec![0; request.filters.len()])).await;
}

/// What a broker that closes network connections has granted, packet by packet.
type Granted = UnboundedReceiver<Vec<String>>;

/// Answers SUBSCRIBE packets on all network connections, and closes those on which it gets one that it does not accept.
/// Publishes `payload` on each granted filter.
async fn serve(
    broker: ScriptedBroker,
    protocol: MqttVersion,
    granted: UnboundedSender<Vec<String>>,
    accepts: impl Fn(&[String]) -> bool,
) {
    loop {
        let mut connection = broker.accept_session().await;
        while let Some((first, body)) = connection.read_packet().await {
            match first {
                PINGREQ => connection.send(&PINGRESP).await,
                SUBSCRIBE => {
                    let request = Subscribe::parse(protocol, &body);
                    if !accepts(&request.filters) {
                        break;
                    }
                    grant(&mut connection, protocol, &request).await;
                    if granted.send(request.filters).is_err() {
                        return;
                    }
                }
                _ => {}
            }
        }
    }
}

/// Opens a connection, with the delays of the program, to a broker that closes it on what it does not accept.
async fn connect_to_closing_broker(
    protocol: MqttVersion,
    accepts: impl Fn(&[String]) -> bool + Send + 'static,
) -> (ConnectionFixture, Granted) {
    let broker = ScriptedBroker::start(protocol).await;
    let connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), Limits::default());
    let (sender, granted) = unbounded_channel();
    tokio::spawn(serve(broker, protocol, sender, accepts));
    (connection, granted)
}

async fn broker_that_closes_on_more_than_eight_filters_gets_fewer(protocol: MqttVersion) {
    let (connection, mut granted) = connect_to_closing_broker(protocol, |filters| filters.len() <= 8).await;
    let names: Vec<String> = (0..20).map(|number| format!("dt/area/{number}")).collect();
    let filters: Vec<&str> = names.iter().map(String::as_str).collect();
    connection.client.set_subscriptions(subscriptions(&filters));
    let mut all = Vec::new();
    while all.len() < filters.len() {
        all.extend(granted.recv().await.unwrap());
    }
    assert_eq!(all, filters, "each is asked for once");
}

async fn filters_that_the_broker_closes_on_are_found_and_the_others_work(protocol: MqttVersion) {
    let forbidden = ["secret/3", "secret/11"];
    let is_forbidden = move |filter: &String| forbidden.contains(&filter.as_str());
    let (mut connection, mut granted) =
        connect_to_closing_broker(protocol, move |filters| !filters.iter().any(is_forbidden)).await;
    let names: Vec<String> = (0..12).map(|number| format!("secret/{number}")).collect();
    let filters: Vec<&str> = names.iter().map(String::as_str).collect();
    connection.client.set_subscriptions(subscriptions(&filters));
    let mut refused = BTreeSet::new();
    while refused.len() < forbidden.len() {
        let (filter, reason) = connection.next_refused_subscription().await;
        assert_eq!(reason, "the broker closes the connection when it is asked for this subscription");
        refused.insert(filter);
    }
    assert_eq!(refused, forbidden.map(str::to_owned).into());
    let mut working: BTreeSet<String> = BTreeSet::new();
    while working.len() < filters.len() - forbidden.len() {
        working.extend(granted.recv().await.unwrap());
    }
    connection.client.set_subscriptions(subscriptions(&[&filters[..], &["another"]].concat()));
    while !working.contains("another") {
        working.extend(granted.recv().await.unwrap());
    }
    assert!(working.iter().all(|filter| !is_forbidden(filter)), "the connection stays up: {working:?}");
}

async fn restart_of_the_broker_refuses_no_subscription(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    connection.client.set_subscriptions(subscriptions(&["a"]));
    for _ in 0..3 {
        let mut first = broker.accept_session().await;
        expect_subscribe(&mut first, protocol).await;
        drop(first);
        let mut second = broker.accept_session().await;
        let request = expect_subscribe(&mut second, protocol).await;
        assert_eq!(request.filters, ["a"]);
        grant(&mut second, protocol, &request).await;
        second.send_publish(PUBLISH, None, "a", b"1").await;
        assert_eq!(connection.next_message_text().await, "a 1");
    }
}

async fn message_that_the_broker_closes_on_names_its_topic(protocol: MqttVersion) {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        let broker = ScriptedBroker::start(protocol).await;
        let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
        let mut network = broker.accept_session().await;
        connection.wait_connected().await;
        connection.client.publish(publish_request(1, "secret/door", b"open", qos));
        network.expect(PUBLISH).await;
        drop(network);
        let reason =
            "the broker closed the connection after a message to secret/door: publishing to it may not be allowed";
        assert_eq!(connection.wait_disconnected().await, reason);
        if qos == Qos::AtMostOnce {
            continue;
        }
        for _ in 0..2 {
            broker.accept_session().await.expect(PUBLISH).await;
        }
        let reason = "given up: the connection failed 3 times after a message to secret/door; \
                      publishing to it may not be allowed";
        assert_eq!(connection.final_publish_status(1).await, PublishStatus::Failed(reason.to_owned()));
    }
}

/// A PUBLISH packet; MQTT 5 adds this subscription identifier.
async fn send_copy(connection: &mut ScriptedConnection, protocol: MqttVersion, request: &Subscribe, payload: &str) {
    let mut body = [&[0, 5], b"a/b/c".as_slice()].concat();
    if protocol == MqttVersion::V5 {
        body.push(u8::try_from(1 + request.id().len()).unwrap());
        body.push(0x0b);
        body.extend(request.id());
    }
    body.extend(payload.as_bytes());
    connection.send(&crate::fixtures::packet::packet(PUBLISH, &body)).await;
}

async fn copies_of_a_message_are_one_message(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    connection.client.set_subscriptions(subscriptions(&["a/+/c", "a/b/#"]));
    let mut broker = broker.accept_session().await;
    let mut requests = vec![expect_subscribe(&mut broker, protocol).await];
    if protocol == MqttVersion::V5 {
        requests.push(expect_subscribe(&mut broker, protocol).await);
        assert_ne!(requests[0].id(), requests[1].id());
    }
    for request in &requests {
        grant(&mut broker, protocol, request).await;
    }
    for payload in ["1", "1", "2", "2"] {
        for copy in 0..2 {
            send_copy(&mut broker, protocol, &requests[copy % requests.len()], payload).await;
        }
    }
    broker.send_publish(PUBLISH, None, "a/b/end", b"").await;
    for payload in ["1", "1", "2", "2"] {
        assert_eq!(connection.next_message_text().await, format!("a/b/c {payload}"));
    }
    assert_eq!(connection.next_message_text().await, "a/b/end ");
}

async fn covered_filter_is_not_subscribed_until_nothing_else_brings_its_messages(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    connection.client.set_subscriptions(subscriptions(&["test/bla/status", "test/#", "test/+/status"]));
    let mut broker = broker.accept_session().await;
    let request = expect_subscribe(&mut broker, protocol).await;
    assert_eq!(request.filters, ["test/#"]);
    grant(&mut broker, protocol, &request).await;
    broker.send_publish(PUBLISH | RETAIN, None, "test/bla/status", b"one").await;
    assert_eq!(connection.next_message_text().await, "test/bla/status one");
    connection.client.set_subscriptions(subscriptions(&["test/bla/status"]));
    let request = expect_subscribe(&mut broker, protocol).await;
    assert_eq!(request.filters, ["test/bla/status"]);
    broker.send_publish(PUBLISH, None, "test/bla/status", b"two").await;
    grant(&mut broker, protocol, &request).await;
    broker.send_publish(PUBLISH | RETAIN, None, "test/bla/status", b"two").await;
    let body = broker.expect(UNSUBSCRIBE).await;
    assert!(body.ends_with(b"test/#"));
    broker.send_publish(PUBLISH, None, "test/bla/status", b"three").await;
    // The retained message comes again: a new tile may be waiting for it.
    for payload in ["two", "two", "three"] {
        assert_eq!(connection.next_message_text().await, format!("test/bla/status {payload}"));
    }
}

async fn rejected_filter_is_replaced_by_what_it_covers(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), short_retry_limits());
    connection.client.set_subscriptions(subscriptions(&["a/b", "#"]));
    let mut broker = broker.accept_session().await;
    let request = expect_subscribe(&mut broker, protocol).await;
    assert_eq!(request.filters, ["#"]);
    let code = if protocol == MqttVersion::V311 { 0x80 } else { 0x87 };
    broker.send(&suback(protocol, request.packet_id, &[code])).await;
    assert_eq!(connection.next_refused_subscription().await.0, "#");
    let request = expect_subscribe(&mut broker, protocol).await;
    assert_eq!(request.filters, ["a/b"]);
    grant(&mut broker, protocol, &request).await;
    broker.send_publish(PUBLISH, None, "a/b", b"1").await;
    assert_eq!(connection.next_message_text().await, "a/b 1");
}

/// The largest packet that the broker accepts is announced in MQTT 5 only.
#[tokio::test]
async fn filter_that_fits_into_no_packet_is_refused_and_the_others_work() {
    with_timeout(async {
        let broker = ScriptedBroker::start(MqttVersion::V5).await;
        let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
        let long = format!("t/{}", "x".repeat(100));
        connection.client.set_subscriptions(subscriptions(&[&long, "t/a", "t/b"]));
        let mut broker = broker.accept().await;
        // Maximum Packet Size: 60.
        broker.send_connack(&[0x27, 0, 0, 0, 60]).await;
        let (filter, reason) = connection.next_refused_subscription().await;
        assert_eq!((filter, &*reason), (long.clone(), "not subscribed: it has 118 B, the broker allows 60 B"));
        let request = expect_subscribe(&mut broker, MqttVersion::V5).await;
        assert_eq!(request.filters, ["t/a", "t/b"]);
    })
    .await;
}

/// MQTT 5 only: DISCONNECT with a reason that is no refusal.
#[tokio::test]
async fn broker_that_shuts_down_refuses_no_subscription() {
    with_timeout(async {
        let broker = ScriptedBroker::start(MqttVersion::V5).await;
        let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
        connection.client.set_subscriptions(subscriptions(&["a"]));
        for _ in 0..3 {
            let mut network = broker.accept_session().await;
            expect_subscribe(&mut network, MqttVersion::V5).await;
            network.send(&[DISCONNECT, 2, 0x8b, 0]).await;
            assert_eq!(connection.wait_disconnected().await, "the broker closed the connection: server shutting down");
        }
        let mut network = broker.accept_session().await;
        let request = expect_subscribe(&mut network, MqttVersion::V5).await;
        grant(&mut network, MqttVersion::V5, &request).await;
        network.send_publish(PUBLISH, None, "a", b"1").await;
        let refused = loop {
            match connection.next_event().await {
                ConnectionEvent::Messages(_) => break false,
                ConnectionEvent::SubscriptionRefused(..) => break true,
                _ => {}
            }
        };
        assert!(!refused);
    })
    .await;
}
