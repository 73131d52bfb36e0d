//! Finding tiles, dashboards and connections by their identifiers.

use std::path::Path;

use super::{App, Connection, Effect, OpenDashboard, tile_position::TilePosition};
use crate::model::{
    connection::ConnectionId,
    id::{DashboardId, TileId},
    tile::Tile,
    tile_state::TileState,
};

impl App {
    /// Returns where a tile is now; `None` if it is gone.
    pub(super) fn position_of(&self, id: TileId) -> Option<TilePosition> {
        self.dashboards
            .iter()
            .enumerate()
            .find_map(|(index, dashboard)| dashboard.index_of(id).map(|tile| TilePosition { dashboard: index, tile }))
    }

    /// Returns the dashboard of a tile and the index of the tile; `None` if it is gone.
    pub(crate) fn dashboard_of(&self, id: TileId) -> Option<(&OpenDashboard, usize)> {
        let position = self.position_of(id)?;
        Some((&self.dashboards[position.dashboard], position.tile))
    }

    /// Returns a tile and its state; `None` if it is gone.
    pub(crate) fn tile(&self, id: TileId) -> Option<(&Tile, &TileState)> {
        self.dashboard_of(id).and_then(|(dashboard, index)| dashboard.tile(index))
    }

    /// Returns the panel of a row, or the tile itself.
    pub(super) fn whole_of(&self, id: TileId) -> TileId {
        let whole = self.dashboard_of(id).and_then(|(dashboard, index)| dashboard.tile_id(dashboard.whole_of(index)));
        whole.unwrap_or(id)
    }

    /// Returns the index of the dashboard of a tile, and the index of the tile in its definition; `None` if the tile is
    /// gone, or is not one of the definition.
    pub(super) fn definition_position_of(&self, id: TileId) -> Option<TilePosition> {
        let TilePosition { dashboard, tile } = self.position_of(id)?;
        Some(TilePosition { dashboard, tile: self.dashboards[dashboard].definition_index(tile)? })
    }

    /// Returns a tile and its state to change; `None` if the tile is gone.
    pub(super) fn tile_mut(&mut self, id: TileId) -> Option<(&Tile, &mut TileState)> {
        let position = self.position_of(id)?;
        self.dashboards[position.dashboard].tile_mut(position.tile)
    }

    /// Returns the tiles that are on the screen.
    pub(super) fn visible_tile_ids(&self) -> Vec<TileId> {
        let Some(dashboard) = self.current_dashboard() else {
            return Vec::new();
        };
        dashboard.visible_tiles(self.size).filter_map(|index| dashboard.tile_id(index)).collect()
    }

    /// Returns whether a tile is on the screen.
    pub(super) fn is_tile_visible(&self, id: TileId) -> bool {
        self.current_dashboard().is_some_and(|dashboard| {
            dashboard.index_of(id).is_some_and(|index| dashboard.is_tile_visible(index, self.size))
        })
    }

    /// Returns the index of an open dashboard; `None` if it is gone.
    pub(super) fn index_of_dashboard(&self, id: DashboardId) -> Option<usize> {
        self.dashboards.iter().position(|dashboard| dashboard.id == id)
    }

    /// Returns the index of the open dashboard of a file; `None` if it is not open.
    pub(super) fn dashboard_index_of(&self, path: &Path) -> Option<usize> {
        self.dashboards.iter().position(|dashboard| dashboard.path.as_deref() == Some(path))
    }

    /// Returns an open dashboard; `None` if it is gone.
    pub(crate) fn dashboard(&self, id: DashboardId) -> Option<&OpenDashboard> {
        self.dashboards.iter().find(|dashboard| dashboard.id == id)
    }

    /// Returns a connection; `None` if it is closed.
    pub(crate) fn connection(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.id == id)
    }

    /// Returns a connection to change; `None` if it is closed.
    pub(super) fn connection_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.iter_mut().find(|connection| connection.id == id)
    }

    /// Forgets what belongs to tiles that are gone: unfinished publish requests, scripts, and a dialog about
    /// one of them. A form keeps the user's input: it becomes the form of a new tile.
    pub(super) fn forget_tiles(&mut self, removed: &[TileId]) -> Vec<Effect> {
        self.publishing.pending.retain(|_, tile| !removed.contains(tile));
        self.publishing.throttle.forget_tiles(removed);
        self.activity.forget_tiles(removed);
        self.close_obsolete_screen(removed);
        self.script_registry.remove_tiles(removed)
    }
}
