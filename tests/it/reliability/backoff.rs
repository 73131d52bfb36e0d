//! Attempts to reach a broker that is down: not too often, and soon after it returns.

use std::time::Duration;

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionState},
        profile::MqttVersion,
    },
    mqtt::Limits,
};
use tokio::net::TcpSocket;

use crate::fixtures::connection::{ConnectionFixture, login, profile};

/// The promised longest time from the return of the broker to the next attempt.
const MAX_DELAY: Duration = Duration::from_secs(2);

/// How much shorter the pauses of the tests are than the real ones.
const SPEEDUP: u32 = 1_000;

/// When each attempt begins in ten minutes with a closed port, computed from the pauses that the connection
/// announces.
async fn attempts(protocol: MqttVersion) -> Vec<Duration> {
    // Bound without listening: no other program gets the port, and connections are refused at once.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("a valid address")).expect("a free port");
    let url = format!("mqtt://{}", socket.local_addr().expect("the socket has an address"));
    let defaults = Limits::default();
    let limits = Limits {
        initial_backoff: defaults.initial_backoff / SPEEDUP,
        max_backoff: defaults.max_backoff / SPEEDUP,
        unreachable_backoff: defaults.unreachable_backoff / SPEEDUP,
        ..defaults
    };
    let mut connection = ConnectionFixture::open_with(profile(&url, protocol), login("me"), limits);
    let mut attempts = vec![Duration::ZERO];
    let mut time = Duration::ZERO;
    while time < Duration::from_mins(10) {
        let (pause, reason) = connection
            .wait_for(|event| match event {
                ConnectionEvent::State(ConnectionState::WaitingToRetry { retry_in, reason, .. }) => {
                    Some((*retry_in, reason.clone()))
                }
                _ => None,
            })
            .await;
        assert!(reason.starts_with("nothing listens on "), "{reason}");
        time += pause * SPEEDUP;
        attempts.push(time);
    }
    attempts
}

#[tokio::test]
async fn closed_port_is_retried_at_most_once_a_second_and_found_soon() {
    for protocol in [MqttVersion::V311, MqttVersion::V5] {
        let attempts = attempts(protocol).await;
        let gaps: Vec<Duration> = attempts.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let (least, most) =
            (gaps.iter().min().expect("there are attempts"), gaps.iter().max().expect("there are attempts"));
        // The broker returns at 100 times; the next attempt finds it.
        let mut late = 0;
        for step in 0..100_u32 {
            let returns = Duration::from_mins(10) * step / 100;
            let next = attempts.iter().find(|at| **at >= returns).expect("there is a later attempt");
            late += u32::from(next.saturating_sub(returns) > MAX_DELAY);
        }
        println!(
            "{protocol:?}: {} attempts in 10 min, {least:?} to {most:?} apart, too late {late} of 100 times",
            attempts.len()
        );
        assert!(*least >= Duration::from_secs(1), "{least:?}");
        assert!(late <= 5, "too late {late} of 100 times");
    }
}

/// The pauses grow when something listens but closes the connection.
#[tokio::test]
async fn broker_that_hangs_up_is_retried_less_and_less_often() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("mqtt://{}", listener.local_addr().expect("the socket has an address"));
    let limits =
        Limits { initial_backoff: Duration::from_millis(2), max_backoff: Duration::from_mins(1), ..Limits::default() };
    let mut connection = ConnectionFixture::open_with(profile(&url, MqttVersion::V311), login("me"), limits);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        drop(listener.accept().await.expect("the client connects"));
        let pause = connection.wait_for(|event| match event {
            ConnectionEvent::State(ConnectionState::WaitingToRetry { retry_in, .. }) => Some(*retry_in),
            _ => None,
        });
        pauses.push(pause.await);
    }
    assert!(pauses.windows(2).all(|pair| pair[0] < pair[1].mul_f64(1.2)), "{pauses:?}");
    assert!(pauses[7] >= pauses[0] * 32, "{pauses:?}");
}
