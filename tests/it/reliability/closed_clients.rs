//! A client that was closed or replaced is not heard of any more, but for what happened to its publish requests.

use std::time::Duration;

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionId, PublishStatus, Qos},
        profile::MqttVersion,
    },
    mqtt::{Client, Limits},
};
use tokio::{
    sync::mpsc::{self, Receiver},
    time::timeout,
};

use crate::fixtures::{
    connection::{TIMEOUT, login, profile, publish_request},
    packet::{PUBACK, PUBLISH},
    scripted_broker::ScriptedBroker,
};

type Events = Receiver<(ConnectionId, ConnectionEvent)>;

async fn next_event(events: &mut Events) -> Option<ConnectionEvent> {
    timeout(TIMEOUT, events.recv())
        .await
        .expect("an event, or the end of the client, before the timeout")
        .map(|(_, event)| event)
}

/// Drops a client whose publish request is unacknowledged. Then the broker sends a message and these bytes, and closes
/// the network connection. Returns the events since the client was dropped, until its task ends.
async fn events_after_drop(last_packet: &[u8]) -> Vec<ConnectionEvent> {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let (sender, mut events) = mpsc::channel(64);
    // Longer than the test waits: a client that is closed must not wait for either.
    let minute = Duration::from_mins(1);
    let limits = Limits { request_ttl: minute, initial_backoff: minute, max_backoff: minute, ..Limits::default() };
    let client =
        Client::open_with(ConnectionId(1), profile(&broker.url(), MqttVersion::V5), login("me"), sender, limits);
    let mut session = broker.accept_session().await;
    client.publish(publish_request(1, "lamp/set", b"ON", Qos::AtLeastOnce));
    session.expect(PUBLISH).await;
    while !matches!(next_event(&mut events).await, Some(ConnectionEvent::PublishStatus(_, PublishStatus::Sent))) {}
    drop(client);
    // Once it has acknowledged a message, the client has also noticed that it was dropped.
    session.send_publish(PUBLISH | 2, Some(1), "lamp", b"OFF").await;
    session.expect(PUBACK).await;
    session.send(last_packet).await;
    drop(session);
    let mut late_events = Vec::new();
    while let Some(event) = next_event(&mut events).await {
        late_events.push(event);
    }
    assert!(broker.has_no_pending_connection().await, "a dropped client connects again");
    late_events
}

#[tokio::test]
async fn client_that_was_replaced_reports_no_state() {
    // Session taken over, server moved, and the socket closed without a packet.
    for last_packet in [&[0xe0, 1, 0x8e][..], &[0xe0, 1, 0x9d], &[]] {
        let late_events = events_after_drop(last_packet).await;
        let [ConnectionEvent::PublishStatus(_, PublishStatus::Failed(_))] = &late_events[..] else {
            panic!("{last_packet:x?}: {late_events:?}");
        };
    }
}
