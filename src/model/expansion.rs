//! The tiles that a dashboard shows, if these are not exactly the tiles of its definition.

mod panel;

use std::borrow::Cow;

use super::{dashboard::Dashboard, edit::DashboardEdit, tile::Tile};

/// Where a tile that is shown is defined.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TileOrigin {
    /// It is the tile of the definition with this index.
    Tile(usize),
    /// It is a row of the panel that is defined there.
    Row(Box<TileOrigin>, usize),
}

impl TileOrigin {
    /// Returns where the same is defined after tiles of the definition have moved: `new_index` returns the new index of one.
    #[must_use]
    pub(crate) fn moved(&self, new_index: &impl Fn(usize) -> usize) -> Self {
        match self {
            Self::Tile(index) => Self::Tile(new_index(*index)),
            Self::Row(panel, row) => Self::Row(Box::new(panel.moved(new_index)), *row),
        }
    }

    /// Returns the index of the tile of the definition that it is; `None` if it is made from a part of the definition.
    pub(crate) const fn tile_index(&self) -> Option<usize> {
        match self {
            Self::Tile(index) => Some(*index),
            Self::Row(..) => None,
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
    pub(crate) fn tile_at(&self, origin: &TileOrigin) -> Option<Cow<'_, Tile>> {
        match origin {
            TileOrigin::Tile(index) => self.tiles.get(*index).map(Cow::Borrowed),
            TileOrigin::Row(panel, row) => self.row_at(panel, *row),
        }
    }

    /// Returns the edit that replaces the tile that is defined there; `None` if there is none.
    pub(crate) fn replace_at(&self, origin: &TileOrigin, tile: Tile) -> Option<DashboardEdit> {
        match origin {
            TileOrigin::Tile(index) => (*index < self.tiles.len()).then_some(DashboardEdit::ReplaceTile(*index, tile)),
            TileOrigin::Row(panel, row) => self.replace_row_at(panel, *row, &tile),
        }
    }

    /// Returns the tiles that the dashboard shows; `None` if these are exactly its own ones, so that most dashboards keep
    /// each tile once.
    pub(crate) fn expand(&self) -> Option<Expansion> {
        self.tiles.iter().any(Tile::is_panel).then(|| {
            let mut expansion = Expansion::default();
            for (index, tile) in self.tiles.iter().enumerate() {
                expansion.push(tile.clone(), &TileOrigin::Tile(index));
            }
            expansion
        })
    }
}
