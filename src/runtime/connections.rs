//! The open connections, one for each profile in use, by their IDs.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use tokio::task::JoinSet;

use super::runtime_event::EventSender;
use crate::{
    config::{ClientIdClaim, Profiles},
    model::{
        connection::{ConnectionId, PublishId, Subscription},
        id::IdSequence,
        profile::{BrokerUrl, PasswordSource, Profile},
        topic::TopicFilter,
    },
    mqtt::{Client, ClientOptions, KeptSession, Login, MessageConsumer, OnRefusal},
};

/// What a broker decides by whether it accepts a login. Two that are equal are the same login.
#[derive(Clone, PartialEq, Eq)]
struct LoginKey {
    url: BrokerUrl,
    client_id: String,
    username: Option<String>,
    /// Where the password comes from, if it is not in the profile.
    password_source: Option<PasswordSource>,
    /// A hash of the password that is in the profile or that the user has typed: no further copy of it is kept.
    password_hash: Option<u64>,
}

/// A connection and the profile it was opened with.
struct OpenConnection {
    login_key: LoginKey,
    profile_name: String,
    /// The profile in `profiles.toml` when the connection was opened; `None` if it was not there.
    configured_profile: Option<Profile>,
    /// The session that the broker keeps.
    kept_session: KeptSession,
    /// What gets the messages of all its clients besides the event loop.
    consumers: Vec<Box<dyn MessageConsumer>>,
    client: Client,
    /// Kept until the client has closed.
    claim: Option<Arc<ClientIdClaim>>,
}

/// How to open a connection.
pub(super) struct NewConnection {
    /// How to reach the broker.
    pub profile: Profile,
    /// The profile of the same name in `profiles.toml`; `None` if there is none.
    pub configured_profile: Option<Profile>,
    /// The client ID, user name and password.
    pub login: Login,
    /// The right to use the client ID, if this run has it.
    pub claim: Option<Arc<ClientIdClaim>>,
    /// The session that the broker keeps from earlier runs.
    pub kept_session: KeptSession,
}

/// The open connections.
#[derive(Default)]
pub(super) struct Connections {
    by_id: BTreeMap<ConnectionId, OpenConnection>,
    /// The clients that were closed or replaced and may still send what is queued, and DISCONNECT.
    closing: JoinSet<()>,
    ids: IdSequence,
    /// The last login of each profile that the broker has accepted, by the name of the profile.
    accepted_logins: BTreeMap<String, LoginKey>,
    /// Hashes passwords with keys that are different in each run.
    password_hasher: RandomState,
    on_refusal: OnRefusal,
}

impl Connections {
    /// From now on, new connections also retry a login that the broker has never accepted.
    pub const fn retry_refused_logins(&mut self) {
        self.on_refusal = OnRefusal::Retry;
    }

    /// Notes that the broker has accepted the login of a connection: from now on, the same login is retried.
    pub fn record_accepted_login(&mut self, id: ConnectionId) {
        if let Some(OpenConnection { profile_name, login_key, .. }) = self.by_id.get(&id) {
            self.accepted_logins.insert(profile_name.clone(), login_key.clone());
        }
    }

