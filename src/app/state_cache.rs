//! What is remembered from one run to the next: when it is to be kept, and what is told of it.

use std::time::Duration;

use crate::model::{
    connection::ConnectionId,
    state_cache::{SavedTileState, StateCache, TileKey},
    time::Time,
};

use super::{App, Effect, OpenDashboard};

/// What is known is kept at most once in this time.
const SAVE_INTERVAL: Duration = Duration::from_secs(10);

impl App {
    /// All that is to be remembered of the tiles of a line; `None` when nothing is.
    #[must_use]
    pub fn state_cache(&self, connection: ConnectionId) -> Option<StateCache> {
        let mut cache = self.connections.get(connection.0)?.state_cache.clone()?;
        for dashboard in self.dashboards.iter().filter(|dashboard| dashboard.connection == connection) {
            for index in 0..dashboard.definition.tiles.len() {
                if let Some((tile, state)) = dashboard.tile(index)
                    && let Some(saved) = SavedTileState::from_tile_state(tile, state)
                {
                    cache.tiles.insert(TileKey::for_tile(tile), saved);
                }
            }
        }
        cache.evict_oldest();
        Some(cache)
    }

    /// Takes what is remembered of the tiles of a line: it is shown until something newer comes.
    pub(super) fn on_state_cache_loaded(&mut self, connection_id: ConnectionId, cache: StateCache, now: Time) {
        let Some(connection) = self.connections.get_mut(connection_id.0) else {
            return;
        };
        for dashboard in self.dashboards.iter_mut().filter(|dashboard| dashboard.connection == connection_id) {
            restore_tiles(dashboard, &cache, now);
        }
        connection.state_cache = Some(cache);
        self.dirty = true;
    }

    /// Gives the tiles of a board that opens what is remembered of them.
    pub(super) fn restore_states(&self, dashboard: &mut OpenDashboard, now: Time) {
        if let Some(cache) =
            self.connections.get(dashboard.connection.0).and_then(|connection| connection.state_cache.as_ref())
        {
            restore_tiles(dashboard, cache, now);
        }
    }

    /// Notes that something of a line has changed that is worth keeping.
    pub(super) fn schedule_save(&mut self, connection: ConnectionId, now: Time) {
        if let Some(connection) =
            self.connections.get_mut(connection.0).filter(|connection| connection.state_cache.is_some())
        {
            connection.save_at.get_or_insert(now.saturating_add(SAVE_INTERVAL));
        }
    }

    /// When something is to be kept.
    pub(super) fn next_save(&self) -> Option<Time> {
        self.connections.iter().filter_map(|connection| connection.save_at).min()
    }

    /// What is to be kept before the program ends.
    pub fn save_on_exit(&mut self, now: Time) -> Vec<Effect> {
        for connection in &mut self.connections {
            connection.save_at = connection.save_at.map(|due| due.min(now));
        }
        self.save_if_due(now)
    }

    /// What is to be kept now.
    pub(super) fn save_if_due(&mut self, now: Time) -> Vec<Effect> {
        if self.next_save().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let mut effects = self.resolve_values(now);
        for index in 0..self.connections.len() {
            let connection = ConnectionId(index);
            if self.connections[index].save_at.take_if(|due| *due <= now).is_some()
                && let Some(cache) = self.state_cache(connection)
            {
                effects.push(Effect::SaveStateCache(connection, cache));
            }
        }
        effects
    }
}

fn restore_tiles(dashboard: &mut OpenDashboard, cache: &StateCache, now: Time) {
    for (tile, state) in dashboard.tiles_mut() {
        if let Some(saved) = cache.tiles.get(&TileKey::for_tile(tile)) {
            saved.restore(tile, state, now);
        }
    }
}

#[cfg(test)]
#[path = "state_cache_tests.rs"]
mod tests;
