//! The line against brokers that misbehave, in both versions of MQTT. What has a number in the table
//! is called from there; what has none is tested here too.

use std::time::Duration;

use crate::fixtures::{
    connection::{ConnectionFixture, login, profile, publish_request, short_retry_limits, subscription},
    packet::{self, DISCONNECT, PUBCOMP, PUBLISH, PUBREC, PUBREL, RETAIN, SUBSCRIBE},
    scripted_broker::ScriptedBroker,
};
use mqtt_dash::{
    model::{
        field::Whole,
        line::{Qos, Receipt},
        profile::{Profile, Protocol},
    },
    mqtt::Limits,
};

fn to(broker: &ScriptedBroker, protocol: Protocol) -> Profile {
    profile(&broker.url(), protocol)
}

pub async fn no_answer(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(Profile { connect_timeout: Whole::new(1), ..to(&broker, protocol) }, "me");
    let _silent = broker.accept().await;
    assert_eq!(me.wait_disconnected().await, format!("no answer from 127.0.0.1:{} within 1 s", broker.port));
    broker.accept_session().await;
    me.wait_connected().await;
}

pub async fn an_answer_in_clear_to_tls(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(profile(&format!("mqtts://127.0.0.1:{}", broker.port), protocol), "me");
    broker.answer_and_close(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let reason = me.wait_disconnected().await;
    assert!(reason.contains("is this a TLS port?"), "{reason}");
}

pub async fn a_refused_subscription(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let mut broker = broker.accept_session().await;
    me.client.want(vec![subscription("secret/#", Qos::AtLeastOnce)]);
    let body = broker.expect(SUBSCRIBE).await;
    broker.send_suback([body[0], body[1]], if protocol == Protocol::V3 { 0x80 } else { 0x87 }).await;
    let (filter, why) = me.next_refused_subscription().await;
    assert_eq!((filter.as_str(), why.as_str()), ("secret/#", "the broker does not allow this subscription"));
    broker.send_publish(PUBLISH, None, "open", b"1").await;
    assert_eq!(me.next_message_text().await, "open 1", "the line goes on");
}

pub async fn an_acknowledgement_of_nothing(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let mut first = broker.accept_session().await;
    me.wait_connected().await;
    me.client.publish(publish_request(1, "a", b"one", Qos::AtLeastOnce));
    first.expect_publish().await;
    first.send_puback([0, 77]).await;
    let reason = me.wait_disconnected().await;
    assert!(reason.starts_with("the broker breaks the protocol: it acknowledges packet 77"), "{reason}");
    let mut second = broker.accept_session().await;
    let (packet, text) = second.expect_publish().await;
    assert_eq!(text, "one", "it is not lost");
    second.send_puback(packet).await;
    assert_eq!(me.final_publish_status(1).await, Receipt::Acknowledged);
}

pub async fn a_second_welcome(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let mut first = broker.accept_session().await;
    me.wait_connected().await;
    first.send(&[0x10, 2, 0, 0]).await;
    let reason = me.wait_disconnected().await;
    assert!(reason.starts_with("the broker breaks the protocol"), "{reason}");
    broker.accept_session().await;
    me.wait_connected().await;
}

pub async fn a_packet_cut_short(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(Profile { keep_alive: Whole::new(5), ..to(&broker, protocol) }, "me");
    let mut first = broker.accept_session().await;
    me.wait_connected().await;
    first.send(&[PUBLISH, 50, 0, 1, b'a', b'x']).await;
    assert_eq!(me.wait_disconnected().await, "the broker is silent");
    let mut second = broker.accept_session().await;
    me.wait_connected().await;
    second.send(&[PUBLISH, 50, 0, 1, b'a', b'x']).await;
    drop(second);
    me.wait_disconnected().await;
    broker.accept_session().await;
    me.wait_connected().await;
}

pub async fn a_packet_of_256_mebibytes(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let large = [PUBLISH, 0xff, 0xff, 0xff, 0x7f, 0, 1, b'a'];
    let said = "a message of 256.0 MiB came; the profile's `max_packet_size` allows 16 MiB";
    let mut first = broker.accept_session().await;
    first.send(&large).await;
    assert_eq!(me.wait_disconnected().await, said);
    let mut second = broker.accept_session().await;
    second.send(&large).await;
    assert_eq!(
        me.next_notice().await,
        format!("{said}; the line breaks on it each time: raise the limit or delete it")
    );
}

pub async fn exactly_once_is_once(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let mut broker = broker.accept_session().await;
    for dup in [0, 0x08, 0x08] {
        broker.send_publish(PUBLISH | 0x04 | dup, Some(5), "door", b"open").await;
        broker.expect(PUBREC).await;
    }
    broker.send(&[PUBREL, 2, 0, 5]).await;
    broker.expect(PUBCOMP).await;
    broker.send_publish(PUBLISH | 0x04, Some(5), "door", b"again").await;
    assert_eq!(me.next_message_text().await, "door open");
    assert_eq!(me.next_message_text().await, "door again");
}

pub async fn a_refused_login(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let no: &[u8] = if protocol == Protocol::V3 { &[0x20, 2, 0, 4] } else { &[0x20, 3, 0, 0x86, 0] };
    broker.accept().await.send(no).await;
    assert_eq!(me.wait_stopped().await, "refused: bad user name or password");
    // Nothing more is tried until the person says so: the next connection is the one asked for here.
    me.client.reconnect();
    let mut asked = broker.accept().await;
    asked.send_connack(&[]).await;
    me.wait_connected().await;
    assert!(broker.has_no_pending_connection().await, "there was another attempt");
}

pub async fn a_packet_of_a_client(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    for packet in [&b"\x82\x06\x00\x01\x00\x01a\x00"[..], b"\xc0\x00", b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0f\x00\x00"]
    {
        let mut broker = broker.accept_session().await;
        me.wait_connected().await;
        broker.send(packet).await;
        assert_ne!(me.wait_disconnected().await, "");
    }
    broker.accept_session().await;
    me.wait_connected().await;
}

pub async fn large_and_too_large(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(to(&broker, protocol), "me");
    let retained = PUBLISH | RETAIN;
    let said = "a message of 20.0 MiB came; the profile's `max_packet_size` allows 16 MiB";
    for time in 1..=2 {
        let mut broker = broker.accept_session().await;
        broker.send_publish(retained, None, "large", &"x".repeat(20_000).into_bytes()).await;
        let message = me.next_message().await;
        assert_eq!((message.payload.len(), message.retain), (20_000, true));
        // 20 MiB are announced.
        broker.send(&[retained, 0x80, 0x80, 0x80, 0x0a, 0, 1, b'a']).await;
        if time == 1 {
            assert_eq!(me.wait_disconnected().await, said);
        } else {
            let advice = "the line breaks on it each time: raise the limit or delete it";
            assert_eq!(me.next_notice().await, format!("{said}; {advice}"));
        }
    }
}

pub async fn a_broker_that_says_nothing_more(protocol: Protocol) {
    let least = if protocol == Protocol::V3 { 1 } else { 5 };
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(Profile { keep_alive: Whole::new(least), ..to(&broker, protocol) }, "me");
    let _frozen = broker.accept_session().await;
    me.wait_connected().await;
    assert_eq!(me.wait_disconnected().await, "the broker is silent");
    broker.accept_session().await;
    me.wait_connected().await;
}

/// In MQTT 3.1.1 a broker that gives the session to a rival just closes the line.
pub async fn a_line_closed_again_and_again_stops() {
    let broker = ScriptedBroker::start(Protocol::V3).await;
    let mut me = ConnectionFixture::open(to(&broker, Protocol::V3), "twin");
    for _ in 0..3 {
        let taken_over = broker.accept_session().await;
        me.wait_connected().await;
        drop(taken_over);
    }
    assert!(me.wait_stopped().await.contains("another client uses the id twin"));
}

pub async fn strange_topics(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    // The test hangs up again and again: that is no rival's doing.
    let limits = Limits { takeovers: usize::MAX, ..short_retry_limits() };
    let mut me = ConnectionFixture::open_with(to(&broker, protocol), login("me"), limits);
    for topic in
        [&b"\x1b[2J"[..], b"a\0b", b"\xff\xfe", "école".as_bytes(), "\u{202e}日本".as_bytes(), b"+/#", b"/////"]
    {
        let mut broker = broker.accept_session().await;
        me.wait_connected().await;
        broker.send(&packet::publish(protocol, PUBLISH, None, topic, "x")).await;
        broker.send_publish(PUBLISH, None, "next", b"1").await;
        // It is shown in some way, or the line takes it for what it is, breaks, and comes back.
        loop {
            match me.next_event().await {
                mqtt_dash::model::line::LineEvent::Messages(batch) if batch.iter().any(|it| it.topic == "next") => {
                    break;
                }
                mqtt_dash::model::line::LineEvent::State(mqtt_dash::model::line::LineState::Waiting { .. }) => break,
                _ => {}
            }
        }
        drop(broker);
    }
}

pub async fn stale_commands(protocol: Protocol) {
    let broker = ScriptedBroker::start(protocol).await;
    let limits = Limits { order_life: Duration::from_millis(300), ..short_retry_limits() };
    let mut me = ConnectionFixture::open_with(to(&broker, protocol), login("me"), limits);
    let mut first = broker.accept_session().await;
    me.wait_connected().await;
    me.client.publish(publish_request(1, "a", b"written", Qos::AtLeastOnce));
    assert_eq!(first.expect_publish().await.1, "written");
    me.client.publish(publish_request(2, "a", b"waiting", Qos::AtLeastOnce));
    drop(first);
    me.wait_disconnected().await;
    // The next connection comes up only when both are too old.
    let slow = broker.accept().await;
    let (Receipt::Dropped(one), Receipt::Dropped(two)) =
        (me.final_publish_status(1).await, me.final_publish_status(2).await)
    else {
        panic!("they are stale")
    };
    assert!(one.starts_with("sent, but not acknowledged") && two.starts_with("not sent"), "{one}; {two}");
    let mut slow = slow;
    slow.send_connack(&[]).await;
    me.client.publish(publish_request(3, "a", b"fresh", Qos::AtLeastOnce));
    assert_eq!(slow.expect_publish().await.1, "fresh", "and nothing before it");
}

pub async fn a_server_keep_alive_of_zero_makes_no_storm() {
    let broker = ScriptedBroker::start(Protocol::V5).await;
    let mut me = ConnectionFixture::open(to(&broker, Protocol::V5), "me");
    let mut broker = broker.accept().await;
    broker.send_connack(&[0x13, 0, 0]).await;
    assert!(me.next_notice().await.contains("switches its keep-alive off"));
    for id in 0..100 {
        me.client.publish(publish_request(id, "a", b"x", Qos::AtLeastOnce));
        let (packet, _) = broker.expect_publish().await;
        broker.send_puback(packet).await;
    }
    assert!(broker.pings <= 1, "{} pings", broker.pings);
}

pub async fn a_receive_maximum_of_zero_is_said() {
    let broker = ScriptedBroker::start(Protocol::V5).await;
    let mut me = ConnectionFixture::open(to(&broker, Protocol::V5), "me");
    broker.accept().await.send_connack(&[0x21, 0, 0]).await;
    let reason = me.wait_disconnected().await;
    assert!(reason.contains("0 messages at a time"), "{reason}");
}

pub async fn a_redirect_is_shown_and_not_followed() {
    let broker = ScriptedBroker::start(Protocol::V5).await;
    let mut me = ConnectionFixture::open(to(&broker, Protocol::V5), "me");
    let name = b"other.example:1883";
    let properties = [&[0x1c, 0, u8::try_from(name.len()).expect("a short name")], &name[..]].concat();
    let length = u8::try_from(properties.len()).expect("few properties");
    for (code, fatal) in [(0x9c, false), (0x9d, true)] {
        let mut broker = broker.accept_session().await;
        me.wait_connected().await;
        broker.send(&[&[DISCONNECT, length + 2, code, length], &properties[..]].concat()).await;
        let reason = me.wait_disconnected().await;
        assert!(reason.contains("other.example:1883") && reason.contains("not followed"), "{reason}");
        assert_eq!(reason.starts_with("stopped: "), fatal);
    }
}

pub async fn a_session_taken_over_again_and_again_stops() {
    let broker = ScriptedBroker::start(Protocol::V5).await;
    let mut me = ConnectionFixture::open(to(&broker, Protocol::V5), "twin");
    for _ in 0..3 {
        broker.accept_session().await.send(&[DISCONNECT, 2, 0x8e, 0]).await;
    }
    assert!(me.wait_stopped().await.contains("another client uses the id twin"));
    me.client.reconnect();
    broker.accept_session().await;
    me.wait_connected().await;
}