    /// Notes which topic filters the session of a connection has: its next client unsubscribes what nobody wants then.
    pub fn record_session(&mut self, id: ConnectionId, filters: &[TopicFilter]) {
        if let Some(open_connection) = self.by_id.get_mut(&id) {
            filters.clone_into(&mut open_connection.kept_session.filters);
        }
    }

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
        self.by_id.insert(id, self.connect(id, connection, consumers, events));
        id
    }

    /// Connects again with a new client, if the connection is still open. Returns whether it is.
    pub fn replace(&mut self, id: ConnectionId, connection: NewConnection, events: EventSender) -> bool {
        let Some(OpenConnection { consumers, kept_session, .. }) = self.by_id.get(&id) else {
            return false;
        };
        let (consumers, kept_session) = (consumers.clone(), kept_session.clone());
        let new = self.connect(id, NewConnection { kept_session, ..connection }, consumers, events);
        if let Some(replaced) = self.by_id.insert(id, new) {
            self.close_in_background(replaced);
        }
        true
    }

    fn connect(
        &self,
        id: ConnectionId,
        connection: NewConnection,
        consumers: Vec<Box<dyn MessageConsumer>>,
        events: EventSender,
    ) -> OpenConnection {
        let NewConnection { profile, configured_profile, login, claim, kept_session } = connection;
        let login_key = LoginKey::new(&profile, &login, &self.password_hasher);
        let options = ClientOptions {
            on_refusal: self.on_refusal,
            login_accepted: self.accepted_logins.get(&profile.name) == Some(&login_key),
            consumers: consumers.clone(),
            kept_session: kept_session.clone(),
            ..ClientOptions::default()
        };
        OpenConnection {
            login_key,
            profile_name: profile.name.clone(),
            configured_profile,
            kept_session,
            consumers,
            client: Client::open_with(id, profile, login, events, options),
            claim,
        }
    }

    /// Closes a connection in the background, after it has sent what is queued.
    pub fn close(&mut self, id: ConnectionId) {
        if let Some(closed) = self.by_id.remove(&id) {
            self.close_in_background(closed);
        }
    }

    fn close_in_background(&mut self, closed: OpenConnection) {
        // Without this, those that have closed would stay in the set until the program ends.
        while self.closing.try_join_next().is_some() {}
        let OpenConnection { client, claim, .. } = closed;
        let closing = client.close();
        self.closing.spawn(async move {
            closing.await;
            drop(claim);
        });
    }

    /// Closes all connections. Returns when they, and those that were closed before, are closed.
    pub async fn close_all(mut self) {
        for open_connection in std::mem::take(&mut self.by_id).into_values() {
            self.close_in_background(open_connection);
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

    /// Returns the names of the profiles with a connection that was opened with another version of it than `profiles`
    /// has, unless `before` has that version already.
    pub fn changed_profiles(&self, profiles: &Profiles, before: &Profiles) -> Vec<String> {
        let has_changed = |open_connection: &&OpenConnection| {
            let current = profiles.by_name(&open_connection.profile_name);
            current.is_some()
                && current != open_connection.configured_profile.as_ref()
                && current != before.by_name(&open_connection.profile_name)
        };
        let changed = self.by_id.values().filter(has_changed);
        changed.map(|open_connection| open_connection.profile_name.clone()).collect()
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

    /// Returns the client of a connection; `None` if the connection is closed.
    pub fn client(&self, id: ConnectionId) -> Option<&Client> {
        self.by_id.get(&id).map(|open_connection| &open_connection.client)
    }

    /// Cancels what is not sent yet on a connection.
    pub fn cancel(&self, id: ConnectionId, requests: Vec<PublishId>) {
        if let Some(open_connection) = self.by_id.get(&id) {
            open_connection.client.cancel(requests);
        }
    }

    /// Replaces the subscriptions of a connection.
    pub fn set_subscriptions(&self, id: ConnectionId, subscriptions: Vec<Subscription>) {
        if let Some(open_connection) = self.by_id.get(&id) {
            open_connection.client.set_subscriptions(subscriptions);
        }
    }
}

impl LoginKey {
    fn new(profile: &Profile, login: &Login, hasher: &RandomState) -> Self {
        let source = profile.password.as_ref();
        let is_fixed = matches!(source, Some(PasswordSource::Plain(_) | PasswordSource::Prompt));
        let password = login.password().filter(|_| is_fixed);
        Self {
            url: profile.url.clone(),
            client_id: login.client_id.clone(),
            username: login.username.clone(),
            password_source: source.filter(|source| !matches!(source, PasswordSource::Plain(_))).cloned(),
            password_hash: password.map(|password| hasher.hash_one(password.as_str())),
        }
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
            connection::{ConnectionEvent, ConnectionState, PublishId, PublishRequest, PublishStatus, Qos},
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
            NewConnection {
                profile,
                configured_profile: None,
                login,
                claim: None,
                kept_session: KeptSession::default(),
            }
        }

        /// Accepts a session while the connection tasks run.
        async fn accept(&self) -> TcpStream {
            self.answer(CONNACK).await
        }

        /// Answers CONNECT with this packet while the connection tasks run.
        async fn answer(&self, connack: [u8; 4]) -> TcpStream {
            let listener = self.0.try_clone().unwrap();
            let accept = move || {
                let (mut stream, _) = listener.accept().unwrap();
                read_packet(&mut stream);
                stream.write_all(&connack).unwrap();
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
        let request = PublishRequest {
            id: PublishId(1),
            topic,
            payload: [].into(),
            qos: Qos::AtLeastOnce,
            retain: false,
            properties: None,
        };
        connections.client(id).unwrap().publish(request);
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
    async fn request_is_canceled_before_the_connection_is_established() {
        let broker = Broker::start();
        let (events, mut receiver) = mpsc::channel(64);
        let mut connections = Connections::default();
        let id = connections.open(broker.connection(), Vec::new(), events);
        let topic = Topic::new("lamp").unwrap();
        let request = PublishRequest {
            id: PublishId(1),
            topic,
            payload: [].into(),
            qos: Qos::AtMostOnce,
            retain: false,
            properties: None,
        };
        connections.client(id).unwrap().publish(request);
        connections.cancel(id, vec![PublishId(1)]);
        loop {
            if let ConnectionEvent::PublishStatus(request, status) = next_event(&mut receiver).await {
                assert_eq!((request, status), (PublishId(1), PublishStatus::Canceled));
                break;
            }
        }
        connections.close(id);
    }

    #[tokio::test]
    async fn login_that_worked_is_known_to_the_client_that_replaces_another_and_a_changed_one_is_not() {
        const REFUSED: [u8; 4] = [0x20, 2, 0, 5];
        let broker = Broker::start();
        let (events, mut receiver) = mpsc::channel(64);
        let mut connections = Connections::default();
        let id = connections.open(broker.connection(), Vec::new(), events.clone());
        let _session = broker.accept().await;
        wait_connected(&mut receiver).await;
        connections.record_accepted_login(id);
        let mut changed = broker.connection();
        changed.login.username = Some("ann".to_owned());
        for (connection, is_retried) in [(broker.connection(), true), (changed, false), (broker.connection(), true)] {
            connections.replace(id, connection, events.clone());
            broker.answer(REFUSED).await;
            let state = loop {
                match next_event(&mut receiver).await {
                    ConnectionEvent::State(ConnectionState::Stopped { .. }) => break false,
                    ConnectionEvent::State(ConnectionState::WaitingToRetry { .. }) => break true,
                    _ => {}
                }
            };
            assert_eq!(state, is_retried);
        }
    }

    /// Reads packets until one begins with this byte.
    async fn read_until(mut stream: TcpStream, first: u8) -> Vec<u8> {
        let read = move || loop {
            let packet = read_packet(&mut stream);
            if packet[0] == first {
                return packet;
            }
        };
        timeout(TIMEOUT, spawn_blocking(read)).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn client_that_replaces_another_unsubscribes_what_the_kept_session_has_and_nobody_wants() {
        const SESSION_PRESENT: [u8; 4] = [0x20, 2, 1, 0];
        let broker = Broker::start();
        let (events, _receiver) = mpsc::channel(64);
        let connection = || {
            let mut connection = broker.connection();
            connection.profile.clean_session = false;
            connection
        };
        let mut connections = Connections::default();
        let kept_session = KeptSession { filters: vec![TopicFilter::new("a").unwrap()], ..KeptSession::default() };
        let opened = NewConnection { kept_session, ..connection() };
        let id = connections.open(opened, Vec::new(), events.clone());
        connections.set_subscriptions(id, Vec::new());
        let unsubscribe = read_until(broker.answer(SESSION_PRESENT).await, 0xa2).await;
        assert!(unsubscribe.ends_with(b"\0\x01a"), "{unsubscribe:?}");
        connections.record_session(id, &[TopicFilter::new("b").unwrap()]);
        assert!(connections.replace(id, connection(), events));
        connections.set_subscriptions(id, Vec::new());
        let unsubscribe = read_until(broker.answer(SESSION_PRESENT).await, 0xa2).await;
        assert!(unsubscribe.ends_with(b"\0\x01b"), "{unsubscribe:?}");
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
