//! A broker that says anything at all does no harm.

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
        line::{LineEvent, LineId, Qos},
        profile::Protocol,
    },
    mqtt::{Limits, Link},
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

/// What one connection gets to hear.
fn babble(rng: &mut Rng, protocol: Protocol) -> Vec<u8> {
    let five = protocol == Protocol::V5;
    let welcome: &[u8] = if five { &[0x20, 3, 0, 0, 0] } else { &[0x20, 2, 0, 0] };
    let mut bytes = Vec::new();
    // Most get a welcome, so that what comes afterwards is read by a session.
    if rng.u8(..) < 200 {
        bytes.extend(welcome);
    }
    for _ in 0..rng.usize(1..40) {
        match rng.u8(..10) {
            // Rubbish.
            0 => bytes.extend(rubbish(rng, 200)),
            // A packet of any kind with a body of rubbish and a right length.
            1..4 => {
                let body = rubbish(rng, 100);
                bytes.extend([rng.u8(..), u8::try_from(body.len()).unwrap_or_default()]);
                bytes.extend(body);
            }
            // A length that is too large, or never ends.
            4 => bytes.extend([rng.u8(..), 0x80 | rng.u8(..), 0x80 | rng.u8(..), rng.u8(..), rng.u8(..)]),
            // Something sound, perhaps with one bit turned.
            _ => {
                let mut packet = sound(rng, five);
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

fn rubbish(rng: &mut Rng, most: usize) -> Vec<u8> {
    (0..rng.usize(..most)).map(|_| rng.u8(..)).collect()
}

/// A packet as a broker sends it.
fn sound(rng: &mut Rng, five: bool) -> Vec<u8> {
    let packet = [rng.u8(..2), rng.u8(..5)];
    let gap: &[u8] = if five { &[0] } else { &[] };
    match rng.u8(..8) {
        0 => vec![0xd0, 0],
        1 => [&[0x90, if five { 4 } else { 3 }][..], &packet, gap, &[0x80]].concat(),
        2 => [&[0x40, 2][..], &packet].concat(),
        3 => [&[0x50, 2][..], &packet].concat(),
        4 => [&[0x62, 2][..], &packet].concat(),
        5 => [&[0x70, 2][..], &packet].concat(),
        6 if five => vec![0xe0, 2, rng.u8(0x80..), 0],
        _ => {
            let qos = rng.u8(..3);
            let id: &[u8] = if qos > 0 { &packet } else { &[] };
            let body = [&[0, 3, b'a', b'/', rng.u8(..)][..], id, gap, &[rng.u8(..); 20]].concat();
            [&[0x30 | qos << 1 | rng.u8(..2), u8::try_from(body.len()).unwrap_or_default()][..], &body].concat()
        }
    }
}

/// So many connections to a broker that babbles; gives the most memory that was taken meanwhile.
async fn connections(protocol: Protocol, count: usize, seed: u64) -> usize {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("mqtt://{}", listener.local_addr().expect("its address"));
    let came = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&came);
    tokio::spawn(async move {
        let mut rng = Rng::with_seed(seed);
        while let Ok((mut client, _)) = listener.accept().await {
            theirs.fetch_add(1, Ordering::SeqCst);
            let bytes = babble(&mut rng, protocol);
            tokio::spawn(async move {
                let mut said = [0; 1_024];
                let _ = timeout(TIMEOUT, client.read(&mut said)).await;
                let _ = client.write_all(&bytes).await;
            });
        }
    });
    let (events, mut heard) = mpsc::channel(64);
    let limits = Limits {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(1),
        nobody_wait: Duration::from_millis(1),
        takeovers: usize::MAX,
        answer: Duration::from_millis(200),
        ..short_retry_limits()
    };
    let link = Link::open_with(LineId(1), profile(&url, protocol), login("me"), events, limits);
    link.want(vec![subscription("a/#", Qos::ExactlyOnce)]);
    let (mut most, mut next) = (resident_memory(std::process::id()), 0);
    while came.load(Ordering::SeqCst) < count {
        // Something is always on the way, with every quality.
        let qos = [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce][usize::try_from(next % 3).unwrap_or_default()];
        next += 1;
        link.publish(publish_request(next, "a/b", b"x", qos));
        let event = timeout(TIMEOUT, heard.recv()).await.expect("the line lives");
        let (_, said) = event.expect("the line has not panicked");
        if let LineEvent::State(mqtt_dash::model::line::LineState::Stopped { .. }) = said {
            link.reconnect();
        }
        while heard.try_recv().is_ok() {}
        if next % 100 == 0 {
            most = most.max(resident_memory(std::process::id()));
        }
    }
    timeout(TIMEOUT, link.close()).await.expect("it can still be closed");
    most
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_packets_from_broker_do_no_harm() {
    tokio::join!(connections(Protocol::V3, 100, 1), connections(Protocol::V5, 100, 2));
}

#[ignore = "the long version: 10,000 connections"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_random_packets_from_broker_leak_no_memory() {
    let before = resident_memory(std::process::id());
    let first = connections(Protocol::V3, 500, 3).await.max(connections(Protocol::V5, 500, 4).await);
    let then = connections(Protocol::V3, 4_500, 5).await.max(connections(Protocol::V5, 4_500, 6).await);
    println!(
        "10,000 connections; memory {before} KiB before, at most {first} KiB in the first 1,000, {then} KiB in all"
    );
    assert!(then < first + (64 << 10), "{then} KiB after {first} KiB");
}
