//! No accepted command is lost, reordered or applied twice, whatever happens to the line.

use std::time::Duration;

use mqtt_dash::{
    model::{
        line::{Qos, Receipt},
        profile::Protocol,
    },
    mqtt::Limits,
};

use crate::fixtures::{
    chaos_proxy::{ChaosProxy, Disruption, Throttle},
    connection::{ConnectionFixture, login, profile, publish_request, short_retry_limits},
    embedded_broker::start_broker,
};

/// A board that does what it is told: command n sets it to n. It counts what a person would see.
#[derive(Debug, Default, PartialEq, Eq)]
struct Board {
    state: u64,
    effects: u64,
    /// Commands that said what it did already: a copy whose acknowledgement was cut off.
    copies: u64,
    lost: u64,
    reordered: u64,
}

impl Board {
    fn take(&mut self, number: u64) {
        match number {
            same if same == self.state => self.copies += 1,
            old if old < self.state => self.reordered += 1,
            new => {
                self.lost += new - self.state - 1;
                self.effects += 1;
                self.state = new;
            }
        }
    }
}

/// What happens to the line, one after the other. A black hole takes a second to be noticed.
const TROUBLES: [Disruption; 8] = {
    use Disruption::{Close, HalfClosed, HalfOpen, Reset};
    [Close, Reset, HalfClosed, HalfOpen, Close, Reset, HalfClosed, Close]
};

/// So many commands over a line with at least so many troubles.
async fn commands(protocol: Protocol, orders: u64, troubles: usize) {
    const WINDOW: u64 = 100;
    const SPACE: u64 = 12;
    let broker = start_broker().await;
    let mut watcher =
        ConnectionFixture::connected(profile(&format!("mqtt://{}", broker.address()), Protocol::V5), "board").await;
    watcher.subscribe(&[("board/set", Qos::AtLeastOnce)]).await;
    let chaos = ChaosProxy::start(broker.address().port()).await;
    // A line that has become a black hole is noticed by the missing acknowledgement.
    let limits = Limits {
        takeovers: usize::MAX,
        answer: Duration::from_secs(1),
        order_life: Duration::from_mins(1),
        ..short_retry_limits()
    };
    let mut me = ConnectionFixture::open_with(profile(&chaos.url(), protocol), login("me"), limits);
    me.wait_connected().await;
    let (mut asked, mut calm) = (0, 0);
    let mut board = Board::default();
    let (mut ordered, mut accepted, mut dropped) = (0, 0, 0);
    while accepted + dropped < orders {
        while ordered < orders && ordered < accepted + dropped + WINDOW {
            ordered += 1;
            me.client.publish(publish_request(ordered, "board/set", ordered.to_string().as_bytes(), Qos::AtLeastOnce));
        }
        let (_, receipt) = me.next_publish_status().await;
        match receipt {
            Receipt::Sent => continue,
            Receipt::Acknowledged => accepted += 1,
            Receipt::Dropped(why) => {
                eprintln!("dropped: {why}");
                dropped += 1;
            }
        }
        // One trouble at a time, and so many commands between two.
        if chaos.disrupted() == asked && accepted >= calm + SPACE {
            chaos.disrupt_next_packet(TROUBLES[asked % TROUBLES.len()]);
            (asked, calm) = (asked + 1, accepted);
        }
    }
    while board.state < orders {
        board.take(watcher.next_message_text().await.trim_start_matches("board/set ").parse().expect("a number"));
    }
    let struck = chaos.disrupted();
    println!("{protocol:?}: {orders} commands, {struck} troubles, {accepted} accepted, {dropped} dropped, {board:?}");
    assert_eq!((accepted, dropped), (orders, 0));
    assert!(struck >= troubles, "{struck} of {troubles} troubles");
    assert_eq!((board.lost, board.reordered, board.effects), (0, 0, orders));
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_are_not_lost_reordered_or_repeated_by_disruptions() {
    tokio::join!(commands(Protocol::V3, 500, 20), commands(Protocol::V5, 500, 20));
}

#[ignore = "the long version: 10,000 commands, 500 troubles"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_commands_are_not_lost_reordered_or_repeated_by_disruptions() {
    commands(Protocol::V3, 10_000, 500).await;
    commands(Protocol::V5, 10_000, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttled_connection_stays_up_and_delivers_everything() {
    let broker = start_broker().await;
    let chaos = ChaosProxy::start(broker.address().port()).await;
    chaos.throttle(Throttle { latency: Duration::from_millis(1), chunk: Some(7) });
    for protocol in [Protocol::V3, Protocol::V5] {
        let mut me = ConnectionFixture::connected(profile(&chaos.url(), protocol), "me").await;
        me.subscribe(&[("slow", Qos::AtLeastOnce)]).await;
        for id in 1..=20 {
            me.client.publish(publish_request(id, "slow", id.to_string().as_bytes(), Qos::ExactlyOnce));
            assert_eq!(me.final_publish_status(id).await, Receipt::Acknowledged);
            assert_eq!(me.next_message_text().await, format!("slow {id}"));
        }
        me.client.close().await;
    }
    assert_eq!(chaos.connections(), 2, "none of them broke");
    broker.stop().await;
}
