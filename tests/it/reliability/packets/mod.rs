//! The client speaks MQTT as the standards write it: 24 cases in both versions, byte for byte, with a
//! broker that says and wants exactly these bytes.

mod publish;
mod receive;

use std::{future::Future, pin::Pin};

use mqtt_dash::{
    model::{
        field::{Inner, Whole},
        line::Qos,
        profile::{Profile, Protocol, Will},
        topic::Topic,
    },
    mqtt::Login,
};

use crate::fixtures::{
    connection::{ConnectionFixture, login, profile, short_retry_limits, subscription},
    packet::packet,
    scripted_broker::{ScriptedBroker, ScriptedConnection},
};

/// A broker, a version, and what of the two is checked.
struct Case {
    broker: ScriptedBroker,
    protocol: Protocol,
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
    "CONNECT with a last will" => connect_with_will
    "CONNECT that keeps the session" => connect_that_keeps
    "CONNECT with the longest keep-alive and a name in Japanese" => connect_at_the_edges
    "SUBSCRIBE" => subscribe
    "SUBSCRIBE to several" => subscribe_to_several
    "SUBSCRIBE to sixty, in two packets" => subscribe_to_many
    "UNSUBSCRIBE" => unsubscribe
    "PUBLISH at most once" => publish::at_most_once
    "PUBLISH at least once, PUBACK" => publish::at_least_once
    "PUBLISH exactly once, PUBREC, PUBREL, PUBCOMP" => publish::exactly_once
    "PUBLISH, retained" => publish::retained
    "PUBLISH of nothing" => publish::nothing
    "PUBLISH with a length of two bytes" => publish::two_bytes
    "PUBLISH with a length of three bytes" => publish::three_bytes
    "PUBLISH to a topic in French" => publish::in_french
    "PUBLISH that waits for the PUBACK of the one before" => publish::in_turn
    "PUBLISH again on the next connection" => publish::again
    "PUBACK for a message at least once" => receive::at_least_once
    "PUBREC and PUBCOMP for a message exactly once" => receive::exactly_once
    "messages byte by byte, and many in one piece" => receive::in_pieces
    "PINGREQ in silence" => ping
    "DISCONNECT" => disconnect
}

#[tokio::test]
async fn packets_match_the_standard_byte_for_byte() {
    assert_eq!(CASES.len(), 24);
    let both =
        [Protocol::V3, Protocol::V5].into_iter().flat_map(|protocol| CASES.iter().map(move |case| (protocol, case)));
    let all = both.map(|(protocol, (name, check))| async move {
        println!("{protocol:?}: {name}");
        check(Case { broker: ScriptedBroker::start(protocol).await, protocol }).await;
    });
    let passed = futures_util::future::join_all(all).await.len();
    println!("{passed} of {}", 2 * CASES.len());
}

impl Case {
    fn profile(&self) -> Profile {
        profile(&self.broker.url(), self.protocol)
    }

    /// The one of the two that this version wants.
    fn wants<'a>(&self, v3: &'a [u8], v5: &'a [u8]) -> &'a [u8] {
        if self.protocol == Protocol::V3 { v3 } else { v5 }
    }

    /// A line with a session.
    async fn session(&self) -> (ConnectionFixture, ScriptedConnection) {
        let mut me = ConnectionFixture::open(self.profile(), "me");
        let connection = self.broker.accept_session().await;
        me.wait_connected().await;
        (me, connection)
    }

    /// The CONNECT of a client with this profile and login.
    async fn connects(&self, profile: Profile, login: Login, v3: &[u8], v5: &[u8]) {
        let _me = ConnectionFixture::open_with(profile, login, short_retry_limits());
        self.broker.accept_raw().await.expect_bytes(self.wants(v3, v5)).await;
    }
}

async fn connect(case: Case) {
    // Keep-alive 15; MQTT 5: the largest packet is 16 MiB.
    let v3 = b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x0f\x00\x02me";
    let v5 = b"\x10\x14\x00\x04MQTT\x05\x02\x00\x0f\x05\x27\x01\x00\x00\x00\x00\x02me";
    case.connects(case.profile(), login("me"), v3, v5).await;
}

async fn connect_with_login(case: Case) {
    let login = Login { username: Some("ann".into()), password: Some("s3cret".into()), ..login("me") };
    let v3 = b"\x10\x1b\x00\x04MQTT\x04\xc2\x00\x0f\x00\x02me\x00\x03ann\x00\x06s3cret";
    let v5 = b"\x10\x21\x00\x04MQTT\x05\xc2\x00\x0f\x05\x27\x01\x00\x00\x00\x00\x02me\x00\x03ann\x00\x06s3cret";
    case.connects(case.profile(), login, v3, v5).await;
}

