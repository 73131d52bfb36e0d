//! The newest message of a tile, with as much of its payload as the tile has.

use std::sync::Arc;

use super::{
    history::{HistoryEntry, MAX_HISTORY_PAYLOAD_BYTES},
    tile_state::TileState,
    tile_value::TimedMessage,
};

impl TileState {
    /// Returns the newest message; its payload is complete if the tile still has it, otherwise cut off.
    #[must_use]
    pub(crate) fn last_message(&self) -> Option<TimedMessage> {
        let HistoryEntry { message, received_at } = self.history.last()?;
        let mut last = TimedMessage { message: message.to_message(), received_at };
        last.message.properties.clone_from(&self.newest.properties);
        let is_cut = message.payload.len() >= MAX_HISTORY_PAYLOAD_BYTES;
        if let Some(payload) = self.pending.as_ref().and_then(|pending| pending.full_payload.as_ref()) {
            last.message.payload = Arc::clone(payload.bytes());
        }
        if let Some(payload) = &self.newest.failed_payload {
            last.message.payload = Arc::clone(payload);
        }
        if let Some(value) = self.value.as_ref().filter(|value| is_cut && value.updated_at <= last.received_at)
            && value.payload.starts_with(&last.message.payload)
        {
            last.message.payload = Arc::clone(&value.payload);
        }
        Some(last)
    }

    /// Returns the size of the newest payload in bytes, which may be more than is kept of it.
    #[must_use]
    pub(crate) fn last_payload_bytes(&self) -> usize {
        self.newest.bytes
    }
}
