//! The open connections, one for each profile in use, by their IDs.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use super::runtime_event::EventSender;
use crate::{
    config::Profiles,
    model::{
        connection::{ConnectionId, PublishRequest, Subscription},
        id::IdSequence,
        profile::Profile,
    },
    mqtt::{Client, ClientOptions, Login, MessageConsumer},
};

/// A connection and the profile it was opened with.
struct OpenConnection {
    profile_name: String,
    /// The profile in `profiles.toml` when the connection was opened; `None` if it was not there.
    configured_profile: Option<Profile>,
    /// What gets the messages of all its clients besides the event loop.
    consumers: Vec<Box<dyn MessageConsumer>>,
    client: Client,
}

/// How to open a connection.
pub(super) struct NewConnection {
    /// How to reach the broker.
    pub profile: Profile,
    /// The profile of the same name in `profiles.toml`; `None` if there is none.
    pub configured_profile: Option<Profile>,
    /// The client ID, user name and password.
    pub login: Login,
}

/// The open connections.
#[derive(Default)]
pub(super) struct Connections {
    by_id: BTreeMap<ConnectionId, OpenConnection>,
    /// The clients that were closed or replaced and may still send what is queued, and DISCONNECT.
    closing: JoinSet<()>,
    ids: IdSequence,
}

impl Connections {
    /// Returns the number of open connections.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Opens a connection, which sends its events to `events`. The consumers get its messages, too.
    pub fn open(
        &mut self,
        connection: NewConnection,
        consumers: Vec<Box<dyn MessageConsumer>>,
        events: EventSender,
    ) -> ConnectionId {
        let id = self.ids.next_connection();
        self.by_id.insert(id, connect(id, connection, consumers, events));
        id
    }

    /// Connects again with a new client, if the connection is still open. Returns whether it is.
    pub fn replace(&mut self, id: ConnectionId, connection: NewConnection, events: EventSender) -> bool {
        let Some(open_connection) = self.by_id.get_mut(&id) else {
            return false;
        };
        let consumers = open_connection.consumers.clone();
        let replaced = std::mem::replace(open_connection, connect(id, connection, consumers, events));
        self.close_in_background(replaced.client);
        true
    }

    /// Closes a connection in the background, after it has sent what is queued.
    pub fn close(&mut self, id: ConnectionId) {
        if let Some(closed) = self.by_id.remove(&id) {
            self.close_in_background(closed.client);
        }
    }

    fn close_in_background(&mut self, client: Client) {
        // Without this, those that have closed would stay in the set until the program ends.
        while self.closing.try_join_next().is_some() {}
        self.closing.spawn(client.close());
    }

    /// Closes all connections. Returns when they, and those that were closed before, are closed.
    pub async fn close_all(mut self) {
        for open_connection in std::mem::take(&mut self.by_id).into_values() {
            self.close_in_background(open_connection.client);
        }
        // The limit of each client's `close` is the limit of this loop, too.
        while self.closing.join_next().await.is_some() {}
    }

    /// Returns the connection that is open for the profile of this name.
    pub fn of_profile(&self, name: &str) -> Option<ConnectionId> {
        let mut connections = self.by_id.iter();
        connections.find_map(|(id, open_connection)| (open_connection.profile_name == name).then_some(*id))
    }

    /// Returns the name of the profile of a connection.
    pub fn profile_name(&self, id: ConnectionId) -> Option<&str> {
        self.by_id.get(&id).map(|open_connection| open_connection.profile_name.as_str())
    }

    /// Iterates over the profile names of all connections.
    pub fn profile_names(&self) -> impl Iterator<Item = &str> {
        self.by_id.values().map(|open_connection| open_connection.profile_name.as_str())
    }

