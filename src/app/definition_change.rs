//! Changing the definition of an open dashboard: which tiles it shows then, and which of them continue a tile that it has
//! shown before.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use foldhash::quality::RandomState;

use super::{
    open_dashboard::OpenDashboard,
    template_topics::{TemplateTopics, continued_templates, take_devices},
    tile_matching::{match_tiles, reads_the_same},
};
use crate::model::{
    dashboard::{Dashboard, DashboardLayout},
    edit::{DashboardEdit, move_elements},
    expansion::{Expansion, ExpansionInput, TileOrigin},
    id::{IdSequence, TileId},
    template::DeviceList,
    tile::Tile,
    tile_state::TileState,
};

/// A definition that replaces the one of an open dashboard, with the tiles that it shows then.
pub(super) struct DefinitionChange {
    definition: Dashboard,
    input: ExpansionInput,
    other_devices: BTreeMap<String, DeviceList>,
    expansion: Option<Expansion>,
    /// For each new tile, the index of the old one that it continues.
    previous: Vec<Option<usize>>,
}

impl DefinitionChange {
    /// Returns the tiles that are shown then, each with whether it continues one that is shown now.
    pub fn tiles(&self) -> impl Iterator<Item = (&Tile, bool)> {
        let tiles = self.definition.shown_tiles(self.expansion.as_ref());
        tiles.iter().zip(self.previous.iter().map(Option::is_some))
    }
}

/// The tiles of an expansion that is replaced, by where they are defined.
struct MadeTiles {
    tiles: Vec<Option<Tile>>,
    indexes: HashMap<TileOrigin, usize, RandomState>,
}

impl MadeTiles {
    fn of(expansion: Option<Expansion>) -> Self {
        let Expansion { tiles, origins, .. } = expansion.unwrap_or_default();
        Self { tiles: tiles.into_iter().map(Some).collect(), indexes: origins.into_iter().zip(0..).collect() }
    }

    fn index_of(&self, origin: &TileOrigin) -> Option<usize> {
        self.indexes.get(origin).copied()
    }

    fn take(&mut self, origin: &TileOrigin) -> Option<Tile> {
        let index = self.index_of(origin)?;
        self.tiles.get_mut(index)?.take()
    }
}

/// Returns whether two definitions of a tile compute the same from a message before the JSON path.
fn keeps_receive_script(old: &Tile, new: &Tile) -> bool {
    old.to_scripts().on_receive == new.to_scripts().on_receive
}

impl OpenDashboard {
    /// Returns the change to this definition. A tile continues an old one that it matches; that of a device continues the
    /// one that the same part of the same template had.
    pub(super) fn change_to(&self, definition: Dashboard) -> DefinitionChange {
        let mut known = self.to_remember().devices;
        let chosen = self.input.chosen.clone();
        let topics = TemplateTopics::all_of(&definition, &chosen);
        let old_templates = continued_templates(&self.template_topics, &topics);
        let input = ExpansionInput { devices: take_devices(&definition, &chosen, &mut known), chosen };
        let expansion = definition.expand(&input, |_| None);
        let mut change = DefinitionChange { definition, input, other_devices: known, expansion, previous: Vec::new() };
        change.previous = self.continued_tiles(&change, &old_templates);
        change
    }

    /// Returns, for each tile of a change, the index of the tile that it continues. `old_templates` are the indexes of the
    /// templates that those of the change continue.
    fn continued_tiles(&self, change: &DefinitionChange, old_templates: &[Option<usize>]) -> Vec<Option<usize>> {
        let old_origins = || (0..self.tile_count()).filter_map(|index| self.origin_of(index));
        let is_own = |(index, origin): (usize, TileOrigin)| origin.template().is_none().then_some(index);
        let own: Vec<usize> = old_origins().enumerate().filter_map(is_own).collect();
        let own_tiles: Vec<&Tile> = own.iter().filter_map(|index| self.shown_tiles().get(*index)).collect();
        let Some(expansion) = &change.expansion else {
            let new: Vec<&Tile> = change.definition.tiles.iter().collect();
            return match_tiles(&own_tiles, &new).into_iter().map(|index| Some(own[index?])).collect();
        };
        let new: Vec<&Tile> = expansion.own_tiles().collect();
        let mut matches = match_tiles(&own_tiles, &new).into_iter();
        let indexes: HashMap<TileOrigin, usize, RandomState> = old_origins().zip(0..).collect();
        let continued = |(origin, new): (&TileOrigin, &Tile)| {
            if origin.template().is_none() {
                return matches.next()?.map(|index| own[index]);
            }
            let old = origin.in_template(&|template| old_templates.get(template).copied().flatten())?;
            let is_same = |index: &usize| self.shown_tiles().get(*index).is_some_and(|old| reads_the_same(old, new));
            indexes.get(&old).copied().filter(is_same)
        };
        expansion.origins.iter().zip(&expansion.tiles).map(continued).collect()
    }

