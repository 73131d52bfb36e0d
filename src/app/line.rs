//! What the screen knows of a line to a broker.

use crate::model::{
    connection::{ConnectionState, Qos, Subscription},
    profile::Profile,
    router::Router,
    state_cache::StateCache,
    time::Time,
};

use super::{board::Board, event::TileAt, seen::Seen};

/// A line in use, and which tiles its topics reach.
#[derive(Debug, Clone)]
pub struct Line {
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
    pub(super) memory: Option<StateCache>,
    /// When it is to be kept.
    pub(super) keep_at: Option<Time>,
    /// The topics that came by on it.
    pub seen: Seen,
    pub(super) router: Router<TileAt>,
}

impl Line {
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
            memory: None,
            keep_at: None,
            seen: Seen::default(),
            router: Router::default(),
        }
    }

    /// Whether a session is up.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.state == ConnectionState::Connected
    }

    /// Leads the topics of a board's tiles to them.
    pub(super) fn lead(&mut self, number: usize, board: &Board) {
        for (tile, definition) in board.tiles().enumerate() {
            if let Some(filter) = &definition.topic {
                self.router.insert(filter, TileAt { board: number, tile });
            }
        }
    }
}

/// The subscriptions that these boards want: each filter once, with the best quality asked for.
#[must_use]
pub fn wanted<'a>(boards: impl Iterator<Item = &'a Board>) -> Vec<Subscription> {
    let mut best = std::collections::BTreeMap::<_, Qos>::new();
    for tile in boards.flat_map(Board::tiles) {
        if let Some(filter) = &tile.topic {
            let qos = best.entry(filter.clone()).or_default();
            *qos = tile.qos.max(*qos);
        }
    }
    best.into_iter().map(|(filter, qos)| Subscription { filter, qos }).collect()
}
