//! Messages that are decoded, by a rule for their topic or by a tile: the tile gets what its decoders make of a message, as if that had been sent.

mod metric_names;
mod rules;

use std::collections::HashSet;

use super::{App, Effect, OpenDashboard, tile_position::TilePosition};
use crate::{
    decode::{DecodeError, Decoder, decode, is_sparkplug_topic},
    model::{
        batch::MessageRef, history::MAX_HISTORY_PAYLOAD_BYTES, json_path::find_all, shared_payload::SharedPayload,
        tile::Tile, time::Time,
    },
};

/// What some decoders have made of a message.
struct Decoded {
    decoders: Vec<Decoder>,
    payload: Result<SharedPayload, DecodeError>,
    /// The tiles about whose values it says nothing.
    unchanged: Vec<TilePosition>,
}

impl Decoded {
    fn decoded_bytes(&self) -> usize {
        self.payload.as_ref().map_or(BYTES_OF_FAILURE, |payload| payload.bytes().len())
    }
}

/// How many bytes are decoded of the messages that arrive together, as sent and as decoded. That is a few milliseconds:
/// keys and frames have to wait for it.
const MAX_BATCH_BYTES: usize = 1 << 20;
/// How many bytes of messages that have only what has changed are decoded besides: values would be lost without them.
const MAX_PARTIAL_BYTES: usize = 2 << 20;
/// As how many bytes a message counts that cannot be decoded, besides its payload.
const BYTES_OF_FAILURE: usize = 64 << 10;

