//! A broker that does not answer any more is detected within twice the keep alive and five seconds.

use std::time::{Duration, Instant};

use mqtt_dash::model::{
    connection::{ConnectionEvent, PublishStatus, Qos},
    field_value::BoundedInt,
    profile::{MqttVersion, Profile},
};

use crate::fixtures::{
    chaos_proxy::{ChaosProxy, Disruption, Throttle},
    connection::{ConnectionFixture, profile, publish_request},
    embedded_broker::start_broker,
};

/// How long it takes to detect that the connection is half-open.
async fn detection_time(protocol: MqttVersion, keep_alive: i64) -> Duration {
    let broker = start_broker().await;
    let proxy = ChaosProxy::start(broker.address().port()).await;
    let profile = Profile { keep_alive: BoundedInt::clamped(keep_alive), ..profile(&proxy.url(), protocol) };
    let mut connection = ConnectionFixture::connected(profile, "me").await;
    proxy.disrupt_now(Disruption::HalfOpen);
    let begin = Instant::now();
    assert_eq!(connection.wait_disconnected().await, "the broker does not respond");
    let time = begin.elapsed();
    connection.wait_connected().await;
    connection.client.publish(publish_request(1, "a", b"x", Qos::AtLeastOnce));
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    broker.stop().await;
    time
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_broker_is_detected_within_promised_time() {
    let (v3, v5) = tokio::join!(detection_time(MqttVersion::V311, 1), detection_time(MqttVersion::V5, 5));
    println!("keep alive 1 s: {v3:?}; keep alive 5 s: {v5:?}");
    assert!(v3 < Duration::from_secs(7) && v5 < Duration::from_secs(15), "{v3:?}, {v5:?}");
}

/// Returns how long the broker took to answer PINGREQ over a network with this latency in each direction.
async fn round_trip(protocol: MqttVersion, keep_alive: i64, latency: Duration) -> Duration {
    let broker = start_broker().await;
    let proxy = ChaosProxy::start(broker.address().port()).await;
    proxy.throttle(Throttle { latency, chunk: None });
    let profile = Profile { keep_alive: BoundedInt::clamped(keep_alive), ..profile(&proxy.url(), protocol) };
    let mut connection = ConnectionFixture::connected(profile, "me").await;
    let round_trip = |event: &ConnectionEvent| match event {
        ConnectionEvent::RoundTrip(round_trip) => Some(*round_trip),
        _ => None,
    };
    let measured = connection.wait_for(round_trip).await;
    broker.stop().await;
    measured
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answer_to_ping_tells_the_latency_of_the_network() {
    let latency = Duration::from_millis(80);
    let (v3, v5) = tokio::join!(round_trip(MqttVersion::V311, 1, latency), round_trip(MqttVersion::V5, 5, latency));
    assert!(v3 >= latency * 2 && v5 >= latency * 2, "{v3:?}, {v5:?}");
    assert!(v3.max(v5) < Duration::from_secs(4), "less than until the next PINGREQ: {v3:?}, {v5:?}");
}
