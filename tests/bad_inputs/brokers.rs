//! The line against brokers that misbehave, in both versions of MQTT. What has a number in the table
//! is called from there; what has none is tested here too.

use std::time::Duration;

use crate::line::{LIMIT, Line, hasty, login, order, profile};
use crate::scripted::{DISCONNECT, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE, Scripted};
use mqtt_dash::{
    model::{
        field::Whole,
        line::{Qos, Receipt, Wanted},
        profile::{Profile, Protocol},
        topic::Filter,
    },
    mqtt::Limits,
};

/// Each test for both versions of MQTT.
macro_rules! both {
    ($(async fn $name:ident($protocol:ident) $body:block)*) => {
        $(mod $name {
            use super::*;

            async fn it($protocol: Protocol) $body

            #[tokio::test]
            async fn v3() {
                tokio::time::timeout(3 * LIMIT, it(Protocol::V3)).await.expect("it ends in time");
            }

            #[tokio::test]
            async fn v5() {
                tokio::time::timeout(3 * LIMIT, it(Protocol::V5)).await.expect("it ends in time");
            }
        })*
    };
}

fn to(broker: &Scripted, protocol: Protocol) -> Profile {
    profile(&broker.url(), protocol)
}

fn want(filter: &str) -> Vec<Wanted> {
    vec![Wanted { filter: Filter::new(filter).expect("a filter"), qos: Qos::AtLeastOnce }]
}

pub async fn no_answer(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(Profile { connect_timeout: Whole::new(1), ..to(&broker, protocol) }, "me");
    let _silent = broker.accept().await;
    assert_eq!(me.down().await, format!("no answer from 127.0.0.1:{} within 1 s", broker.port));
    broker.session().await;
    me.up().await;
}

