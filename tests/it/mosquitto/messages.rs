//! Messages and subscriptions through mosquitto, in both versions of MQTT.

use mqtt_dash::model::{
    connection::{PublishRequest, PublishStatus, Qos, RetainHandling, Subscription, SubscriptionOptions},
    field_value::{BoundedInt, Nested},
    profile::{ByteSize, MqttVersion, PayloadFormat, Profile, UserProperties, Will},
    schema::FieldValue,
    topic::{Topic, TopicFilter},
    value::Value,
};

use super::{assert_round_trip, for_both_versions, local_profile, profile_with};
use crate::fixtures::{
    broker::{BrokerConfig, BrokerFixture},
    connection::{ConnectionFixture, publish_request, subscription},
};

fn size(text: &str) -> ByteSize {
    ByteSize::from_value(&Value::String(text.to_owned())).expect("a valid size")
}

for_both_versions! {
    every_qos_is_delivered_both_ways;
    retained_messages_are_received_and_published;
    wildcard_filters_receive_matching_topics;
    removed_subscription_receives_nothing;
    message_that_several_subscriptions_match_is_received_once;
    shared_subscription_receives_messages_under_their_own_topic;
    thousand_subscriptions_are_granted;
    many_overlapping_filters_bring_all_retained_messages;
    tile_that_is_added_below_a_wildcard_gets_its_retained_message;
    retain_handling_decides_which_retained_messages_come;
    will_is_published_only_without_disconnect;
    payload_of_5_mib_is_delivered;
    message_above_packet_limit_is_not_sent;
    message_above_packet_limit_is_not_received;
    queued_messages_are_sent_before_close;
}

async fn every_qos_is_delivered_both_ways(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("lamp/#", Qos::ExactlyOnce)]).await;
    for (id, qos) in [(0, Qos::AtMostOnce), (1, Qos::AtLeastOnce), (2, Qos::ExactlyOnce)] {
        connection.client.publish(publish_request(id, "lamp/set", b"ON", qos));
        assert_eq!(connection.next_publish_status().await, (id, PublishStatus::Sent));
        if qos > Qos::AtMostOnce {
            assert_eq!(connection.next_publish_status().await, (id, PublishStatus::Acknowledged));
        }
        let message = connection.next_message().await;
        assert_eq!((&*message.topic, &*message.payload), ("lamp/set", &b"ON"[..]));
        assert_eq!((message.qos, message.retain), (qos, false));
        broker.publish(&["-t", "lamp/state", "-m", "off", "-q", &qos.as_u8().to_string()]);
        let message = connection.next_message().await;
        assert_eq!((&*message.topic, &*message.payload, message.qos), ("lamp/state", &b"off"[..], qos));
    }
    connection.client.close().await;
}

async fn retained_messages_are_received_and_published(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    broker.publish(&["-r", "-t", "house/temperature", "-m", "21.5"]);
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("house/temperature", Qos::AtMostOnce)]).await;
    let message = connection.next_message().await;
    assert_eq!((&*message.payload, message.retain), (&b"21.5"[..], true));
    let request = PublishRequest { retain: true, ..publish_request(1, "house/lamp", b"ON", Qos::AtLeastOnce) };
    connection.client.publish(request);
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    assert_eq!(broker.subscribe(&["-C", "1", "-F", "%r %t %p", "-t", "house/lamp"]), "1 house/lamp ON\n");
}

async fn wildcard_filters_receive_matching_topics(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("+/lamp", Qos::AtLeastOnce), ("école/#", Qos::AtLeastOnce)]).await;
    for topic in ["kitchen/fan", "kitchen/lamp", "kitchen/lamp/old", "école/été/日本"] {
        broker.publish(&["-q", "1", "-t", topic, "-m", "1"]);
    }
    assert_eq!(connection.next_message_text().await, "kitchen/lamp 1");
    assert_eq!(connection.next_message_text().await, "école/été/日本 1");
}

