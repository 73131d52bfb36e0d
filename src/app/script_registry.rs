//! The tiles that have scripts, and the requests that they wait for.

use std::collections::HashMap;

use super::{Effect, ScriptsEffect};
use crate::model::{id::TileId, script::TileScripts, tile_value::TimedMessage, time::Time};

/// The maximum number of messages of a tile that wait for its receive script; further ones skip it.
const MAX_WAITING_MESSAGES: usize = 256;
/// The maximum size of all messages that wait for receive scripts, in bytes; further ones skip them.
const MAX_WAITING_BYTES: usize = 32 << 20;

/// The tiles that have scripts, and their pending requests.
#[derive(Debug, Default)]
pub(super) struct ScriptRegistry {
    pub(super) tiles: HashMap<TileId, ScriptedTile>,
    pub(super) last_request_id: u64,
    /// The size of all waiting messages, in bytes.
    waiting_bytes: usize,
    /// When the display scripts of the visible tiles run again.
    pub(super) run_at: Option<Time>,
}

/// A tile with scripts, and its pending requests.
#[derive(Debug, Default)]
pub(super) struct ScriptedTile {
    /// Responses to older requests belong to scripts that were unloaded.
    first_request_id: u64,
    /// The scripts that the engine has; equal scripts are not sent again.
    pub(super) scripts: TileScripts,
    pub(super) display_pending: bool,
    pub(super) display_requested_again: bool,
    waiting_messages: HashMap<u64, TimedMessage>,
    /// The steps that wait for a tap script to decide about them.
    waiting_steps: HashMap<u64, i32>,
}

impl ScriptedTile {
    /// Creates a tile whose requests begin with this ID.
    pub(super) fn new(first_request_id: u64) -> Self {
        Self { first_request_id, ..Self::default() }
    }

    /// Returns whether a script has not answered yet that decides what the tile shows.
    pub(super) fn waits(&self) -> bool {
        self.display_pending || !self.waiting_messages.is_empty()
    }
}

impl ScriptRegistry {
    /// Unloads the scripts of these tiles. Late responses of the scripts are ignored.
    pub(super) fn remove_tiles(&mut self, tiles: &[TileId]) -> Vec<Effect> {
        let mut removed = tiles.to_vec();
        removed.retain(|tile| {
            let scripted_tile = self.tiles.remove(tile);
            let messages = scripted_tile.iter().flat_map(|tile| tile.waiting_messages.values());
            self.waiting_bytes -= messages.map(payload_len).sum::<usize>();
            scripted_tile.is_some()
        });
        removed.iter().map(|tile| Effect::Scripts(ScriptsEffect::SetScripts(*tile, TileScripts::default()))).collect()
    }

    pub(super) fn next_request_id(&mut self) -> u64 {
        self.last_request_id += 1;
        self.last_request_id
    }

    /// Keeps a message until the receive script of its tile has run. Returns the ID for the request, or `None` if too
    /// many messages are waiting.
    pub(super) fn push_waiting(&mut self, tile: TileId, received: &TimedMessage) -> Option<u64> {
        let request_id = self.next_request_id();
        let waiting_bytes = self.waiting_bytes + payload_len(received);
        let scripted_tile = self.tiles.get_mut(&tile)?;
        if scripted_tile.waiting_messages.len() >= MAX_WAITING_MESSAGES || waiting_bytes > MAX_WAITING_BYTES {
            return None;
        }
        self.waiting_bytes = waiting_bytes;
        scripted_tile.waiting_messages.insert(request_id, received.clone());
        Some(request_id)
    }

    /// Returns whether a request belongs to scripts that are still loaded.
    pub(super) fn is_current(&self, tile: TileId, request_id: u64) -> bool {
        self.tiles.get(&tile).is_some_and(|tile| request_id >= tile.first_request_id)
    }

    /// Keeps the steps of a tile until its tap script has run. Returns the ID for the request.
    pub(super) fn push_steps(&mut self, tile: TileId, steps: i32) -> u64 {
        let request_id = self.next_request_id();
        if let Some(scripted_tile) = self.tiles.get_mut(&tile) {
            scripted_tile.waiting_steps.insert(request_id, steps);
        }
        request_id
    }

    /// Takes the steps that have waited for the response to a request, if it was about steps.
    pub(super) fn take_steps(&mut self, tile: TileId, request_id: u64) -> Option<i32> {
        self.tiles.get_mut(&tile)?.waiting_steps.remove(&request_id)
    }

    /// Takes the newest message that waits for the receive script of a tile.
    pub(super) fn take_newest_waiting(&mut self, tile: TileId) -> Option<TimedMessage> {
        let newest = self.tiles.get(&tile)?.waiting_messages.keys().max().copied()?;
        self.take_waiting(tile, newest)
    }

    /// Takes the message that has waited for the response to a request, if there is one.
    pub(super) fn take_waiting(&mut self, tile: TileId, request_id: u64) -> Option<TimedMessage> {
        let received = self.tiles.get_mut(&tile)?.waiting_messages.remove(&request_id)?;
        self.waiting_bytes -= payload_len(&received);
        Some(received)
    }
}

fn payload_len(received: &TimedMessage) -> usize {
    received.message.payload.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::connection::Message;

    #[test]
    fn waiting_messages_are_limited_in_bytes_until_they_are_taken_or_their_tile_is_gone() {
        let message = Message::new("t", vec![0; 1 << 20]);
        let received = TimedMessage { message, received_at: Time::default() };
        let mut registry = ScriptRegistry::default();
        for tile in [TileId(1), TileId(2)] {
            registry.tiles.insert(tile, ScriptedTile::default());
        }
        let first = registry.push_waiting(TileId(1), &received).unwrap();
        let accepted = (0..100).filter(|_| registry.push_waiting(TileId(2), &received).is_some()).count();
        assert_eq!(accepted, 31);
        assert_eq!(registry.take_waiting(TileId(1), first), Some(received.clone()));
        assert_eq!(registry.take_waiting(TileId(1), first), None, "it is taken once");
        assert!(registry.push_waiting(TileId(1), &received).is_some());
        assert!(registry.push_waiting(TileId(1), &received).is_none());
        registry.remove_tiles(&[TileId(2)]);
        let accepted = (0..100).filter(|_| registry.push_waiting(TileId(1), &received).is_some()).count();
        assert_eq!(accepted, 31);
    }
}
