//! The memory of the broker during floods. Each runs in a process of its own, in which also the clients are.

use std::future::Future;

use mqtt_dash::{
    demo::{Access, EmbeddedBroker, broker::loopback_any_port},
    model::profile::MqttVersion::V5,
};

use crate::fixtures::{
    client::within_timeout,
    packet::{PUBLISH, RETAIN, packet, prefixed, publish},
    process::{assert_peak_memory_below, in_own_process},
    raw_client::{QUOTA_EXCEEDED, RawClient, RawConnect},
};

const MIB: usize = 1 << 20;
const QOS1: u8 = 0b010;
const QOS2: u8 = 0b100;

/// Runs a flood against a broker in a process of its own, and checks the memory of the process, in MiB. The floods are
/// of 600 MiB and more.
fn flood<F: Future<Output = ()>>(test: &str, limit: u64, work: impl FnOnce(EmbeddedBroker) -> F) {
    in_own_process(test, || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let broker = EmbeddedBroker::start(loopback_any_port(), Access::LoopbackOnly).await.unwrap();
            work(broker).await;
        });
        assert_peak_memory_below(limit);
    });
}

/// A device still publishes and retains its values, and its subscribers get them.
async fn assert_small_messages_pass(broker: &EmbeddedBroker) {
    let mut watcher = RawClient::named(broker.address(), "watcher").await;
    assert_eq!(watcher.subscribe("device/state", 1).await, 1);
    let mut device = RawClient::named(broker.address(), "device").await;
    assert!(device.publish(QOS1 | RETAIN, 1, "device/state", b"21.5").await < 0x80);
    assert!(watcher.expect(PUBLISH | QOS1).await.ends_with(b"21.5"));
}

#[test]
fn retained_messages_are_bounded_and_refused_beyond() {
    flood(concat!(module_path!(), "::retained_messages_are_bounded_and_refused_beyond"), 300, async |broker| {
        let mut client = RawClient::named(broker.address(), "flood").await;
        let mut accepted = 0;
        for number in 0..600 {
            let code = client.publish(QOS1 | RETAIN, 1, &format!("flood/{number}"), &vec![7; MIB]).await;
            assert!(code == 0 || code == QUOTA_EXCEEDED, "{code:#x}");
            accepted += usize::from(code == 0);
        }
        assert!((40..=64).contains(&accepted), "{accepted}");
        assert_small_messages_pass(&broker).await;
        assert!(client.publish(QOS1 | RETAIN, 1, "flood/0", b"").await < 0x80, "deleted");
        assert_eq!(client.publish(QOS1 | RETAIN, 1, "flood/new", &vec![7; MIB / 2]).await, 0);
        broker.stop().await;
    });
}

#[test]
fn queues_of_offline_sessions_are_bounded_together() {
    flood(concat!(module_path!(), "::queues_of_offline_sessions_are_bounded_together"), 400, async |broker| {
        for number in 0..50 {
            let client_id = format!("sleeper-{number}");
            let options = RawConnect { client_id: &client_id, keep_session: true, ..RawConnect::default() };
            let mut sleeper = RawClient::connect(broker.address(), options).await.unwrap();
            assert_eq!(sleeper.subscribe("flood", 1).await, 1);
        }
        let mut client = RawClient::named(broker.address(), "flood").await;
        for _ in 0..80 {
            client.publish(QOS1, 1, "flood", &vec![7; MIB / 4]).await;
        }
        // One message for all of them would be 400 MiB.
        client.publish(QOS1, 1, "flood", &vec![7; 8 * MIB]).await;
        client.publish(QOS2, 2, "flood", &vec![7; 8 * MIB]).await;
        client.send(&packet(0x62, &[0, 2])).await;
        client.expect(0x70).await;
        assert_small_messages_pass(&broker).await;
        broker.stop().await;
    });
}

#[test]
fn messages_for_clients_that_do_not_read_are_bounded() {
    flood(concat!(module_path!(), "::messages_for_clients_that_do_not_read_are_bounded"), 300, async |broker| {
        let mut sleepers = Vec::new();
        for (number, qos) in [0, 1, 2, 0, 1, 2].into_iter().enumerate() {
            let mut sleeper = RawClient::named(broker.address(), &format!("sleeper-{number}")).await;
            assert_eq!(sleeper.subscribe("flood", qos).await, qos);
            sleepers.push(sleeper);
        }
        let mut client = RawClient::named(broker.address(), "flood").await;
        for number in 0..600_u16 {
            if number % 3 == 0 {
                client.send(&publish(V5, PUBLISH, None, "flood", vec![7; MIB])).await;
            } else {
                let code = client.publish(QOS1, number, "flood", &vec![7; MIB]).await;
                assert!(code < 0x80 || code == QUOTA_EXCEEDED, "{code:#x}");
            }
        }
        // Those that read neither nor acknowledge are disconnected, because others need the memory.
        within_timeout(async { while client.publish(QOS1, 1, "other", &vec![7; 8 * MIB]).await >= 0x80 {} }).await;
        assert_small_messages_pass(&broker).await;
        broker.stop().await;
    });
}

