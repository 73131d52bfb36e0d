//! Replacing the definition of an open dashboard: matching tiles keep their state, and the routes, the
//! subscriptions and the scripts are updated.

use std::path::Path;

use crate::decode::EdgeNodes;
use crate::model::{
    batch::MessageRef, connection::ConnectionId, dashboard::Dashboard, id::TileId, profile::Profile,
    state_cache::TileKey, tile::Tile, tile_state::TileState, tile_value::TimedMessage, time::Time,
};

use super::{
    App, Connection, Effect, FileError,
    activity::{ActivityEvent, cut},
    screens::Screen,
    states_by_topic::StatesByTopic,
};

impl App {
    /// Handles a change of a dashboard's file: `result` is the new definition, or what is wrong with it.
    pub(super) fn on_dashboard_file_changed(
        &mut self,
        path: &Path,
        result: &Result<Dashboard, FileError>,
        now: Time,
    ) -> Vec<Effect> {
        let indices: Vec<usize> =
            (0..self.dashboards.len()).filter(|index| self.dashboards[*index].path.as_deref() == Some(path)).collect();
        let mut effects = Vec::new();
        let is_own_write = self.is_own_write(path, result);
        if result.is_ok() {
            self.clear_file_error(path);
        }
        if is_own_write {
            return effects;
        }
        for index in indices {
            let error = result.as_ref().err().cloned();
            if let Some(error) =
                error.as_ref().filter(|error| self.dashboards[index].file_error.as_ref() != Some(*error))
            {
                self.record_dashboard(index, ActivityEvent::FileInvalid(cut(&error.to_string())), now);
            }
            self.display.dirty |= self.dashboards[index].file_error != error;
            self.dashboards[index].file_error = error;
            match result {
                Ok(definition) if self.dashboards[index].definition != *definition => {
                    self.cancel_tile_move(index, now);
                    self.record_dashboard(index, ActivityEvent::FileChanged, now);
                    effects.extend(self.replace_definition(index, definition.clone(), now));
                }
                _ => {
                    let (dashboard, size) = (&mut self.dashboards[index], self.size);
                    dashboard.select_tile(dashboard.selected, size);
                }
            }
        }
        effects
    }

    /// Takes back that the file of a dashboard is invalid.
    pub(super) fn clear_file_error(&mut self, path: &Path) {
        if let Some(index) = self.dashboard_index_of(path)
            && self.dashboards[index].file_error.take().is_some()
        {
            let (dashboard, size) = (&mut self.dashboards[index], self.size);
            dashboard.select_tile(dashboard.selected, size);
            self.display.dirty = true;
        }
    }

    /// Replaces the definition of an open dashboard, and updates everything that refers to its tiles.
    pub(super) fn replace_definition(&mut self, index: usize, definition: Dashboard, now: Time) -> Vec<Effect> {
        let Some(connection) = self.dashboards.get(index).map(|dashboard| dashboard.connection) else {
            return Vec::new();
        };
        let change = self.dashboards[index].change_to(definition);
        let states = StatesByTopic::of(&self.dashboards, connection);
        let initial_state = |(tile, continues): (&Tile, bool)| {
            if continues { TileState::default() } else { self.initial_state(&states, connection, tile) }
        };
        let initial_states: Vec<TileState> = change.tiles().map(initial_state).collect();
        let size = self.size;
        let dashboard = &mut self.dashboards[index];
        let removed = dashboard.replace_definition(change, initial_states, &mut self.ids, size);
        let mut effects = self.forget_tiles(&removed);
        let is_shown = index == self.current_tab();
        match &mut self.focus {
            Screen::TileSearch(search) if is_shown => search.selected = 0,
            Screen::EnlargedImage(_) if is_shown && self.dashboards[index].is_empty() => {
                self.close_screen();
            }
            _ => {}
        }
        if self.update_permissions(index) {
            self.review_again(index, now);
        }
        effects.extend(self.unload_scripts(index));
        self.display.dirty = true;
        self.rebuild_routes(connection);
        self.recall_devices(index);
        self.set_dashboard_subscriptions(index);
        effects.extend(self.load_scripts(index, now));
        effects
    }

    /// Closes the dialog that shows what a dashboard asked for before, and says that there is something to review.
    fn review_again(&mut self, index: usize, now: Time) {
        if matches!(&self.focus, Screen::Permissions(review) if review.dashboard == self.dashboards[index].id) {
            self.close_screen();
        }
        self.notify_of_missing_permissions(index, now);
    }

    /// Unloads the scripts of a dashboard's tiles that have no scripts any more; without permissions, those of
    /// all its tiles.
    pub(super) fn unload_scripts(&mut self, index: usize) -> Vec<Effect> {
        let dashboard = &self.dashboards[index];
        let has_scripts = |tile: &Tile| dashboard.permissions.granted && !tile.to_scripts().is_empty();
        let tiles = dashboard.tile_ids().iter().zip(dashboard.tiles());
        let obsolete: Vec<TileId> = tiles.filter(|(_, tile)| !has_scripts(tile)).map(|(id, _)| *id).collect();
        for tile in &obsolete {
            // Its receive script will not run any more: the tile shows the message as it is.
            if let Some(received) = self.script_registry.take_newest_waiting(*tile) {
                self.forward_message(*tile, received, None);
            }
        }
        self.script_registry.remove_tiles(&obsolete)
    }

