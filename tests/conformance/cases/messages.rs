//! Messages and subscriptions.

use mqtt_dash::model::connection::{PublishRequest, PublishStatus, Qos};

use crate::{context::Context, fixtures::connection::publish_request};

pub async fn retained_messages(context: Context<'_>) {
    let (state, command) = (context.name("retained/state"), context.name("retained/command"));
    context.publish(&state, "21.5", &["-r", "-q", "1"]);
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&state, Qos::AtLeastOnce)]).await;
    let message = connection.next_message().await;
    assert_eq!((&*message.topic, &*message.payload, message.retain), (state.as_str(), &b"21.5"[..], true));
    // A message that is published now is not marked as retained.
    context.publish(&state, "22.5", &["-r", "-q", "1"]);
    let message = connection.next_message().await;
    assert_eq!((&*message.payload, message.retain), (&b"22.5"[..], false));
    let retained = |id, payload: &[u8]| PublishRequest {
        retain: true,
        ..publish_request(id, &command, payload, Qos::AtLeastOnce)
    };
    connection.client.publish(retained(1, b"ON"));
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    assert_eq!(context.receive(&command, 1), "1 1 ON\n");
    // Cleared: the next subscriber receives only what is published later.
    connection.client.publish(retained(2, b""));
    assert_eq!(connection.final_publish_status(2).await, PublishStatus::Acknowledged);
    let mut other = context.connected("other").await;
    other.subscribe(&[(&command, Qos::AtLeastOnce)]).await;
    context.publish(&command, "later", &["-q", "1"]);
    assert_eq!(other.next_message_text().await, format!("{command} later"));
}

pub async fn wildcards(context: Context<'_>) {
    let (house, school) = (context.name("house"), context.name("école"));
    let mut connection = context.connected("me").await;
    let filters = [format!("{house}/+/lamp"), format!("{school}/#")];
    connection.subscribe(&[(&filters[0], Qos::AtLeastOnce), (&filters[1], Qos::AtLeastOnce)]).await;
    let kitchen = format!("{house}/kitchen");
    for topic in [format!("{kitchen}/fan"), format!("{kitchen}/lamp"), format!("{kitchen}/lamp/old")] {
        context.publish(&topic, "1", &["-q", "1"]);
    }
    context.publish(&format!("{school}/été/日本"), "2", &["-q", "1"]);
    context.publish(&school, "3", &["-q", "1"]);
    for expected in [format!("{kitchen}/lamp 1"), format!("{school}/été/日本 2"), format!("{school} 3")] {
        assert_eq!(connection.next_message_text().await, expected);
    }
}

/// Publishes to this program and from it with this `QoS`.
async fn assert_delivered(context: Context<'_>, qos: Qos) {
    let (incoming, outgoing) = (context.name("in"), context.name("out"));
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&incoming, qos)]).await;
    for number in 0..10 {
        context.publish(&incoming, &number.to_string(), &["-q", &qos.as_u8().to_string()]);
        let message = connection.next_message().await;
        assert_eq!((&*message.payload, message.qos), (number.to_string().as_bytes(), qos));
    }
    let mut other = context.connected("other").await;
    other.subscribe(&[(&outgoing, qos)]).await;
    for id in 0..10 {
        connection.client.publish(publish_request(id, &outgoing, id.to_string().as_bytes(), qos));
        assert_eq!(connection.next_publish_status().await, (id, PublishStatus::Sent));
        if qos > Qos::AtMostOnce {
            assert_eq!(connection.next_publish_status().await, (id, PublishStatus::Acknowledged));
        }
        let message = other.next_message().await;
        assert_eq!((&*message.payload, message.qos), (id.to_string().as_bytes(), qos));
    }
}

pub async fn qos_0(context: Context<'_>) {
    assert_delivered(context, Qos::AtMostOnce).await;
}

pub async fn qos_1(context: Context<'_>) {
    assert_delivered(context, Qos::AtLeastOnce).await;
}

pub async fn qos_2(context: Context<'_>) {
    assert_delivered(context, Qos::ExactlyOnce).await;
}

/// Also where the broker acknowledges it in another way.
pub async fn qos_2_request(context: Context<'_>) {
    let topic = context.name("once");
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&topic, Qos::ExactlyOnce)]).await;
    for id in 0..10 {
        connection.client.publish(publish_request(id, &topic, id.to_string().as_bytes(), Qos::ExactlyOnce));
        assert_eq!(connection.final_publish_status(id).await, PublishStatus::Acknowledged);
        assert_eq!(connection.next_message_text().await, format!("{topic} {id}"));
    }
}

pub async fn payload_of_5_mib(context: Context<'_>) {
    let topic = context.name("big");
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&topic, Qos::AtLeastOnce)]).await;
    let payload: Vec<u8> = (0..5 << 20).map(|n: u32| n.to_le_bytes()[0]).collect();
    connection.client.publish(publish_request(1, &topic, &payload, Qos::AtLeastOnce));
    assert_eq!(connection.final_publish_status(1).await, PublishStatus::Acknowledged);
    assert!(*connection.next_message().await.payload == payload[..]);
}

pub async fn thousand_subscriptions(context: Context<'_>) {
    let topics: Vec<String> = (0..1_000).map(|n| format!("{}/{n}", context.name("tile"))).collect();
    let mut connection = context.connected("me").await;
    connection.subscribe(&topics.iter().map(|topic| (topic.as_str(), Qos::AtLeastOnce)).collect::<Vec<_>>()).await;
    for topic in [&topics[0], &topics[500], &topics[999]] {
        context.publish(topic, "1", &["-q", "1"]);
        assert_eq!(connection.next_message_text().await, format!("{topic} 1"));
    }
}

pub async fn shared_subscription(context: Context<'_>) {
    let topic = context.name("line");
    let filter = format!("$share/{}/{topic}", context.name("group"));
    let mut connection = context.connected("me").await;
    connection.subscribe(&[(&filter, Qos::AtLeastOnce)]).await;
    context.publish(&topic, "42", &["-q", "1"]);
    assert_eq!(connection.next_message_text().await, format!("{topic} 42"));
}
