//! Messages that are decoded, by a rule for their topic or by a tile: the tile gets what its decoders make of a message, as if that had been sent.

mod metric_names;
mod rules;

use std::collections::HashSet;

use super::{App, Effect, OpenDashboard, tile_position::TilePosition};
use crate::{
    decode::{DecodeError, Decoder, EdgeNodes, decode},
    model::{batch::MessageRef, history::MAX_HISTORY_PAYLOAD_BYTES, shared_payload::SharedPayload, time::Time},
};

/// What some decoders have made of a message.
type Decoded = (Vec<Decoder>, Result<SharedPayload, DecodeError>);

/// How many bytes are decoded of the messages that arrive together, as sent and as decoded. That is a few milliseconds:
/// keys and frames have to wait for it.
const MAX_BATCH_BYTES: usize = 1 << 20;
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
        for (_, tiles) in newest.iter_mut().rev() {
            tiles.retain(|tile| seen.insert(*tile));
        }
        for (message, tiles) in newest {
            self.decode_message(&tiles, message, now, effects);
        }
    }

    /// Passes a message to tiles, decoded. Each combination of decoders reads it once. Returns the number of bytes
    /// that were decoded.
    fn decode_message(
        &mut self,
        tiles: &[TilePosition],
        message: MessageRef<'_>,
        now: Time,
        effects: &mut Vec<Effect>,
    ) -> usize {
        let mut known: Vec<Decoded> = Vec::new();
        let (mut kept_bytes, mut decoded_bytes) = (0, 0);
        for position in tiles {
            let Some(dashboard) = self.dashboards.get_mut(position.dashboard) else { continue };
            let Some((tile, _)) = dashboard.tile(position.tile) else { continue };
            let decoders = self.decoder_rules.followed_by(message.topic, tile.decoders());
            let index = known.iter().position(|(known, _)| **known == *decoders).unwrap_or_else(|| {
                let decoded = decode(&decoders, message.payload).map(|payload| SharedPayload::new(&payload));
                kept_bytes += decoded.as_ref().map_or(0, |payload| payload.bytes().len());
                let bytes = decoded.as_ref().map_or(BYTES_OF_FAILURE, |payload| payload.bytes().len());
                decoded_bytes += message.payload.len() + bytes;
                known.push((decoders.into_owned(), decoded));
                known.len() - 1
            });
            match &known[index].1 {
                Ok(payload) => {
                    let (bytes, mut payload) = (payload.bytes().clone(), Some(payload.clone()));
                    // Each tile keeps the topic and a small payload in its own history.
                    kept_bytes += message.topic.len() + bytes.len().min(MAX_HISTORY_PAYLOAD_BYTES);
                    if tile.is_unchanged_by(message.topic, &bytes) {
                        let connection = self.connections.iter().find(|open| open.id == dashboard.connection);
                        let nodes = connection.map(|connection| &connection.edge_nodes);
                        dashboard.receive_unchanged(position.tile, message, nodes, now);
                        continue;
                    }
                    let message = MessageRef { payload: &bytes, ..message };
                    if dashboard.record_for_script(position.tile, message, now) {
                        self.run_receive_scripts(&[*position], message, (now, &mut payload), effects);
                    } else {
                        dashboard.receive_message(position.tile, message, now, &mut payload);
                    }
                }
                Err(error) => dashboard.receive_undecodable(position.tile, message, error.clone(), now),
            }
        }
        self.count_kept_bytes(kept_bytes);
        decoded_bytes
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

    /// Passes a message to a tile about whose value it says nothing. If that is only because no message of birth has named
    /// the metrics, a tile without a value says so.
    fn receive_unchanged(&mut self, index: usize, message: MessageRef<'_>, nodes: Option<&EdgeNodes>, now: Time) {
        let has_value = self.tile(index).is_some_and(|(_, state)| state.value.is_some());
        let received = nodes.filter(|_| !has_value).and_then(|nodes| nodes.complete(message.topic, message.payload));
        if received.is_some_and(|received| received.unnamed > 0) {
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
