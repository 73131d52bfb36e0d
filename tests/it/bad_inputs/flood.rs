//! Floods of messages, in both directions.

use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, PublishStatus, Qos},
        profile::MqttVersion,
    },
    mqtt::{ClientOptions, MessageCounter},
};

use tokio::time::timeout;

use crate::fixtures::{
    connection::{ConnectionFixture, TIMEOUT, login, profile, publish_request},
    cpu_lock::CpuLock,
    packet::{self, PUBLISH},
    scripted_broker::ScriptedBroker,
};

pub async fn message_flood_keeps_last_value_and_counts_dropped(protocol: MqttVersion) {
    const MESSAGES: u32 = 200_000;
    let _lock = CpuLock::shared();
    let broker = ScriptedBroker::start(protocol).await;
    let (counter, mut count) = MessageCounter::new();
    let options = ClientOptions { consumers: vec![Box::new(counter)], ..ClientOptions::default() };
    let mut connection = ConnectionFixture::open_with(profile(&broker.url(), protocol), login("me"), options);
    let mut broker = broker.accept_session().await;
    connection.wait_connected().await;
    // The test takes no events while it sends.
    let mut bytes = Vec::new();
    for number in 0..MESSAGES {
        let topic = ["a", "b", "c"][usize::try_from(number % 3).expect("a small number")];
        bytes.extend(packet::publish(protocol, PUBLISH, None, topic, format!("{number:06}")));
        if bytes.len() > 1 << 20 {
            broker.send(&std::mem::take(&mut bytes)).await;
        }
    }
    broker.send(&bytes).await;
    broker.answer_ping().await;
    let all = timeout(TIMEOUT, count.wait_for(|count| *count >= u64::from(MESSAGES))).await;
    assert_eq!(*all.expect("another consumer gets all messages").expect("the connection runs"), u64::from(MESSAGES));
    let (mut messages, mut last) = (0_u64, [0_u32; 3]);
    let notice = loop {
        match connection.next_event().await {
            ConnectionEvent::Messages(batch) => {
                for message in batch.to_messages() {
                    messages += 1;
                    let number: u32 = String::from_utf8_lossy(&message.payload).parse().expect("a number");
                    let topic = usize::from(message.topic.as_bytes()[0] - b'a');
                    assert!(number >= last[topic], "{number} after {}", last[topic]);
                    last[topic] = number;
                }
            }
            ConnectionEvent::Notice(text) => break text,
            _ => {}
        }
    };
    while last.iter().any(|last| *last < MESSAGES - 3) {
        let ConnectionEvent::Messages(batch) = connection.next_event().await else { continue };
        for message in batch.to_messages() {
            messages += 1;
            let number = String::from_utf8_lossy(&message.payload).parse().expect("a number");
            last[usize::from(message.topic.as_bytes()[0] - b'a')] = number;
        }
    }
    assert!(messages < u64::from(MESSAGES), "no message was dropped");
    assert!(notice.contains("messages arrived faster than they could be processed"), "{notice}");
    assert!(notice.contains("only the latest of each topic was kept"), "{notice}");
}

pub async fn publish_flood_is_bounded_and_can_be_closed(protocol: MqttVersion) {
    const REQUESTS: u64 = 100_000;
    let _lock = CpuLock::shared();
    let broker = ScriptedBroker::start(protocol).await;
    let mut connection = ConnectionFixture::open(profile(&broker.url(), protocol), "me");
    let _connection = broker.accept_session().await;
    connection.wait_connected().await;
    let (mut dropped, mut requested) = (0, 0);
    // The broker acknowledges nothing: requests that do not fit into the queue are dropped at once.
    for id in 0..REQUESTS {
        connection.client.publish(publish_request(id, "kept/topic", b"", Qos::AtLeastOnce));
        requested += 1;
        while requested - dropped > 2_200 {
            let (_, status) = connection.next_publish_status().await;
            match status {
                PublishStatus::Failed(reason) => {
                    assert_eq!(reason, "not sent: the outgoing queue is full");
                    dropped += 1;
                }
                PublishStatus::Sent => {}
                PublishStatus::Acknowledged | PublishStatus::Canceled => panic!("the broker has acknowledged nothing"),
            }
        }
    }
    assert!(dropped >= REQUESTS - 2_200, "{dropped}");
    timeout(TIMEOUT, connection.client.close()).await.expect("the connection closes although thousands are queued");
}
