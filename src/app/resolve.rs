//! Resolving the last messages of the tiles to values: once per tile and frame, however many messages
//! arrived.

use std::{cmp::Ordering, ptr};

use crate::model::{error::TileError, json_path::find_all, time::Time};

use super::{App, Effect, MediaEffect, images::image_bytes, tile_position::TilePosition};

impl App {
    /// Resolves the last message of each tile to a value or an error. Call it before drawing a frame.
    pub fn resolve_values(&mut self, now: Time) -> Vec<Effect> {
        let mut unresolved = Vec::new();
        for (dashboard_index, dashboard) in self.dashboards.iter_mut().enumerate() {
            unresolved.extend(
                dashboard
                    .take_unresolved_tiles()
                    .into_iter()
                    .map(|tile| TilePosition { dashboard: dashboard_index, tile }),
            );
        }
        let extracted = self.extract_values(&unresolved);
        let mut effects = Vec::new();
        for (position, extracted) in unresolved.iter().zip(extracted) {
            let Some((tile, state)) =
                self.dashboards.get_mut(position.dashboard).and_then(|dashboard| dashboard.tile_mut(position.tile))
            else {
                continue;
            };
            state.resolve_value(tile, extracted);
            let bytes = image_bytes(tile, state);
            let id = self.dashboards[position.dashboard].tile_id(position.tile);
            effects.extend(id.zip(bytes).map(|(id, bytes)| Effect::Media(MediaEffect::Decode(id, bytes))));
        }
        effects.extend(self.request_preview_decode());
        for position in unresolved {
            let id = self.dashboards[position.dashboard].tile_id(position.tile);
            effects.extend(id.and_then(|id| self.request_display_script(id, now)));
        }
        effects
    }

    /// Evaluates the JSON paths of the tiles that have one. Tiles with the same payload share one pass
    /// over it.
    fn extract_values(&self, unresolved: &[TilePosition]) -> Vec<Option<Result<String, TileError>>> {
        let payload_and_path = |position: &TilePosition| {
            let (tile, state) = self.dashboards.get(position.dashboard)?.tile(position.tile)?;
            state.pending_extraction(tile)
        };
        let mut queries: Vec<_> = unresolved
            .iter()
            .enumerate()
            .filter_map(|(index, position)| Some((index, payload_and_path(position)?)))
            .collect();
        let compare_payloads =
            |one: &[u8], other: &[u8]| if ptr::eq(one, other) { Ordering::Equal } else { one.cmp(other) };
        queries.sort_by(|(_, (one, _)), (_, (other, _))| compare_payloads(one, other));
        let mut extracted = vec![None; unresolved.len()];
        for same_payload in queries.chunk_by(|(_, (one, _)), (_, (other, _))| compare_payloads(one, other).is_eq()) {
            let paths: Vec<_> = same_payload.iter().map(|(_, (_, path))| *path).collect();
            let (_, (payload, _)) = same_payload[0];
            for ((index, _), value) in same_payload.iter().zip(find_all(payload, &paths)) {
                extracted[*index] = Some(value);
            }
        }
        extracted
    }
}
