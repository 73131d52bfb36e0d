//! The states of tiles by their topics, from which new tiles of the same topics begin.

use std::collections::HashMap;

use super::OpenDashboard;
use crate::model::{connection::ConnectionId, tile_state::TileState, topic::TopicFilter};

/// The tiles of a connection that have a message, by their topics: of ten thousand new tiles, each finds its topic at once.
pub(super) struct StatesByTopic<'a>(HashMap<&'a TopicFilter, &'a TileState>);

impl<'a> StatesByTopic<'a> {
    /// Finds the tiles of a connection.
    pub fn of(dashboards: &'a [OpenDashboard], connection: ConnectionId) -> Self {
        let mut states = HashMap::new();
        let dashboards = dashboards.iter().filter(|dashboard| dashboard.connection == connection);
        for (tile, state) in dashboards.flat_map(OpenDashboard::tiles_with_states) {
            // What a tile has decoded is not what was sent.
            let is_as_sent = !state.restored && !tile.decodes() && state.history.last().is_some();
            if let Some(topic) = tile.topic.as_ref().filter(|_| is_as_sent) {
                states.entry(topic).or_insert(state);
            }
        }
        Self(states)
    }

    /// Returns the state of a tile of a topic.
    pub fn get(&self, topic: &TopicFilter) -> Option<&'a TileState> {
        self.0.get(topic).copied()
    }
}
