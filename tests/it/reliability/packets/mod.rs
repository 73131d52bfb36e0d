//! The packets of the client compared with the standards: 24 cases in both versions of MQTT, byte for byte.

mod publish;
mod receive;

use std::{future::Future, pin::Pin};

use mqtt_dash::{
    model::{
        connection::{Qos, RetainHandling},
        field_value::{BoundedInt, Nested},
        profile::{MqttVersion, PayloadFormat, Profile, Secrets, UserProperties, Will},
        topic::Topic,
    },
    mqtt::Login,
};

use crate::fixtures::{
    connection::{ConnectionFixture, login, profile, short_retry_limits, subscription},
    packet::packet,
    scripted_broker::{ScriptedBroker, ScriptedConnection},
};

/// A broker and a version of MQTT.
struct Case {
    broker: ScriptedBroker,
    protocol: MqttVersion,
}

type Check = fn(Case) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! cases {
    ($($name:literal => $check:path)*) => {
        const CASES: &[(&str, Check)] = &[$(($name, |case| Box::pin($check(case)))),*];
    };
}

cases! {
    "CONNECT" => connect
    "CONNECT with user and password" => connect_with_login
    "CONNECT with a will" => connect_with_will
    "CONNECT with a persistent session" => connect_with_persistent_session
    "CONNECT with the longest keep alive and a Japanese client ID" => connect_with_extreme_values
    "SUBSCRIBE" => subscribe
    "SUBSCRIBE to several" => subscribe_to_several
    "SUBSCRIBE to sixty, in two packets" => subscribe_to_many
    "UNSUBSCRIBE" => unsubscribe
    "PUBLISH with QoS 0" => publish::at_most_once
    "PUBLISH with QoS 1, PUBACK" => publish::at_least_once
    "PUBLISH with QoS 2, PUBREC, PUBREL, PUBCOMP" => publish::exactly_once
    "PUBLISH, retained" => publish::retained
    "PUBLISH with an empty payload" => publish::empty_payload
    "PUBLISH with a remaining length of two bytes" => publish::two_byte_length
    "PUBLISH with a remaining length of three bytes" => publish::three_byte_length
    "PUBLISH to a French topic" => publish::non_ascii_topic
    "PUBLISH after the PUBACK of the previous one" => publish::after_puback
    "PUBLISH repeated on the next connection" => publish::after_reconnect
    "PUBACK for a message with QoS 1" => receive::at_least_once
    "PUBREC and PUBCOMP for a message with QoS 2" => receive::exactly_once
    "messages byte by byte, and many at once" => receive::in_chunks
    "PINGREQ without other traffic" => ping
    "DISCONNECT" => disconnect
}

#[tokio::test]
async fn packets_match_the_standard_byte_for_byte() {
    assert_eq!(CASES.len(), 24);
    let cases = [MqttVersion::V311, MqttVersion::V5]
        .into_iter()
        .flat_map(|protocol| CASES.iter().map(move |case| (protocol, case)));
    let checks = cases.map(|(protocol, (name, check))| async move {
        println!("{protocol:?}: {name}");
        check(Case { broker: ScriptedBroker::start(protocol).await, protocol }).await;
    });
    let passed = futures_util::future::join_all(checks).await.len();
    println!("{passed} of {} cases passed", 2 * CASES.len());
}

/// What only MQTT 5 has: Session Expiry Interval, Receive Maximum, and the properties of the will.
#[tokio::test]
async fn connect_has_the_properties_of_the_profile() {
    let case = Case { broker: ScriptedBroker::start(MqttVersion::V5).await, protocol: MqttVersion::V5 };
    let will = Will {
        topic: Topic::new("s").ok(),
        payload: "gone".to_owned(),
        delay: Some(BoundedInt::clamped(30)),
        message_expiry: Some(BoundedInt::clamped(4_294_967_295)),
        payload_format: PayloadFormat::Text,
        content_type: Some("a/b".to_owned()),
        response_topic: Topic::new("r").ok(),
        correlation_data: Some("7".to_owned()),
        user_properties: UserProperties(vec![("k".to_owned(), "v".to_owned()), ("é".to_owned(), String::new())]),
        ..Will::default()
    };
    let profile = Profile {
        clean_session: false,
        session_expiry: Some(BoundedInt::clamped(3_600)),
        receive_maximum: Some(BoundedInt::clamped(20)),
        will: Some(Nested(will)),
        ..case.profile()
    };
    let properties = b"\x11\x00\x00\x0e\x10\x21\x00\x14\x27\x01\x00\x00\x00";
    let will_properties = b"\x18\x00\x00\x00\x1e\x01\x01\x02\xff\xff\xff\xff\x03\x00\x03a/b\x08\x00\x01r\x09\x00\x017\
        \x26\x00\x01k\x00\x01v\x26\x00\x02\xc3\xa9\x00\x00";
    let body = [
        &b"\x00\x04MQTT\x05\x04\x00\x0f\x0d"[..],
        properties,
        b"\x00\x02me\x28",
        will_properties,
        b"\x00\x01s\x00\x04gone",
    ];
    let expected = packet(0x10, &body.concat());
    case.check_connect(profile, login("me"), &[], &expected).await;
}