pub async fn an_answer_in_clear_to_tls(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(profile(&format!("mqtts://127.0.0.1:{}", broker.port), protocol), "me");
    broker.answer(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let reason = me.down().await;
    assert!(reason.contains("is this a TLS port?"), "{reason}");
}

pub async fn a_refused_subscription(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let mut broker = broker.session().await;
    me.link.want(want("secret/#"));
    let body = broker.expect(SUBSCRIBE).await;
    broker.subscribed([body[0], body[1]], if protocol == Protocol::V3 { 0x80 } else { 0x87 }).await;
    let (filter, why) = me.refused().await;
    assert_eq!((filter.as_str(), why.as_str()), ("secret/#", "the broker does not allow this subscription"));
    broker.publish(PUBLISH, None, "open", b"1").await;
    assert_eq!(me.text().await, "open 1", "the line goes on");
}

pub async fn an_acknowledgement_of_nothing(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let mut first = broker.session().await;
    me.up().await;
    me.link.publish(order(1, "a", b"one", Qos::AtLeastOnce));
    first.published().await;
    first.acknowledge([0, 77]).await;
    let reason = me.down().await;
    assert!(reason.starts_with("the broker breaks the protocol: it acknowledges packet 77"), "{reason}");
    let mut second = broker.session().await;
    let (packet, text) = second.published().await;
    assert_eq!(text, "one", "it is not lost");
    second.acknowledge(packet).await;
    assert_eq!(me.receipt(1).await, Receipt::Acknowledged);
}

pub async fn a_second_welcome(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let mut first = broker.session().await;
    me.up().await;
    first.send(&[0x10, 2, 0, 0]).await;
    let reason = me.down().await;
    assert!(reason.starts_with("the broker breaks the protocol"), "{reason}");
    broker.session().await;
    me.up().await;
}

pub async fn a_packet_cut_short(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(Profile { keep_alive: Whole::new(5), ..to(&broker, protocol) }, "me");
    let mut first = broker.session().await;
    me.up().await;
    first.send(&[PUBLISH, 50, 0, 1, b'a', b'x']).await;
    assert_eq!(me.down().await, "the broker is silent");
    let mut second = broker.session().await;
    me.up().await;
    second.send(&[PUBLISH, 50, 0, 1, b'a', b'x']).await;
    drop(second);
    me.down().await;
    broker.session().await;
    me.up().await;
}

pub async fn a_packet_of_256_mebibytes(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let large = [PUBLISH, 0xff, 0xff, 0xff, 0x7f, 0, 1, b'a'];
    let said = "a message of 256.0 MiB came; the profile's `max_packet_size` allows 16 MiB";
    let mut first = broker.session().await;
    first.send(&large).await;
    assert_eq!(me.down().await, said);
    let mut second = broker.session().await;
    second.send(&large).await;
    assert_eq!(me.notice().await, format!("{said}; the line breaks on it each time: raise the limit or delete it"));
}

pub async fn exactly_once_is_once(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let mut broker = broker.session().await;
    for dup in [0, 0x08, 0x08] {
        broker.publish(PUBLISH | 0x04 | dup, Some(5), "door", b"open").await;
        broker.expect(PUBREC).await;
    }
    broker.send(&[PUBREL, 2, 0, 5]).await;
    broker.expect(PUBCOMP).await;
    broker.publish(PUBLISH | 0x04, Some(5), "door", b"again").await;
    assert_eq!(me.text().await, "door open");
    assert_eq!(me.text().await, "door again");
}

pub async fn a_refused_login(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let no: &[u8] = if protocol == Protocol::V3 { &[0x20, 2, 0, 4] } else { &[0x20, 3, 0, 0x86, 0] };
    broker.accept().await.send(no).await;
    assert_eq!(me.stopped().await, "refused: bad user name or password");
    // Nothing more is tried until the person says so: the next connection is the one asked for here.
    me.link.reconnect();
    let mut asked = broker.accept().await;
    asked.grant(&[]).await;
    me.up().await;
    assert!(broker.is_alone().await, "there was another attempt");
}

pub async fn a_packet_of_a_client(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    for packet in [&b"\x82\x06\x00\x01\x00\x01a\x00"[..], b"\xc0\x00", b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0f\x00\x00"]
    {
        let mut broker = broker.session().await;
        me.up().await;
        broker.send(packet).await;
        assert_ne!(me.down().await, "");
    }
    broker.session().await;
    me.up().await;
}

pub async fn large_and_too_large(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(to(&broker, protocol), "me");
    let retained = PUBLISH | 1;
    let said = "a message of 20.0 MiB came; the profile's `max_packet_size` allows 16 MiB";
    for time in 1..=2 {
        let mut broker = broker.session().await;
        // 20,000 bytes behind the topic: its length is said in three bytes.
        let gap: &[u8] = if protocol == Protocol::V3 { &[] } else { &[0] };
        let body = [&b"\x00\x05large"[..], gap, &vec![b'x'; 20_000]].concat();
        let size = body.len();
        let length = [size % 128 + 128, size / 128 % 128 + 128, size / 16_384]
            .map(|digit| u8::try_from(digit).expect("a digit"));
        broker.send(&[&[retained], &length[..], &body].concat()).await;
        let message = me.message().await;
        assert_eq!((message.payload.len(), message.retain), (20_000, true));
        // 20 MiB are announced.
        broker.send(&[retained, 0x80, 0x80, 0x80, 0x0a, 0, 1, b'a']).await;
        if time == 1 {
            assert_eq!(me.down().await, said);
        } else {
            let advice = "the line breaks on it each time: raise the limit or delete it";
            assert_eq!(me.notice().await, format!("{said}; {advice}"));
        }
    }
}

pub async fn a_broker_that_says_nothing_more(protocol: Protocol) {
    let least = if protocol == Protocol::V3 { 1 } else { 5 };
    let broker = Scripted::start(protocol).await;
    let mut me = Line::open(Profile { keep_alive: Whole::new(least), ..to(&broker, protocol) }, "me");
    let _frozen = broker.session().await;
    me.up().await;
    assert_eq!(me.down().await, "the broker is silent");
    broker.session().await;
    me.up().await;
}

/// In MQTT 3.1.1 a broker that gives the session to a rival just closes the line.
pub async fn a_line_closed_again_and_again_stops() {
    let broker = Scripted::start(Protocol::V3).await;
    let mut me = Line::open(to(&broker, Protocol::V3), "twin");
    for _ in 0..3 {
        let taken_over = broker.session().await;
        me.up().await;
        drop(taken_over);
    }
    assert!(me.stopped().await.contains("another client uses the id twin"));
}

pub async fn strange_topics(protocol: Protocol) {
    let broker = Scripted::start(protocol).await;
    // The test hangs up again and again: that is no rival's doing.
    let limits = Limits { takeovers: usize::MAX, ..hasty() };
    let mut me = Line::open_with(to(&broker, protocol), login("me"), limits);
    let gap: &[u8] = if protocol == Protocol::V3 { &[] } else { &[0] };
    for topic in
        [&b"\x1b[2J"[..], b"a\0b", b"\xff\xfe", "école".as_bytes(), "\u{202e}日本".as_bytes(), b"+/#", b"/////"]
    {
        let mut broker = broker.session().await;
        me.up().await;
        let length = [0, u8::try_from(topic.len()).expect("a short topic")];
        let body = [&length[..], topic, gap, b"x"].concat();
        broker.send(&[&[PUBLISH, u8::try_from(body.len()).expect("short")], &body[..]].concat()).await;
        broker.publish(PUBLISH, None, "next", b"1").await;
        // It is shown in some way, or the line takes it for what it is, breaks, and comes back.
        loop {
            match me.event().await {
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
    let broker = Scripted::start(protocol).await;
    let limits = Limits { order_life: Duration::from_millis(300), ..hasty() };
    let mut me = Line::open_with(to(&broker, protocol), login("me"), limits);
    let mut first = broker.session().await;
    me.up().await;
    me.link.publish(order(1, "a", b"written", Qos::AtLeastOnce));
    assert_eq!(first.published().await.1, "written");
    me.link.publish(order(2, "a", b"waiting", Qos::AtLeastOnce));
    drop(first);
    me.down().await;
    // The next connection comes up only when both are too old.
    let slow = broker.accept().await;
    let (Receipt::Dropped(one), Receipt::Dropped(two)) = (me.receipt(1).await, me.receipt(2).await) else {
        panic!("they are stale")
    };
    assert!(one.starts_with("sent, but not acknowledged") && two.starts_with("not sent"), "{one}; {two}");
    let mut slow = slow;
    slow.grant(&[]).await;
    me.link.publish(order(3, "a", b"fresh", Qos::AtLeastOnce));
    assert_eq!(slow.published().await.1, "fresh", "and nothing before it");
}

both! {
    async fn another_protocol(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(to(&broker, protocol), "me");
        broker.accept().await.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        let reason = me.down().await;
        assert!(reason.contains("is the port right?"), "{reason}");
    }

    async fn a_web_server_that_knows_no_such_path(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(profile(&format!("ws://127.0.0.1:{}/wrong", broker.port), protocol), "me");
        broker.answer(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
        let reason = me.down().await;
        assert!(reason.contains("404 Not Found") && reason.contains("is the path"), "{reason}");
        broker.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
        let reason = me.down().await;
        assert!(reason.contains("is no WebSocket for MQTT"), "{reason}");
        broker.answer(&[0x20, 2, 0, 1]).await;
        let reason = me.down().await;
        assert!(reason.contains("is no WebSocket for MQTT") || reason.contains("is this a TLS port"), "{reason}");
    }

    async fn no_answer_to_a_subscription(protocol) {
        let broker = Scripted::start(protocol).await;
        let limits = Limits { answer: Duration::from_millis(200), ..hasty() };
        let mut me = Line::open_with(to(&broker, protocol), login("me"), limits);
        let mut broker = broker.session().await;
        me.link.want(want("slow"));
        broker.expect(SUBSCRIBE).await;
        let (filter, why) = me.refused().await;
        assert!(filter == "slow" && why.starts_with("the broker did not answer"), "{why}");
    }

    async fn a_release_from_an_earlier_life(protocol) {
        let broker = Scripted::start(protocol).await;
        let me = Line::open(Profile { clean_session: false, ..to(&broker, protocol) }, "me");
        let mut broker = broker.session().await;
        broker.send(&[PUBREL, 2, 1, 2]).await;
        assert_eq!(broker.expect(PUBCOMP).await[..2], [1, 2]);
        drop(me);
    }

    async fn a_cut_line_loses_nothing_and_keeps_the_order(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(to(&broker, protocol), "me");
        let mut first = broker.session().await;
        me.up().await;
        for id in 1..=3 {
            me.link.publish(order(id, "a", id.to_string().as_bytes(), Qos::AtLeastOnce));
        }
        let (packet, _) = first.published().await;
        first.acknowledge(packet).await;
        assert_eq!(first.published().await.1, "2");
        drop(first);
        let mut second = broker.session().await;
        for id in ["2", "3"] {
            let (packet, text) = second.published().await;
            assert_eq!(text, id);
            second.acknowledge(packet).await;
        }
        for id in 1..=3 {
            assert_eq!(me.receipt(id).await, Receipt::Acknowledged);
        }
    }

    async fn an_order_that_breaks_the_line(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(to(&broker, protocol), "me");
        me.link.publish(order(1, "a", b"poison", Qos::AtLeastOnce));
        me.link.publish(order(2, "a", b"good", Qos::AtLeastOnce));
        for _ in 0..3 {
            assert_eq!(broker.session().await.published().await.1, "poison");
        }
        let Receipt::Dropped(why) = me.receipt(1).await else { panic!("it is not dropped") };
        assert!(why.starts_with("given up: the line broke 3 times"), "{why}");
        let mut broker = broker.session().await;
        let (packet, text) = broker.published().await;
        assert_eq!(text, "good");
        broker.acknowledge(packet).await;
        assert_eq!(me.receipt(2).await, Receipt::Acknowledged);
    }

    async fn a_broker_that_never_acknowledges(protocol) {
        let broker = Scripted::start(protocol).await;
        let limits = Limits { answer: Duration::from_millis(200), ..hasty() };
        let mut me = Line::open_with(to(&broker, protocol), login("me"), limits);
        let mut broker = broker.session().await;
        me.link.publish(order(1, "a", b"x", Qos::AtLeastOnce));
        broker.published().await;
        assert!(me.down().await.starts_with("the broker acknowledged nothing"));
    }

    async fn a_line_cut_on_subscribing_is_no_rival(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(to(&broker, protocol), "me");
        me.link.want(want("secret/#"));
        for _ in 0..5 {
            broker.session().await.expect(SUBSCRIBE).await;
            assert!(me.down().await.contains("perhaps one of them is not allowed"));
        }
    }

    async fn a_goodbye(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(to(&broker, protocol), "me");
        let mut broker = broker.session().await;
        me.up().await;
        let served = tokio::spawn(async move {
            let (packet, _) = broker.published().await;
            broker.acknowledge(packet).await;
            broker.expect(DISCONNECT).await;
            assert_eq!(broker.packet().await, None, "and then the end");
        });
        me.link.publish(order(1, "a", b"x", Qos::AtLeastOnce));
        me.link.close().await;
        served.await.expect("all of it came");
    }
}

pub async fn a_server_keep_alive_of_zero_makes_no_storm() {
    let broker = Scripted::start(Protocol::V5).await;
    let mut me = Line::open(to(&broker, Protocol::V5), "me");
    let mut broker = broker.accept().await;
    broker.grant(&[0x13, 0, 0]).await;
    assert!(me.notice().await.contains("switches its keep-alive off"));
    for id in 0..100 {
        me.link.publish(order(id, "a", b"x", Qos::AtLeastOnce));
        let (packet, _) = broker.published().await;
        broker.acknowledge(packet).await;
    }
    assert!(broker.pings <= 1, "{} pings", broker.pings);
}

pub async fn a_receive_maximum_of_zero_is_said() {
    let broker = Scripted::start(Protocol::V5).await;
    let mut me = Line::open(to(&broker, Protocol::V5), "me");
    broker.accept().await.grant(&[0x21, 0, 0]).await;
    let reason = me.down().await;
    assert!(reason.contains("0 messages at a time"), "{reason}");
}

#[tokio::test]
async fn what_the_broker_cannot_do_is_lowered() {
    let broker = Scripted::start(Protocol::V5).await;
    let mut me = Line::open(to(&broker, Protocol::V5), "me");
    let mut broker = broker.accept().await;
    // Maximum QoS 1, no retained messages, packets of 100 bytes.
    broker.grant(&[0x24, 1, 0x25, 0, 0x27, 0, 0, 0, 100]).await;
    let mut kept = order(1, "a", b"x", Qos::ExactlyOnce);
    kept.retain = true;
    me.link.publish(kept);
    let (first, _) = broker.packet().await.expect("a packet");
    assert_eq!(first, PUBLISH | 0x02, "at least once, not retained");
    assert!(me.notice().await.contains("without `retain`"));
    broker.acknowledge([0, 1]).await;
    assert_eq!(me.receipt(1).await, Receipt::Acknowledged);
    me.link.publish(order(2, "a", &[0; 200], Qos::AtLeastOnce));
    assert_eq!(me.receipt(2).await, Receipt::Dropped("not sent: it has 211 B, the broker takes 100 B".to_owned()));
}

#[tokio::test]
async fn a_refused_message_is_said() {
    let broker = Scripted::start(Protocol::V5).await;
    let mut me = Line::open(to(&broker, Protocol::V5), "me");
    let mut broker = broker.session().await;
    me.link.publish(order(1, "a", b"x", Qos::AtLeastOnce));
    let ([high, low], _) = broker.published().await;
    broker.send(&[PUBACK, 4, high, low, 0x87, 0]).await;
    assert_eq!(me.receipt(1).await, Receipt::Dropped("refused by the broker: not authorized".to_owned()));
    for id in 2..=100 {
        me.link.publish(order(id, "a", b"x", Qos::ExactlyOnce));
        let ([high, low], _) = broker.published().await;
        broker.send(&[PUBREC, 4, high, low, 0x97, 0]).await;
        assert_eq!(me.receipt(id).await, Receipt::Dropped("refused by the broker: quota exceeded".to_owned()));
        if id == 51 {
            // So many that the client has lost count: a fresh one goes on.
            return assert!(me.down().await.contains("too many messages were refused"));
        }
    }
}

pub async fn a_redirect_is_shown_and_not_followed() {
    let broker = Scripted::start(Protocol::V5).await;
    let mut me = Line::open(to(&broker, Protocol::V5), "me");
    let name = b"other.example:1883";
    let properties = [&[0x1c, 0, u8::try_from(name.len()).expect("a short name")], &name[..]].concat();
    let length = u8::try_from(properties.len()).expect("few properties");
    for (code, fatal) in [(0x9c, false), (0x9d, true)] {
        let mut broker = broker.session().await;
        me.up().await;
        broker.send(&[&[DISCONNECT, length + 2, code, length], &properties[..]].concat()).await;
        let reason = me.down().await;
        assert!(reason.contains("other.example:1883") && reason.contains("not followed"), "{reason}");
        assert_eq!(reason.starts_with("stopped: "), fatal);
    }
}

pub async fn a_session_taken_over_again_and_again_stops() {
    let broker = Scripted::start(Protocol::V5).await;
    let mut me = Line::open(to(&broker, Protocol::V5), "twin");
    for _ in 0..3 {
        broker.session().await.send(&[DISCONNECT, 2, 0x8e, 0]).await;
    }
    assert!(me.stopped().await.contains("another client uses the id twin"));
    me.link.reconnect();
    broker.session().await;
    me.up().await;
}
