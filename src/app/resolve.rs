//! Resolving the last messages of the tiles to values: once per tile and frame, however many messages
//! arrived.

use std::{cmp::Ordering, ptr, sync::Arc};

use crate::model::{
    error::TileError,
    json_path::{JsonPath, find_all},
    time::Time,
};

use super::{App, Effect, MediaEffect, activity::ValueBefore, images::image_bytes, tile_position::TilePosition};

/// The maximum size of all results of JSON paths for one frame, in bytes.
const MAX_EXTRACTED_BYTES: usize = 64 << 20;

/// The result of a JSON path.
type Extracted = Result<Arc<str>, TileError>;

impl App {
    /// Resolves the last message of each tile to a value or an error. Call it before drawing a frame.
    pub fn resolve_values(&mut self, now: Time) -> Vec<Effect> {
        self.prepare_explorer(now);
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
        let extracted_bytes = extracted.iter().flatten().flatten().map(|text| text.len()).sum();
        let mut effects = Vec::new();
        for (position, extracted) in unresolved.iter().zip(extracted) {
            let Some((tile, state)) =
                self.dashboards.get_mut(position.dashboard).and_then(|dashboard| dashboard.tile_mut(position.tile))
            else {
                continue;
            };
            let before = ValueBefore::of(tile, state);
            state.resolve_value(tile, extracted);
            let bytes = image_bytes(tile, state);
            let dashboard = &self.dashboards[position.dashboard];
            let id = dashboard.tile_id(position.tile);
            if let (Some(before), Some(id), Some((tile, state))) = (before, id, dashboard.tile(position.tile)) {
                self.activity.record_value(id, tile, &before, state);
            }
            effects.extend(id.zip(bytes).map(|(id, bytes)| Effect::Media(MediaEffect::Decode(id, bytes))));
        }
        self.count_kept_bytes(extracted_bytes);
        effects.extend(self.refresh_form());
        for position in unresolved {
            let id = self.dashboards[position.dashboard].tile_id(position.tile);
            effects.extend(id.and_then(|id| self.request_display_script(id, now)));
        }
        effects
    }

    /// Evaluates the JSON paths of the tiles that have one. Tiles with the same payload share one pass over it, and
    /// those with the same path the result.
    fn extract_values(&self, unresolved: &[TilePosition]) -> Vec<Option<Extracted>> {
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
        queries.sort_by(|(_, (one, path)), (_, (other, other_path))| {
            compare_payloads(one, other).then_with(|| path.as_str().cmp(other_path.as_str()))
        });
        let mut extracted = vec![None; unresolved.len()];
        let mut remaining_bytes = MAX_EXTRACTED_BYTES;
        for same_payload in queries.chunk_by(|(_, (one, _)), (_, (other, _))| compare_payloads(one, other).is_eq()) {
            let (_, (payload, _)) = same_payload[0];
            let same_paths: Vec<&[_]> = same_payload.chunk_by(|(_, (_, one)), (_, (_, other))| one == other).collect();
            for pass in same_paths.chunks(paths_per_pass(payload)) {
                let paths: Vec<&JsonPath> = pass.iter().map(|queries| queries[0].1.1).collect();
                for (queries, result) in pass.iter().zip(find_all(payload, &paths)) {
                    let result: Extracted =
                        result.and_then(|text| keep_within(&mut remaining_bytes, text, queries[0].1.1));
                    queries.iter().for_each(|(index, _)| extracted[*index] = Some(result.clone()));
                }
            }
        }
        extracted
    }
}

/// Returns how many paths are evaluated in one pass over a payload: the results of all of them are kept until they are
/// counted.
const fn paths_per_pass(payload: &[u8]) -> usize {
    if payload.len() > 64 << 10 { 8 } else { usize::MAX }
}

/// Returns a result that fits into what remains of the limit.
fn keep_within(remaining_bytes: &mut usize, text: String, path: &JsonPath) -> Extracted {
    match remaining_bytes.checked_sub(text.len()) {
        Some(remaining) => {
            *remaining_bytes = remaining;
            Ok(text.into())
        }
        None => Err(TileError::TooMuchAtPath(path.as_str().to_owned())),
    }
}
