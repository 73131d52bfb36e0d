//! What a tile knows about its device.

use super::{availability::DeviceStatus, tile_state::TileState};

impl TileState {
    /// Returns whether the device of the tile has said, or the broker for it, that it is offline.
    pub(crate) fn is_offline(&self) -> bool {
        self.device.as_ref().is_some_and(|device| !device.is_online)
    }

    /// Returns what is known about the device of the tile.
    pub(crate) fn device(&self) -> Option<DeviceStatus> {
        self.device.as_deref().copied()
    }

    /// Sets what is known about the device of the tile. Returns what was known before.
    pub(crate) fn set_device(&mut self, status: Option<DeviceStatus>) -> Option<DeviceStatus> {
        std::mem::replace(&mut self.device, status.map(Box::new)).map(|before| *before)
    }
}
