//! A broker that sends random packets does no harm.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fastrand::Rng;
use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, Qos},
        profile::MqttVersion,
    },
    mqtt::{Client, Limits},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
    time::timeout,
};

use crate::fixtures::{
    connection::{TIMEOUT, login, profile, publish_request, short_retry_limits, subscription},
    process::resident_memory,
};

/// What the broker sends on one connection.
fn random_packets(rng: &mut Rng, protocol: MqttVersion) -> Vec<u8> {
    let is_v5 = protocol == MqttVersion::V5;
    let connack: &[u8] = if is_v5 { &[0x20, 3, 0, 0, 0] } else { &[0x20, 2, 0, 0] };
    let mut bytes = Vec::new();
    // Most connections get a CONNACK packet, so that the rest is read by an established connection.
    if rng.u8(..) < 200 {
        bytes.extend(connack);
    }
    for _ in 0..rng.usize(1..40) {
        match rng.u8(..10) {
            // Random bytes.
            0 => bytes.extend(random_bytes(rng, 200)),
            // A packet of any type with a random body and its correct length.
            1..4 => {
                let body = random_bytes(rng, 100);
                bytes.extend([rng.u8(..), u8::try_from(body.len()).unwrap_or_default()]);
                bytes.extend(body);
            }
            // A remaining length that is too large, or does not end.
            4 => bytes.extend([rng.u8(..), 0x80 | rng.u8(..), 0x80 | rng.u8(..), rng.u8(..), rng.u8(..)]),
            // A valid packet, perhaps with one bit flipped.
            _ => {
                let mut packet = valid_packet(rng, is_v5);
                if rng.u8(..) < 128 {
                    let (at, bit) = (rng.usize(..packet.len()), rng.u8(..8));
                    packet[at] ^= 1 << bit;
                }
                bytes.extend(packet);
            }
        }
    }
    bytes
}

fn random_bytes(rng: &mut Rng, most: usize) -> Vec<u8> {
    (0..rng.usize(..most)).map(|_| rng.u8(..)).collect()
}

/// A packet as a broker sends it.
fn valid_packet(rng: &mut Rng, is_v5: bool) -> Vec<u8> {
    let packet_id = [rng.u8(..2), rng.u8(..5)];
    let properties: &[u8] = if is_v5 { &[0] } else { &[] };
    match rng.u8(..8) {
        0 => vec![0xd0, 0],
        1 => [&[0x90, if is_v5 { 4 } else { 3 }][..], &packet_id, properties, &[0x80]].concat(),
        2 => [&[0x40, 2][..], &packet_id].concat(),
        3 => [&[0x50, 2][..], &packet_id].concat(),
        4 => [&[0x62, 2][..], &packet_id].concat(),
        5 => [&[0x70, 2][..], &packet_id].concat(),
        6 if is_v5 => vec![0xe0, 2, rng.u8(0x80..), 0],
        _ => {
            let qos = rng.u8(..3);
            let id: &[u8] = if qos > 0 { &packet_id } else { &[] };
            let body = [&[0, 3, b'a', b'/', rng.u8(..)][..], id, properties, &[rng.u8(..); 20]].concat();
            [&[0x30 | qos << 1 | rng.u8(..2), u8::try_from(body.len()).unwrap_or_default()][..], &body].concat()
        }
    }
}

/// Makes this many connections to a broker that sends random packets; returns the most memory that was
/// used, in KiB.
async fn connect_repeatedly(protocol: MqttVersion, count: usize, seed: u64) -> usize {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("mqtt://{}", listener.local_addr().expect("the listener has an address"));
    let accepted = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&accepted);
    tokio::spawn(async move {
        let mut rng = Rng::with_seed(seed);
        while let Ok((mut client, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let bytes = random_packets(&mut rng, protocol);
            tokio::spawn(async move {
                let mut received = [0; 1_024];
                let _ = timeout(TIMEOUT, client.read(&mut received)).await;
                let _ = client.write_all(&bytes).await;
            });
        }
    });
    let (sender, mut events) = mpsc::channel(64);
    let limits = Limits {
        initial_backoff: Duration::from_millis(1),
        max_backoff: Duration::from_millis(1),
        unreachable_backoff: Duration::from_millis(1),
        ack_timeout: Duration::from_millis(200),
        ..short_retry_limits()
    };
    let client = Client::open_with(ConnectionId(1), profile(&url, protocol), login("me"), sender, limits);
    client.set_subscriptions(vec![subscription("a/#", Qos::ExactlyOnce)]);
    let (mut most, mut next) = (resident_memory(std::process::id()), 0);
    while accepted.load(Ordering::SeqCst) < count {
        // Messages with every QoS are always in flight.
        let qos = [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce][usize::try_from(next % 3).unwrap_or_default()];
        next += 1;
        client.publish(publish_request(next, "a/b", b"x", qos));
        let event = timeout(TIMEOUT, events.recv()).await.expect("an event before the timeout");
        let (_, event) = event.expect("the connection task has not panicked");
        if let ConnectionEvent::State(ConnectionState::Stopped { .. }) = event {
            client.reconnect();
        }
        while events.try_recv().is_ok() {}
        if next % 100 == 0 {
            most = most.max(resident_memory(std::process::id()));
        }
    }
    timeout(TIMEOUT, client.close()).await.expect("the connection can be closed");
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_packets_from_broker_do_no_harm() {
    tokio::join!(connect_repeatedly(MqttVersion::V311, 100, 1), connect_repeatedly(MqttVersion::V5, 100, 2));
}

#[ignore = "long: 10,000 connections"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_random_packets_from_broker_leak_no_memory() {
    let before = resident_memory(std::process::id());
    let first =
        connect_repeatedly(MqttVersion::V311, 500, 3).await.max(connect_repeatedly(MqttVersion::V5, 500, 4).await);
    let then =
        connect_repeatedly(MqttVersion::V311, 4_500, 5).await.max(connect_repeatedly(MqttVersion::V5, 4_500, 6).await);
    println!(
        "10,000 connections; memory {before} KiB before, at most {first} KiB in the first 1,000, {then} KiB in all"
    );
    assert!(then < first + (64 << 10), "{then} KiB after {first} KiB");
}
