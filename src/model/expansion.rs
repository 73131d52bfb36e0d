//! The tiles that a dashboard shows, if these are not exactly the tiles of its definition.

use super::{dashboard::Dashboard, edit::DashboardEdit, tile::Tile};

/// Where a tile that is shown is defined.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TileOrigin {
    /// It is the tile of the definition with this index.
    Tile(usize),
}

impl TileOrigin {
    /// Returns the index of the tile of the definition that it is; `None` if it is made from a part of the definition.
    pub(crate) const fn tile_index(&self) -> Option<usize> {
        match self {
            Self::Tile(index) => Some(*index),
        }
    }
}

/// The tiles that a dashboard shows, each with where it is defined.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expansion {
    /// The tiles, in the order in which they are shown.
    pub tiles: Vec<Tile>,
    /// Where each of them is defined.
    pub origins: Vec<TileOrigin>,
}

impl Dashboard {
    /// Returns the tile that is defined there; `None` if there is none.
    pub(crate) fn tile_at(&self, origin: &TileOrigin) -> Option<&Tile> {
        match origin {
            TileOrigin::Tile(index) => self.tiles.get(*index),
        }
    }

    /// Returns the edit that replaces the tile that is defined there; `None` if there is none.
    pub(crate) fn replace_at(&self, origin: &TileOrigin, tile: Tile) -> Option<DashboardEdit> {
        match origin {
            TileOrigin::Tile(index) => (*index < self.tiles.len()).then_some(DashboardEdit::ReplaceTile(*index, tile)),
        }
    }

    /// Returns the tiles that the dashboard shows; `None` if these are exactly its own ones, so that most dashboards keep
    /// each tile once.
    pub(crate) fn expand(&self) -> Option<Expansion> {
        None
    }
}
