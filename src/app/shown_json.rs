//! The JSON in a payload as the detail view shows it: indented, with parts that can be selected.

use serde_json::Value as Json;

use crate::model::{
    json_path::{JsonPart, json_parts},
    tile_value::decode_text,
};

/// The largest payload that is shown as JSON, in bytes.
pub(crate) const MAX_JSON_BYTES: usize = 1 << 20;
/// The most parts that can be selected.
const MAX_PARTS: usize = 20_000;

/// Returns the object or the list in a payload, if it is strict JSON and not too large.
#[must_use]
pub(crate) fn parse(payload: &[u8]) -> Option<Json> {
    let text = decode_text(payload).filter(|_| payload.len() <= MAX_JSON_BYTES)?;
    let is_container = text.trim_start().starts_with(['{', '[']);
    is_container.then(|| serde_json::from_str(&text).ok()).flatten()
}

/// Returns the parts that can be selected.
#[must_use]
pub(crate) fn parts(json: &Json) -> Vec<JsonPart<'_>> {
    json_parts(json, MAX_PARTS)
}
