//! The open connections, one for each profile in use, by their IDs.

use std::collections::BTreeMap;

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
    /// What gets its messages besides the event loop.
    pub consumers: Vec<Box<dyn MessageConsumer>>,
}

/// The open connections.
#[derive(Default)]
pub(super) struct Connections {
    by_id: BTreeMap<ConnectionId, OpenConnection>,
    ids: IdSequence,
}

impl Connections {
    /// Returns the number of open connections.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Opens a connection, which sends its events to `events`.
    pub fn open(&mut self, connection: NewConnection, events: EventSender) -> ConnectionId {
        let id = self.ids.next_connection();
        self.by_id.insert(id, connect(id, connection, events));
        id
    }

    /// Connects again with a new client, if the connection is still open. Returns whether it is.
    pub fn replace(&mut self, id: ConnectionId, connection: NewConnection, events: EventSender) -> bool {
        let Some(open_connection) = self.by_id.get_mut(&id) else {
            return false;
        };
        // Dropping the old client disconnects it in the background.
        *open_connection = connect(id, connection, events);
        true
    }

    /// Closes a connection in the background, after it has sent what is queued.
    pub fn close(&mut self, id: ConnectionId) {
        self.by_id.remove(&id);
    }

    /// Closes all connections. Returns when they are closed.
    pub async fn close_all(self) {
        futures_util::future::join_all(self.by_id.into_values().map(|open_connection| open_connection.client.close()))
            .await;
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

fn connect(id: ConnectionId, connection: NewConnection, events: EventSender) -> OpenConnection {
    let NewConnection { profile, configured_profile, login, consumers } = connection;
    let options = ClientOptions { consumers, ..ClientOptions::default() };
    OpenConnection {
        profile_name: profile.name.clone(),
        configured_profile,
        client: Client::open_with(id, profile, login, events, options),
    }
}
