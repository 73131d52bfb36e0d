//! Brokers that misbehave in ways that have no number in the table, in both versions of MQTT.

use std::time::Duration;

use mqtt_dash::{
    model::{
        connection::{PublishStatus, Qos},
        profile::{MqttVersion, Profile},
    },
    mqtt::Limits,
};

use crate::fixtures::{
    connection::{ConnectionFixture, TIMEOUT, login, profile, publish_request, short_retry_limits, subscription},
    packet::{DISCONNECT, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, SUBSCRIBE},
    scripted_broker::{ScriptedBroker, ScriptedConnection},
};

/// Makes two tests of each function, one for each version of MQTT.
macro_rules! for_both_versions {
    ($($name:ident;)*) => {
        $(mod $name {
            use mqtt_dash::model::profile::MqttVersion;

            #[tokio::test]
            async fn mqtt_3_1_1() {
                super::with_timeout(super::$name(MqttVersion::V311)).await;
            }

            #[tokio::test]
            async fn mqtt_5() {
                super::with_timeout(super::$name(MqttVersion::V5)).await;
            }
        })*
    };
}

pub(super) use for_both_versions;

for_both_versions! {
    http_reply_suggests_wrong_port;
    http_error_on_web_socket_is_explained;
    unanswered_subscription_is_reported;
    pubrel_of_earlier_session_is_completed;
    disconnect_keeps_queued_messages_in_order;
    message_that_breaks_connection_three_times_is_dropped;
    missing_puback_breaks_connection;
    disconnect_on_subscribe_is_not_taken_for_takeover;
    close_sends_queued_message_and_disconnect;
    exactly_once_message_is_completed_in_a_kept_session;
}

pub(super) async fn with_timeout(test: impl Future<Output = ()>) {
    tokio::time::timeout(3 * TIMEOUT, test).await.expect("the test takes too long");
}

fn profile_of(broker: &ScriptedBroker, protocol: MqttVersion) -> Profile {
    profile(&broker.url(), protocol)
}

async fn http_reply_suggests_wrong_port(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    broker.accept().await.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("is the port right?"), "{reason}");
}

async fn http_error_on_web_socket_is_explained(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection =
        ConnectionFixture::open(profile(&format!("ws://127.0.0.1:{}/wrong", broker.port), protocol), "me");
    broker.answer_and_close(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("404 Not Found") && reason.contains("is the path"), "{reason}");
    broker.answer_and_close(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains(" answered 200 OK: is /wrong the path of the broker?"), "{reason}");
    broker.answer_and_close(&[0x20, 2, 0, 1]).await;
    let reason = connection.wait_disconnected().await;
    assert!(reason.contains("is not a WebSocket for MQTT") || reason.contains("is this a TLS port"), "{reason}");
}

async fn unanswered_subscription_is_reported(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let limits = Limits { ack_timeout: Duration::from_millis(200), ..short_retry_limits() };
    let mut connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), limits);
    let mut broker = broker.accept_session().await;
    connection.client.set_subscriptions(vec![subscription("slow", Qos::AtLeastOnce)]);
    broker.expect(SUBSCRIBE).await;
    let (filter, reason) = connection.next_refused_subscription().await;
    assert!(filter == "slow" && reason.starts_with("the broker did not answer"), "{reason}");
}

async fn pubrel_of_earlier_session_is_completed(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let connection = ConnectionFixture::open(Profile { clean_session: false, ..profile_of(&broker, protocol) }, "me");
    let mut broker = broker.accept_session().await;
    broker.send(&[PUBREL, 2, 1, 2]).await;
    assert_eq!(broker.expect(PUBCOMP).await[..2], [1, 2]);
    drop(connection);
}

async fn disconnect_keeps_queued_messages_in_order(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let mut first = broker.accept_session().await;
    connection.wait_connected().await;
    for id in 1..=3 {
        connection.client.publish(publish_request(id, "a", id.to_string().as_bytes(), Qos::AtLeastOnce));
    }
    let (packet_id, _) = first.expect_publish().await;
    first.send_puback(packet_id).await;
    assert_eq!(first.expect_publish().await.1, "2");
    drop(first);
    let mut second = broker.accept_session().await;
    for id in ["2", "3"] {
        let (packet_id, text) = second.expect_publish().await;
        assert_eq!(text, id);
        second.send_puback(packet_id).await;
    }
    for id in 1..=3 {
        assert_eq!(connection.final_publish_status(id).await, PublishStatus::Acknowledged);
    }
}

async fn message_that_breaks_connection_three_times_is_dropped(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    connection.client.publish(publish_request(1, "a", b"poison", Qos::AtLeastOnce));
    connection.client.publish(publish_request(2, "a", b"good", Qos::AtLeastOnce));
    for _ in 0..3 {
        assert_eq!(broker.accept_session().await.expect_publish().await.1, "poison");
    }
    let PublishStatus::Failed(reason) = connection.final_publish_status(1).await else {
        panic!("the message is not dropped")
    };
    assert!(reason.starts_with("given up: the connection failed 3 times"), "{reason}");
    let mut broker = broker.accept_session().await;
    let (packet_id, text) = broker.expect_publish().await;
    assert_eq!(text, "good");
    broker.send_puback(packet_id).await;
    assert_eq!(connection.final_publish_status(2).await, PublishStatus::Acknowledged);
}

async fn missing_puback_breaks_connection(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let limits = Limits { ack_timeout: Duration::from_millis(200), ..short_retry_limits() };
    let mut connection = ConnectionFixture::open_with(profile_of(&broker, protocol), login("me"), limits);
    let mut broker = broker.accept_session().await;
    connection.client.publish(publish_request(1, "a", b"x", Qos::AtLeastOnce));
    broker.expect_publish().await;
    assert!(connection.wait_disconnected().await.starts_with("the broker did not acknowledge a message"));
}

