//! Connections to brokers that misbehave: the checks of the table, in both versions of MQTT.

use std::time::Duration;

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionState, PublishStatus, Qos},
        field_value::BoundedInt,
        profile::{MqttVersion, Profile},
    },
    mqtt::{ClientOptions, Limits, OnRefusal},
};

use crate::fixtures::{
    connection::{ConnectionFixture, login, profile, publish_request, short_retry_limits, subscription},
    packet::{self, DISCONNECT, PUBCOMP, PUBLISH, PUBREC, PUBREL, RETAIN, SUBSCRIBE},
    scripted_broker::ScriptedBroker,
};

fn profile_of(broker: &ScriptedBroker, protocol: MqttVersion) -> Profile {
    profile(&broker.url(), protocol)
}

pub async fn connack_missing_times_out_with_backoff(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(
        Profile { connect_timeout: BoundedInt::clamped(1), ..profile_of(&broker, protocol) },
        "me",
    );
    let _unanswered = broker.accept().await;
    assert_eq!(connection.wait_disconnected().await, format!("no answer from 127.0.0.1:{} within 1 s", broker.port));
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn tls_to_plain_port_is_explained(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection =
        ConnectionFixture::open(profile(&format!("mqtts://127.0.0.1:{}", broker.port), protocol), "me");
    broker.answer_and_close(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("is this a TLS port?"), "{reason}");
}

pub async fn refused_subscription_is_reported(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let mut broker = broker.accept_session().await;
    connection.client.set_subscriptions(vec![subscription("secret/#", Qos::AtLeastOnce)]);
    let body = broker.expect(SUBSCRIBE).await;
    broker.send_suback([body[0], body[1]], if protocol == MqttVersion::V311 { 0x80 } else { 0x87 }).await;
    let (filter, reason) = connection.next_refused_subscription().await;
    assert_eq!((filter.as_str(), reason.as_str()), ("secret/#", "the broker does not allow this subscription"));
    broker.send_publish(PUBLISH, None, "open", b"1").await;
    assert_eq!(connection.next_message_text().await, "open 1", "the connection stays up");
}

pub async fn puback_for_unknown_packet_reconnects_without_loss(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let mut first = broker.accept_session().await;
    connection.wait_connected().await;
    connection.client.publish(publish_request(1, "a", b"one", Qos::AtLeastOnce));
    first.expect_publish().await;
    first.send_puback([0, 77]).await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.starts_with("MQTT protocol error: the broker acknowledged packet ID 77"), "{reason}");
    let mut second = broker.accept_session().await;
    let (packet_id, text) = second.expect_publish().await;
    assert_eq!(text, "one", "the message is not lost");
    second.send_puback(packet_id).await;
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
}