impl App {
    /// Passes messages that arrive together to tiles, decoded. If that is too much, a tile gets only the newest of
    /// the others.
    pub(super) fn decode_messages(
        &mut self,
        messages: Vec<(MessageRef<'_>, Vec<TilePosition>)>,
        now: Time,
        effects: &mut Vec<Effect>,
    ) {
        let mut bytes = 0;
        let mut messages = messages.into_iter();
        while bytes <= MAX_BATCH_BYTES
            && let Some((message, tiles)) = messages.next()
        {
            bytes += self.decode_message(&tiles, message, now, effects);
        }
        let mut seen = HashSet::new();
        let mut newest: Vec<_> = messages.collect();
        let mut room = MAX_PARTIAL_BYTES;
        for (message, tiles) in newest.iter_mut().rev() {
            // A later message of Sparkplug does not stand for the ones before: it has only what has changed.
            let is_needed = is_sparkplug_topic(message.topic) && message.payload.len() <= room;
            room -= if is_needed { message.payload.len() } else { 0 };
            tiles.retain(|tile| seen.insert(*tile) || is_needed);
        }
        for (message, tiles) in newest {
            self.decode_message(&tiles, message, now, effects);
        }
    }

    /// Returns what is made of a message for these tiles, and the tiles with the number of theirs. Each combination of
    /// decoders reads it once.
    fn decoded_for(
        &self,
        tiles: &[TilePosition],
        message: MessageRef<'_>,
    ) -> (Vec<Decoded>, Vec<(TilePosition, usize)>) {
        let mut known: Vec<Decoded> = Vec::new();
        let mut receivers = Vec::new();
        for position in tiles {
            let dashboard = self.dashboards.get(position.dashboard);
            let Some((tile, _)) = dashboard.and_then(|dashboard| dashboard.tile(position.tile)) else { continue };
            let decoders = self.decoder_rules.followed_by(message.topic, tile.decoders());
            let index = known.iter().position(|known| *known.decoders == *decoders).unwrap_or_else(|| {
                let payload = decode(&decoders, message.payload).map(|payload| SharedPayload::new(&payload));
                let unchanged = payload.as_ref().map(|payload| self.unchanged_tiles(tiles, message.topic, payload));
                let unchanged = unchanged.unwrap_or_default();
                known.push(Decoded { decoders: decoders.into_owned(), payload, unchanged });
                known.len() - 1
            });
            receivers.push((*position, index));
        }
        (known, receivers)
    }

    /// Passes a message to tiles, decoded. Returns the number of bytes that were decoded.
    fn decode_message(
        &mut self,
        tiles: &[TilePosition],
        message: MessageRef<'_>,
        now: Time,
        effects: &mut Vec<Effect>,
    ) -> usize {
        let (known, receivers) = self.decoded_for(tiles, message);
        let mut kept_bytes = known.iter().filter_map(|known| Some(known.payload.as_ref().ok()?.bytes().len())).sum();
        let mut has_unnamed = None;
        for (position, index) in receivers {
            let Some(dashboard) = self.dashboards.get_mut(position.dashboard) else { continue };
            match &known[index].payload {
                Ok(_) if known[index].unchanged.contains(&position) => {
                    let connection = self.connections.iter().find(|open| open.id == dashboard.connection);
                    let find = || connection?.edge_nodes.complete(message.topic, message.payload);
                    if *has_unnamed.get_or_insert_with(|| find().is_some_and(|received| received.unnamed > 0)) {
                        dashboard.receive_unnamed(position.tile, message, now);
                    }
                }
                Ok(payload) => {
                    let (bytes, mut payload) = (payload.bytes().clone(), Some(payload.clone()));
                    // Each tile keeps the topic and a small payload in its own history.
                    kept_bytes += message.topic.len() + bytes.len().min(MAX_HISTORY_PAYLOAD_BYTES);
                    let message = MessageRef { payload: &bytes, ..message };
                    if dashboard.record_for_script(position.tile, message, now) {
                        self.run_receive_scripts(&[position], message, (now, &mut payload), effects);
                    } else {
                        dashboard.receive_message(position.tile, message, now, &mut payload);
                    }
                }
                Err(error) => dashboard.receive_undecodable(position.tile, message, error.clone(), now),
            }
        }
        self.count_kept_bytes(kept_bytes);
        known.iter().map(|known| message.payload.len() + known.decoded_bytes()).sum()
    }

    /// Returns those of the tiles about whose values a message says nothing. All paths are followed in one pass.
    fn unchanged_tiles(&self, tiles: &[TilePosition], topic: &str, decoded: &SharedPayload) -> Vec<TilePosition> {
        if !is_sparkplug_topic(topic) {
            return Vec::new();
        }
        let path_of = |position: &TilePosition| {
            let (tile, _) = self.dashboards.get(position.dashboard)?.tile(position.tile)?;
            Some((*position, tile.json_path.as_ref()?))
        };
        let (positions, paths): (Vec<_>, Vec<_>) = tiles.iter().filter_map(path_of).unzip();
        let found = find_all(decoded.bytes(), &paths);
        positions
            .into_iter()
            .zip(found)
            .filter(|(_, found)| Tile::says_nothing(found))
            .map(|(position, _)| position)
            .collect()
    }
}

impl OpenDashboard {
    /// Records a message of a tile whose script makes its value of it. Returns whether the tile has such a script.
    fn record_for_script(&mut self, index: usize, message: MessageRef<'_>, now: Time) -> bool {
        match self.tile_mut(index) {
            Some((tile, state)) if tile.has_receive_script() => {
                state.record_message(message, now);
                true
            }
            _ => false,
        }
    }

    /// Passes a message to a tile about whose value it says nothing, perhaps only because no message of birth has named the
    /// metrics: a tile without a value says so.
    fn receive_unnamed(&mut self, index: usize, message: MessageRef<'_>, now: Time) {
        if self.tile(index).is_some_and(|(_, state)| state.value.is_none()) {
            self.receive_undecodable(index, message, DecodeError::UnnamedMetrics, now);
        }
    }

    /// Passes a message to a tile that cannot decode it.
    fn receive_undecodable(&mut self, index: usize, message: MessageRef<'_>, error: DecodeError, now: Time) {
        if let Some(state) = self.tile_states.get_mut(index)
            && state.receive_undecodable(message, error, now)
        {
            self.unresolved_tiles.push(index);
        }
    }
}

#[cfg(test)]
mod tests;
