//! A mosquitto broker that dies, freezes or is cut off, in both versions of MQTT.

use std::time::{Duration, Instant};

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionState, PublishStatus, Qos},
        field_value::BoundedInt,
        profile::MqttVersion,
    },
    mqtt::Limits,
};

use super::{assert_round_trip, for_both_versions, local_profile, profile_with};
use crate::fixtures::{
    app::AppFixture,
    broker::{BrokerConfig, BrokerFixture},
    chaos_proxy::{ChaosProxy, Disruption},
    connection::{ConnectionFixture, login, profile, publish_request, short_retry_limits},
};

for_both_versions! {
    client_that_is_taken_over_again_and_again_returns;
    persistent_session_receives_missed_messages;
    killed_broker_is_reconnected_without_loss;
    publish_requests_expire_while_disconnected;
    frozen_broker_is_detected_by_keep_alive;
    messages_survive_many_disruptions_in_order;
}

async fn client_that_is_taken_over_again_and_again_returns(protocol: MqttVersion) {
    // In MQTT 3.1.1 a broker cannot say why it closes a connection; in MQTT 5, mosquitto 2.0.11 does not.
    const CLOSED: &str = "the broker closed the connection";
    const TAKEN_OVER: &str = "the broker ended the session: perhaps another client uses the client ID twin";
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "twin").await;
    for _ in 0..5 {
        let rival = ConnectionFixture::connected(local_profile(&broker, protocol), "twin").await;
        let reason = connection.wait_disconnected().await;
        assert!(reason == CLOSED || protocol == MqttVersion::V5 && reason == TAKEN_OVER, "{reason}");
        rival.client.close().await;
        connection.wait_connected().await;
    }
}

async fn persistent_session_receives_missed_messages(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let persistent = || profile_with(&broker, "localhost", protocol, |profile| profile.clean_session = false);
    let mut connection = ConnectionFixture::connected(persistent(), "me").await;
    connection.subscribe(&[("post", Qos::ExactlyOnce)]).await;
    connection.client.close().await;
    for (qos, text) in [("1", "one"), ("2", "two"), ("1", "three")] {
        broker.publish(&["-q", qos, "-t", "post", "-m", text]);
    }
    let mut connection = ConnectionFixture::open(persistent(), "me");
    for text in ["post one", "post two", "post three"] {
        assert_eq!(connection.next_message_text().await, text);
    }
    connection.wait_connected().await;
    connection.client.close().await;
    let mut clean = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    assert_round_trip(&mut clean).await;
}

async fn killed_broker_is_reconnected_without_loss(protocol: MqttVersion) {
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("lamp", Qos::AtLeastOnce)]).await;
    broker.kill();
    connection.wait_disconnected().await;
    for id in 1..=50 {
        connection.client.publish(publish_request(id, "lamp", id.to_string().as_bytes(), Qos::AtLeastOnce));
    }
    broker.restart();
    for id in 1..=50 {
        assert_eq!(connection.final_publish_status(id).await, PublishStatus::Acknowledged);
        assert_eq!(connection.next_message_text().await, format!("lamp {id}"), "subscribed again, and in order");
    }
}

async fn publish_requests_expire_while_disconnected(protocol: MqttVersion) {
    let mut broker = BrokerFixture::start(BrokerConfig::default());
    let limits = Limits { request_ttl: Duration::from_millis(300), ..short_retry_limits() };
    let mut connection = ConnectionFixture::open_with(local_profile(&broker, protocol), login("me"), limits);
    connection.wait_connected().await;
    broker.kill();
    connection.wait_disconnected().await;
    connection.client.publish(publish_request(1, "lamp", b"ON", Qos::AtLeastOnce));
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Failed("not sent: not connected".to_owned()));
    broker.restart();
    assert_round_trip(&mut connection).await;
}

async fn frozen_broker_is_detected_by_keep_alive(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(
        profile_with(&broker, "localhost", protocol, |profile| profile.keep_alive = BoundedInt::clamped(5)),
        "me",
    )
    .await;
    broker.send_signal("STOP");
    let started = Instant::now();
    assert_eq!(connection.wait_disconnected().await, "the broker does not respond");
    assert!(started.elapsed() < Duration::from_secs(15), "more than 2 × keep alive + 5 s");
    broker.send_signal("CONT");
    connection.wait_connected().await;
}

