//! Measurements of whole programs.

mod footprint;
mod latency;
mod throughput;

use std::{
    thread,
    time::{Duration, Instant},
};

use mqtt_dash::model::profile::MqttVersion;

pub use self::{
    footprint::{idle, scale},
    latency::{latency, start},
    throughput::{growth, rate, through_broker},
};
use crate::{
    fixtures::{
        load::payload,
        packet::{self, PUBLISH},
        timestamping_broker::TimestampingBroker,
    },
    subject::{RunningSubject, Subject},
};

const TILES: usize = 1_000;
const MQTT_DASH_SUBJECT: Subject = Subject::MqttDash { tiles: TILES, v5: false, all: false };
const TIMEOUT: Duration = Duration::from_mins(2);
/// How many messages are encoded in advance and sent repeatedly.
const BLOCK: usize = 10_000;

/// A number for computations.
fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Starts a program with this program as its broker.
pub fn connected(subject: &Subject) -> (RunningSubject, TimestampingBroker) {
    let (listener, _) = TimestampingBroker::listen();
    let running = subject.start(listener.local_addr().expect("the listener has an address").port());
    let broker = TimestampingBroker::accept(&listener);
    broker.wait_subscribed(subject.filters(), TIMEOUT).expect("the program subscribes");
    (running, broker)
}

/// Encoded messages for the tiles, in turn.
fn block(protocol: MqttVersion, topic: impl Fn(usize) -> String) -> Vec<u8> {
    let publish = |number| packet::publish(protocol, PUBLISH, None, topic(number), payload(number));
    (0..BLOCK).flat_map(publish).collect()
}

fn tile(number: usize) -> String {
    format!("load/{}", number % TILES)
}

/// Waits until the program has processed everything; returns when.
fn wait_processed(broker: &TimestampingBroker) -> Instant {
    let at = broker.publish_acknowledged("load/0", &payload(0), TIMEOUT).expect("the program processes everything");
    thread::sleep(Duration::from_millis(500));
    at
}

/// KiB as MB.
fn megabytes(kib: u64) -> f64 {
    to_f64(usize::try_from(kib).unwrap_or(usize::MAX)) * 1024. / 1e6
}
