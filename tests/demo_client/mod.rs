//! Small clients of both versions of MQTT that wait for what they want, with a limit.

use std::{collections::VecDeque, future::Future, net::SocketAddr, time::Duration};

use bytes::Bytes;
use rumqttc::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Outgoing, Packet, Publish, QoS, v5};

/// Nothing here takes longer, even on a machine that is busy.
const LIMIT: Duration = Duration::from_secs(20);
const MAX_PACKET_BYTES: u32 = 8 * 1024 * 1024;

/// Waits for it, with a limit.
pub async fn within<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, what).await.expect("it has not come in time")
}

/// A message that a client has received.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    pub topic: String,
    pub payload: Bytes,
    pub qos: u8,
    pub retain: bool,
}

/// A client of MQTT 3.1.1.
pub struct V3 {
    client: AsyncClient,
    events: EventLoop,
    inbox: VecDeque<Seen>,
}

impl V3 {
    pub fn options(address: SocketAddr, id: &str) -> MqttOptions {
        let mut options = MqttOptions::new(id, address.ip().to_string(), address.port());
        options.set_max_packet_size(MAX_PACKET_BYTES as usize, MAX_PACKET_BYTES as usize);
        options
    }

    pub async fn join(address: SocketAddr, id: &str) -> Self {
        Self::join_with(Self::options(address, id)).await.unwrap()
    }

    pub async fn join_with(options: MqttOptions) -> Result<Self, String> {
        let (client, events) = AsyncClient::new(options, 100);
        let mut joined = Self { client, events, inbox: VecDeque::new() };
        match within(Box::pin(joined.events.poll())).await {
            Ok(_) => Ok(joined),
            Err(ConnectionError::ConnectionRefused(code)) => Err(format!("{code:?}")),
            Err(fault) => panic!("{fault}"),
        }
    }

    /// Waits for an event; messages that come meanwhile wait in the inbox.
    async fn until(&mut self, wanted: impl Fn(&Event) -> bool) {
        within(Box::pin(async {
            loop {
                let event = self.events.poll().await.unwrap();
                let found = wanted(&event);
                if let Event::Incoming(Packet::Publish(Publish { topic, payload, qos, retain, .. })) = event {
                    self.inbox.push_back(Seen { topic, payload, qos: qos as u8, retain });
                }
                if found {
                    return;
                }
            }
        }))
        .await;
    }

    pub async fn subscribe(&mut self, filter: &str, qos: QoS) {
        self.client.try_subscribe(filter, qos).unwrap();
        self.until(|event| matches!(event, Event::Incoming(Packet::SubAck(_)))).await;
    }

    /// Publishes and waits until the broker has it, as far as the quality of service tells.
    pub async fn publish(&mut self, topic: &str, qos: QoS, retain: bool, payload: &str) {
        self.client.try_publish(topic, qos, retain, payload).unwrap();
        self.until(|event| match event {
            Event::Outgoing(Outgoing::Publish(_)) => qos == QoS::AtMostOnce,
            Event::Incoming(Packet::PubAck(_)) => qos == QoS::AtLeastOnce,
            Event::Incoming(Packet::PubComp(_)) => qos == QoS::ExactlyOnce,
            _ => false,
        })
        .await;
    }

    pub async fn message(&mut self) -> Seen {
        if self.inbox.is_empty() {
            self.until(|event| matches!(event, Event::Incoming(Packet::Publish(_)))).await;
        }
        self.inbox.pop_front().unwrap()
    }
}

/// A client of MQTT 5.
pub struct V5 {
    client: v5::AsyncClient,
    events: v5::EventLoop,
    inbox: VecDeque<Seen>,
}

impl V5 {
    pub fn options(address: SocketAddr, id: &str) -> v5::MqttOptions {
        let mut options = v5::MqttOptions::new(id, address.ip().to_string(), address.port());
        options.set_max_packet_size(Some(MAX_PACKET_BYTES));
        options
    }

    pub async fn join(address: SocketAddr, id: &str) -> Self {
        Self::join_with(Self::options(address, id)).await.unwrap()
    }

    pub async fn join_with(options: v5::MqttOptions) -> Result<Self, String> {
        let (client, events) = v5::AsyncClient::new(options, 100);
        let mut joined = Self { client, events, inbox: VecDeque::new() };
        match within(Box::pin(joined.events.poll())).await {
            Ok(_) => Ok(joined),
            Err(v5::ConnectionError::ConnectionRefused(code)) => Err(format!("{code:?}")),
            Err(fault) => panic!("{fault}"),
        }
    }

    async fn until(&mut self, wanted: impl Fn(&v5::Event) -> bool) {
        within(Box::pin(async {
            loop {
                let event = self.events.poll().await.unwrap();
                let found = wanted(&event);
                if let v5::Event::Incoming(v5::Incoming::Publish(publish)) = event {
                    let topic = String::from_utf8(publish.topic.to_vec()).unwrap();
                    let (payload, qos) = (publish.payload, publish.qos as u8);
                    self.inbox.push_back(Seen { topic, payload, qos, retain: publish.retain });
                }
                if found {
                    return;
                }
            }
        }))
        .await;
    }

    pub async fn subscribe(&mut self, filter: &str, qos: QoS) {
        self.client.try_subscribe(filter, v5::mqttbytes::qos(qos as u8).unwrap()).unwrap();
        self.until(|event| matches!(event, v5::Event::Incoming(v5::Incoming::SubAck(_)))).await;
    }

    /// Publishes and waits until the broker has it, as far as the quality of service tells.
    pub async fn publish(&mut self, topic: &str, qos: QoS, retain: bool, payload: &'static str) {
        self.client.try_publish(topic, v5::mqttbytes::qos(qos as u8).unwrap(), retain, payload).unwrap();
        self.until(|event| match event {
            v5::Event::Outgoing(Outgoing::Publish(_)) => qos == QoS::AtMostOnce,
            v5::Event::Incoming(v5::Incoming::PubAck(_)) => qos == QoS::AtLeastOnce,
            v5::Event::Incoming(v5::Incoming::PubComp(_)) => qos == QoS::ExactlyOnce,
            _ => false,
        })
        .await;
    }

    pub async fn message(&mut self) -> Seen {
        if self.inbox.is_empty() {
            self.until(|event| matches!(event, v5::Event::Incoming(v5::Incoming::Publish(_)))).await;
        }
        self.inbox.pop_front().unwrap()
    }
}
