//! A line that is dead though nobody said so is noticed within twice the keep-alive and five seconds.

use std::time::{Duration, Instant};

use mqtt_dash::model::{
    field::Whole,
    line::{Qos, Receipt},
    profile::{Profile, Protocol},
};

use crate::fixtures::{
    chaos_proxy::{ChaosProxy, Disruption},
    connection::{ConnectionFixture, profile, publish_request},
    embedded_broker::start_broker,
};

/// A line that becomes a black hole: how long that goes unnoticed.
async fn black_hole(protocol: Protocol, keep_alive: i64) -> Duration {
    let broker = start_broker().await;
    let chaos = ChaosProxy::start(broker.address().port()).await;
    let profile = Profile { keep_alive: Whole::new(keep_alive), ..profile(&chaos.url(), protocol) };
    let mut me = ConnectionFixture::connected(profile, "me").await;
    chaos.disrupt_now(Disruption::HalfOpen);
    let since = Instant::now();
    assert_eq!(me.wait_disconnected().await, "the broker is silent");
    let took = since.elapsed();
    me.wait_connected().await;
    me.client.publish(publish_request(1, "a", b"x", Qos::AtLeastOnce));
    assert_eq!(me.final_publish_status(1).await, Receipt::Acknowledged);
    broker.stop().await;
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_broker_is_detected_within_promised_time() {
    let (v3, v5) = tokio::join!(black_hole(Protocol::V3, 1), black_hole(Protocol::V5, 5));
    println!("keep-alive 1 s: {v3:?}; keep-alive 5 s: {v5:?}");
    assert!(v3 < Duration::from_secs(7) && v5 < Duration::from_secs(15), "{v3:?}, {v5:?}");
}
