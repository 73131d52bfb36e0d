//! Changing the definition of an open dashboard: which tiles it shows then, and which of them continue a tile that it has
//! shown before.

use std::collections::HashMap;

use super::{open_dashboard::OpenDashboard, tile_matching::match_tiles};
use crate::model::{
    dashboard::{Dashboard, DashboardLayout},
    expansion::{Expansion, TileOrigin},
    id::{IdSequence, TileId},
    tile::Tile,
    tile_state::TileState,
};

/// A definition that replaces the one of an open dashboard, with the tiles that it shows then.
pub(super) struct DefinitionChange {
    definition: Dashboard,
    expansion: Option<Expansion>,
    /// For each new tile, the index of the old one that it continues.
    previous: Vec<Option<usize>>,
}

impl DefinitionChange {
    /// Returns the tiles that are shown then, each with whether it continues one that is shown now.
    pub fn tiles(&self) -> impl Iterator<Item = (&Tile, bool)> {
        let tiles = self.expansion.as_ref().map_or(&self.definition.tiles, |expansion| &expansion.tiles);
        tiles.iter().zip(self.previous.iter().map(Option::is_some))
    }
}

/// Returns whether two definitions of a tile compute the same from a message before the JSON path.
fn keeps_receive_script(old: &Tile, new: &Tile) -> bool {
    old.to_scripts().on_receive == new.to_scripts().on_receive
}

impl OpenDashboard {
    /// Returns the change to this definition. A tile continues an old one that it matches.
    pub(super) fn change_to(&self, definition: Dashboard) -> DefinitionChange {
        let expansion = definition.expand();
        let tiles = expansion.as_ref().map_or(&definition.tiles, |expansion| &expansion.tiles);
        let previous = match_tiles(self.shown_tiles(), tiles);
        DefinitionChange { definition, expansion, previous }
    }

    /// Replaces the definition. A tile that continues another one keeps that tile's identifier and state; the others have
    /// their initial state. Returns the tiles that are gone.
    pub(super) fn replace_definition(
        &mut self,
        change: DefinitionChange,
        initial_states: Vec<TileState>,
        ids: &mut IdSequence,
        size: (u16, u16),
    ) -> Vec<TileId> {
        let is_same_device = self.definition.availability == change.definition.availability;
        let selected = self.tile_id(self.selected);
        let old_tiles: Vec<Tile> = match &mut self.expansion {
            Some(expansion) => std::mem::take(&mut expansion.tiles),
            None => std::mem::take(&mut self.definition.tiles),
        };
        let previous = change.previous.clone();
        let removed = self.arrange(change, initial_states, ids);
        for (index, old_index) in previous.into_iter().enumerate() {
            if let Some(old) = old_index.and_then(|old_index| old_tiles.get(old_index)) {
                self.continue_tile(index, old, is_same_device);
            }
        }
        self.update_indexes();
        self.select_tile(selected.and_then(|id| self.index_of(id)).unwrap_or(self.selected), size);
        removed
    }

    /// Adapts the state of a tile, which is that of `old`, to its definition.
    fn continue_tile(&mut self, index: usize, old: &Tile, is_same_device: bool) {
        let Some((new, state)) = self.tile_mut(index) else { return };
        if !is_same_device || old.availability() != new.availability() {
            state.set_device(None);
        }
        if old == new {
            return;
        }
        // What a tile without a topic shows is what it has published.
        if new.topic.is_some() {
            state.mark_pending(new.has_receive_script() && keeps_receive_script(old, new));
        }
        state.clear_script_results();
        state.folded = None;
        if (&old.topic, &old.json_path) != (&new.topic, &new.json_path) || !keeps_receive_script(old, new) {
            state.statistics = None;
        }
    }

