//! The client speaks MQTT as the standards write it: 24 cases in both versions, byte for byte, with a
//! broker that says and wants exactly these bytes.

use std::{future::Future, pin::Pin};

use mqtt_dash::{
    model::{
        field::{Inner, Whole},
        line::{Order, Qos, Receipt, Wanted},
        profile::{Profile, Protocol, Will},
        topic::{Filter, Topic},
    },
    mqtt::Login,
};

use crate::{
    line::{Line, hasty, login, order, profile},
    scripted::{Connection, Scripted},
};

/// A broker, a version, and what of the two is checked.
struct Case {
    broker: Scripted,
    protocol: Protocol,
}

type Check = fn(Case) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! cases {
    ($($name:literal => $check:ident)*) => {
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
    "PUBLISH at most once" => publish_at_most_once
    "PUBLISH at least once, PUBACK" => publish_at_least_once
    "PUBLISH exactly once, PUBREC, PUBREL, PUBCOMP" => publish_exactly_once
    "PUBLISH, retained" => publish_retained
    "PUBLISH of nothing" => publish_nothing
    "PUBLISH with a length of two bytes" => publish_two_bytes
    "PUBLISH with a length of three bytes" => publish_three_bytes
    "PUBLISH to a topic in French" => publish_in_french
    "PUBLISH that waits for the PUBACK of the one before" => publish_in_turn
    "PUBLISH again on the next connection" => publish_again
    "PUBACK for a message at least once" => receive_at_least_once
    "PUBREC and PUBCOMP for a message exactly once" => receive_exactly_once
    "messages byte by byte, and many in one piece" => receive_in_pieces
    "PINGREQ in silence" => ping
    "DISCONNECT" => disconnect
}

#[tokio::test]
async fn byte_for_byte() {
    assert_eq!(CASES.len(), 24);
    let both =
        [Protocol::V3, Protocol::V5].into_iter().flat_map(|protocol| CASES.iter().map(move |case| (protocol, case)));
    let all = both.map(|(protocol, (name, check))| async move {
        println!("{protocol:?}: {name}");
        check(Case { broker: Scripted::start(protocol).await, protocol }).await;
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
    async fn session(&self) -> (Line, Connection) {
        let mut me = Line::open(self.profile(), "me");
        let connection = self.broker.session().await;
        me.up().await;
        (me, connection)
    }

    /// The CONNECT of a client with this profile and login.
    async fn connects(&self, profile: Profile, login: Login, v3: &[u8], v5: &[u8]) {
        let _me = Line::open_with(profile, login, hasty());
        self.broker.accept_raw().await.wants(self.wants(v3, v5)).await;
    }
}

fn wanted(filter: &str, qos: Qos) -> Wanted {
    Wanted { filter: Filter::new(filter).expect("a filter"), qos }
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
    me.link.want(vec![wanted("a/+", Qos::AtLeastOnce)]);
    broker.wants(case.wants(b"\x82\x08\x00\x01\x00\x03a/+\x01", b"\x82\x09\x00\x01\x00\x00\x03a/+\x01")).await;
}

async fn subscribe_to_several(case: Case) {
    let (me, mut broker) = case.session().await;
    me.link.want(vec![wanted("b", Qos::ExactlyOnce), wanted("a", Qos::AtMostOnce), wanted("#", Qos::AtLeastOnce)]);
    let v3 = b"\x82\x0e\x00\x01\x00\x01b\x02\x00\x01a\x00\x00\x01#\x01";
    let v5 = b"\x82\x0f\x00\x01\x00\x00\x01b\x02\x00\x01a\x00\x00\x01#\x01";
    broker.wants(case.wants(v3, v5)).await;
}

async fn subscribe_to_many(case: Case) {
    let (me, mut broker) = case.session().await;
    me.link.want((10..70).map(|number| wanted(&number.to_string(), Qos::AtMostOnce)).collect());
    for (packet, numbers) in [(1, 10..60), (2, 60..70)] {
        let mut body = vec![0, packet];
        body.extend(case.wants(&[], &[0]));
        body.extend(numbers.flat_map(|number: u8| [0, 2, b'0' + number / 10, b'0' + number % 10, 0]));
        broker.wants(&framed(0x82, &body)).await;
    }
}

async fn unsubscribe(case: Case) {
    let (me, mut broker) = case.session().await;
    me.link.want(vec![wanted("a", Qos::AtMostOnce)]);
    broker.wants(case.wants(b"\x82\x06\x00\x01\x00\x01a\x00", b"\x82\x07\x00\x01\x00\x00\x01a\x00")).await;
    broker.subscribed([0, 1], 0).await;
    me.link.want(Vec::new());
    broker.wants(case.wants(b"\xa2\x05\x00\x02\x00\x01a", b"\xa2\x06\x00\x02\x00\x00\x01a")).await;
}

async fn publish_at_most_once(case: Case) {
    let (mut me, mut broker) = case.session().await;
    me.link.publish(order(1, "a/b", b"hi", Qos::AtMostOnce));
    broker.wants(case.wants(b"\x30\x07\x00\x03a/bhi", b"\x30\x08\x00\x03a/b\x00hi")).await;
    assert_eq!(me.any_receipt().await, (1, Receipt::Sent));
}

async fn publish_at_least_once(case: Case) {
    let (mut me, mut broker) = case.session().await;
    me.link.publish(order(1, "a/b", b"hi", Qos::AtLeastOnce));
    broker.wants(case.wants(b"\x32\x09\x00\x03a/b\x00\x01hi", b"\x32\x0a\x00\x03a/b\x00\x01\x00hi")).await;
    assert_eq!(me.any_receipt().await, (1, Receipt::Sent));
    broker.send(b"\x40\x02\x00\x01").await;
    assert_eq!(me.any_receipt().await, (1, Receipt::Acknowledged));
}

async fn publish_exactly_once(case: Case) {
    let (mut me, mut broker) = case.session().await;
    me.link.publish(order(1, "a/b", b"hi", Qos::ExactlyOnce));
    broker.wants(case.wants(b"\x34\x09\x00\x03a/b\x00\x01hi", b"\x34\x0a\x00\x03a/b\x00\x01\x00hi")).await;
    assert_eq!(me.any_receipt().await, (1, Receipt::Sent));
    broker.send(b"\x50\x02\x00\x01").await;
    broker.wants(b"\x62\x02\x00\x01").await;
    broker.send(b"\x70\x02\x00\x01").await;
    assert_eq!(me.any_receipt().await, (1, Receipt::Acknowledged));
}

async fn publish_retained(case: Case) {
    let (me, mut broker) = case.session().await;
    me.link.publish(Order { retain: true, ..order(1, "a", b"1", Qos::AtLeastOnce) });
    broker.wants(case.wants(b"\x33\x06\x00\x01a\x00\x011", b"\x33\x07\x00\x01a\x00\x01\x001")).await;
}

async fn publish_nothing(case: Case) {
    let (me, mut broker) = case.session().await;
    // A retained message of nothing is how a topic is cleared.
    me.link.publish(Order { retain: true, ..order(1, "a", b"", Qos::AtMostOnce) });
    broker.wants(case.wants(b"\x31\x03\x00\x01a", b"\x31\x04\x00\x01a\x00")).await;
}

/// PUBLISH of so many bytes `x` to `a`.
async fn publish_long(case: Case, count: usize) {
    let (me, mut broker) = case.session().await;
    let payload = vec![b'x'; count];
    me.link.publish(order(1, "a", &payload, Qos::AtMostOnce));
    let body = [case.wants(b"\x00\x01a", b"\x00\x01a\x00"), &payload].concat();
    broker.wants(&framed(0x30, &body)).await;
}

async fn publish_two_bytes(case: Case) {
    // 127 bytes are the most that one byte of length can say.
    let next = Case { broker: Scripted::start(case.protocol).await, protocol: case.protocol };
    let head = case.wants(&[0; 3], &[0; 4]).len();
    publish_long(case, 127 - head).await;
    publish_long(next, 128 - head).await;
}

async fn publish_three_bytes(case: Case) {
    let next = Case { broker: Scripted::start(case.protocol).await, protocol: case.protocol };
    let head = case.wants(&[0; 3], &[0; 4]).len();
    publish_long(case, 16_383 - head).await;
    publish_long(next, 16_384 - head).await;
}

async fn publish_in_french(case: Case) {
    let (me, mut broker) = case.session().await;
    me.link.publish(order(1, "école", "été".as_bytes(), Qos::AtMostOnce));
    let v3 = b"\x30\x0d\x00\x06\xc3\xa9cole\xc3\xa9t\xc3\xa9";
    let v5 = b"\x30\x0e\x00\x06\xc3\xa9cole\x00\xc3\xa9t\xc3\xa9";
    broker.wants(case.wants(v3, v5)).await;
}

async fn publish_in_turn(case: Case) {
    let (me, mut broker) = case.session().await;
    for (id, text) in [(1, b"x"), (2, b"y"), (3, b"z")] {
        me.link.publish(order(id, "a", text, Qos::AtLeastOnce));
    }
    for (packet, text) in [(1, b'x'), (2, b'y'), (3, b'z')] {
        let (v3, v5) = ([0x32, 6, 0, 1, b'a', 0, packet, text], [0x32, 7, 0, 1, b'a', 0, packet, 0, text]);
        broker.wants(case.wants(&v3, &v5)).await;
        broker.is_quiet().await;
        broker.send(&[0x40, 2, 0, packet]).await;
    }
}

async fn publish_again(case: Case) {
    let (mut me, mut broker) = case.session().await;
    me.link.publish(order(1, "a", b"x", Qos::AtLeastOnce));
    let bytes = case.wants(b"\x32\x06\x00\x01a\x00\x01x", b"\x32\x07\x00\x01a\x00\x01\x00x");
    broker.wants(bytes).await;
    drop(broker);
    // The session is a new one, so it is a new message there: DUP would be wrong.
    let mut broker = case.broker.session().await;
    broker.wants(bytes).await;
    broker.send(b"\x40\x02\x00\x01").await;
    assert_eq!(me.receipt(1).await, Receipt::Acknowledged);
}

async fn receive_at_least_once(case: Case) {
    let (mut me, mut broker) = case.session().await;
    broker.send(case.wants(b"\x32\x06\x00\x01a\x12\x34x", b"\x32\x07\x00\x01a\x12\x34\x00x")).await;
    broker.wants(b"\x40\x02\x12\x34").await;
    assert_eq!(me.text().await, "a x");
}

async fn receive_exactly_once(case: Case) {
    let (mut me, mut broker) = case.session().await;
    broker.send(case.wants(b"\x34\x06\x00\x01a\xff\xffx", b"\x34\x07\x00\x01a\xff\xff\x00x")).await;
    broker.wants(b"\x50\x02\xff\xff").await;
    broker.send(b"\x62\x02\xff\xff").await;
    broker.wants(b"\x70\x02\xff\xff").await;
    assert_eq!(me.text().await, "a x");
}

async fn receive_in_pieces(case: Case) {
    let (mut me, mut broker) = case.session().await;
    let bytes = case.wants(b"\x30\x04\x00\x01ax", b"\x30\x05\x00\x01a\x00x");
    for byte in bytes {
        broker.send(&[*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(me.text().await, "a x");
    broker.send(&bytes.repeat(1_000)).await;
    for _ in 0..1_000 {
        assert_eq!(me.text().await, "a x");
    }
}

async fn ping(case: Case) {
    let keep_alive = if case.protocol == Protocol::V3 { 1 } else { 5 };
    let me = Line::open(Profile { keep_alive: Whole::new(keep_alive), ..case.profile() }, "me");
    let mut broker = case.broker.session().await;
    broker.wants(b"\xc0\x00").await;
    broker.send(b"\xd0\x00").await;
    drop(me);
}

async fn disconnect(case: Case) {
    let (me, mut broker) = case.session().await;
    let closing = tokio::spawn(me.link.close());
    // In MQTT 5 a goodbye without a reason is a normal one, and as short.
    broker.wants(b"\xe0\x00").await;
    assert_eq!(broker.packet().await, None, "and then the end");
    closing.await.expect("it is closed");
}

/// A packet with this first byte and body.
fn framed(first: u8, body: &[u8]) -> Vec<u8> {
    let mut packet = vec![first];
    let mut left = body.len();
    loop {
        let digit = u8::try_from(left % 128).expect("a digit");
        left /= 128;
        packet.push(if left > 0 { digit | 0x80 } else { digit });
        if left == 0 {
            break;
        }
    }
    packet.extend(body);
    packet
}
