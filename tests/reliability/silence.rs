//! A line that is dead though nobody said so is noticed within twice the keep-alive and five seconds.

use std::time::{Duration, Instant};

use mqtt_dash::{
    demo::{Access, Broker, broker::anywhere_here},
    model::{
        field::Whole,
        line::{Qos, Receipt},
        profile::{Profile, Protocol},
    },
};

use crate::{
    chaos::{Chaos, Trouble},
    line::{Line, order, profile},
};

/// A line that becomes a black hole: how long that goes unnoticed.
async fn black_hole(protocol: Protocol, keep_alive: i64) -> Duration {
    let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
    let chaos = Chaos::start(broker.address().port()).await;
    let profile = Profile { keep_alive: Whole::new(keep_alive), ..profile(&chaos.url(), protocol) };
    let mut me = Line::connected(profile, "me").await;
    chaos.strike_now(Trouble::HalfOpen);
    let since = Instant::now();
    assert_eq!(me.down().await, "the broker is silent");
    let took = since.elapsed();
    me.up().await;
    me.link.publish(order(1, "a", b"x", Qos::AtLeastOnce));
    assert_eq!(me.receipt(1).await, Receipt::Acknowledged);
    broker.stop().await;
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_black_hole_is_noticed() {
    let (v3, v5) = tokio::join!(black_hole(Protocol::V3, 1), black_hole(Protocol::V5, 5));
    println!("keep-alive 1 s: {v3:?}; keep-alive 5 s: {v5:?}");
    assert!(v3 < Duration::from_secs(7) && v5 < Duration::from_secs(15), "{v3:?}, {v5:?}");
}
