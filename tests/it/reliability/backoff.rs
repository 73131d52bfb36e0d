//! A broker that is down is asked for politely, and found again soon.

use std::time::Duration;

use mqtt_dash::{
    model::{
        line::{LineEvent, LineState},
        profile::Protocol,
    },
    mqtt::Limits,
};
use tokio::net::TcpSocket;

use crate::fixtures::connection::{ConnectionFixture, login, profile};

/// The promised longest way back.
const BACK: Duration = Duration::from_secs(2);

/// So much faster than on the clock goes the time of these tests.
const FASTER: u32 = 1_000;

/// Ten minutes of a closed port: when each attempt begins, by the waits that the line sets itself.
async fn attempts(protocol: Protocol) -> Vec<Duration> {
    // Bound, not listening: nobody else gets this port, and whoever comes is refused at once.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let url = format!("mqtt://{}", socket.local_addr().expect("its address"));
    let usual = Limits::default();
    let limits = Limits {
        first_wait: usual.first_wait / FASTER,
        longest_wait: usual.longest_wait / FASTER,
        nobody_wait: usual.nobody_wait / FASTER,
        ..usual
    };
    let mut me = ConnectionFixture::open_with(profile(&url, protocol), login("me"), limits);
    let mut begun = vec![Duration::ZERO];
    let mut time = Duration::ZERO;
    while time < Duration::from_mins(10) {
        let (wait, reason) = me
            .wait_for(|event| match event {
                LineEvent::State(LineState::Waiting { retry_in, reason, .. }) => Some((*retry_in, reason.clone())),
                _ => None,
            })
            .await;
        assert!(reason.starts_with("nothing listens on "), "{reason}");
        time += wait * FASTER;
        begun.push(time);
    }
    begun
}

#[tokio::test]
async fn closed_port_is_retried_at_most_once_a_second_and_found_soon() {
    for protocol in [Protocol::V3, Protocol::V5] {
        let begun = attempts(protocol).await;
        let gaps: Vec<Duration> = begun.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let (least, most) = (gaps.iter().min().expect("a gap"), gaps.iter().max().expect("a gap"));
        // Whenever the broker returns, the next attempt finds it.
        let mut late = 0;
        for chance in 0..100_u32 {
            let returns = Duration::from_mins(10) * chance / 100;
            let next = begun.iter().find(|at| **at >= returns).expect("an attempt");
            late += u32::from(next.saturating_sub(returns) > BACK);
        }
        println!(
            "{protocol:?}: {} attempts in 10 min, {least:?} to {most:?} apart, late at {late} of 100",
            begun.len()
        );
        assert!(*least >= Duration::from_secs(1), "{least:?}");
        assert!(late <= 5, "late at {late} of 100 returns");
    }
}

/// A broker that accepts and hangs up is somebody: it is given more and more time.
#[tokio::test]
async fn broker_that_hangs_up_is_retried_less_and_less_often() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("mqtt://{}", listener.local_addr().expect("its address"));
    let limits =
        Limits { first_wait: Duration::from_millis(2), longest_wait: Duration::from_mins(1), ..Limits::default() };
    let mut me = ConnectionFixture::open_with(profile(&url, Protocol::V3), login("me"), limits);
    let mut waits = Vec::new();
    for _ in 0..8 {
        drop(listener.accept().await.expect("it comes"));
        let wait = me.wait_for(|event| match event {
            LineEvent::State(LineState::Waiting { retry_in, .. }) => Some(*retry_in),
            _ => None,
        });
        waits.push(wait.await);
    }
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1].mul_f64(1.2)), "{waits:?}");
    assert!(waits[7] >= waits[0] * 32, "{waits:?}");
}