    /// Returns the name of a profile with a connection that was opened with another version of it than `profiles` has,
    /// unless `before` has that version already.
    pub fn changed_profile(&self, profiles: &Profiles, before: &Profiles) -> Option<&str> {
        let has_changed = |open_connection: &&OpenConnection| {
            let current = profiles.by_name(&open_connection.profile_name);
            current.is_some()
                && current != open_connection.configured_profile.as_ref()
                && current != before.by_name(&open_connection.profile_name)
        };
        self.by_id.values().find(has_changed).map(|open_connection| open_connection.profile_name.as_str())
    }

    /// Returns whether a connection was opened with this version of its profile.
    pub fn was_opened_with(&self, id: ConnectionId, profile: &Profile) -> bool {
        self.by_id.get(&id).is_some_and(|open_connection| open_connection.configured_profile.as_ref() == Some(profile))
    }

    /// Connects now if the connection waits for the next attempt or has stopped.
    pub fn reconnect(&self, id: ConnectionId) {
        if let Some(open_connection) = self.by_id.get(&id) {
            open_connection.client.reconnect();
        }
    }

    /// Publishes on a connection. Returns the request if the connection is closed.
    pub fn publish(&self, id: ConnectionId, request: PublishRequest) -> Result<(), PublishRequest> {
        match self.by_id.get(&id) {
            Some(open_connection) => {
                open_connection.client.publish(request);
                Ok(())
            }
            None => Err(request),
        }
    }

    /// Replaces the subscriptions of a connection.
    pub fn set_subscriptions(&self, id: ConnectionId, subscriptions: Vec<Subscription>) {
        if let Some(open_connection) = self.by_id.get(&id) {
            open_connection.client.set_subscriptions(subscriptions);
        }
    }
}

