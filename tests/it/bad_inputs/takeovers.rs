//! Brokers that give the session of a connection to another client.

use mqtt_dash::model::profile::MqttVersion;

use crate::fixtures::{
    connection::{ConnectionFixture, profile},
    packet::DISCONNECT,
    scripted_broker::ScriptedBroker,
};

/// In MQTT 3.1.1 a broker closes the connection without a reason when another client takes it over.
pub async fn repeated_disconnect_stops() {
    let broker = ScriptedBroker::start(MqttVersion::V311).await;
    let mut connection = ConnectionFixture::open(profile(&broker.url(), MqttVersion::V311), "twin");
    for _ in 0..3 {
        let taken_over = broker.accept_session().await;
        connection.wait_connected().await;
        drop(taken_over);
    }
    assert!(connection.wait_stopped().await.contains("another client uses the client ID twin"));
}

pub async fn repeated_session_takeover_stops() {
    let broker = ScriptedBroker::start(MqttVersion::V5).await;
    let mut connection = ConnectionFixture::open(profile(&broker.url(), MqttVersion::V5), "twin");
    for _ in 0..3 {
        broker.accept_session().await.send(&[DISCONNECT, 2, 0x8e, 0]).await;
    }
    assert!(connection.wait_stopped().await.contains("another client uses the client ID twin"));
    connection.client.reconnect();
    broker.accept_session().await;
    connection.wait_connected().await;
}
