//! The line against brokers that misbehave, in both versions of MQTT.

#[path = "support/line.rs"]
#[allow(dead_code, reason = "each program of tests uses a part of it")]
mod line;
#[path = "support/scripted.rs"]
mod scripted;

use std::time::Duration;

use line::{LIMIT, Line, hasty, login, order, profile};
use mqtt_dash::{
    model::{
        field::Whole,
        line::{Qos, Receipt, Wanted},
        profile::{Profile, Protocol},
        topic::Filter,
    },
    mqtt::Limits,
};
use scripted::{DISCONNECT, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE, Scripted};

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

both! {
    async fn no_answer(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(Profile { connect_timeout: Whole::new(1), ..to(&broker, protocol) }, "me");
        let _silent = broker.accept().await;
        assert_eq!(me.down().await, format!("no answer from 127.0.0.1:{} within 1 s", broker.port));
        broker.session().await;
        me.up().await;
    }

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

    async fn an_answer_in_clear_to_tls(protocol) {
        let broker = Scripted::start(protocol).await;
        let mut me = Line::open(profile(&format!("mqtts://127.0.0.1:{}", broker.port), protocol), "me");
        broker.answer(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let reason = me.down().await;
        assert!(reason.contains("is this a TLS port?"), "{reason}");
    }

    async fn a_refused_subscription(protocol) {
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

    async fn an_acknowledgement_of_nothing(protocol) {
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

    async fn a_second_welcome(protocol) {
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

    async fn a_packet_cut_short(protocol) {
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

    async fn a_packet_of_256_mebibytes(protocol) {
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

    async fn exactly_once_is_once(protocol) {
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

#[tokio::test]
async fn a_server_keep_alive_of_zero_makes_no_storm() {
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

#[tokio::test]
async fn a_receive_maximum_of_zero_is_said() {
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

#[tokio::test]
async fn a_redirect_is_shown_and_not_followed() {
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

#[tokio::test]
async fn a_session_taken_over_again_and_again_stops() {
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