#[test]
fn unreleased_messages_of_qos_2_are_bounded() {
    flood(concat!(module_path!(), "::unreleased_messages_of_qos_2_are_bounded"), 400, async |broker| {
        let mut client = RawClient::named(broker.address(), "flood").await;
        let mut accepted = 0;
        for number in 1..=150 {
            let code = client.publish(QOS2, number, "flood", &vec![7; 4 * MIB]).await;
            assert!(code == 0 || code == QUOTA_EXCEEDED, "{code:#x}");
            accepted += usize::from(code == 0);
        }
        assert!((10..=16).contains(&accepted), "{accepted}");
        drop(client);
        assert_small_messages_pass(&broker).await;
        broker.stop().await;
    });
}

#[test]
fn incomplete_packets_are_bounded() {
    flood(concat!(module_path!(), "::incomplete_packets_are_bounded"), 300, async |broker| {
        let whole = publish(V5, PUBLISH, None, "flood", vec![7; 15 * MIB]);
        let mut clients = Vec::new();
        for number in 0..50 {
            let mut client = RawClient::named(broker.address(), &format!("flood-{number}")).await;
            client.send(&whole[..whole.len() - 1]).await;
            clients.push(client);
        }
        // Without a login, only a small packet is read.
        for _ in 0..50 {
            let mut client = RawClient::open(broker.address()).await;
            client.send(&packet(0x10, &[&prefixed("MQTT")[..], &[5, 2, 0, 0, 0], &vec![7; MIB]].concat())).await;
            client.wait_closed().await;
        }
        broker.stop().await;
    });
}

#[test]
fn buffers_of_connections_are_bounded() {
    flood(concat!(module_path!(), "::buffers_of_connections_are_bounded"), 500, async |broker| {
        let mut subscribers = Vec::new();
        for number in 0..60 {
            let mut subscriber = RawClient::named(broker.address(), &format!("subscriber-{number}")).await;
            assert_eq!(subscriber.subscribe("large", 0).await, 0);
            subscribers.push(subscriber);
        }
        // One after the other has sent a large message, and stays connected. The first ones have subscribers.
        let mut clients = Vec::new();
        for number in 0..60 {
            let mut client = RawClient::named(broker.address(), &format!("flood-{number}")).await;
            let topic = if number < 3 { "large" } else { "other" };
            let code = client.publish(QOS1, 1, topic, &vec![7; 12 * MIB]).await;
            assert!(code < 0x80 || code == QUOTA_EXCEEDED, "{code:#x}");
            clients.push(client);
        }
        assert_small_messages_pass(&broker).await;
        broker.stop().await;
    });
}

#[tokio::test]
async fn long_topics_properties_and_filters_are_refused() {
    let broker = EmbeddedBroker::start(loopback_any_port(), Access::LoopbackOnly).await.unwrap();
    let mut client = RawClient::named(broker.address(), "long").await;
    assert_eq!(client.publish(QOS1, 1, &"x".repeat(5_000), b"").await, QUOTA_EXCEEDED);
    let user_property = [&[0x26][..], &prefixed("key"), &prefixed("x".repeat(5_000))].concat();
    let digit = |value: usize| u8::try_from(value).unwrap();
    let length = [digit(user_property.len() % 128) | 0x80, digit(user_property.len() / 128)];
    let body = [&prefixed("topic")[..], &[0, 1], &length, &user_property, b"payload"].concat();
    client.send(&packet(PUBLISH | QOS1, &body)).await;
    assert_eq!(client.expect(0x40).await[2], QUOTA_EXCEEDED);
    assert!(client.publish(QOS1, 1, &"x".repeat(3_000), b"").await < 0x80);

    let mut granted = 0;
    for number in 0..20 {
        let code = client.subscribe(&format!("{number}/{}", "x".repeat(6_000)), 1).await;
        granted += usize::from(code == 1);
    }
    assert_eq!(granted, 10, "64 KiB of topic filters");
    client.send(&packet(0xA2, &[&[0, 9, 0][..], &prefixed(format!("0/{}", "x".repeat(6_000)))].concat())).await;
    client.expect(0xB0).await;
    assert_eq!(client.subscribe("short", 0).await, 0, "another one has made room");
    let mut other = RawClient::named(broker.address(), "other").await;
    for number in 0..1_000 {
        assert_eq!(other.subscribe(&number.to_string(), 1).await, 1);
    }
    assert_eq!(other.subscribe("one more", 1).await, QUOTA_EXCEEDED);
    broker.stop().await;
}
