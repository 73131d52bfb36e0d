//! The state of a connection to a broker.

use std::{cmp::Reverse, time::Duration};

use crate::{
    decode::EdgeNodes,
    model::{
        availability::Availability,
        connection::{ConnectionId, ConnectionState},
        message_rate::MessageRate,
        profile::{ByteSize, MqttVersion, Profile, SecretKey},
        router::Router,
        state_cache::StateCache,
        template::pattern::TopicPattern,
        time::Time,
        topic::TopicFilter,
    },
};

use super::{
    App, Effect, MqttEffect,
    open_dashboard::OpenDashboard,
    subscriptions::Subscriptions,
    tile_position::{Route, TemplateRoute, TilePosition},
    topic_cache::TopicCache,
};

/// A connection in use, with the router from its topics to the tiles.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// Its identifier.
    pub id: ConnectionId,
    /// The profile's name.
    pub name: String,
    /// The broker's address.
    pub address: String,
    /// The current state.
    pub state: ConnectionState,
    /// The time of the last state change.
    pub since: Time,
    /// Since when there is no session; `None` while there is one, and before the first attempt has begun.
    pub down_since: Option<Time>,
    /// Why the last attempt has failed, or the last session has ended; `None` while there is a session.
    pub last_failure: Option<String>,
    /// Whether there has been a session.
    pub had_session: bool,
    /// Whether it accepts any certificate.
    pub insecure: bool,
    /// The secrets that the user types.
    pub prompted_secrets: Vec<SecretKey>,
    /// How long the broker took for its last answer to PINGREQ; `None` while it has not answered any in this session.
    pub round_trip: Option<Duration>,
    /// How many messages arrive.
    pub message_rate: MessageRate,
    /// The version of MQTT that it uses.
    pub protocol: MqttVersion,
    /// The largest packet that may be sent.
    pub max_packet_size: ByteSize,
    /// Whether the screen stays on while it is connected.
    pub keep_awake: bool,
    /// The saved states of its tiles; `None` if tile states are not saved.
    pub(super) state_cache: Option<StateCache>,
    /// When the next save is due.
    pub(super) save_at: Option<Time>,
    /// What the explorer subscribes to; empty if the user has not chosen yet.
    pub explore: Vec<TopicFilter>,
    /// How often the explorer has been opened.
    pub(super) explorations: u32,
    /// The topics that it received messages on.
    pub topic_cache: TopicCache,
    /// What its edge nodes of Sparkplug have said of their metrics.
    pub(super) edge_nodes: EdgeNodes,
    pub(super) subscriptions: Subscriptions,
    pub(super) router: Router<Route>,
    pub(super) template_router: Router<TemplateRoute>,
}

impl App {
    /// Connects the connection of the current dashboard again, unless it is connected.
    pub(super) fn reconnect_current(&mut self, now: Time) -> Vec<Effect> {
        let Some(connection) = self.current_connection() else { return Vec::new() };
        let effect = connection.reconnect();
        if connection.is_connected() {
            self.notify(format!("{} is connected", connection.name.clone()), now);
        }
        vec![effect]
    }

    /// Returns the connections of the open dashboards and of the explorer, in an order that changes only if one needs
    /// attention: it comes first.
    #[must_use]
    pub(crate) fn connections_by_urgency(&self) -> Vec<&Connection> {
        let explored = self.explorer.as_ref().map(|explorer| explorer.connection);
        let is_shown = |connection: &&Connection| {
            explored == Some(connection.id)
                || self.dashboards.iter().any(|dashboard| dashboard.connection == connection.id)
        };
        let mut connections: Vec<&Connection> = self.connections.iter().filter(is_shown).collect();
        connections.sort_by_key(|connection| Reverse(connection.state.urgency()));
        connections
    }
}

