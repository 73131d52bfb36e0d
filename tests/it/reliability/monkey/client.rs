//! The other client at the broker. It receives every message, and marks its own with a user property, so that all
//! others come from the program.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use rumqttc::v5::{
    AsyncClient, Event, Incoming, MqttOptions,
    mqttbytes::{
        QoS, qos,
        v5::{Filter, Publish, PublishProperties},
    },
};
use tokio::sync::oneshot;

use super::action::Publication;

/// The user property of the messages of this client.
const MARK: (&str, &str) = ("from", "the test");
/// How many messages may wait to be published.
const CAPACITY: usize = 20_000;

/// A message from the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its topic.
    pub topic: String,
    /// Its payload.
    pub payload: Vec<u8>,
    /// Its `QoS`.
    pub qos: u8,
    /// Whether it was published as retained.
    pub retain: bool,
}

/// The client, which connects again whenever the broker is back.
pub struct OtherClient {
    client: AsyncClient,
    inbox: Arc<Mutex<Vec<Received>>>,
    thread: Option<JoinHandle<()>>,
    stop: Option<oneshot::Sender<()>>,
}

impl OtherClient {
    /// Connects to the broker on this port and waits until it is subscribed.
    pub fn connect(port: u16) -> Self {
        let mut options = MqttOptions::new("the-other-client", "127.0.0.1", port);
        options.set_max_packet_size(Some(32 << 20));
        options.set_connection_timeout(1);
        let (client, mut events) = AsyncClient::new(options, CAPACITY);
        let inbox = Arc::new(Mutex::new(Vec::new()));
        let (stop, mut stopped) = oneshot::channel();
        let (subscribed, is_subscribed) = std::sync::mpsc::channel();
        let thread = thread::spawn({
            let (client, inbox) = (client.clone(), Arc::clone(&inbox));
            move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(async {
                    loop {
                        let event = tokio::select! {
                            event = events.poll() => event,
                            _ = &mut stopped => return,
                        };
                        match event {
                            Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                                let filter = Filter { preserve_retain: true, ..Filter::new("#", QoS::ExactlyOnce) };
                                // A full queue was refused at the broker's end: the next connection tries again.
                                let _ = client.try_subscribe_many([filter]);
                            }
                            Ok(Event::Incoming(Incoming::SubAck(_))) => drop(subscribed.send(())),
                            Ok(Event::Incoming(Incoming::Publish(message))) if !is_own(&message) => {
                                inbox.lock().unwrap_or_else(PoisonError::into_inner).push(received(&message));
                            }
                            Ok(_) => {}
                            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                        }
                    }
                });
            }
        });
        is_subscribed.recv_timeout(Duration::from_secs(20)).expect("the other client is subscribed");
        Self { client, inbox, thread: Some(thread), stop: Some(stop) }
    }

    /// Publishes, as far as there is room in the queue. Returns how many messages were queued.
    pub fn publish(&self, publication: &Publication) -> u64 {
        let Publication { topic, payload, count, qos: level, retain } = publication;
        let mut queued = 0;
        for number in 0..*count {
            let mut payload = payload.clone();
            if *count > 1 {
                payload.extend_from_slice(number.to_string().as_bytes());
            }
            let properties =
                PublishProperties { user_properties: vec![(MARK.0.into(), MARK.1.into())], ..Default::default() };
            let level = qos(*level).expect("a valid QoS");
            queued +=
                u64::from(self.client.try_publish_with_properties(topic, level, *retain, payload, properties).is_ok());
        }
        queued
    }

    /// Takes the messages of the program since the last call.
    pub fn take_received(&self) -> Vec<Received> {
        std::mem::take(&mut *self.inbox.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for OtherClient {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn is_own(message: &Publish) -> bool {
    let properties = message.properties.iter().flat_map(|properties| &properties.user_properties);
    properties.into_iter().any(|(name, value)| (&**name, &**value) == MARK)
}

fn received(message: &Publish) -> Received {
    Received {
        topic: String::from_utf8_lossy(&message.topic).into_owned(),
        payload: message.payload.to_vec(),
        qos: message.qos as u8,
        retain: message.retain,
    }
}