fn connect(
    id: ConnectionId,
    connection: NewConnection,
    consumers: Vec<Box<dyn MessageConsumer>>,
    events: EventSender,
) -> OpenConnection {
    let NewConnection { profile, configured_profile, login } = connection;
    let options = ClientOptions { consumers: consumers.clone(), ..ClientOptions::default() };
    OpenConnection {
        profile_name: profile.name.clone(),
        configured_profile,
        consumers,
        client: Client::open_with(id, profile, login, events, options),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{ErrorKind, Read, Write},
        net::{TcpListener, TcpStream},
        time::Duration,
    };

    use tokio::{
        sync::mpsc::{self, Receiver},
        task::spawn_blocking,
        time::timeout,
    };

    use super::*;
    use crate::{
        app::{Event, MqttEvent},
        model::{
            connection::{ConnectionEvent, ConnectionState, PublishId, Qos},
            profile::BrokerUrl,
            topic::Topic,
        },
        mqtt::MessageCounter,
        runtime::runtime_event::RuntimeEvent,
    };

    const TIMEOUT: Duration = Duration::from_secs(20);

    const CONNACK: [u8; 4] = [0x20, 2, 0, 0];
    const DISCONNECT: [u8; 2] = [0xe0, 0];

    /// A broker that accepts a session and then sends what the test says.
    struct Broker(TcpListener);

    impl Broker {
        fn start() -> Self {
            Self(TcpListener::bind("127.0.0.1:0").unwrap())
        }

        fn connection(&self) -> NewConnection {
            let url = BrokerUrl::parse(&format!("mqtt://{}", self.0.local_addr().unwrap())).unwrap();
            let profile = Profile { name: "a".into(), url, ..Profile::default() };
            let login = Login { client_id: "me".into(), ..Login::default() };
            NewConnection { profile, configured_profile: None, login }
        }

        /// Accepts a session while the connection tasks run.
        async fn accept(&self) -> TcpStream {
            let listener = self.0.try_clone().unwrap();
            let accept = move || {
                let (mut stream, _) = listener.accept().unwrap();
                read_packet(&mut stream);
                stream.write_all(&CONNACK).unwrap();
                stream
            };
            timeout(TIMEOUT, spawn_blocking(accept)).await.unwrap().unwrap()
        }
    }

    /// Waits for the next event and returns it.
    async fn next_event(receiver: &mut Receiver<RuntimeEvent>) -> ConnectionEvent {
        let event = timeout(TIMEOUT, receiver.recv()).await.unwrap().unwrap();
        match event {
            RuntimeEvent::App(Event::Mqtt(MqttEvent::Connection(_, event))) => event,
            _ => panic!("an event of another source"),
        }
    }

    async fn wait_connected(receiver: &mut Receiver<RuntimeEvent>) {
        while next_event(receiver).await != ConnectionEvent::State(ConnectionState::Connected) {}
    }

    /// Reads a packet of less than 128 bytes.
    fn read_packet(stream: &mut TcpStream) -> Vec<u8> {
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let mut packet = vec![0; 2];
        stream.read_exact(&mut packet).unwrap();
        packet.resize(2 + usize::from(packet[1]), 0);
        stream.read_exact(&mut packet[2..]).unwrap();
        packet
    }

    /// Returns what has arrived by now.
    fn received(stream: &mut TcpStream) -> Vec<u8> {
        stream.set_nonblocking(true).unwrap();
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes);
        assert!(end.is_ok() || end.is_err_and(|error| error.kind() == ErrorKind::WouldBlock));
        bytes
    }

    #[tokio::test]
    async fn closing_all_waits_for_the_clients_that_were_closed_or_replaced_before() {
        let broker = Broker::start();
        let (events, mut receiver) = mpsc::channel(64);
        let mut connections = Connections::default();
        let id = connections.open(broker.connection(), Vec::new(), events.clone());
        let mut replaced = broker.accept().await;
        wait_connected(&mut receiver).await;
        let topic = Topic::new("lamp").unwrap();
        let request =
            PublishRequest { id: PublishId(1), topic, payload: [].into(), qos: Qos::AtLeastOnce, retain: false };
        connections.publish(id, request).unwrap();
        let (mut replaced, publish) = spawn_blocking(move || {
            let publish = read_packet(&mut replaced);
            (replaced, publish)
        })
        .await
        .unwrap();
        assert_eq!(publish[0] & 0xf0, 0x30);
        assert!(connections.replace(id, broker.connection(), events));
        let mut closed = broker.accept().await;
        wait_connected(&mut receiver).await;
        connections.close(id);
        assert!(received(&mut replaced).is_empty(), "the publish request is not acknowledged");
        replaced.write_all(&[0x40, 2, publish[8], publish[9]]).unwrap();
        connections.close_all().await;
        assert_eq!(received(&mut replaced), DISCONNECT);
        assert_eq!(received(&mut closed), DISCONNECT);
    }

    #[tokio::test]
    async fn clients_that_have_closed_are_not_kept() {
        let (events, _receiver) = mpsc::channel(64);
        let broker = Broker::start();
        let mut connections = Connections::default();
        for opened in 1..=1_000 {
            let id = connections.open(broker.connection(), Vec::new(), events.clone());
            connections.close(id);
            if connections.closing.len() < opened {
                return;
            }
            // It is not connected yet, so it ends when its task runs.
            tokio::task::yield_now().await;
        }
        panic!("{} clients are kept", connections.closing.len());
    }

    #[tokio::test]
    async fn consumers_get_the_messages_of_the_client_that_replaces_another() {
        let broker = Broker::start();
        let (events, _receiver) = mpsc::channel(64);
        let mut connections = Connections::default();
        let (counter, mut count) = MessageCounter::new();
        let id = connections.open(broker.connection(), vec![Box::new(counter)], events.clone());
        for expected in 1..=2 {
            let mut stream = broker.accept().await;
            stream.write_all(&[0x30, 4, 0, 1, b'a', b'1']).unwrap();
            timeout(TIMEOUT, count.wait_for(|count| *count == expected)).await.unwrap().unwrap();
            assert!(connections.replace(id, broker.connection(), events.clone()));
        }
    }
}