async fn messages_survive_many_disruptions_in_order(protocol: MqttVersion) {
    const MESSAGES: u64 = 600;
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watcher = ConnectionFixture::connected(local_profile(&broker, protocol), "watcher").await;
    watcher.subscribe(&[("count", Qos::AtLeastOnce)]).await;
    let proxy = ChaosProxy::start(broker.port).await;
    let mut connection = ConnectionFixture::connected(profile(&proxy.url(), protocol), "me").await;
    let mut disruptions = 0;
    for id in 0..MESSAGES {
        connection.client.publish(publish_request(id, "count", id.to_string().as_bytes(), Qos::AtLeastOnce));
        if id % 20 == 10 {
            proxy.disrupt_now(Disruption::Close);
            disruptions += 1;
        }
        if id % 20 == 19 {
            // These twenty are acknowledged before the next twenty.
            assert_eq!(connection.final_publish_status(id).await, PublishStatus::Acknowledged);
        }
    }
    assert_eq!(disruptions, 30);
    let mut last = None;
    while last != Some(MESSAGES - 1) {
        let text = watcher.next_message_text().await;
        let number: u64 = text.trim_start_matches("count ").parse().expect("a number");
        // A message whose acknowledgment was lost may arrive twice; anything else is an error.
        assert!(Some(number) == last || number == last.map_or(0, |last| last + 1), "{number} after {last:?}");
        last = Some(number);
    }
}

/// Twenty brokers are killed, each while commands are in flight. Within five seconds every tile shows whether
/// its command is confirmed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unconfirmed_commands_of_killed_broker_are_marked() {
    const KILLS: u32 = 20;
    let tile = |n: u32| {
        format!("[[tile]]\nkind = \"switch\"\nname = \"{n}\"\ntopic = \"s/{n}\"\npublish_topic = \"c/{n}\"\nqos = 1\n")
    };
    let dashboard: String = (0..8).map(tile).collect();
    let (mut confirmed, mut marked) = (0, 0);
    for kill in 0..KILLS {
        let protocol = if kill % 2 == 0 { MqttVersion::V311 } else { MqttVersion::V5 };
        let mut broker = BrokerFixture::start(BrokerConfig::default());
        let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
        let mut device = ConnectionFixture::connected(local_profile(&broker, MqttVersion::V5), "device").await;
        device.subscribe(&[("c/+", Qos::AtLeastOnce)]).await;
        connection.subscribe(&[("s/+", Qos::AtLeastOnce)]).await;
        let mut fixture = AppFixture::new(&dashboard);
        for index in 0..8 {
            fixture.press_tile(index);
            for request in fixture.take_publish_requests() {
                connection.client.publish(request);
            }
        }
        // The device answers some of them; then the broker is killed.
        for _ in 0..kill % 8 {
            let message = device.next_message().await;
            let state = message.topic.replace("c/", "s/");
            device.client.publish(publish_request(1, &state, &message.payload, Qos::AtLeastOnce));
            device.final_publish_status(1).await;
        }
        broker.kill();
        loop {
            let event = connection.next_event().await;
            let is_lost = matches!(event, ConnectionEvent::State(ConnectionState::WaitingToRetry { .. }));
            fixture.connection_event(event);
            if is_lost {
                break;
            }
        }
        fixture.skip(Duration::from_secs(5));
        let dashboard = fixture.app.current_dashboard().expect("an open dashboard");
        for index in 0..8 {
            let (tile, state) = dashboard.tile(index).expect("a tile");
            let is_confirmed = state.message_count > 0 && state.unconfirmed.is_none();
            let is_marked = state.is_unconfirmed(tile, fixture.now) || state.error.is_some();
            assert!(is_confirmed != is_marked, "kill {kill}, tile {index}: {state:?}");
            confirmed += u32::from(is_confirmed);
            marked += u32::from(is_marked);
        }
        let marks = fixture.screen_text().matches("? unconfirmed").count();
        assert!(marks > 0, "{}", fixture.screen_text());
    }
    println!("{KILLS} kills: {confirmed} commands confirmed, {marked} marked");
    assert_eq!(confirmed + marked, 8 * KILLS);
}