async fn shared_subscription_receives_messages_under_their_own_topic(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("$share/group/plant/+/speed", Qos::AtLeastOnce)]).await;
    broker.publish(&["-q", "1", "-t", "plant/line1/speed", "-m", "7"]);
    assert_eq!(connection.next_message_text().await, "plant/line1/speed 7");
}

async fn message_that_several_subscriptions_match_is_received_once(protocol: MqttVersion) {
    for copies in [false, true] {
        let broker = BrokerFixture::start(BrokerConfig { copies, ..BrokerConfig::default() });
        broker.publish(&["-r", "-q", "1", "-t", "a/b/c", "-m", "retained"]);
        let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
        let filters = [
            ("a/+/c", Qos::AtLeastOnce),
            ("a/b/#", Qos::AtMostOnce),
            ("a/b/c", Qos::ExactlyOnce),
            ("a/b/+", Qos::AtMostOnce),
        ];
        connection.subscribe(&filters).await;
        assert_eq!(connection.next_message_text().await, "a/b/c retained");
        for payload in ["one", "two", "two", "three", "three", "three"] {
            broker.publish(&["-q", "1", "-t", "a/b/c", "-m", payload]);
        }
        broker.publish(&["-q", "1", "-t", "a/b/d", "-m", "end"]);
        for payload in ["one", "two", "two", "three", "three", "three"] {
            assert_eq!(connection.next_message_text().await, format!("a/b/c {payload}"), "copies: {copies}");
        }
        assert_eq!(connection.next_message_text().await, "a/b/d end", "copies: {copies}");
    }
}

/// MQTT 3.1.1 has no such option: all retained messages come.
async fn retain_handling_decides_which_retained_messages_come(protocol: MqttVersion) {
    use RetainHandling::{Always, Never, New};
    let broker = BrokerFixture::start(BrokerConfig::default());
    for topic in ["a/b", "a/c"] {
        broker.publish(&["-r", "-q", "1", "-t", topic, "-m", "kept"]);
    }
    let (none, one, all) = (&[][..], &["a/b kept"][..], &["a/b kept", "a/c kept"][..]);
    for (client_id, filters, expected) in [
        ("never", &[("a/#", Never)][..], [none, none]),
        ("new", &[("a/#", New)], [all, none]),
        ("always", &[("a/#", Always)], [all, all]),
        ("overlapping", &[("a/#", Never), ("a/b", Always)], [one, one]),
        ("same", &[("a/#", Never), ("a/#", Always)], [all, all]),
    ] {
        for (attempt, expected) in expected.into_iter().enumerate() {
            let profile = profile_with(&broker, "localhost", protocol, |profile| profile.clean_session = false);
            let mut connection = ConnectionFixture::connected(profile, client_id).await;
            let subscription = |(filter, retain_handling): &(&str, RetainHandling)| {
                let options = SubscriptionOptions { retain_handling: *retain_handling, ..Qos::AtLeastOnce.into() };
                Subscription::new(TopicFilter::new(filter).expect("a valid topic filter"), options)
            };
            connection.client.set_subscriptions(filters.iter().map(subscription).collect());
            connection.deliver("a/ready").await;
            broker.publish(&["-q", "1", "-t", "a/end", "-m", ""]);
            let mut retained = Vec::new();
            loop {
                match connection.next_message_text().await.as_str() {
                    "a/end " => break,
                    "a/ready " => {}
                    other => retained.push(other.to_owned()),
                }
            }
            let expected = if protocol == MqttVersion::V311 { all } else { expected };
            assert_eq!(retained, expected, "{client_id}, connection {attempt}");
            connection.client.close().await;
        }
    }
}

async fn removed_subscription_receives_nothing(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("a", Qos::AtLeastOnce), ("b", Qos::AtLeastOnce)]).await;
    connection.subscribe(&[("b", Qos::AtLeastOnce)]).await;
    broker.publish(&["-q", "1", "-t", "a", "-m", "1"]);
    broker.publish(&["-q", "1", "-t", "b", "-m", "2"]);
    assert_eq!(connection.next_message_text().await, "b 2");
}