    /// Moves a tile of the definition to another index there, and selects it.
    pub(super) fn move_tile(&mut self, from: usize, to: usize, ids: &mut IdSequence, size: (u16, u16)) {
        if from.max(to) >= self.definition.tiles.len() {
            return;
        }
        let mut definition = std::mem::take(&mut self.definition);
        let tile = definition.tiles.remove(from);
        definition.tiles.insert(to, tile);
        let mut old_indexes: Vec<usize> = (0..definition.tiles.len()).collect();
        let moved = old_indexes.remove(from);
        old_indexes.insert(to, moved);
        self.rearrange(definition, |index| old_indexes[index], ids);
        self.select_origin(&TileOrigin::Tile(to), size);
    }

    /// Sets how many columns and rows a tile of the definition takes.
    pub(super) fn set_tile_size(
        &mut self,
        index: usize,
        tile_size: (i64, i64),
        ids: &mut IdSequence,
        size: (u16, u16),
    ) {
        let mut definition = std::mem::take(&mut self.definition);
        if let Some(tile) = definition.tiles.get_mut(index) {
            tile.set_size(tile_size);
        }
        self.rearrange(definition, |index| index, ids);
        self.select_origin(&TileOrigin::Tile(index), size);
    }

    fn select_origin(&mut self, origin: &TileOrigin, size: (u16, u16)) {
        if let Some(index) = self.index_of_origin(origin) {
            self.select_tile(index, size);
        }
    }

    /// Shows a definition with the same tiles in another order. `old_index` returns the old index in the definition of the
    /// tile with an index in the new one.
    fn rearrange(&mut self, definition: Dashboard, old_index: impl Fn(usize) -> usize, ids: &mut IdSequence) {
        let expansion = definition.expand();
        let previous: Vec<Option<usize>> = match (&self.expansion, &expansion) {
            (Some(old), Some(new)) => {
                let old_indexes: HashMap<&TileOrigin, usize> = old.origins.iter().zip(0..).collect();
                new.origins.iter().map(|origin| old_indexes.get(&origin.moved(&old_index)).copied()).collect()
            }
            _ => (0..definition.tiles.len()).map(|index| Some(old_index(index))).collect(),
        };
        let states = vec![TileState::default(); previous.len()];
        let change = DefinitionChange { definition, expansion, previous };
        self.arrange(change, states, ids);
        self.update_indexes();
    }

    /// Shows the tiles of a change. Those that continue a tile get its identifier and its state, the others a new
    /// identifier and the one of `states` at their index. Returns the tiles that are gone.
    fn arrange(&mut self, change: DefinitionChange, states: Vec<TileState>, ids: &mut IdSequence) -> Vec<TileId> {
        let mut old_states = std::mem::replace(&mut self.tile_states, states);
        let mut old_ids: Vec<Option<TileId>> = std::mem::take(&mut self.tile_ids).into_iter().map(Some).collect();
        for (index, old_index) in change.previous.iter().enumerate() {
            let continued = old_index.and_then(|old_index| Some((old_index, old_ids.get_mut(old_index)?.take()?)));
            match continued {
                Some((old_index, id)) => {
                    self.tile_ids.push(id);
                    self.tile_states[index] = std::mem::take(&mut old_states[old_index]);
                }
                None => self.tile_ids.push(ids.next_tile()),
            }
        }
        (self.definition, self.expansion) = (change.definition, change.expansion);
        old_ids.into_iter().flatten().collect()
    }

    /// Updates what is derived from the tiles and their order.
    pub(super) fn update_indexes(&mut self) {
        let is_plain = self.tiles().all(Tile::has_plain_layout);
        self.layout = if is_plain { DashboardLayout::Plain } else { DashboardLayout::Mixed };
        self.tile_indexes = self.tile_ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
        let automatic = self.tiles().enumerate().filter(|(_, tile)| tile.automatic_message().is_some());
        self.automatic_tiles = automatic.map(|(index, _)| index).collect();
        self.unresolved_tiles =
            (0..self.tile_states.len()).filter(|index| self.tile_states[*index].is_pending()).collect();
    }
}