/// Retain Handling is in bits 4 and 5 of the options of a topic filter in MQTT 5.
#[tokio::test]
async fn subscribe_has_the_retain_handling_of_each_filter() {
    for protocol in [MqttVersion::V311, MqttVersion::V5] {
        let case = Case { broker: ScriptedBroker::start(protocol).await, protocol };
        let (connection, mut broker) = case.session().await;
        let subscription = |(filter, retain_handling): (&str, RetainHandling)| {
            let mut subscription = subscription(filter, Qos::AtLeastOnce);
            subscription.options.retain_handling = retain_handling;
            subscription
        };
        let all = [("a", RetainHandling::Never), ("b", RetainHandling::New), ("c", RetainHandling::Always)];
        connection.client.set_subscriptions(all.map(subscription).to_vec());
        let v3 = b"\x82\x0e\x00\x01\x00\x01a\x01\x00\x01b\x01\x00\x01c\x01";
        let v5 = b"\x82\x0f\x00\x01\x00\x00\x01a\x21\x00\x01b\x11\x00\x01c\x01";
        broker.expect_bytes(case.expected(v3, v5)).await;
    }
}

impl Case {
    fn profile(&self) -> Profile {
        profile(&self.broker.url(), self.protocol)
    }

    /// The bytes for the version of this case.
    fn expected<'a>(&self, v3: &'a [u8], v5: &'a [u8]) -> &'a [u8] {
        if self.protocol == MqttVersion::V311 { v3 } else { v5 }
    }

    /// An established connection and the side of the broker.
    async fn session(&self) -> (ConnectionFixture, ScriptedConnection) {
        let mut client = ConnectionFixture::open(self.profile(), "me");
        let server = self.broker.accept_session().await;
        client.wait_connected().await;
        (client, server)
    }

    /// Checks the CONNECT packet of a client with this profile and login.
    async fn check_connect(&self, profile: Profile, login: Login, v3: &[u8], v5: &[u8]) {
        let _client = ConnectionFixture::open_with(profile, login, short_retry_limits());
        self.broker.accept_raw().await.expect_bytes(self.expected(v3, v5)).await;
    }
}

async fn connect(case: Case) {
    // Keep alive 15 s; MQTT 5: maximum packet size 16 MiB.
    let v3 = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x0f\x00\x02me";
    let v5 = b"\x10\x14\x00\x04MQTT\x05\x02\x00\x0f\x05\x27\x01\x00\x00\x00\x00\x02me";
    case.check_connect(case.profile(), login("me"), v3, v5).await;
}

async fn connect_with_login(case: Case) {
    let login = Login { username: Some("ann".into()), secrets: Secrets::password_only("s3cret".into()), ..login("me") };
    let v3 = b"\x10\x1b\x00\x04MQTT\x04\xc2\x00\x0f\x00\x02me\x00\x03ann\x00\x06s3cret";
    let v5 = b"\x10\x21\x00\x04MQTT\x05\xc2\x00\x0f\x05\x27\x01\x00\x00\x00\x00\x02me\x00\x03ann\x00\x06s3cret";
    case.check_connect(case.profile(), login, v3, v5).await;
}

async fn connect_with_will(case: Case) {
    let topic = Topic::new("s").ok();
    let will = Some(Nested(Will {
        topic,
        payload: "gone".to_owned(),
        qos: Qos::AtLeastOnce,
        retain: true,
        ..Will::default()
    }));
    let profile = Profile { will, ..case.profile() };
    let v3 = b"\x10\x17\x00\x04MQTT\x04\x2e\x00\x0f\x00\x02me\x00\x01s\x00\x04gone";
    let v5 = b"\x10\x1e\x00\x04MQTT\x05\x2e\x00\x0f\x05\x27\x01\x00\x00\x00\x00\x02me\x00\x00\x01s\x00\x04gone";
    case.check_connect(profile, login("me"), v3, v5).await;
}

