//! The sections of a dashboard: each begins with a heading, and its tiles can be hidden.

use super::{App, OpenDashboard};
use crate::model::{id::TileId, kind::Section, tile::is_narrow, tile_state::TileState};

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
            self.display.dirty = true;
        }
    }
}

impl OpenDashboard {
    /// Returns the index of the heading of the section of a tile, which may be the tile itself.
    fn heading_of(&self, index: usize) -> Option<usize> {
        (0..=index).rev().find(|index| self.shown_tiles().get(*index).is_some_and(|tile| tile.kind.section().is_some()))
    }

    /// Shows the tiles of the section of a tile.
    pub(super) fn unfold_section_of(&mut self, index: usize) {
        if let Some(heading) = self.heading_of(index).filter(|heading| *heading != index) {
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
