//! The mark of a tile that can be pressed.

use super::OpenDashboard;
use crate::model::{
    press::{PressConfirmation, PressMode},
    tile::Tile,
    tile_state::TileState,
};

/// What a press has to do before it publishes, as a tile shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PressMark {
    /// Nothing: it publishes at once, or opens a prompt.
    Direct,
    /// It asks.
    Asks,
    /// The key must be held.
    Hold,
}

impl PressMark {
    /// Returns the mark of a tile; `None` if a press publishes nothing.
    pub(crate) fn of(dashboard: &OpenDashboard, tile: &Tile, state: &TileState) -> Option<Self> {
        tile.is_control().then(|| Self::of_control(dashboard, tile, state)).flatten()
    }

    /// Returns the mark of a tile that controls something.
    pub(crate) fn of_control(dashboard: &OpenDashboard, tile: &Tile, state: &TileState) -> Option<Self> {
        let is_refused = dashboard.definition.locked.locks_presses();
        (!is_refused).then(|| Self::with_mode(tile, dashboard.definition.press, state.is_offline()))
    }

    /// Returns the mark of a tile that controls something, on a dashboard with this mode. `is_offline` is whether its
    /// device is known to be offline.
    pub(crate) const fn with_mode(tile: &Tile, mode: PressMode, is_offline: bool) -> Self {
        match (&tile.confirm, mode) {
            (Some(PressConfirmation::Hold), _) => Self::Hold,
            (Some(PressConfirmation::Ask(_)), _) | (None, PressMode::Guarded) => Self::Asks,
            (None, PressMode::Direct) if is_offline => Self::Asks,
            (None, PressMode::Direct) => Self::Direct,
        }
    }
}
