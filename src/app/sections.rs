//! The sections of a dashboard: each begins with a heading, and its tiles can be hidden.

use std::{collections::HashMap, path::Path};

use super::{App, OpenDashboard, screens::move_tile::MoveTile};
use crate::model::{
    edit::DashboardEdit,
    expansion::TileOrigin,
    id::TileId,
    kind::Section,
    state_cache::{SavedFold, TileKey},
    tile::{Tile, is_narrow},
    tile_state::TileState,
};

/// Returns whether the tiles of a section are hidden. `state` is that of its heading.
pub(crate) fn is_folded(section: Section, state: &TileState) -> bool {
    state.folded.unwrap_or(section.starts_folded)
}

impl App {
    /// Hides the tiles of the section that begins with a tile, or shows them again.
    pub(super) fn fold_section(&mut self, heading: TileId) {
        if let Some(position) = self.position_of(heading) {
            let dashboard = &mut self.dashboards[position.dashboard];
            dashboard.set_folded(position.tile, |is_folded| !is_folded);
            dashboard.select_tile(dashboard.selected, self.size);
            let connection = dashboard.connection;
            self.display.dirty = true;
            self.schedule_save(connection, self.editor_state.now);
        }
    }
}

/// Returns the index of the heading of the section of one of these tiles, which may be the tile itself.
fn heading_of(tiles: &[Tile], index: usize) -> Option<usize> {
    (0..=index).rev().find(|index| tiles.get(*index).is_some_and(is_heading))
}

/// Returns whether a tile is a heading.
fn is_heading(tile: &Tile) -> bool {
    tile.kind.section().is_some()
}

impl OpenDashboard {
    /// Returns whether the tile with this index in the definition is a heading.
    fn is_heading(&self, index: usize) -> bool {
        self.definition.tiles.get(index).is_some_and(is_heading)
    }

    /// Returns the index of the heading of the section of a tile that is shown, which may be the tile itself.
    fn shown_heading_of(&self, index: usize) -> Option<usize> {
        heading_of(self.shown_tiles(), index)
    }

    fn first_heading(&self) -> Option<usize> {
        (0..self.definition.tiles.len()).find(|index| self.is_heading(*index))
    }

    /// Returns the index in the definition after the last tile of the section of a tile; without one, after the tiles above
    /// all sections.
    fn section_end(&self, index: usize) -> usize {
        let count = self.definition.tiles.len();
        (index + 1..count).find(|index| self.is_heading(*index)).unwrap_or(count)
    }

    /// Returns whether the tile with this index in the definition is the heading of a section whose tiles are hidden.
    pub(super) fn is_folded_heading(&self, index: usize) -> bool {
        self.index_of_origin(&TileOrigin::Tile(index)).is_some_and(|shown| self.is_folded(shown) == Some(true))
    }

    /// Returns whether the tiles of the section that begins with a tile are hidden; `None` if it begins none.
    fn is_folded(&self, index: usize) -> Option<bool> {
        let (tile, state) = self.tile(index)?;
        Some(is_folded(tile.kind.section()?, state))
    }

    /// Returns the edit that adds a tile behind the selected one, and where the tile is defined then. A heading goes behind
    /// the whole section of a heading, and a tile goes behind all devices of a template.
    pub(super) fn insertion(&self, tile: Tile) -> (DashboardEdit, TileOrigin) {
        let selected = self.origin_of(self.selected);
        if let Some((template, _)) = selected.as_ref().and_then(TileOrigin::template)
            && let Some(index) = self.definition.templates.get(template).map(|template| template.position)
        {
            let edit = DashboardEdit::InsertTileBehind { template, tile: Box::new(tile) };
            return (edit, TileOrigin::Tile(index));
        }
        let index = match selected.and_then(|selected| selected.whole().tile_index()) {
            Some(selected) if is_heading(&tile) && self.is_heading(selected) => self.section_end(selected),
            Some(selected) => selected + 1,
            None => self.definition.tiles.len(),
        };
        (DashboardEdit::InsertTile(index, tile), TileOrigin::Tile(index))
    }

    /// Returns whether a tile is the heading of a section whose tiles are shown.
    pub(super) fn is_open_heading(&self, index: usize) -> bool {
        self.is_folded(index) == Some(false)
    }

    /// Returns the index in the definition of the tile with an index on the screen, as a place for the tile of the definition
    /// that is at `moved`. Of a template, it is the next tile behind its tiles, or the one before them, on the other side.
    pub(super) fn own_place(&self, index: usize, moved: usize) -> Option<usize> {
        let origin = self.origin_of(index)?;
        let Some((template, _)) = origin.template() else { return origin.whole().tile_index() };
        let behind = self.definition.templates.get(template)?.position;
        let place = if behind > moved { Some(behind) } else { behind.checked_sub(1) };
        place.filter(|place| *place < self.definition.tiles.len())
    }

