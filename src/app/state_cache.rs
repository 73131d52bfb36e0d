//! Saving tile states for the next run, and restoring them.

use std::time::Duration;

use crate::model::{
    connection::ConnectionId,
    state_cache::{SavedTileState, StateCache, TileKey},
    time::Time,
    topic::TopicFilter,
};

use super::{App, Connection, Effect, FilesEffect, OpenDashboard};

/// The minimum time between two saves of a connection.
const SAVE_INTERVAL: Duration = Duration::from_secs(10);

impl App {
    /// Returns the tile states of a connection to save; `None` if its tile states are not saved.
    #[must_use]
    pub(crate) fn state_cache(&self, connection: ConnectionId) -> Option<StateCache> {
        let mut cache = self.connection(connection)?.state_cache.clone()?;
        for dashboard in self.dashboards.iter().filter(|dashboard| dashboard.connection == connection) {
            for (tile, state) in dashboard.tiles_with_states() {
                if let Some(saved) = SavedTileState::from_tile_state(tile, state) {
                    cache.tiles.insert(TileKey::for_tile(tile), saved);
                }
            }
            if let Some(path) = &dashboard.path {
                cache.set_folds(path, dashboard.folds(path));
            }
        }
        cache.evict_oldest();
        Some(cache)
    }

    /// Adds the current tile states of a connection to those that are saved next, although their tiles may go.
    pub(super) fn keep_state(&mut self, id: ConnectionId) {
        let state_cache = self.state_cache(id);
        if let Some(connection) = self.connection_mut(id).filter(|_| state_cache.is_some()) {
            connection.state_cache = state_cache;
        }
    }

    /// Restores the saved tile states of a connection. They are shown until newer messages arrive. If the connection was
    /// open already, what it has is newer than the file.
    pub(super) fn on_state_cache_loaded(&mut self, connection_id: ConnectionId, cache: StateCache, now: Time) {
        let Some(connection) = self.connections.iter_mut().find(|connection| connection.id == connection_id) else {
            return;
        };
        if connection.state_cache.is_some() {
            return;
        }
        let size = self.size;
        for dashboard in self.dashboards.iter_mut().filter(|dashboard| dashboard.connection == connection_id) {
            restore_tiles(dashboard, &cache, now);
            dashboard.select_tile(dashboard.selected, size);
            for (tile, state) in dashboard.tiles_mut() {
                // The tile may have had another name, for example, in the run that has received the value.
                state.restore_value(|| cache.value_for(tile));
            }
        }
        connection.state_cache = Some(cache);
        self.display.dirty = true;
    }

    /// Restores the saved states of the tiles of a dashboard that is being opened.
    pub(super) fn restore_states(&self, dashboard: &mut OpenDashboard, now: Time) {
        if let Some(cache) =
            self.connection(dashboard.connection).and_then(|connection| connection.state_cache.as_ref())
        {
            restore_tiles(dashboard, cache, now);
        }
    }

    /// Schedules a save of the tile states of a connection, unless one is scheduled already.
    pub(super) fn schedule_save(&mut self, connection: ConnectionId, now: Time) {
        if let Some(connection) = self.connection_mut(connection).filter(|connection| connection.state_cache.is_some())
        {
            connection.save_at.get_or_insert(now.saturating_add(SAVE_INTERVAL));
        }
    }

    /// Saves which topic filters the session has that the broker keeps, so that the next run can unsubscribe those that no
    /// tile wants any more. At once: a filter that is not on record when the program is killed would stay subscribed.
    pub(super) fn on_session_subscriptions(
        &mut self,
        id: ConnectionId,
        filters: Vec<TopicFilter>,
        now: Time,
    ) -> Vec<Effect> {
        let Some(connection) = self.connection_mut(id) else { return Vec::new() };
        let Some(cache) = connection.state_cache.as_mut() else { return Vec::new() };
        cache.session_filters = filters;
        connection.save_at = Some(now);
        self.save_if_due(now)
    }

    /// Returns when the next save is due.
    pub(super) fn next_save(&self) -> Option<Time> {
        self.connections.iter().filter_map(|connection| connection.save_at).min()
    }

    /// Returns all scheduled saves and the ends of pulses and of steering, whether due or not, for the exit of the program.
    pub(crate) fn save_on_exit(&mut self, now: Time) -> Vec<Effect> {
        for connection in &mut self.connections {
            connection.save_at = connection.save_at.map(|due| due.min(now));
        }
        let mut effects = self.end_pulses_on_exit();
        effects.extend(self.end_steering_on_exit(now));
        effects.extend(self.save_if_due(now));
        effects.extend(self.save_remembered());
        effects
    }

    /// Returns the saves that are due.
    pub(super) fn save_if_due(&mut self, now: Time) -> Vec<Effect> {
        if self.next_save().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let mut effects = self.resolve_values(now);
        let is_due = |connection: &&Connection| connection.save_at.is_some_and(|due| due <= now);
        let due: Vec<ConnectionId> = self.connections.iter().filter(is_due).map(|connection| connection.id).collect();
        for connection in due {
            let save = self.take_scheduled_save(connection);
            effects.extend(save.map(|cache| Effect::Files(FilesEffect::SaveStateCache(connection, cache))));
        }
        effects
    }

    /// Returns the tile states of a connection if their save is scheduled, which it is no longer then.
    pub(super) fn take_scheduled_save(&mut self, connection: ConnectionId) -> Option<StateCache> {
        self.connection_mut(connection)?.save_at.take()?;
        self.state_cache(connection)
    }
}

fn restore_tiles(dashboard: &mut OpenDashboard, cache: &StateCache, now: Time) {
    for (tile, state) in dashboard.tiles_mut() {
        if let Some(saved) = cache.tiles.get(&TileKey::for_tile(tile)) {
            saved.restore(tile, state, now);
        }
    }
    dashboard.restore_folds(&cache.folds);
}

#[cfg(test)]
#[path = "state_cache_tests.rs"]
mod tests;
