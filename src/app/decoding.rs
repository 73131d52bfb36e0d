//! Messages for tiles that decode them: a tile gets what its decoders make of a message, as if that had been sent.

use super::{App, Effect, OpenDashboard, tile_position::TilePosition};
use crate::{
    decode::Decoder,
    model::{batch::MessageRef, error::TileError, shared_payload::SharedPayload, time::Time},
};

/// What some decoders have made of a message.
type Decoded = (Vec<Decoder>, Result<SharedPayload, TileError>);

impl App {
    /// Passes a message to tiles that decode it. Each combination of decoders reads it once.
    pub(super) fn decode_message(
        &mut self,
        tiles: &[TilePosition],
        message: MessageRef<'_>,
        now: Time,
        effects: &mut Vec<Effect>,
    ) {
        let mut known: Vec<Decoded> = Vec::new();
        for position in tiles {
            let Some(dashboard) = self.dashboards.get_mut(position.dashboard) else { continue };
            let Some((tile, _)) = dashboard.tile(position.tile) else { continue };
            let index = known.iter().position(|(decoders, _)| decoders == tile.decoders()).unwrap_or_else(|| {
                let decoded = tile.decoded(message.payload).map(|payload| SharedPayload::new(&payload));
                known.push((tile.decoders().to_vec(), decoded));
                known.len() - 1
            });
            match &known[index].1 {
                Ok(payload) => {
                    let (bytes, mut payload) = (payload.bytes().clone(), Some(payload.clone()));
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
        let bytes = |(_, decoded): &Decoded| decoded.as_ref().map_or(0, |payload| payload.bytes().len());
        self.count_kept_bytes(known.iter().map(bytes).sum());
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

    /// Passes a message to a tile that cannot decode it.
    fn receive_undecodable(&mut self, index: usize, message: MessageRef<'_>, error: TileError, now: Time) {
        if let Some(state) = self.tile_states.get_mut(index)
            && state.receive_undecodable(message, error, now)
        {
            self.unresolved_tiles.push(index);
        }
    }
}

#[cfg(test)]
#[path = "decoding_tests.rs"]
mod tests;