async fn connect_with_persistent_session(case: Case) {
    let profile = Profile { clean_session: false, ..case.profile() };
    let v3 = b"\x10\x0e\x00\x04MQTT\x04\x00\x00\x0f\x00\x02me";
    // Without a session expiry interval the session would end with the connection.
    let v5 = b"\x10\x19\x00\x04MQTT\x05\x00\x00\x0f\x0a\x11\xff\xff\xff\xff\x27\x01\x00\x00\x00\x00\x02me";
    case.check_connect(profile, login("me"), v3, v5).await;
}

async fn connect_with_extreme_values(case: Case) {
    let profile = Profile { keep_alive: BoundedInt::clamped(65_535), ..case.profile() };
    let v3 = b"\x10\x12\x00\x04MQTT\x04\x02\xff\xff\x00\x06\xe6\x97\xa5\xe6\x9c\xac";
    let v5 = b"\x10\x18\x00\x04MQTT\x05\x02\xff\xff\x05\x27\x01\x00\x00\x00\x00\x06\xe6\x97\xa5\xe6\x9c\xac";
    case.check_connect(profile, login("日本"), v3, v5).await;
}

async fn subscribe(case: Case) {
    let (connection, mut broker) = case.session().await;
    connection.client.set_subscriptions(vec![subscription("a/+", Qos::AtLeastOnce)]);
    broker
        .expect_bytes(case.expected(b"\x82\x08\x00\x01\x00\x03a/+\x01", b"\x82\x09\x00\x01\x00\x00\x03a/+\x01"))
        .await;
}

async fn subscribe_to_several(case: Case) {
    let (connection, mut broker) = case.session().await;
    connection.client.set_subscriptions(vec![
        subscription("b", Qos::ExactlyOnce),
        subscription("a", Qos::AtMostOnce),
        subscription("+/c", Qos::AtLeastOnce),
    ]);
    let v3 = b"\x82\x10\x00\x01\x00\x01b\x02\x00\x01a\x00\x00\x03+/c\x01";
    let v5 = b"\x82\x11\x00\x01\x00\x00\x01b\x02\x00\x01a\x00\x00\x03+/c\x01";
    broker.expect_bytes(case.expected(v3, v5)).await;
}

async fn subscribe_to_many(case: Case) {
    let (connection, mut broker) = case.session().await;
    connection
        .client
        .set_subscriptions((10..70).map(|number| subscription(&number.to_string(), Qos::AtMostOnce)).collect());
    for (packet_id, first) in (1..).zip((10..70).step_by(8)) {
        let numbers = first..70.min(first + 8);
        let mut body = vec![0, packet_id];
        body.extend(case.expected(&[], &[0]));
        body.extend(numbers.flat_map(|number: u8| [0, 2, b'0' + number / 10, b'0' + number % 10, 0]));
        broker.expect_bytes(&packet(0x82, &body)).await;
    }
}

async fn unsubscribe(case: Case) {
    let (connection, mut broker) = case.session().await;
    connection.client.set_subscriptions(vec![subscription("a", Qos::AtMostOnce)]);
    broker.expect_bytes(case.expected(b"\x82\x06\x00\x01\x00\x01a\x00", b"\x82\x07\x00\x01\x00\x00\x01a\x00")).await;
    broker.send_suback([0, 1], 0).await;
    connection.client.set_subscriptions(Vec::new());
    broker.expect_bytes(case.expected(b"\xa2\x05\x00\x02\x00\x01a", b"\xa2\x06\x00\x02\x00\x00\x01a")).await;
}

async fn ping(case: Case) {
    let keep_alive = if case.protocol == MqttVersion::V311 { 1 } else { 5 };
    let connection =
        ConnectionFixture::open(Profile { keep_alive: BoundedInt::clamped(keep_alive), ..case.profile() }, "me");
    let mut broker = case.broker.accept_session().await;
    broker.expect_bytes(b"\xc0\x00").await;
    broker.send(b"\xd0\x00").await;
    drop(connection);
}

async fn disconnect(case: Case) {
    let (connection, mut broker) = case.session().await;
    let closing = tokio::spawn(connection.client.close());
    // In MQTT 5 a DISCONNECT packet without reason code is a normal one.
    broker.expect_bytes(b"\xe0\x00").await;
    assert_eq!(broker.read_packet().await, None, "the connection is closed after DISCONNECT");
    closing.await.expect("the connection is closed");
}