    /// Shows the tiles of the devices that are known now. Those of the devices with these keys are made again. Returns the
    /// tiles that are gone, and the indexes of those that are new, which have no state yet.
    pub(super) fn update_devices(
        &mut self,
        renamed: &HashSet<Arc<str>>,
        ids: &mut IdSequence,
        size: (u16, u16),
    ) -> (Vec<TileId>, Vec<usize>) {
        let selected = self.tile_id(self.selected);
        let mut made = MadeTiles::of(self.expansion.take());
        let expansion = self.definition.expand(&self.input, |origin| {
            let is_renamed = origin.template().is_some_and(|(_, device)| renamed.contains(device));
            if is_renamed { None } else { made.take(origin) }
        });
        let origins = expansion.as_ref().map_or(&[][..], |expansion| &expansion.origins);
        let previous: Vec<Option<usize>> = origins.iter().map(|origin| made.index_of(origin)).collect();
        let new =
            previous.iter().enumerate().filter(|(_, previous)| previous.is_none()).map(|(index, _)| index).collect();
        let definition = std::mem::take(&mut self.definition);
        let removed = self.arrange_same(definition, expansion, previous, ids);
        self.update_indexes();
        self.select_again(selected, size);
        (removed, new)
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
        let old_availability = self.availability.clone();
        let selected = self.tile_id(self.selected);
        let old_tiles: Vec<Tile> = match &mut self.expansion {
            Some(expansion) => std::mem::take(&mut expansion.tiles),
            None => std::mem::take(&mut self.definition.tiles),
        };
        let previous = change.previous.clone();
        let removed = self.arrange(change, initial_states, ids);
        let is_same_device = old_availability == self.definition.shown_availability(&self.input);
        for (index, old_index) in previous.into_iter().enumerate() {
            if let Some(old) = old_index.and_then(|old_index| old_tiles.get(old_index)) {
                self.continue_tile(index, old, is_same_device);
            }
        }
        self.update_indexes();
        self.select_again(selected, size);
        removed
    }

    /// Selects the tile that was selected before the tiles changed; the one in its place if it is gone.
    fn select_again(&mut self, selected: Option<TileId>, size: (u16, u16)) {
        self.select_tile(selected.and_then(|id| self.index_of(id)).unwrap_or(self.selected), size);
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
        state.clear_extracted();
        state.folded = None;
        if (&old.topic, &old.json_path) != (&new.topic, &new.json_path) || !keeps_receive_script(old, new) {
            state.statistics = None;
        }
    }

    /// Moves a tile or a section of the definition, and selects it.
    pub(super) fn move_tiles(&mut self, edit: &DashboardEdit, ids: &mut IdSequence, size: (u16, u16)) {
        let (from, len, to) = match *edit {
            DashboardEdit::MoveTile(from, to) => (from, 1, to),
            DashboardEdit::MoveSection { from, len, to } => (from, len, to),
            _ => return,
        };
        let mut old_indexes: Vec<usize> = (0..self.definition.tiles.len()).collect();
        let Some(definition) = edit.apply_to(&self.definition) else { return };
        if move_elements(&mut old_indexes, from, len, to).is_some() {
            self.rearrange(definition, |index| old_indexes[index], ids);
            self.select_origin(&TileOrigin::Tile(to), size);
        }
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

    /// Shows a definition that has the same tiles in the same order.
    pub(super) fn restore_definition(&mut self, definition: Dashboard, ids: &mut IdSequence) {
        if self.definition.tiles.len() == definition.tiles.len() {
            self.rearrange(definition, |index| index, ids);
        }
    }

    fn select_origin(&mut self, origin: &TileOrigin, size: (u16, u16)) {
        if let Some(index) = self.index_of_origin(origin) {
            self.select_tile(index, size);
        }
    }

    /// Shows a definition with the same tiles in another order. `old_index` returns the old index in the definition of the
    /// tile with an index in the new one.
    fn rearrange(&mut self, definition: Dashboard, old_index: impl Fn(usize) -> usize, ids: &mut IdSequence) {
        let mut made = MadeTiles::of(self.expansion.take());
        // A tile of the definition may have changed.
        let expansion =
            definition.expand(&self.input, |origin| origin.template().is_some().then(|| made.take(origin)).flatten());
        let previous: Vec<Option<usize>> = match &expansion {
            Some(expansion) => {
                expansion.origins.iter().map(|origin| made.index_of(&origin.moved(&old_index))).collect()
            }
            None => (0..definition.tiles.len()).map(|index| Some(old_index(index))).collect(),
        };
        self.arrange_same(definition, expansion, previous, ids);
        self.update_indexes();
    }

    /// Shows tiles with the devices and variables that there are.
    fn arrange_same(
        &mut self,
        definition: Dashboard,
        expansion: Option<Expansion>,
        previous: Vec<Option<usize>>,
        ids: &mut IdSequence,
    ) -> Vec<TileId> {
        let states = vec![TileState::default(); previous.len()];
        let (input, other_devices) = (std::mem::take(&mut self.input), std::mem::take(&mut self.other_devices));
        self.arrange(DefinitionChange { definition, input, other_devices, expansion, previous }, states, ids)
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
        (self.input, self.other_devices) = (change.input, change.other_devices);
        old_ids.into_iter().flatten().collect()
    }

    /// Updates what is derived from the tiles and their order.
    pub(super) fn update_indexes(&mut self) {
        self.availability = self.definition.shown_availability(&self.input);
        self.template_topics = TemplateTopics::all_of(&self.definition, &self.input.chosen);
        self.tiles_mut().for_each(|(tile, state)| state.update_kept(tile));
        let is_plain = self.tiles().all(Tile::has_plain_layout);
        self.layout = if is_plain { DashboardLayout::Plain } else { DashboardLayout::Mixed };
        self.tile_indexes = self.tile_ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
        let automatic = self.tiles().enumerate().filter(|(_, tile)| tile.automatic_message().is_some());
        self.automatic_tiles = automatic.map(|(index, _)| index).collect();
        self.unresolved_tiles =
            (0..self.tile_states.len()).filter(|index| self.tile_states[*index].is_pending()).collect();
    }
}
