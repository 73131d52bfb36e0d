//! No accepted command is lost, reordered or applied twice, whatever happens to the network connection.

use std::time::Duration;

use mqtt_dash::{
    model::{
        connection::{PublishStatus, Qos},
        profile::MqttVersion,
    },
    mqtt::Limits,
};

use crate::fixtures::{
    chaos_proxy::{ChaosProxy, Disruption, Throttle},
    connection::{ConnectionFixture, login, profile, publish_request, short_retry_limits},
    embedded_broker::start_broker,
};

/// A device whose state a command sets to its number. It counts what a user would see.
#[derive(Debug, Default, PartialEq, Eq)]
struct Device {
    state: u64,
    changes: u64,
    /// Commands that did not change the state: copies of one whose acknowledgment was lost.
    copies: u64,
    lost: u64,
    reordered: u64,
}

impl Device {
    fn apply(&mut self, number: u64) {
        match number {
            same if same == self.state => self.copies += 1,
            old if old < self.state => self.reordered += 1,
            new => {
                self.lost += new - self.state - 1;
                self.changes += 1;
                self.state = new;
            }
        }
    }
}

/// What happens to the connection, one after the other. It takes a second to detect a half-open one.
const DISRUPTIONS: [Disruption; 8] = {
    use Disruption::{Close, HalfClosed, HalfOpen, Reset};
    [Close, Reset, HalfClosed, HalfOpen, Close, Reset, HalfClosed, Close]
};

/// Publishes this many commands over a connection that is disrupted at least this often.
async fn publish_commands(protocol: MqttVersion, commands: u64, disruptions: usize) {
    const WINDOW: u64 = 100;
    const BETWEEN: u64 = 12;
    let broker = start_broker().await;
    let mut watcher =
        ConnectionFixture::connected(profile(&format!("mqtt://{}", broker.address()), MqttVersion::V5), "device").await;
    watcher.subscribe(&[("device/set", Qos::AtLeastOnce)]).await;
    let proxy = ChaosProxy::start(broker.address().port()).await;
    // A half-open connection is detected by the missing acknowledgment.
    let limits =
        Limits { ack_timeout: Duration::from_secs(1), request_ttl: Duration::from_mins(1), ..short_retry_limits() };
    let mut connection = ConnectionFixture::open_with(profile(&proxy.url(), protocol), login("me"), limits);
    connection.wait_connected().await;
    let (mut requested, mut calm) = (0, 0);
    let mut device = Device::default();
    let (mut published, mut accepted, mut dropped) = (0, 0, 0);
    while accepted + dropped < commands {
        while published < commands && published < accepted + dropped + WINDOW {
            published += 1;
            connection.client.publish(publish_request(
                published,
                "device/set",
                published.to_string().as_bytes(),
                Qos::AtLeastOnce,
            ));
        }
        let (_, status) = connection.next_publish_status().await;
        match status {
            PublishStatus::Sent => continue,
            PublishStatus::Acknowledged => accepted += 1,
            PublishStatus::Failed(reason) => {
                eprintln!("dropped: {reason}");
                dropped += 1;
            }
            PublishStatus::Canceled => panic!("nobody has canceled it"),
        }
        // One disruption at a time, with some commands between two.
        if proxy.disrupted() == requested && accepted >= calm + BETWEEN {
            proxy.disrupt_next_packet(DISRUPTIONS[requested % DISRUPTIONS.len()]);
            (requested, calm) = (requested + 1, accepted);
        }
    }
    while device.state < commands {
        device.apply(watcher.next_message_text().await.trim_start_matches("device/set ").parse().expect("a number"));
    }
    let disrupted = proxy.disrupted();
    println!(
        "{protocol:?}: {commands} commands, {disrupted} disruptions, {accepted} accepted, {dropped} dropped, {device:?}"
    );
    assert_eq!((accepted, dropped), (commands, 0));
    assert!(disrupted >= disruptions, "only {disrupted} of {disruptions} disruptions");
    assert_eq!((device.lost, device.reordered, device.changes), (0, 0, commands));
    broker.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_are_not_lost_reordered_or_repeated_by_disruptions() {
    tokio::join!(publish_commands(MqttVersion::V311, 500, 20), publish_commands(MqttVersion::V5, 500, 20));
}

#[ignore = "the long version: 10,000 commands, 500 troubles"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_commands_are_not_lost_reordered_or_repeated_by_disruptions() {
    publish_commands(MqttVersion::V311, 10_000, 500).await;
    publish_commands(MqttVersion::V5, 10_000, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttled_connection_stays_up_and_delivers_everything() {
    let broker = start_broker().await;
    let proxy = ChaosProxy::start(broker.address().port()).await;
    proxy.throttle(Throttle { latency: Duration::from_millis(1), chunk: Some(7) });
    for protocol in [MqttVersion::V311, MqttVersion::V5] {
        let mut connection = ConnectionFixture::connected(profile(&proxy.url(), protocol), "me").await;
        connection.subscribe(&[("slow", Qos::AtLeastOnce)]).await;
        for id in 1..=20 {
            connection.client.publish(publish_request(id, "slow", id.to_string().as_bytes(), Qos::ExactlyOnce));
            assert_eq!(connection.final_publish_status(id).await, PublishStatus::Acknowledged);
            assert_eq!(connection.next_message_text().await, format!("slow {id}"));
        }
        connection.client.close().await;
    }
    assert_eq!(proxy.connections(), 2, "no connection was lost");
    broker.stop().await;
}
