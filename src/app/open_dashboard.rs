//! An open dashboard: its definition, the state of its tiles, and the selected tile.

use std::{collections::HashMap, path::PathBuf};

use foldhash::fast::RandomState;

use super::{FileError, permissions::DashboardPermissions, tile_matching::match_tiles};
use crate::model::{
    batch::MessageRef,
    connection::ConnectionId,
    dashboard::{Dashboard, DashboardLayout},
    history::MAX_HISTORY_PAYLOAD_BYTES,
    id::{DashboardId, IdSequence, TileId},
    shared_payload::SharedPayload,
    tile::Tile,
    tile_state::TileState,
    time::Time,
};

/// A dashboard definition and its file.
#[derive(Debug, Clone, PartialEq)]
pub struct DashboardFile {
    /// The name of the file, shown if the definition has no title.
    pub name: String,
    /// The path of the file; `None` if the dashboard exists only in memory.
    pub path: Option<PathBuf>,
    /// The definition.
    pub definition: Dashboard,
}

/// Returns whether two definitions of a tile compute the same from a message before the JSON path.
fn keeps_receive_script(old: &Tile, new: &Tile) -> bool {
    old.to_scripts().on_receive == new.to_scripts().on_receive
}

/// A dashboard on a tab, with the state of its tiles.
#[derive(Debug, Clone)]
pub struct OpenDashboard {
    /// Its identifier.
    pub(crate) id: DashboardId,
    /// The definition, as in the file.
    pub(crate) definition: Dashboard,
    /// The name of its file, shown if the definition has no title.
    pub(crate) name: String,
    /// The path of its file; `None` if it exists only in memory.
    pub(crate) path: Option<PathBuf>,
    /// The connection that it uses.
    pub(crate) connection: ConnectionId,
    /// What it may do.
    pub(crate) permissions: DashboardPermissions,
    /// The error in the current version of its file; `definition` is the last valid version.
    pub(crate) file_error: Option<FileError>,
    /// Whether its connection accepts any certificate.
    pub(crate) insecure: bool,
    /// Whether the header is hidden.
    pub header_hidden: bool,
    /// Whether the connection is down and it is known why.
    pub(super) connection_down: bool,
    /// The index of the selected tile.
    pub(crate) selected: usize,
    /// The topmost visible row of the grid.
    pub(crate) scroll_row: usize,
    /// The identifiers of the tiles, in their order.
    tile_ids: Vec<TileId>,
    /// The index of each tile, so that a result finds its tile without a search.
    tile_indexes: HashMap<TileId, usize, RandomState>,
    tile_states: Vec<TileState>,
    unresolved_tiles: Vec<usize>,
    /// The indexes of the tiles with automatic messages.
    automatic_tiles: Vec<usize>,
    /// What its tiles take of the grid.
    pub(super) layout: DashboardLayout,
}

impl OpenDashboard {
    /// Creates a dashboard whose tiles have no values yet.
    pub(super) fn new(file: DashboardFile, connection: ConnectionId, ids: &mut IdSequence) -> Self {
        let DashboardFile { name, path, definition } = file;
        let tile_states = vec![TileState::default(); definition.tiles.len()];
        let tile_ids = definition.tiles.iter().map(|_| ids.next_tile()).collect();
        let mut dashboard = Self {
            id: ids.next_dashboard(),
            definition,
            name,
            path,
            connection,
            permissions: DashboardPermissions::default(),
            file_error: None,
            insecure: false,
            header_hidden: false,
            connection_down: false,
            selected: 0,
            scroll_row: 0,
            tile_ids,
            tile_indexes: HashMap::default(),
            tile_states,
            unresolved_tiles: Vec::new(),
            automatic_tiles: Vec::new(),
            layout: DashboardLayout::Plain,
        };
        dashboard.update_indexes();
        dashboard
    }

    /// Returns the title or, without one, the name of the file.
    #[must_use]
    pub(crate) fn title(&self) -> &str {
        self.definition.title.as_deref().unwrap_or(&self.name)
    }

    /// Returns the tiles in order.
    pub fn tiles(&self) -> impl Iterator<Item = &Tile> {
        self.definition.tiles.iter()
    }

    /// Returns the identifiers of the tiles in order.
    pub(super) fn tile_ids(&self) -> &[TileId] {
        &self.tile_ids
    }

    /// Returns the identifier of the tile with this index.
    #[must_use]
    pub fn tile_id(&self, index: usize) -> Option<TileId> {
        self.tile_ids.get(index).copied()
    }

    /// Returns the index of a tile.
    pub(crate) fn index_of(&self, id: TileId) -> Option<usize> {
        self.tile_indexes.get(&id).copied()
    }

    /// Returns the indexes of the tiles with automatic messages.
    pub(super) fn automatic_tiles(&self) -> &[usize] {
        &self.automatic_tiles
    }

