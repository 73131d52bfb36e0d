//! Whether the devices of tiles are online.

use super::{App, OpenDashboard, tile_position::TilePosition};
use crate::model::{
    availability::{Availability, DeviceStatus},
    batch::MessageRef,
    connection::ConnectionId,
    message_age::MessageAge,
    tile::Tile,
    time::Time,
};

impl OpenDashboard {
    /// Returns where the device of a tile says whether it is online.
    pub(super) fn availability_of<'a>(&'a self, tile: &'a Tile) -> Option<&'a Availability> {
        tile.availability().or(self.availability.as_ref())
    }
}

impl App {
    /// Takes a message into account that says whether the device of these tiles is online.
    pub(super) fn update_device(
        &mut self,
        tiles: &[TilePosition],
        connection: ConnectionId,
        message: MessageRef<'_>,
        now: Time,
    ) {
        if tiles.is_empty() {
            return;
        }
        let age = self.connection(connection).and_then(|connection| connection.topic_cache.age_of(message.topic));
        let since = age.unwrap_or(MessageAge { since: now, is_unknown: message.retain });
        let changes = tiles.iter().filter_map(|position| self.set_device_status(*position, message, since));
        // One entry for all tiles of the device.
        if let Some((position, before)) = changes.fold(None, |first, change| first.or(Some(change))) {
            self.record_device(position, before, now);
        }
    }

    /// Sets what a message says about the device of a tile. Returns what was known before, if that has changed.
    fn set_device_status(
        &mut self,
        position: TilePosition,
        message: MessageRef<'_>,
        since: MessageAge,
    ) -> Option<(TilePosition, DeviceStatus)> {
        let dashboard = self.dashboards.get_mut(position.dashboard)?;
        let (tile, _) = dashboard.tile(position.tile)?;
        let is_online = dashboard.availability_of(tile)?.is_online(message, &self.decoder_rules)?;
        let (_, state) = dashboard.tile_mut(position.tile)?;
        if state.device().is_some_and(|device| device.is_online == is_online) {
            return None;
        }
        self.display.dirty = true;
        let previous = state.set_device(Some(DeviceStatus { is_online, since }));
        previous.map(|previous| (position, previous))
    }

    /// Sets what is known already about the devices of the tiles of a dashboard: the broker does not send the retained
    /// message of a topic again that is subscribed to.
    pub(super) fn recall_devices(&mut self, dashboard_index: usize) {
        let Some(dashboard) = self.dashboards.get(dashboard_index) else { return };
        let Some(connection) = self.connections.iter().find(|connection| connection.id == dashboard.connection) else {
            return;
        };
        let status = |tile: &Tile| {
            let availability = dashboard.availability_of(tile)?;
            let (message, _, since) = connection.topic_cache.latest_message(&availability.topic()?)?;
            Some(DeviceStatus { is_online: availability.is_online(message, &self.decoder_rules)?, since })
        };
        let statuses: Vec<_> = dashboard.tiles().map(status).collect();
        for ((_, state), status) in self.dashboards[dashboard_index].tiles_mut().zip(statuses) {
            state.set_device(status.or(state.device()));
        }
    }
}

#[cfg(test)]
#[path = "availability_tests.rs"]
mod tests;