async fn thousand_subscriptions_are_granted(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    let topics: Vec<String> = (0..1_000).map(|n| format!("tile/{n}")).collect();
    connection.subscribe(&topics.iter().map(|topic| (topic.as_str(), Qos::AtMostOnce)).collect::<Vec<_>>()).await;
    broker.publish(&["-t", "tile/0", "-m", "first"]);
    broker.publish(&["-t", "tile/999", "-m", "last"]);
    assert_eq!(connection.next_message_text().await, "tile/0 first");
    assert_eq!(connection.next_message_text().await, "tile/999 last");
}

/// The filters need more packets than may be in flight.
async fn many_overlapping_filters_bring_all_retained_messages(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let topics: Vec<String> = (0..80).map(|n| format!("room{}/sensor{n}", n % 3)).collect();
    for topic in &topics {
        broker.publish(&["-r", "-t", topic, "-m", topic]);
    }
    for wildcards in [&["#"][..], &["room0/+", "room1/+", "+/sensor4"]] {
        let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
        let all = topics.iter().map(|topic| (topic.as_str(), Qos::AtLeastOnce));
        let filters: Vec<_> = wildcards.iter().map(|filter| (*filter, Qos::AtMostOnce)).chain(all).collect();
        connection.client.set_subscriptions(filters.iter().map(|(filter, qos)| subscription(filter, *qos)).collect());
        let mut missing: std::collections::HashSet<&str> = topics.iter().map(String::as_str).collect();
        while !missing.is_empty() {
            missing.remove(&*connection.next_message().await.topic);
        }
        connection.client.close().await;
    }
}

async fn tile_that_is_added_below_a_wildcard_gets_its_retained_message(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    broker.publish(&["-r", "-t", "t/big", "-m", "kept"]);
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("t/#", Qos::AtLeastOnce)]).await;
    assert_eq!(connection.next_message_text().await, "t/big kept");
    let filters = ["t/#", "t/big"].map(|filter| subscription(filter, Qos::AtLeastOnce));
    connection.client.set_subscriptions(filters.to_vec());
    assert_eq!(connection.next_message_text().await, "t/big kept");
    broker.publish(&["-q", "1", "-t", "t/big", "-m", "new"]);
    assert_eq!(connection.next_message_text().await, "t/big new");
}

async fn will_is_published_only_without_disconnect(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watcher = ConnectionFixture::connected(local_profile(&broker, protocol), "watcher").await;
    watcher.subscribe(&[("status/me", Qos::AtLeastOnce)]).await;
    let will = |profile: &mut Profile| {
        profile.will = Some(Nested(Will {
            topic: Topic::new("status/me").ok(),
            payload: "gone".to_owned(),
            qos: Qos::AtLeastOnce,
            retain: true,
            ..Will::default()
        }));
    };
    let closed = ConnectionFixture::connected(profile_with(&broker, "localhost", protocol, will), "me").await;
    closed.client.close().await;
    let lost = ConnectionFixture::connected(profile_with(&broker, "localhost", protocol, will), "me").await;
    lost.client.publish(publish_request(1, "status/me", b"here", Qos::AtLeastOnce));
    assert_eq!(watcher.next_message_text().await, "status/me here", "a closed connection publishes no will");
    // A second client with the same ID ends the first one without DISCONNECT.
    let _rival = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    assert_eq!(watcher.next_message_text().await, "status/me gone");
}

/// mosquitto sends one packet with the identifiers of both subscriptions in front of the other properties.
#[tokio::test]
async fn properties_after_several_subscription_identifiers_are_no_part_of_the_payload() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, MqttVersion::V5), "me").await;
    connection.subscribe(&[("a/b", Qos::AtLeastOnce), ("a/#", Qos::AtMostOnce), ("+/b", Qos::AtMostOnce)]).await;
    let format = ["-D", "publish", "payload-format-indicator", "1"];
    for (number, more) in [&[][..], &["-D", "publish", "content-type", "text/plain"]].into_iter().enumerate() {
        let payload = format!("21.{number}");
        let arguments = [&["-V", "5", "-q", "1", "-t", "a/b", "-m", &payload][..], more, &format].concat();
        broker.publish(&arguments);
        assert_eq!(connection.next_message_text().await, format!("a/b {payload}"));
    }
}