pub async fn second_connack_breaks_connection(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let mut first = broker.accept_session().await;
    connection.wait_connected().await;
    first.send(&[0x10, 2, 0, 0]).await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.starts_with("MQTT protocol error: "), "{reason}");
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn truncated_packet_is_ended_by_keep_alive(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection =
        ConnectionFixture::open(Profile { keep_alive: BoundedInt::clamped(5), ..profile_of(&broker, protocol) }, "me");
    let mut first = broker.accept_session().await;
    connection.wait_connected().await;
    first.send(&[PUBLISH, 50, 0, 1, b'a', b'x']).await;
    assert_eq!(connection.wait_disconnected().await, "the broker does not respond");
    let mut second = broker.accept_session().await;
    connection.wait_connected().await;
    second.send(&[PUBLISH, 50, 0, 1, b'a', b'x']).await;
    drop(second);
    connection.wait_disconnected().await;
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn announced_packet_of_256_mib_is_refused(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let large = [PUBLISH, 0xff, 0xff, 0xff, 0x7f, 0, 1, b'a'];
    let reason = "received a packet of 256.0 MiB; `max_packet_size` of the profile allows 16 MiB";
    let mut first = broker.accept_session().await;
    first.send(&large).await;
    assert_eq!(connection.wait_disconnected().await, reason);
    let mut second = broker.accept_session().await;
    second.send(&large).await;
    assert_eq!(
        connection.next_notice().await,
        format!("{reason}; it closes every connection: raise the limit or delete the message")
    );
}

pub async fn qos_2_message_sent_three_times_is_delivered_once(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let mut broker = broker.accept_session().await;
    for dup in [0, 0x08, 0x08] {
        broker.send_publish(PUBLISH | 0x04 | dup, Some(5), "door", b"open").await;
        broker.expect(PUBREC).await;
    }
    broker.send(&[PUBREL, 2, 0, 5]).await;
    broker.expect(PUBCOMP).await;
    broker.send_publish(PUBLISH | 0x04, Some(5), "door", b"again").await;
    assert_eq!(connection.next_message_text().await, "door open");
    assert_eq!(connection.next_message_text().await, "door again");
}

pub async fn refused_login_stops_reconnecting(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let refusal: &[u8] = if protocol == MqttVersion::V311 { &[0x20, 2, 0, 4] } else { &[0x20, 3, 0, 0x86, 0] };
    broker.accept().await.send(refusal).await;
    assert_eq!(connection.wait_stopped().await, "refused: bad user name or password");
    // The next attempt is the one requested here.
    connection.client.reconnect();
    let mut requested = broker.accept().await;
    requested.send_connack(&[]).await;
    connection.wait_connected().await;
    assert!(broker.has_no_pending_connection().await, "there is another attempt");
}

/// CONNACK packets that refuse a login for good, or so it seems, with their reasons.
fn refusals(protocol: MqttVersion) -> Vec<Vec<u8>> {
    match protocol {
        MqttVersion::V311 => [1, 2, 4, 5].map(|code| vec![0x20, 2, 0, code]).to_vec(),
        // Unsupported version, client ID, password, not authorized, banned, method, will, moved.
        MqttVersion::V5 => {
            [0x84, 0x85, 0x86, 0x87, 0x8a, 0x8c, 0x90, 0x9a, 0x9b, 0x9d].map(|code| vec![0x20, 3, 0, code, 0]).to_vec()
        }
    }
}

pub async fn login_that_worked_before_is_retried_when_refused(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    for refusal in refusals(protocol) {
        drop(broker.accept_session().await);
        connection.wait_connected().await;
        connection.wait_disconnected().await;
        for _ in 0..2 {
            broker.accept().await.send(&refusal).await;
            let reason = connection.wait_disconnected().await;
            assert!(reason.starts_with("refused: "), "{refusal:?}: {reason}");
        }
    }
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn login_that_another_client_used_before_is_retried_when_refused(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let options = ClientOptions { login_accepted: true, ..short_retry_limits().into() };
    let mut connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), options);
    broker.accept().await.send(&refusals(protocol)[2]).await;
    assert_eq!(connection.wait_disconnected().await, "refused: bad user name or password");
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn refused_login_is_retried_where_nobody_can_ask_for_it(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let limits = Limits { max_backoff: Duration::from_mins(1), ..short_retry_limits() };
    let options = ClientOptions { on_refusal: OnRefusal::Retry, ..limits.into() };
    let mut connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), options);
    broker.accept().await.send(&refusals(protocol)[2]).await;
    let retry_in = connection.wait_for(|event| match event {
        ConnectionEvent::State(ConnectionState::WaitingToRetry { retry_in, .. }) => Some(*retry_in),
        _ => None,
    });
    let retry_in = retry_in.await;
    assert!((45..=75).contains(&retry_in.as_secs()), "about each minute: {retry_in:?}");
    connection.client.reconnect();
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn client_packet_breaks_connection(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    for packet in [&b"\x82\x06\x00\x01\x00\x01a\x00"[..], b"\xc0\x00", b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x0f\x00\x00"]
    {
        let mut broker = broker.accept_session().await;
        connection.wait_connected().await;
        broker.send(packet).await;
        assert_ne!(connection.wait_disconnected().await, "");
    }
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn retained_20_kb_is_delivered_and_20_mb_is_refused(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let retained = PUBLISH | RETAIN;
    let reason = "received a packet of 20.0 MiB; `max_packet_size` of the profile allows 16 MiB";
    for attempt in 1..=2 {
        let mut broker = broker.accept_session().await;
        broker.send_publish(retained, None, "large", &"x".repeat(20_000).into_bytes()).await;
        let message = connection.next_message().await;
        assert_eq!((message.payload.len(), message.retain), (20_000, true));
        // The header of a packet of 20 MiB.
        broker.send(&[retained, 0x80, 0x80, 0x80, 0x0a, 0, 1, b'a']).await;
        if attempt == 1 {
            assert_eq!(connection.wait_disconnected().await, reason);
        } else {
            let advice = "it closes every connection: raise the limit or delete the message";
            assert_eq!(connection.next_notice().await, format!("{reason}; {advice}"));
        }
    }
}

pub async fn frozen_broker_is_disconnected(protocol: MqttVersion) {
    let keep_alive = if protocol == MqttVersion::V311 { 1 } else { 5 };
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(
        Profile { keep_alive: BoundedInt::clamped(keep_alive), ..profile_of(&broker, protocol) },
        "me",
    );
    let _frozen = broker.accept_session().await;
    connection.wait_connected().await;
    assert_eq!(connection.wait_disconnected().await, "the broker does not respond");
    broker.accept_session().await;
    connection.wait_connected().await;
}

pub async fn invalid_topic_is_delivered_or_breaks_connection(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    for topic in
        [&b"\x1b[2J"[..], b"a\0b", b"\xff\xfe", "école".as_bytes(), "\u{202e}日本".as_bytes(), b"+/#", b"/////"]
    {
        let mut broker = broker.accept_session().await;
        connection.wait_connected().await;
        broker.send(&packet::publish(protocol, PUBLISH, None, topic, "x")).await;
        broker.send_publish(PUBLISH, None, "next", b"1").await;
        // The message is delivered, or the connection is lost as after any invalid packet.
        loop {
            match connection.next_event().await {
                ConnectionEvent::Messages(batch) if batch.iter().any(|it| it.topic == "next") => {
                    break;
                }
                ConnectionEvent::State(ConnectionState::WaitingToRetry { .. }) => break,
                _ => {}
            }
        }
        drop(broker);
    }
}

pub async fn stale_command_expires_after_long_sleep(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let limits = Limits { request_ttl: Duration::from_millis(300), ..short_retry_limits() };
    let mut connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), limits);
    let mut first = broker.accept_session().await;
    connection.wait_connected().await;
    connection.client.publish(publish_request(1, "a", b"written", Qos::AtLeastOnce));
    assert_eq!(first.expect_publish().await.1, "written");
    connection.client.publish(publish_request(2, "a", b"waiting", Qos::AtLeastOnce));
    drop(first);
    connection.wait_disconnected().await;
    // The next connection is accepted only after both requests have expired.
    let mut slow = broker.accept().await;
    let (PublishStatus::Failed(one), PublishStatus::Failed(two)) =
        (connection.final_publish_status(1).await, connection.final_publish_status(2).await)
    else {
        panic!("the requests are not dropped")
    };
    assert!(one.starts_with("sent, but not acknowledged") && two.starts_with("not sent"), "{one}; {two}");
    slow.send_connack(&[]).await;
    connection.client.publish(publish_request(3, "a", b"fresh", Qos::AtLeastOnce));
    assert_eq!(slow.expect_publish().await.1, "fresh", "only the new message is sent");
}

