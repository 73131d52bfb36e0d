//! Brokers that give the session of a connection to another client, or only seem to.

use std::time::Duration;

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionState},
        profile::MqttVersion,
    },
    mqtt::Limits,
};

use crate::fixtures::{
    connection::{ConnectionFixture, login, profile, short_retry_limits},
    packet::DISCONNECT,
    scripted_broker::ScriptedBroker,
};

/// A broker that restarts, or a proxy that closes idle connections, gives no reason: that is no takeover, however often
/// it happens.
pub async fn repeated_disconnect_is_retried(protocol: MqttVersion) {
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile(&broker.url(), protocol), "twin");
    let farewells: [&[u8]; 6] = [&[], &[DISCONNECT, 0], &[], &[], &[DISCONNECT, 2, 0x8b, 0], &[]];
    for (number, farewell) in farewells.into_iter().enumerate() {
        let mut session = broker.accept_session().await;
        connection.wait_connected().await;
        session.send(farewell).await;
        drop(session);
        let reason = connection.wait_disconnected().await;
        assert!(reason.starts_with("the broker closed the connection"), "{number}: {reason}");
    }
    broker.accept_session().await;
    connection.wait_connected().await;
}

/// The reason code of a takeover is believed, but the client does not give up, and its delays grow although each
/// connection is stable in between.
pub async fn repeated_session_takeover_backs_off() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let limits = Limits { backoff_reset_after: Duration::ZERO, ..short_retry_limits() };
    let profile = profile(&broker.url(), MqttVersion::V5);
    let mut connection = ConnectionFixture::open_with(profile, login("twin"), limits);
    let mut delays = Vec::new();
    for _ in 0..5 {
        broker.accept_session().await.send(&[DISCONNECT, 2, 0x8e, 0]).await;
        let state = connection.wait_for(|event| match event {
            ConnectionEvent::State(
                state @ (ConnectionState::WaitingToRetry { .. } | ConnectionState::Stopped { .. }),
            ) => Some(state.clone()),
            _ => None,
        });
        let ConnectionState::WaitingToRetry { reason, retry_in, session_taken_over, .. } = state.await else {
            panic!("it has stopped");
        };
        assert_eq!(reason, "the broker ended the session: perhaps another client uses the client ID twin");
        assert!(session_taken_over);
        delays.push(retry_in);
    }
    assert!(delays[4] >= delays[0] * 4, "{delays:?}");
    broker.accept_session().await;
    connection.wait_connected().await;
}
