//! No accepted command is lost, reordered or applied twice, whatever happens to the line.

use std::time::Duration;

use mqtt_dash::{
    demo::{Access, Broker, broker::anywhere_here},
    model::{
        line::{Qos, Receipt},
        profile::Protocol,
    },
    mqtt::Limits,
};

use crate::{
    chaos::{Chaos, Trouble, Weather},
    line::{Line, hasty, login, order, profile},
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
const TROUBLES: [Trouble; 8] = {
    use Trouble::{Cut, HalfClosed, HalfOpen, Reset};
    [Cut, Reset, HalfClosed, HalfOpen, Cut, Reset, HalfClosed, Cut]
};

/// So many commands over a line with at least so many troubles.
async fn commands(protocol: Protocol, orders: u64, troubles: usize) {
    const WINDOW: u64 = 100;
    const SPACE: u64 = 12;
    let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
    let mut watcher = Line::connected(profile(&format!("mqtt://{}", broker.address()), Protocol::V5), "board").await;
    watcher.want(&[("board/set", Qos::AtLeastOnce)]).await;
    let chaos = Chaos::start(broker.address().port()).await;
    // A line that has become a black hole is noticed by the missing acknowledgement.
    let limits =
        Limits { takeovers: usize::MAX, answer: Duration::from_secs(1), order_life: Duration::from_mins(1), ..hasty() };
    let mut me = Line::open_with(profile(&chaos.url(), protocol), login("me"), limits);
    me.up().await;
    let (mut asked, mut calm) = (0, 0);
    let mut board = Board::default();
    let (mut ordered, mut accepted, mut dropped) = (0, 0, 0);
    while accepted + dropped < orders {
        while ordered < orders && ordered < accepted + dropped + WINDOW {
            ordered += 1;
            me.link.publish(order(ordered, "board/set", ordered.to_string().as_bytes(), Qos::AtLeastOnce));
        }
        let (_, receipt) = me.any_receipt().await;
        match receipt {
            Receipt::Sent => continue,
            Receipt::Acknowledged => accepted += 1,
            Receipt::Dropped(why) => {
                eprintln!("dropped: {why}");
                dropped += 1;
            }
        }
        // One trouble at a time, and so many commands between two.
        if chaos.struck() == asked && accepted >= calm + SPACE {
            chaos.strike_next(TROUBLES[asked % TROUBLES.len()]);
            (asked, calm) = (asked + 1, accepted);
        }
    }
    while board.state < orders {
        board.take(watcher.text().await.trim_start_matches("board/set ").parse().expect("a number"));
    }
    let struck = chaos.struck();
    println!("{protocol:?}: {orders} commands, {struck} troubles, {accepted} accepted, {dropped} dropped, {board:?}");
    assert_eq!((accepted, dropped), (orders, 0));
    assert!(struck >= troubles, "{struck} of {troubles} troubles");
    assert_eq!((board.lost, board.reordered, board.effects), (0, 0, orders));
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_is_lost_reordered_or_applied_twice() {
    tokio::join!(commands(Protocol::V3, 500, 20), commands(Protocol::V5, 500, 20));
}

#[ignore = "the long version: 10,000 commands, 500 troubles"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_command_of_many_is_lost_reordered_or_applied_twice() {
    commands(Protocol::V3, 10_000, 500).await;
    commands(Protocol::V5, 10_000, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_line_in_small_pieces_is_still_a_line() {
    let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
    let chaos = Chaos::start(broker.address().port()).await;
    chaos.weather(Weather { latency: Duration::from_millis(1), piece: Some(7) });
    for protocol in [Protocol::V3, Protocol::V5] {
        let mut me = Line::connected(profile(&chaos.url(), protocol), "me").await;
        me.want(&[("slow", Qos::AtLeastOnce)]).await;
        for id in 1..=20 {
            me.link.publish(order(id, "slow", id.to_string().as_bytes(), Qos::ExactlyOnce));
            assert_eq!(me.receipt(id).await, Receipt::Acknowledged);
            assert_eq!(me.text().await, format!("slow {id}"));
        }
        me.link.close().await;
    }
    assert_eq!(chaos.connections(), 2, "none of them broke");
    broker.stop().await;
}