#[tokio::test]
async fn properties_of_the_will_reach_other_clients() {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let will = |delay: i64| {
        move |profile: &mut Profile| {
            profile.will = Some(Nested(Will {
                topic: Topic::new("status/me").ok(),
                payload: "gone".to_owned(),
                retain: true,
                delay: Some(BoundedInt::clamped(delay)),
                payload_format: PayloadFormat::Text,
                content_type: Some("text/plain".to_owned()),
                response_topic: Topic::new("reply").ok(),
                correlation_data: Some("7".to_owned()),
                user_properties: UserProperties(vec![("source".to_owned(), "dash".to_owned())]),
                ..Will::default()
            }));
        }
    };
    let profile = profile_with(&broker, "localhost", MqttVersion::V5, will(0));
    let _lost = ConnectionFixture::connected(profile, "me").await;
    // A second client with the same ID ends the first one without DISCONNECT.
    let profile = profile_with(&broker, "localhost", MqttVersion::V5, will(3_600));
    let _rival = ConnectionFixture::connected(profile, "me").await;
    let format = ["-V", "5", "-C", "1", "-t", "status/me", "-F", "%p|%C|%R|%D|%F|%P"];
    assert_eq!(broker.subscribe(&format), "gone|text/plain|reply|7|1|source:dash\n");
}

async fn payload_of_5_mib_is_delivered(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    connection.subscribe(&[("big", Qos::AtLeastOnce)]).await;
    let payload: Vec<u8> = (0..5 << 20).map(|n: u32| n.to_le_bytes()[0]).collect();
    for (id, qos) in [(1, Qos::AtLeastOnce), (2, Qos::ExactlyOnce)] {
        connection.client.publish(publish_request(id, "big", &payload, qos));
        assert_eq!(connection.final_publish_status(id).await, PublishStatus::Acknowledged);
        assert!(*connection.next_message().await.payload == payload[..]);
    }
}

async fn message_above_packet_limit_is_not_sent(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let small = profile_with(&broker, "localhost", protocol, |it| it.max_packet_size = size("1 KiB"));
    let mut connection = ConnectionFixture::connected(small, "me").await;
    connection.client.publish(publish_request(1, "big", &[0; 2_000], Qos::AtLeastOnce));
    let PublishStatus::Failed(reason) = connection.final_publish_status(1).await else {
        panic!("the message was sent")
    };
    assert_eq!(reason, "not sent: it has 2.0 KiB, `max_packet_size` of the profile allows 1 KiB");
    assert_round_trip(&mut connection).await;
}

async fn message_above_packet_limit_is_not_received(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    broker.publish(&["-r", "-t", "big", "-m", &"x".repeat(20_000)]);
    let small = profile_with(&broker, "localhost", protocol, |it| it.max_packet_size = size("10 KiB"));
    let mut connection = ConnectionFixture::connected(small, "me").await;
    connection.client.set_subscriptions(vec![subscription("big", Qos::AtMostOnce)]);
    if protocol == MqttVersion::V5 {
        // The broker knows the limit and does not send such messages.
        return assert_round_trip(&mut connection).await;
    }
    let notice = connection.next_notice().await;
    assert!(notice.contains("received a packet of 19.5 KiB") && notice.contains("allows 10 KiB"), "{notice}");
}

async fn queued_messages_are_sent_before_close(protocol: MqttVersion) {
    let broker = BrokerFixture::start(BrokerConfig::default());
    let mut watcher = ConnectionFixture::connected(local_profile(&broker, protocol), "watcher").await;
    watcher.subscribe(&[("lamp", Qos::AtLeastOnce)]).await;
    let connection = ConnectionFixture::connected(local_profile(&broker, protocol), "me").await;
    for id in 0..100 {
        connection.client.publish(publish_request(id, "lamp", id.to_string().as_bytes(), Qos::AtLeastOnce));
    }
    connection.client.close().await;
    for id in 0..100 {
        assert_eq!(watcher.next_message_text().await, format!("lamp {id}"));
    }
}