async fn disconnect_on_subscribe_is_not_taken_for_takeover(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    connection.client.set_subscriptions(vec![subscription("secret/#", Qos::AtLeastOnce)]);
    for _ in 0..2 {
        broker.accept_session().await.expect(SUBSCRIBE).await;
        assert!(connection.wait_disconnected().await.contains("a subscription may not be allowed"));
    }
    // Then it is known which one, and the connection works without it.
    let mut network = broker.accept_session().await;
    connection.wait_connected().await;
    assert_eq!(connection.next_refused_subscription().await.0, "secret/#");
    network.expect_silence().await;
}

async fn close_sends_queued_message_and_disconnect(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, protocol), "me");
    let mut broker = broker.accept_session().await;
    connection.wait_connected().await;
    let served = tokio::spawn(async move {
        let (packet_id, _) = broker.expect_publish().await;
        broker.send_puback(packet_id).await;
        broker.expect(DISCONNECT).await;
        assert_eq!(broker.read_packet().await, None, "the connection is closed after DISCONNECT");
    });
    connection.client.publish(publish_request(1, "a", b"x", Qos::AtLeastOnce));
    connection.client.close().await;
    served.await.expect("the broker receives everything");
}

#[tokio::test]
async fn publish_is_lowered_to_capabilities_of_broker() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
    let mut broker = broker.accept().await;
    // Maximum QoS 1, no retained messages, packets of 100 bytes.
    broker.send_connack(&[0x24, 1, 0x25, 0, 0x27, 0, 0, 0, 100]).await;
    let mut request = publish_request(1, "a", b"x", Qos::ExactlyOnce);
    request.retain = true;
    connection.client.publish(request);
    let (first, _) = broker.read_packet().await.expect("a packet");
    assert_eq!(first, PUBLISH | 0x02, "QoS 1, not retained");
    assert!(connection.next_notice().await.contains("without `retain`"));
    broker.send_puback([0, 1]).await;
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    connection.client.publish(publish_request(2, "a", &[0; 200], Qos::AtLeastOnce));
    assert_eq!(
        connection.final_publish_status(2).await,
        PublishStatus::Failed("not sent: it has 211 B, the broker allows 100 B".to_owned())
    );
}

#[tokio::test]
async fn refused_message_is_reported_as_dropped() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let mut connection = ConnectionFixture::open(profile_of(&broker, MqttVersion::V5), "me");
    let mut broker = broker.accept_session().await;
    connection.client.publish(publish_request(1, "a", b"x", Qos::AtLeastOnce));
    let ([high, low], _) = broker.expect_publish().await;
    broker.send(&[PUBACK, 4, high, low, 0x87, 0]).await;
    assert_eq!(
        connection.final_publish_status(1).await,
        PublishStatus::Failed("rejected by the broker: not authorized".to_owned())
    );
    for id in 2..=100 {
        connection.client.publish(publish_request(id, "a", b"x", Qos::ExactlyOnce));
        let ([high, low], _) = broker.expect_publish().await;
        broker.send(&[PUBREC, 4, high, low, 0x97, 0]).await;
        assert_eq!(
            connection.final_publish_status(id).await,
            PublishStatus::Failed("rejected by the broker: quota exceeded".to_owned())
        );
        if id == 51 {
            // After this many refusals the client starts a new connection.
            return assert!(connection.wait_disconnected().await.contains("the broker rejected too many messages"));
        }
    }
}

/// CONNACK of a broker that has kept the session.
async fn accept_kept_session(broker: &ScriptedBroker, protocol: MqttVersion) -> ScriptedConnection {
    let mut network = broker.accept().await;
    network.send(if protocol == MqttVersion::V311 { &[0x20, 2, 1, 0] } else { &[0x20, 3, 1, 0, 0] }).await;
    network
}

async fn exactly_once_message_is_completed_in_a_kept_session(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let profile = Profile { clean_session: false, ..profile_of(&broker, protocol) };
    let mut connection = ConnectionFixture::open(profile, "me");
    let mut first = broker.accept_session().await;
    connection.wait_connected().await;
    connection.client.publish(publish_request(1, "a", b"press", Qos::ExactlyOnce));
    connection.client.publish(publish_request(2, "a", b"next", Qos::ExactlyOnce));
    let (packet_id, _) = first.expect_publish().await;
    drop(first);
    // Before PUBREC, the same packet is sent again, with DUP.
    let mut second = accept_kept_session(&broker, protocol).await;
    let (header, body) = second.read_packet().await.unwrap();
    assert_eq!(header, PUBLISH | 0x0c, "QoS 2, DUP");
    assert_eq!((&body[3..5], body.ends_with(b"press")), (&packet_id[..], true));
    second.send(&[PUBREC, 2, packet_id[0], packet_id[1]]).await;
    assert_eq!(second.expect(PUBREL).await[..2], packet_id);
    drop(second);
    // After PUBREC, only PUBREL is.
    let mut third = accept_kept_session(&broker, protocol).await;
    assert_eq!(third.expect(PUBREL).await[..2], packet_id);
    third.send(&[PUBCOMP, 2, packet_id[0], packet_id[1]]).await;
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    let (next_id, text) = third.expect_publish().await;
    assert_eq!(text, "next");
    assert_ne!(next_id, packet_id);
    drop(third);
    // Another session: the message is a new one.
    let mut fourth = broker.accept_session().await;
    let (header, body) = fourth.read_packet().await.unwrap();
    assert_eq!((header, body.ends_with(b"next")), (PUBLISH | 0x04, true), "QoS 2 without DUP");
}