    /// Returns the number of tiles of the definition that move when one does: a folded section moves as a whole.
    pub(super) fn moved_count(&self, index: usize) -> usize {
        if self.is_folded_heading(index) { self.section_end(index) - index } else { 1 }
    }

    /// Returns the index in the definition that a tile gets when it is moved to the place of another one. A folded section goes to the
    /// beginning of another section, or to the end of the dashboard: it takes no tiles of its neighbors. A heading takes
    /// no tiles of a folded section.
    pub(super) fn place_of_moved(&self, index: usize, moving: &MoveTile, target: usize) -> usize {
        let (count, target) = (moving.count, target.min(self.definition.tiles.len().saturating_sub(1)));
        if (index..index + count).contains(&target) {
            return index;
        }
        let end = self.section_end(target);
        // Under the pointer, the section changes places once it has passed the other one, or it would jump to and fro.
        match (self.is_folded_heading(index), target > index) {
            (true, true) if moving.is_dragged && target + self.moved_count(target) < end => index,
            (true, true) => end - count,
            (true, false) => match heading_of(&self.definition.tiles, target).or_else(|| self.first_heading()) {
                Some(heading) if !moving.is_dragged || heading == target => heading,
                _ => index,
            },
            (false, true) if self.is_heading(index) && self.is_folded_heading(target) => end - 1,
            (false, _) => target,
        }
    }

    /// Shows the section in which a tile is while it is moved, and hides the one that it has left again.
    pub(super) fn show_moved_tile(&mut self, moving: &mut MoveTile, size: (u16, u16)) {
        let Some(index) = self.index_of(moving.tile) else { return };
        let heading = self.shown_heading_of(index).filter(|heading| *heading != index);
        let heading_id = heading.and_then(|heading| self.tile_id(heading));
        if moving.unfolded != heading_id
            && let Some(left) = moving.unfolded.take().and_then(|heading| self.index_of(heading))
        {
            self.set_folded(left, |_| true);
        }
        if let Some(heading) = heading.filter(|heading| self.is_folded(*heading) == Some(true)) {
            self.set_folded(heading, |_| false);
            moving.unfolded = heading_id;
        }
        self.select_tile(index, size);
    }

    /// Returns the headings with their keys, and how many of the same key are above each of them.
    fn headings(&self) -> impl Iterator<Item = (usize, TileKey, usize)> {
        let mut counts = HashMap::<TileKey, usize>::new();
        self.tiles().enumerate().filter(|(_, tile)| is_heading(tile)).map(move |(index, tile)| {
            let key = TileKey::for_tile(tile);
            let count = counts.entry(key.clone()).or_default();
            *count += 1;
            (index, key, *count - 1)
        })
    }

    /// Returns the sections that are not as the file says, which has this path.
    pub(super) fn folds(&self, path: &Path) -> impl Iterator<Item = SavedFold> {
        self.headings().filter_map(|(index, heading, nth)| {
            let (tile, state) = self.tile(index)?;
            let folded =
                state.folded.filter(|folded| tile.kind.section().is_some_and(|it| it.starts_folded != *folded))?;
            Some(SavedFold { dashboard: path.to_owned(), heading, nth, folded })
        })
    }

    /// Folds and opens the sections as they were in an earlier run, unless the user has done so in this one.
    pub(super) fn restore_folds(&mut self, saved: &[SavedFold]) {
        let Some(path) = &self.path else { return };
        let saved: Vec<&SavedFold> = saved.iter().filter(|fold| fold.dashboard == *path).collect();
        if saved.is_empty() {
            return;
        }
        let find = |(index, key, nth): (usize, TileKey, usize)| {
            let fold = saved.iter().find(|fold| fold.heading == key && fold.nth == nth)?;
            Some((index, fold.folded))
        };
        for (index, folded) in self.headings().filter_map(find).collect::<Vec<_>>() {
            if let Some((_, state)) = self.tile_mut(index) {
                state.folded = state.folded.or(Some(folded));
            }
        }
    }

    /// Shows the tiles of the section of a tile.
    pub(super) fn unfold_section_of(&mut self, index: usize) {
        if let Some(heading) = self.shown_heading_of(index).filter(|heading| *heading != index) {
            self.set_folded(heading, |_| false);
        }
    }

    /// Hides or shows the tiles of the section that begins with a tile.
    fn set_folded(&mut self, heading: usize, change: impl FnOnce(bool) -> bool) {
        if let Some((tile, state)) = self.tile_mut(heading)
            && let Some(section) = tile.kind.section()
        {
            state.folded = Some(change(is_folded(section, state)));
        }
    }

    /// Returns the number of tiles that a screen of this size shows in the section that begins with a tile.
    pub(crate) fn section_len(&self, heading: usize, size: (u16, u16)) -> usize {
        let tiles = self.tiles().enumerate().skip(heading + 1);
        let section = tiles.take_while(|(_, tile)| tile.kind.section().is_none());
        section.filter(|(index, tile)| !self.is_row(*index) && tile.is_shown_on(is_narrow(size))).count()
    }
}
