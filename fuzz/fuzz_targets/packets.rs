//! A broker that sends anything: the messages that a connection of the program delivers are those that an independent
//! decoder finds, and each publish request ends with a final status.
#![no_main]

use std::{cell::RefCell, time::Duration};

use libfuzzer_sys::fuzz_target;
use mqtt_dash::{
    model::{
        connection::{ConnectionEvent, ConnectionId, ConnectionState, PublishId, PublishRequest, PublishStatus, Qos},
        profile::{BrokerUrl, MqttVersion, Profile},
        topic::Topic,
    },
    mqtt::{Client, Limits, Login},
};
use mqtt_dash_fuzz::mqtt::{Publish, decode, is_subsequence};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::mpsc,
    time::timeout,
};

/// How long anything may take, even on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The broker's side: one for all inputs, because a port for each would use them up.
struct Broker {
    runtime: Runtime,
    listener: TcpListener,
    profile: Profile,
}

thread_local! {
    static BROKER: RefCell<Broker> = RefCell::new(Broker::start());
}

impl Broker {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let url = format!("mqtt://{}", listener.local_addr().expect("an address"));
        let profile = Profile::from_broker_url(BrokerUrl::parse(&url).expect("a valid URL"));
        Self { runtime, listener, profile }
    }

    fn run(&mut self, protocol: MqttVersion, bytes: &[u8]) -> Delivered {
        let profile = Profile { protocol, ..self.profile.clone() };
        self.runtime.block_on(async {
            let (sender, events) = mpsc::channel(64);
            let login = Login { client_id: "fuzz".to_owned(), ..Login::default() };
            let limits = Limits { drain_timeout: Duration::ZERO, ..Limits::default() };
            let client = Client::open_with(ConnectionId(1), profile, login, sender, limits);
            let (socket, _) = timeout(TIMEOUT, self.listener.accept()).await.expect("in time").expect("a connection");
            client.publish(PublishRequest {
                id: PublishId(1),
                topic: Topic::new("a").expect("a valid topic"),
                payload: b"x"[..].into(),
                qos: Qos::AtLeastOnce,
                retain: false,
                properties: None,
            });
            let (delivered, ()) = tokio::join!(Delivered::receive(events, client), serve(socket, protocol, bytes));
            delivered
        })
    }
}

/// Accepts the session, sends the bytes, and closes the connection.
async fn serve(mut socket: TcpStream, protocol: MqttVersion, bytes: &[u8]) {
    let mut connect = [0; 256];
    let _ = socket.read(&mut connect).await;
    let connack: &[u8] = if protocol == MqttVersion::V5 { &[0x20, 3, 0, 0, 0] } else { &[0x20, 2, 0, 0] };
    // The client may have closed the connection already.
    let _ = socket.write_all(connack).await;
    let _ = socket.write_all(bytes).await;
    let _ = socket.shutdown().await;
    // Until the client closes it, too: a reset would discard what it has not read yet.
    while matches!(socket.read(&mut connect).await, Ok(count) if count > 0) {}
}

/// What the program has got.
#[derive(Debug, Default)]
struct Delivered {
    messages: Vec<Publish>,
    final_statuses: usize,
    notices: usize,
}

impl Delivered {
    /// Receives until the connection is lost, then closes it and receives the rest.
    async fn receive(mut events: mpsc::Receiver<(ConnectionId, ConnectionEvent)>, client: Client) -> Self {
        let mut delivered = Self::default();
        while !delivered.add(timeout(TIMEOUT, events.recv()).await.expect("an event in time")) {}
        let closed = tokio::spawn(client.close());
        while let Some(event) = timeout(TIMEOUT, events.recv()).await.expect("an event in time") {
            delivered.add(Some(event));
        }
        closed.await.expect("the client is closed");
        delivered
    }

    /// Adds an event. Returns whether the connection is lost.
    fn add(&mut self, event: Option<(ConnectionId, ConnectionEvent)>) -> bool {
        match event.expect("the client runs").1 {
            ConnectionEvent::Messages(batch) => {
                let messages = batch.to_messages().into_iter();
                self.messages.extend(
                    messages
                        .map(|message| Publish { topic: message.topic.to_string(), payload: message.payload.to_vec() }),
                );
            }
            ConnectionEvent::State(state) => {
                return matches!(state, ConnectionState::WaitingToRetry { .. } | ConnectionState::Stopped { .. });
            }
            ConnectionEvent::PublishStatus(PublishId(1), PublishStatus::Acknowledged | PublishStatus::Failed(_)) => {
                self.final_statuses += 1;
            }
            ConnectionEvent::Notice(_) => self.notices += 1,
            _ => {}
        }
        false
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((version, bytes)) = data.split_first() else { return };
    let protocol = if version & 1 == 0 { MqttVersion::V311 } else { MqttVersion::V5 };
    let delivered = BROKER.with_borrow_mut(|broker| broker.run(protocol, bytes));
    assert_eq!(delivered.final_statuses, 1, "{delivered:?}");
    match protocol {
        MqttVersion::V311 => {
            // Not all of them: what arrives together with the end of the connection is dropped by rumqttc.
            let sent = decode(bytes);
            assert!(is_subsequence(&delivered.messages, &sent), "{delivered:?}\n{sent:?}");
        }
        // Properties and topic aliases are not decoded here.
        MqttVersion::V5 => {
            for message in &delivered.messages {
                let is_sent = |part: &[u8]| part.is_empty() || bytes.windows(part.len()).any(|window| window == part);
                assert!(is_sent(message.topic.as_bytes()) && is_sent(&message.payload), "{message:?}");
                assert!(!message.topic.is_empty());
            }
        }
    }
});
