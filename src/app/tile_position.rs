//! Positions of tiles. They are valid until the next change of the dashboards: only the router and each dashboard keep
//! some, and rebuild them with every change.

/// The position of a tile: its dashboard and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TilePosition {
    /// The index of the open dashboard.
    pub dashboard: usize,
    /// The index of the tile.
    pub tile: usize,
}
