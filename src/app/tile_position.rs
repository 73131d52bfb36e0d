//! Positions of tiles. They are valid until the next change of the dashboards: only the router and each dashboard keep
//! some, and rebuild them with every change.

/// What a message of a topic is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route {
    /// The tile.
    pub position: TilePosition,
    /// Whether it says if the device of the tile is online, and is no value.
    pub is_availability: bool,
}

/// What a message of a topic is for, if it is not for a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TemplateRoute {
    /// The index of the open dashboard.
    pub dashboard: usize,
    /// The index of the template.
    pub template: usize,
    /// Whether it is the name of a device.
    pub is_name: bool,
}

/// The position of a tile: its dashboard and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TilePosition {
    /// The index of the open dashboard.
    pub dashboard: usize,
    /// The index of the tile.
    pub tile: usize,
}
