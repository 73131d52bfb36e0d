//! IDs for tiles that have none from the app. They are deterministic: the same tiles always get the same
//! IDs.

use std::collections::HashSet;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::AppTile;
use crate::model::{preserved_fields::PreservedFields, tile::Tile, value::Value};

/// Allocates IDs that no other tile of the dashboard has.
pub(super) struct IdAllocator {
    ids: HashSet<String>,
    highest_long_id: i64,
}

impl IdAllocator {
    /// Creates an allocator that does not use the IDs of these tiles.
    pub fn with_existing_ids(tiles: &[AppTile]) -> Self {
        let ids = tiles.iter().filter_map(|tile| Some(tile.get("id")?.as_str()?.to_owned())).collect();
        let highest_long_id = tiles.iter().filter_map(|tile| tile.get("longId")?.as_i64()).max();
        Self { ids, highest_long_id: highest_long_id.unwrap_or(0).max(0) }
    }

    /// Sets `id` and `longId` if the tile has none. The `id` depends on `position` and the tile's name.
    pub fn assign_missing_ids(&mut self, tile: &mut AppTile, position: usize) {
        if !tile.contains_key("id") {
            let name = tile.get("name").and_then(Json::as_str).unwrap_or_default();
            let id =
                (0..=u32::MAX).map(|attempt| uuid_for(position, name, attempt)).find(|id| self.ids.insert(id.clone()));
            tile.insert("id".to_owned(), id.into());
        }
        if !tile.contains_key("longId") {
            self.highest_long_id = self.highest_long_id.saturating_add(1);
            tile.insert("longId".to_owned(), self.highest_long_id.into());
        }
    }
}

/// Removes the IDs that an [`IdAllocator`] gave to these tiles, if an export would allocate the same ones
/// again. So tiles that were exported by this program are unchanged after an import.
pub(super) fn remove_allocated_ids(tiles: &mut [Tile]) {
    let allocated: Vec<bool> = tiles.iter().zip(1..).map(|(tile, position)| has_allocated_id(tile, position)).collect();
    let highest_long_id =
        tiles.iter().zip(&allocated).filter(|(_, allocated)| !**allocated).filter_map(|(tile, _)| long_id(tile)).max();
    let first_long_id = highest_long_id.unwrap_or(0).max(0).saturating_add(1);
    let long_ids = tiles.iter().zip(&allocated).filter(|(_, allocated)| **allocated).map(|(tile, _)| long_id(tile));
    if long_ids.zip(first_long_id..).all(|(long_id, expected)| long_id == Some(expected)) {
        for (tile, _) in tiles.iter_mut().zip(allocated).filter(|(_, allocated)| *allocated) {
            tile.mqtt_dash.0.retain(|(key, _)| key != "id" && key != "longId");
        }
    }
}

fn has_allocated_id(tile: &Tile, position: usize) -> bool {
    preserved_value(&tile.mqtt_dash, "id") == Some(&Value::String(uuid_for(position, &tile.name, 0)))
}

fn long_id(tile: &Tile) -> Option<i64> {
    match preserved_value(&tile.mqtt_dash, "longId") {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

fn preserved_value<'a>(preserved: &'a PreservedFields, key: &str) -> Option<&'a Value> {
    preserved.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Returns a UUID of version 8 (RFC 9562: custom bits), made of a SHA-256 hash.
fn uuid_for(position: usize, name: &str, attempt: u32) -> String {
    let hash = Sha256::digest(format!("mqtt-dash\n{position}\n{attempt}\n{name}"));
    let bits = hash.iter().take(16).fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let bits = bits & !(0xF << 76) | 8 << 76;
    let bits = bits & !(0b11 << 62) | 0b10 << 62;
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allocated_id_depends_only_on_position_and_name() {
        assert_eq!(uuid_for(1, "Lamp", 0), uuid_for(1, "Lamp", 0));
        assert_ne!(uuid_for(1, "Lamp", 0), uuid_for(2, "Lamp", 0));
        assert_ne!(uuid_for(1, "Lamp", 0), uuid_for(1, "Lamps", 0));
        let id = uuid_for(1, "Lamp", 0);
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "8");
    }

    #[test]
    fn id_allocator_skips_ids_in_use() {
        let mut existing = AppTile::new();
        existing.insert("id".into(), uuid_for(1, "", 0).into());
        existing.insert("longId".into(), 41.into());
        let mut allocator = IdAllocator::with_existing_ids(&[existing]);
        let mut tile = AppTile::new();
        allocator.assign_missing_ids(&mut tile, 1);
        assert_eq!(tile["id"], uuid_for(1, "", 1));
        assert_eq!(tile["longId"], 42);
    }
}
