//! What the screen knows of a line to a broker.

use crate::model::{
    connection::{ConnectionState, Qos, Subscription},
    profile::Profile,
    router::Router,
    state_cache::StateCache,
    time::Time,
};

use super::{event::TilePosition, open_dashboard::OpenDashboard, topic_cache::TopicCache};

/// A line in use, and which tiles its topics reach.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The profile's name.
    pub name: String,
    /// The broker's address.
    pub address: String,
    /// How it is.
    pub state: ConnectionState,
    /// Since when.
    pub since: Time,
    /// Whether any certificate is accepted on it.
    pub insecure: bool,
    /// Whether the screen stays on while it is up.
    pub keep_awake: bool,
    /// What is remembered of its tiles from another run; `None`: nothing of it is to be kept.
    pub(super) state_cache: Option<StateCache>,
    /// When it is to be kept.
    pub(super) save_at: Option<Time>,
    /// The topics that came by on it.
    pub topic_cache: TopicCache,
    pub(super) router: Router<TilePosition>,
}

impl Connection {
    /// A line for this profile, on the way to its first session.
    #[must_use]
    pub fn new(profile: &Profile) -> Self {
        Self {
            name: profile.name.clone(),
            address: profile.url.to_string(),
            state: ConnectionState::Connecting { attempt: 1 },
            since: Time::default(),
            insecure: profile.tls.0.insecure,
            keep_awake: profile.keep_awake,
            state_cache: None,
            save_at: None,
            topic_cache: TopicCache::default(),
            router: Router::default(),
        }
    }

    /// Whether a session is up.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.state == ConnectionState::Connected
    }

    /// Leads the topics of a board's tiles to them.
    pub(super) fn add_routes(&mut self, dashboard_index: usize, dashboard: &OpenDashboard) {
        for (tile_index, tile) in dashboard.tiles().enumerate() {
            if let Some(filter) = &tile.topic {
                self.router.insert(filter, TilePosition { dashboard: dashboard_index, tile: tile_index });
            }
        }
    }
}

/// The subscriptions that these boards want: each filter once, with the best quality asked for.
#[must_use]
pub fn merge_subscriptions<'a>(dashboards: impl Iterator<Item = &'a OpenDashboard>) -> Vec<Subscription> {
    let mut best_qos = std::collections::BTreeMap::<_, Qos>::new();
    for tile in dashboards.flat_map(OpenDashboard::tiles) {
        if let Some(filter) = &tile.topic {
            let qos = best_qos.entry(filter.clone()).or_default();
            *qos = tile.qos.max(*qos);
        }
    }
    best_qos.into_iter().map(|(filter, qos)| Subscription { filter, qos }).collect()
}