    /// Returns the initial state of a tile: the last message of its topic, taken from another tile or from
    /// the topic cache, because the broker does not send retained messages again; otherwise the saved state
    /// of an earlier run.
    pub(super) fn initial_state(&self, states: &StatesByTopic<'_>, connection: ConnectionId, tile: &Tile) -> TileState {
        // The last message of another tile may say nothing about this one.
        let same_topic = states.get(tile).filter(|_| !tile.has_partial_messages());
        let Some(mut state) = same_topic.and_then(TileState::from_tile_of_topic) else {
            return self.known_state(connection, tile);
        };
        state.keep_known_messages(tile, &self.decoder_rules, || self.known_messages(connection, tile));
        state
    }

    /// Returns the state that is known of a tile that no other one shows: the last message of its topic, if the topic cache
    /// has it, or else the saved state of an earlier run.
    pub(super) fn known_state(&self, connection: ConnectionId, tile: &Tile) -> TileState {
        let cache = self.connection(connection).and_then(|connection| connection.state_cache.as_ref());
        let from_topic_cache = || {
            let topic_cache = &self.connection(connection)?.topic_cache;
            let says_something = |message: MessageRef<'_>| {
                !tile.has_partial_messages()
                    || self
                        .decoder_rules
                        .decoded(message.topic, tile.decoders(), message.payload)
                        .map_or(true, |decoded| !tile.is_unchanged_by(message.topic, &decoded))
            };
            let (message, received_at, age) = topic_cache.latest_message_that(tile.topic.as_ref()?, says_something)?;
            let saved = cache.filter(|_| age.is_unknown).and_then(|cache| {
                let decoded = self.decoder_rules.decoded(message.topic, tile.decoders(), message.payload);
                cache.age_of(&TileKey::source(message.topic, tile), &decoded.ok()?)
            });
            let last = TimedMessage { message: message.to_message(), received_at };
            Some(TileState::from_sent_message(tile, &self.decoder_rules, &last, saved.unwrap_or(age)))
        };
        if let Some(mut state) = from_topic_cache() {
            state.keep_known_messages(tile, &self.decoder_rules, || self.known_messages(connection, tile));
            return state;
        }
        let mut state = TileState::default();
        state.restore_value(|| cache?.value_for(tile));
        state
    }

    /// Returns the newest messages of the topics of a tile, as far as they are known.
    pub(super) fn known_messages(&self, connection: ConnectionId, tile: &Tile) -> Vec<(MessageRef<'_>, Time)> {
        let cache = self.connection(connection).map(|connection| &connection.topic_cache);
        cache.zip(tile.topic.as_ref()).map(|(cache, topic)| cache.messages_of(topic)).unwrap_or_default()
    }

    /// Rebuilds the routes from the topics of a connection to its tiles.
    pub(super) fn rebuild_routes(&mut self, id: ConnectionId) {
        if let Some(connection) = self.connections.iter_mut().find(|connection| connection.id == id) {
            connection.rebuild_routes(&self.dashboards);
        }
    }

    /// Handles a changed profile: the connection starts again, with the same subscriptions.
    pub(super) fn on_connection_reconfigured(&mut self, id: ConnectionId, profile: &Profile, now: Time) -> Vec<Effect> {
        let mut other_broker = false;
        if let Some(connection) = self.connection_mut(id) {
            let replacement = Connection::new(id, profile);
            other_broker = connection.address != replacement.address;
            connection.name = replacement.name;
            connection.address = replacement.address;
            connection.insecure = replacement.insecure;
            connection.prompted_secrets = replacement.prompted_secrets;
            connection.protocol = replacement.protocol;
            connection.max_packet_size = replacement.max_packet_size;
            connection.keep_awake = replacement.keep_awake;
            connection.explore = replacement.explore;
            if other_broker {
                connection.edge_nodes = EdgeNodes::default();
            }
            connection.set_state(replacement.state, now);
            // It belongs to the old profile.
            connection.last_failure = None;
            connection.subscriptions.begin_client();
        }
        for dashboard in self.dashboards.iter_mut().filter(|dashboard| dashboard.connection == id) {
            dashboard.insecure = profile.tls.0.insecure;
        }
        self.on_explored_connection_reconfigured(id, other_broker, now);
        self.show_outage(id);
        self.display.dirty = true;
        let mut effects = Vec::new();
        for index in 0..self.dashboards.len() {
            // The broker may be another one: that needs another agreement.
            if self.update_permissions(index) {
                self.review_again(index, now);
                effects.extend(self.apply_permissions(index, now));
            }
        }
        effects
    }
}
