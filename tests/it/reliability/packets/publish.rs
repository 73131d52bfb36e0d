//! The packets of published messages.

use mqtt_dash::model::connection::{PublishRequest, PublishStatus, Qos};

use super::Case;
use crate::fixtures::{connection::publish_request, packet::packet, scripted_broker::ScriptedBroker};

pub async fn at_most_once(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    connection.client.publish(publish_request(1, "a/b", b"hi", Qos::AtMostOnce));
    broker.expect_bytes(case.expected(b"\x30\x07\x00\x03a/bhi", b"\x30\x08\x00\x03a/b\x00hi")).await;
    assert_eq!(connection.next_publish_status().await, (1, PublishStatus::Sent));
}

pub async fn at_least_once(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    connection.client.publish(publish_request(1, "a/b", b"hi", Qos::AtLeastOnce));
    broker.expect_bytes(case.expected(b"\x32\x09\x00\x03a/b\x00\x01hi", b"\x32\x0a\x00\x03a/b\x00\x01\x00hi")).await;
    assert_eq!(connection.next_publish_status().await, (1, PublishStatus::Sent));
    broker.send(b"\x40\x02\x00\x01").await;
    assert_eq!(connection.next_publish_status().await, (1, PublishStatus::Acknowledged));
}

pub async fn exactly_once(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    connection.client.publish(publish_request(1, "a/b", b"hi", Qos::ExactlyOnce));
    broker.expect_bytes(case.expected(b"\x34\x09\x00\x03a/b\x00\x01hi", b"\x34\x0a\x00\x03a/b\x00\x01\x00hi")).await;
    assert_eq!(connection.next_publish_status().await, (1, PublishStatus::Sent));
    broker.send(b"\x50\x02\x00\x01").await;
    broker.expect_bytes(b"\x62\x02\x00\x01").await;
    broker.send(b"\x70\x02\x00\x01").await;
    assert_eq!(connection.next_publish_status().await, (1, PublishStatus::Acknowledged));
}

pub async fn retained(case: Case) {
    let (connection, mut broker) = case.session().await;
    connection.client.publish(PublishRequest { retain: true, ..publish_request(1, "a", b"1", Qos::AtLeastOnce) });
    broker.expect_bytes(case.expected(b"\x33\x06\x00\x01a\x00\x011", b"\x33\x07\x00\x01a\x00\x01\x001")).await;
}

pub async fn empty_payload(case: Case) {
    let (connection, mut broker) = case.session().await;
    // A retained message with an empty payload deletes the retained message of its topic.
    connection.client.publish(PublishRequest { retain: true, ..publish_request(1, "a", b"", Qos::AtMostOnce) });
    broker.expect_bytes(case.expected(b"\x31\x03\x00\x01a", b"\x31\x04\x00\x01a\x00")).await;
}

/// Publishes a payload of this many bytes.
async fn payload_of(case: Case, count: usize) {
    let (connection, mut broker) = case.session().await;
    let payload = vec![b'x'; count];
    connection.client.publish(publish_request(1, "a", &payload, Qos::AtMostOnce));
    let body = [case.expected(b"\x00\x01a", b"\x00\x01a\x00"), &payload].concat();
    broker.expect_bytes(&packet(0x30, &body)).await;
}

pub async fn two_byte_length(case: Case) {
    // One byte of remaining length stands for at most 127.
    let next = Case { broker: ScriptedBroker::start(case.protocol).await, protocol: case.protocol };
    let head = case.expected(&[0; 3], &[0; 4]).len();
    payload_of(case, 127 - head).await;
    payload_of(next, 128 - head).await;
}

pub async fn three_byte_length(case: Case) {
    let next = Case { broker: ScriptedBroker::start(case.protocol).await, protocol: case.protocol };
    let head = case.expected(&[0; 3], &[0; 4]).len();
    payload_of(case, 16_383 - head).await;
    payload_of(next, 16_384 - head).await;
}

pub async fn non_ascii_topic(case: Case) {
    let (connection, mut broker) = case.session().await;
    connection.client.publish(publish_request(1, "école", "été".as_bytes(), Qos::AtMostOnce));
    let v3 = b"\x30\x0d\x00\x06\xc3\xa9cole\xc3\xa9t\xc3\xa9";
    let v5 = b"\x30\x0e\x00\x06\xc3\xa9cole\x00\xc3\xa9t\xc3\xa9";
    broker.expect_bytes(case.expected(v3, v5)).await;
}

pub async fn after_puback(case: Case) {
    let (connection, mut broker) = case.session().await;
    for (id, text) in [(1, b"x"), (2, b"y"), (3, b"z")] {
        connection.client.publish(publish_request(id, "a", text, Qos::AtLeastOnce));
    }
    for (packet_id, text) in [(1, b'x'), (2, b'y'), (3, b'z')] {
        let (v3, v5) = ([0x32, 6, 0, 1, b'a', 0, packet_id, text], [0x32, 7, 0, 1, b'a', 0, packet_id, 0, text]);
        broker.expect_bytes(case.expected(&v3, &v5)).await;
        broker.expect_silence().await;
        broker.send(&[0x40, 2, 0, packet_id]).await;
    }
}

pub async fn after_reconnect(case: Case) {
    let (mut connection, mut broker) = case.session().await;
    connection.client.publish(publish_request(1, "a", b"x", Qos::AtLeastOnce));
    let bytes = case.expected(b"\x32\x06\x00\x01a\x00\x01x", b"\x32\x07\x00\x01a\x00\x01\x00x");
    broker.expect_bytes(bytes).await;
    drop(broker);
    // The session is a new one, so the message is new in it: DUP would be wrong.
    let mut broker = case.broker.accept_session().await;
    broker.expect_bytes(bytes).await;
    broker.send(b"\x40\x02\x00\x01").await;
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
}
