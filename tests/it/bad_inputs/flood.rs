//! Too much of everything, in both directions.

use mqtt_dash::model::{
    line::{LineEvent, Qos, Receipt},
    profile::Protocol,
};

use crate::fixtures::{
    connection::{ConnectionFixture, TIMEOUT, profile, publish_request},
    packet::{self, PUBLISH},
    scripted_broker::ScriptedBroker,
};

pub async fn a_flood_is_coalesced_and_counted(protocol: Protocol) {
    const MESSAGES: u32 = 200_000;
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(profile(&broker.url(), protocol), "me");
    let mut broker = broker.accept_session().await;
    me.wait_connected().await;
    // Nobody takes anything meanwhile.
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
    let (mut messages, mut last) = (0_u64, [0_u32; 3]);
    let notice = loop {
        match me.next_event().await {
            LineEvent::Messages(batch) => {
                for message in batch {
                    messages += 1;
                    let number: u32 = String::from_utf8_lossy(&message.payload).parse().expect("a number");
                    let topic = usize::from(message.topic.as_bytes()[0] - b'a');
                    assert!(number >= last[topic], "{number} after {}", last[topic]);
                    last[topic] = number;
                }
            }
            LineEvent::Notice(text) => break text,
            _ => {}
        }
    };
    while last.iter().any(|last| *last < MESSAGES - 3) {
        let LineEvent::Messages(batch) = me.next_event().await else { continue };
        for message in batch {
            messages += 1;
            let number = String::from_utf8_lossy(&message.payload).parse().expect("a number");
            last[usize::from(message.topic.as_bytes()[0] - b'a')] = number;
        }
    }
    assert!(messages < u64::from(MESSAGES), "it was no flood");
    assert!(notice.contains("messages came faster than they could be taken"), "{notice}");
    assert!(notice.contains("only the last of each topic was kept"), "{notice}");
}

pub async fn a_flood_of_orders_is_bounded_and_can_be_ended(protocol: Protocol) {
    const ORDERS: u64 = 100_000;
    let broker = ScriptedBroker::start(protocol).await;
    let mut me = ConnectionFixture::open(profile(&broker.url(), protocol), "me");
    let _broker = broker.accept_session().await;
    me.wait_connected().await;
    let (mut refused, mut given) = (0, 0);
    // The broker acknowledges nothing: what does not wait is answered for at once.
    for id in 0..ORDERS {
        me.client.publish(publish_request(id, "kept/topic", b"", Qos::AtLeastOnce));
        given += 1;
        while given - refused > 2_200 {
            let (_, receipt) = me.next_publish_status().await;
            match receipt {
                Receipt::Dropped(why) => {
                    assert_eq!(why, "not sent: too much waits to be sent already");
                    refused += 1;
                }
                Receipt::Sent => {}
                Receipt::Acknowledged => panic!("nobody has acknowledged it"),
            }
        }
    }
    assert!(refused >= ORDERS - 2_200, "{refused}");
    tokio::time::timeout(TIMEOUT, me.client.close()).await.expect("it ends though thousands wait");
}
