//! The states of tiles by their topics, from which new tiles of the same topics begin.

use std::collections::HashMap;

use super::OpenDashboard;
use crate::{
    decode::Decoder,
    model::{connection::ConnectionId, tile::Tile, tile_state::TileState, topic::TopicFilter},
};

/// The tiles of a connection that have a message, by their topics: of ten thousand new tiles, each finds its topic at once.
pub(super) struct StatesByTopic<'a>(HashMap<(&'a TopicFilter, &'a [Decoder]), &'a TileState>);

impl<'a> StatesByTopic<'a> {
    /// Finds the tiles of a connection.
    pub fn of(dashboards: &'a [OpenDashboard], connection: ConnectionId) -> Self {
        let mut states = HashMap::new();
        let dashboards = dashboards.iter().filter(|dashboard| dashboard.connection == connection);
        for (tile, state) in dashboards.flat_map(OpenDashboard::tiles_with_states) {
            let has_message = !state.restored && state.undecoded().is_none() && state.history.last().is_some();
            if let Some(topic) = tile.topic.as_ref().filter(|_| has_message) {
                states.entry((topic, tile.decoders())).or_insert(state);
            }
        }
        Self(states)
    }

    /// Returns the state of a tile that receives the same as this one.
    pub fn get(&self, tile: &Tile) -> Option<&'a TileState> {
        self.0.get(&(tile.topic.as_ref()?, tile.decoders())).copied()
    }
}