/// A broker may lower the Session Expiry Interval. It is said once, not after each reconnect.
#[tokio::test]
async fn shorter_session_is_reported_once() {
    for (asked, properties, expected) in [
        (Some(7_200), &[0x11, 0, 0, 0x0e, 0x10][..], Some("3600 s after the connection has ended, not for 7200 s")),
        (None, &[0x11, 0, 0, 0, 0], Some("0 s after the connection has ended, not for ever")),
        (Some(3_600), &[0x11, 0, 0, 0x0e, 0x10], None),
        (None, &[], None),
    ] {
        let broker = ScriptedBroker::start(MqttVersion::V5).await;
        let session_expiry = asked.map(BoundedInt::clamped);
        let profile = Profile { clean_session: false, session_expiry, ..profile_of(&broker, MqttVersion::V5) };
        let mut connection = ConnectionFixture::open(profile, "me");
        for attempt in 0..3 {
            let mut session = broker.accept().await;
            // Server Keep Alive 0 has a notice of its own, which ends the wait for the first one.
            let keep_alive: &[u8] = if attempt == 2 { &[0x13, 0, 0] } else { &[] };
            session.send_connack(&[properties, keep_alive].concat()).await;
            connection.wait_connected().await;
            if let Some(expected) = expected.filter(|_| attempt == 0) {
                let notice = connection.next_notice().await;
                assert!(notice.ends_with(expected), "{notice}");
            }
            if attempt == 2 {
                let notice = connection.next_notice().await;
                assert!(notice.contains("turned keep alive off"), "{notice}");
            }
        }
    }
}

pub async fn server_keep_alive_0_is_reported_and_sends_no_pings() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
    let mut broker = broker.accept().await;
    broker.send_connack(&[0x13, 0, 0]).await;
    assert!(connection.next_notice().await.contains("turned keep alive off"));
    for id in 0..100 {
        connection.client.publish(publish_request(id, "a", b"x", Qos::AtLeastOnce));
        let (packet_id, _) = broker.expect_publish().await;
        broker.send_puback(packet_id).await;
    }
    assert!(broker.pings <= 1, "{} pings", broker.pings);
}

pub async fn receive_maximum_0_is_reported() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
    broker.accept().await.send_connack(&[0x21, 0, 0]).await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("Receive Maximum to 0"), "{reason}");
}

pub async fn server_redirect_is_shown_but_not_followed() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
    let name = b"other.example:1883";
    let properties = [&[0x1c, 0, u8::try_from(name.len()).expect("the name is short")], &name[..]].concat();
    let length = u8::try_from(properties.len()).expect("the properties are short");
    for code in [0x9c, 0x9d] {
        let mut broker = broker.accept_session().await;
        connection.wait_connected().await;
        broker.send(&[&[DISCONNECT, length + 2, code, length], &properties[..]].concat()).await;
        let reason = connection.wait_disconnected().await;
        assert!(reason.contains("other.example:1883") && reason.contains("not followed"), "{reason}");
        assert!(!reason.starts_with("stopped: "), "the login worked: {reason}");
    }
}