impl Connection {
    /// Creates a connection for this profile; its state is the first attempt to connect.
    #[must_use]
    pub fn new(id: ConnectionId, profile: &Profile) -> Self {
        Self {
            id,
            name: profile.name.clone(),
            address: profile.url.to_string(),
            state: ConnectionState::Connecting { attempt: 1 },
            since: Time::default(),
            down_since: None,
            last_failure: None,
            had_session: false,
            insecure: profile.tls.0.insecure,
            prompted_secrets: profile.prompted_secrets().collect(),
            round_trip: None,
            message_rate: MessageRate::default(),
            protocol: profile.protocol,
            max_packet_size: profile.max_packet_size,
            keep_awake: profile.keep_awake,
            explore: profile.explore.0.clone(),
            explorations: 0,
            state_cache: None,
            save_at: None,
            topic_cache: TopicCache::default(),
            edge_nodes: EdgeNodes::default(),
            subscriptions: Subscriptions::default(),
            router: Router::default(),
            template_router: Router::default(),
        }
    }

    /// Counts that the explorer is opened, or asks for the retained messages again. Returns how often that was.
    pub(super) const fn next_exploration(&mut self) -> u32 {
        self.explorations += 1;
        self.explorations
    }

    /// Returns whether the broker has accepted the connection.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.state == ConnectionState::Connected
    }

    /// Returns the secret that the user has typed and that was not accepted: the next attempt needs another one.
    #[must_use]
    pub fn refused_secret(&self) -> Option<&SecretKey> {
        let refused = match &self.state {
            ConnectionState::WaitingToRetry { refused_secret, .. }
            | ConnectionState::Stopped { refused_secret, .. } => refused_secret.as_ref(),
            ConnectionState::Connecting { .. } | ConnectionState::Connected => None,
        };
        refused.filter(|key| self.prompted_secrets.contains(key))
    }

    /// Returns what to do when the user wants it to connect again.
    pub(super) fn reconnect(&self) -> Effect {
        Effect::Mqtt(if self.refused_secret().is_some() {
            MqttEffect::ReconnectWithProfile(self.id, self.name.clone())
        } else {
            MqttEffect::Reconnect(self.id)
        })
    }

    /// Returns the number of seconds to the next attempt, at least 1; `None` if it is not waiting for one.
    #[must_use]
    pub fn seconds_to_next_attempt(&self, now: Time) -> Option<u64> {
        match &self.state {
            ConnectionState::WaitingToRetry { retry_in, .. } => {
                Some(self.since.saturating_add(*retry_in).since(now).as_secs().max(1))
            }
            _ => None,
        }
    }

    /// Sets the state that the connection has since now.
    pub(super) fn set_state(&mut self, state: ConnectionState, now: Time) {
        match &state {
            ConnectionState::Connected => {
                (self.down_since, self.last_failure, self.had_session) = (None, None, true);
            }
            ConnectionState::Connecting { .. } => {}
            ConnectionState::WaitingToRetry { reason, .. } | ConnectionState::Stopped { reason, .. } => {
                self.last_failure = Some(reason.clone());
            }
        }
        if state != ConnectionState::Connected {
            self.round_trip = None;
            self.down_since.get_or_insert(now);
        }
        (self.state, self.since) = (state, now);
    }

    /// Replaces all routes by those from the topics of its dashboards to their tiles.
    pub(super) fn rebuild_routes(&mut self, dashboards: &[OpenDashboard]) {
        self.router.clear();
        self.template_router.clear();
        for (index, dashboard) in dashboards.iter().enumerate() {
            if dashboard.connection == self.id {
                self.add_routes(index, dashboard);
            }
        }
    }

    /// Adds routes from the topics of a dashboard to its tiles and to its templates.
    pub(super) fn add_routes(&mut self, dashboard_index: usize, dashboard: &OpenDashboard) {
        for (template, topics) in dashboard.template_topics.iter().enumerate() {
            for (pattern, is_name) in [(&topics.device, false), (&topics.name, true)] {
                if let Some(filter) = pattern.as_ref().and_then(TopicPattern::filter) {
                    let route = TemplateRoute { dashboard: dashboard_index, template, is_name };
                    self.template_router.insert(&filter, route);
                }
            }
        }
        for (tile_index, tile) in dashboard.tiles().enumerate() {
            let position = TilePosition { dashboard: dashboard_index, tile: tile_index };
            if let Some(filter) = &tile.topic {
                self.router.insert(filter, Route { position, is_availability: false });
            }
            if let Some(topic) = dashboard.availability_of(tile).and_then(Availability::topic) {
                self.router.insert(&topic, Route { position, is_availability: true });
            }
        }
    }
}
