//! A desk for tests: a broker that can go and come back, a client beside it, and programs that open
//! dashboards on it.

use std::net::SocketAddr;

use mqtt_dash::{
    demo::{Access, Broker, broker::anywhere_here},
    model::{
        line::{Order, Qos},
        profile::Protocol,
    },
};

use crate::{
    line::{Line, order, profile},
    pty::Program,
};

/// A dashboard with every kind of tile that can be pressed, three to a row at 80 columns. The device
/// is played by the test.
pub const BENCH: &str = r#"
title = "Bench"
[[tile]]
kind = "text"
name = "Temperature"
topic = "bench/temperature"
postfix = " °C"
text_size = "medium"
publish = false
[[tile]]
kind = "switch"
name = "Lamp"
topic = "bench/lamp/state"
publish_topic = "bench/lamp/set"
qos = 1
update_on_publish = false
[[tile]]
kind = "range"
name = "Level"
topic = "bench/level/state"
publish_topic = "bench/level/set"
step = 5
qos = 1
[[tile]]
kind = "choice"
name = "Mode"
topic = "bench/mode/state"
publish_topic = "bench/mode/set"
text_size = "medium"
options = [{ label = "Slow", payload = "s" }, { label = "Fast", payload = "f" }]
qos = 1
[[tile]]
kind = "color"
name = "Colour"
topic = "bench/color/state"
publish_topic = "bench/color/set"
qos = 1
[[tile]]
kind = "text"
name = "Note"
topic = "bench/note"
text_size = "small"
qos = 1
"#;

/// A broker and a client beside it.
pub struct Desk {
    pub broker: Option<Broker>,
    pub address: SocketAddr,
    pub line: Line,
    orders: u64,
}

impl Desk {
    /// A broker for everyone on this machine, and a client that hears what is sent to the device.
    pub async fn new() -> Self {
        let broker = Broker::start(anywhere_here(), Access::ThisMachine).await.expect("a broker");
        let address = broker.address();
        let mut line = Line::connected(profile(&format!("mqtt://{address}"), Protocol::V5), "desk").await;
        line.want(&[("bench/+/set", Qos::AtLeastOnce)]).await;
        Self { broker: Some(broker), address, line, orders: 0 }
    }

    /// The program with the dashboard [`BENCH`] on this broker, ready to be started.
    pub fn bench(&self) -> Program {
        self.board(BENCH)
    }

    /// The program with another dashboard on this broker, ready to be started.
    pub fn board(&self, board: &str) -> Program {
        Program::new(&["open", "bench", "--url", &self.url()]).file("dashboards/bench.toml", board)
    }

    /// The address of the broker.
    pub fn url(&self) -> String {
        format!("mqtt://{}", self.address)
    }

    /// Publishes; the broker has it and keeps it for those who come later.
    pub async fn keep(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        self.orders += 1;
        let once = Qos::AtLeastOnce;
        self.line.link.publish(Order { retain: true, ..order(self.orders, topic, payload.as_ref(), once) });
        self.line.receipt(self.orders).await;
    }

    /// Publishes; the broker has it.
    pub async fn say(&mut self, topic: &str, payload: impl AsRef<[u8]>) {
        self.orders += 1;
        self.line.link.publish(order(self.orders, topic, payload.as_ref(), Qos::AtLeastOnce));
        self.line.receipt(self.orders).await;
    }

    /// What is sent to the device next: `topic payload`.
    pub async fn heard(&mut self) -> String {
        self.line.text().await
    }

    /// The broker goes.
    pub async fn lose(&mut self) {
        self.broker.take().expect("a broker").stop().await;
    }

    /// The broker comes back at the same place, with nothing kept.
    pub async fn find(&mut self) {
        self.broker = Some(Broker::start(self.address, Access::ThisMachine).await.expect("the same port"));
        self.line.up().await;
    }
}
