//! The rows of panels among the tiles that are shown: each is a tile of its own, directly behind its panel.

use std::borrow::Cow;

use super::{Expansion, TileOrigin};
use crate::model::{dashboard::Dashboard, edit::DashboardEdit, tile::Tile};

impl TileOrigin {
    /// Returns the number of the row, if it is the row of a panel.
    pub(crate) const fn row(&self) -> Option<usize> {
        match self {
            Self::Row(_, row) => Some(*row),
            Self::Tile(_) | Self::Template { .. } => None,
        }
    }

    /// Returns where the tile is defined that can be moved, copied and deleted: the panel of a row, or else the tile itself.
    pub(crate) const fn whole(&self) -> &Self {
        match self {
            Self::Row(panel, _) => panel.whole(),
            Self::Tile(_) | Self::Template { .. } => self,
        }
    }
}

impl Expansion {
    /// Adds a tile as it is shown, and the rows that it has. `made` returns a row that was made before.
    pub(super) fn push(&mut self, tile: Tile, origin: TileOrigin, made: &mut impl FnMut(&TileOrigin) -> Option<Tile>) {
        let panel = self.tiles.len();
        let row_count = tile.row_tables().len();
        self.origins.push(origin);
        self.tiles.push(tile);
        for index in 0..row_count {
            let origin = TileOrigin::Row(Box::new(self.origins[panel].clone()), index);
            if let Some(row) = made(&origin).or_else(|| self.tiles[panel].shown_row(index)) {
                self.origins.push(origin);
                self.tiles.push(row);
            }
        }
    }
}

impl Dashboard {
    /// Returns the row of a panel that is defined there; `None` if there is none.
    pub(super) fn row_at(&self, panel: &TileOrigin, row: usize) -> Option<Cow<'_, Tile>> {
        self.tile_at(panel)?.row(row).map(Cow::Owned)
    }

    /// Returns the edit that replaces a row of the panel that is defined there, or adds one behind its last; `None` if there
    /// is none.
    pub(super) fn replace_row_at(&self, panel: &TileOrigin, row: usize, tile: &Tile) -> Option<DashboardEdit> {
        self.replace_at(panel, self.tile_at(panel)?.with_row(row, tile)?)
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