    /// Returns whether it has no tiles.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.definition.tiles.is_empty()
    }

    /// Returns a tile and its state.
    #[must_use]
    pub fn tile(&self, index: usize) -> Option<(&Tile, &TileState)> {
        self.definition.tiles.get(index).zip(self.tile_states.get(index))
    }

    pub(super) fn tiles_with_states(&self) -> impl Iterator<Item = (&Tile, &TileState)> {
        self.definition.tiles.iter().zip(&self.tile_states)
    }

    pub(super) fn tile_mut(&mut self, index: usize) -> Option<(&Tile, &mut TileState)> {
        self.definition.tiles.get(index).zip(self.tile_states.get_mut(index))
    }

    pub(super) fn tiles_mut(&mut self) -> impl Iterator<Item = (&Tile, &mut TileState)> {
        self.definition.tiles.iter().zip(&mut self.tile_states)
    }

    /// Replaces the definition. A tile that matches a tile of the old definition keeps that tile's identifier
    /// and state; other tiles start with their initial state. Returns the tiles that are gone.
    pub(super) fn replace_definition(
        &mut self,
        definition: Dashboard,
        initial_states: Vec<TileState>,
        ids: &mut IdSequence,
        size: (u16, u16),
    ) -> Vec<TileId> {
        let selected = self.tile_id(self.selected);
        let is_same_device = self.definition.availability == definition.availability;
        let previous = match_tiles(&self.definition.tiles, &definition.tiles);
        let mut old_states = std::mem::take(&mut self.tile_states);
        let old_ids = std::mem::take(&mut self.tile_ids);
        self.tile_states = initial_states;
        for (index, old_index) in previous.iter().enumerate() {
            self.tile_ids.push(old_index.map_or_else(|| ids.next_tile(), |old_index| old_ids[old_index]));
            let Some(old_index) = *old_index else { continue };
            self.tile_states[index] = std::mem::take(&mut old_states[old_index]);
            let (old, new) = (&self.definition.tiles[old_index], &definition.tiles[index]);
            if !is_same_device || old.availability() != new.availability() {
                self.tile_states[index].set_device(None);
            }
            if old != new {
                // What a tile without a topic shows is what it has published.
                if new.topic.is_some() {
                    self.tile_states[index].mark_pending(new.has_receive_script() && keeps_receive_script(old, new));
                }
                self.tile_states[index].clear_script_results();
                self.tile_states[index].clear_extracted();
                self.tile_states[index].folded = None;
                if (&old.topic, &old.json_path) != (&new.topic, &new.json_path) || !keeps_receive_script(old, new) {
                    self.tile_states[index].statistics = None;
                }
            }
        }
        self.definition = definition;
        self.update_indexes();
        self.select_tile(selected.and_then(|id| self.index_of(id)).unwrap_or(self.selected), size);
        old_ids.into_iter().filter(|id| !self.tile_indexes.contains_key(id)).collect()
    }

    /// Moves a tile to another index, and selects it.
    pub(super) fn move_tile(&mut self, from: usize, to: usize, size: (u16, u16)) {
        fn move_element<T>(list: &mut Vec<T>, from: usize, to: usize) {
            let element = list.remove(from);
            list.insert(to, element);
        }
        if from.max(to) < self.tile_ids.len() {
            move_element(&mut self.definition.tiles, from, to);
            move_element(&mut self.tile_ids, from, to);
            move_element(&mut self.tile_states, from, to);
            self.update_indexes();
            self.select_tile(to, size);
        }
    }

    /// Sets how many columns and rows a tile takes.
    pub(super) fn set_tile_size(&mut self, index: usize, tile_size: (i64, i64), size: (u16, u16)) {
        if let Some(tile) = self.definition.tiles.get_mut(index) {
            tile.set_size(tile_size);
            self.update_indexes();
            self.select_tile(index, size);
        }
    }

    /// Updates what is derived from the tiles and their order.
    fn update_indexes(&mut self) {
        self.layout = self.definition.layout();
        self.tiles_mut().for_each(|(tile, state)| state.update_kept(tile));
        self.tile_indexes = self.tile_ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
        let tiles = self.definition.tiles.iter().enumerate();
        let automatic = tiles.filter(|(_, tile)| tile.automatic_message().is_some());
        self.automatic_tiles = automatic.map(|(index, _)| index).collect();
        self.unresolved_tiles =
            (0..self.tile_states.len()).filter(|index| self.tile_states[*index].is_pending()).collect();
    }

    /// Sets the initial states of the tiles. A tile that has a value or an unconfirmed publish keeps its
    /// state unless the initial state contains a message.
    pub(super) fn set_initial_states(&mut self, initial_states: Vec<TileState>) {
        for (index, (state, initial_state)) in self.tile_states.iter_mut().zip(initial_states).enumerate() {
            if initial_state.is_pending() {
                self.unresolved_tiles.push(index);
                *state = initial_state;
            } else if state.value.is_none() && state.unconfirmed.is_none() {
                *state = initial_state;
            }
        }
        self.tiles_mut().for_each(|(tile, state)| state.update_kept(tile));
    }

    /// Passes a message to a tile. The tiles of a message share one copy of a large payload, which is
    /// cached in `shared_payload`.
    pub(super) fn receive_message(
        &mut self,
        index: usize,
        message: MessageRef<'_>,
        received_at: Time,
        shared_payload: &mut Option<SharedPayload>,
    ) {
        let Some(state) = self.tile_states.get_mut(index) else {
            return;
        };
        let newly_unresolved = if message.payload.len() > MAX_HISTORY_PAYLOAD_BYTES {
            state.record_message(message, received_at);
            let payload = shared_payload.get_or_insert_with(|| SharedPayload::new(message.payload));
            state.set_pending_payload(payload.clone(), received_at)
        } else {
            state.receive(message, received_at)
        };
        if newly_unresolved {
            self.unresolved_tiles.push(index);
        }
    }

    /// Passes a message to a tile after its receive script has run or was skipped.
    pub(super) fn receive_scripted_message(&mut self, index: usize, payload: SharedPayload, received_at: Time) {
        if let Some(state) = self.tile_states.get_mut(index)
            && state.set_pending_payload(payload, received_at)
        {
            self.unresolved_tiles.push(index);
        }
    }

    /// Returns the tiles whose last message has not been resolved to a value, and empties the list.
    pub(super) fn take_unresolved_tiles(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.unresolved_tiles)
    }
}