async fn connect_with_will(case: Case) {
    let topic = Topic::new("s").ok();
    let will = Some(Inner(Will { topic, payload: "gone".to_owned(), qos: Qos::AtLeastOnce, retain: true }));
    let profile = Profile { will, ..case.profile() };
    let v3 = b"\x10\x17\x00\x04MQTT\x04\x2e\x00\x0f\x00\x02me\x00\x01s\x00\x04gone";
    let v5 = b"\x10\x1e\x00\x04MQTT\x05\x2e\x00\x0f\x05\x27\x01\x00\x00\x00\x00\x02me\x00\x00\x01s\x00\x04gone";
    case.connects(profile, login("me"), v3, v5).await;
}

async fn connect_that_keeps(case: Case) {
    let profile = Profile { clean_session: false, ..case.profile() };
    let v3 = b"\x10\x0e\x00\x04MQTT\x04\x00\x00\x0f\x00\x02me";
    // Without an expiry of the session the broker would forget it at once.
    let v5 = b"\x10\x19\x00\x04MQTT\x05\x00\x00\x0f\x0a\x11\xff\xff\xff\xff\x27\x01\x00\x00\x00\x00\x02me";
    case.connects(profile, login("me"), v3, v5).await;
}

async fn connect_at_the_edges(case: Case) {
    let profile = Profile { keep_alive: Whole::new(65_535), ..case.profile() };
    let v3 = b"\x10\x12\x00\x04MQTT\x04\x02\xff\xff\x00\x06\xe6\x97\xa5\xe6\x9c\xac";
    let v5 = b"\x10\x18\x00\x04MQTT\x05\x02\xff\xff\x05\x27\x01\x00\x00\x00\x00\x06\xe6\x97\xa5\xe6\x9c\xac";
    case.connects(profile, login("日本"), v3, v5).await;
}

async fn subscribe(case: Case) {
    let (me, mut broker) = case.session().await;
    me.client.want(vec![subscription("a/+", Qos::AtLeastOnce)]);
    broker.expect_bytes(case.wants(b"\x82\x08\x00\x01\x00\x03a/+\x01", b"\x82\x09\x00\x01\x00\x00\x03a/+\x01")).await;
}

async fn subscribe_to_several(case: Case) {
    let (me, mut broker) = case.session().await;
    me.client.want(vec![
        subscription("b", Qos::ExactlyOnce),
        subscription("a", Qos::AtMostOnce),
        subscription("#", Qos::AtLeastOnce),
    ]);
    let v3 = b"\x82\x0e\x00\x01\x00\x01b\x02\x00\x01a\x00\x00\x01#\x01";
    let v5 = b"\x82\x0f\x00\x01\x00\x00\x01b\x02\x00\x01a\x00\x00\x01#\x01";
    broker.expect_bytes(case.wants(v3, v5)).await;
}

async fn subscribe_to_many(case: Case) {
    let (me, mut broker) = case.session().await;
    me.client.want((10..70).map(|number| subscription(&number.to_string(), Qos::AtMostOnce)).collect());
    for (packet_id, numbers) in [(1, 10..60), (2, 60..70)] {
        let mut body = vec![0, packet_id];
        body.extend(case.wants(&[], &[0]));
        body.extend(numbers.flat_map(|number: u8| [0, 2, b'0' + number / 10, b'0' + number % 10, 0]));
        broker.expect_bytes(&packet(0x82, &body)).await;
    }
}

async fn unsubscribe(case: Case) {
    let (me, mut broker) = case.session().await;
    me.client.want(vec![subscription("a", Qos::AtMostOnce)]);
    broker.expect_bytes(case.wants(b"\x82\x06\x00\x01\x00\x01a\x00", b"\x82\x07\x00\x01\x00\x00\x01a\x00")).await;
    broker.send_suback([0, 1], 0).await;
    me.client.want(Vec::new());
    broker.expect_bytes(case.wants(b"\xa2\x05\x00\x02\x00\x01a", b"\xa2\x06\x00\x02\x00\x00\x01a")).await;
}

async fn ping(case: Case) {
    let keep_alive = if case.protocol == Protocol::V3 { 1 } else { 5 };
    let me = ConnectionFixture::open(Profile { keep_alive: Whole::new(keep_alive), ..case.profile() }, "me");
    let mut broker = case.broker.accept_session().await;
    broker.expect_bytes(b"\xc0\x00").await;
    broker.send(b"\xd0\x00").await;
    drop(me);
}

async fn disconnect(case: Case) {
    let (me, mut broker) = case.session().await;
    let closing = tokio::spawn(me.client.close());
    // In MQTT 5 a goodbye without a reason is a normal one, and as short.
    broker.expect_bytes(b"\xe0\x00").await;
    assert_eq!(broker.read_packet().await, None, "and then the end");
    closing.await.expect("it is closed");
}
