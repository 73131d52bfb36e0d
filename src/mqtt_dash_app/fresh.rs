//! Ids for tiles that the app has not seen yet: the same tiles get the same ids, at any time.

use std::collections::HashSet;

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::Object;
use crate::model::{preserved_fields::PreservedFields, tile::Tile, value::Value};

/// Gives out ids that no other tile has.
pub(super) struct Fresh {
    ids: HashSet<String>,
    highest: i64,
}

impl Fresh {
    /// Looks at the ids that are taken.
    pub fn beside(tiles: &[Object]) -> Self {
        let ids = tiles.iter().filter_map(|tile| Some(tile.get("id")?.as_str()?.to_owned())).collect();
        let highest = tiles.iter().filter_map(|tile| tile.get("longId")?.as_i64()).max();
        Self { ids, highest: highest.unwrap_or(0).max(0) }
    }

    /// Gives a tile what it lacks; `position` and its name decide what it gets.
    pub fn name(&mut self, tile: &mut Object, position: usize) {
        if !tile.contains_key("id") {
            let name = tile.get("name").and_then(Json::as_str).unwrap_or_default();
            let id = (0..=u32::MAX).map(|attempt| uuid(position, name, attempt)).find(|id| self.ids.insert(id.clone()));
            tile.insert("id".to_owned(), id.into());
        }
        if !tile.contains_key("longId") {
            self.highest = self.highest.saturating_add(1);
            tile.insert("longId".to_owned(), self.highest.into());
        }
    }
}

/// Takes away the ids that these tiles were given here, where an export gives them again: so that
/// tiles of this program come back as they went.
pub(super) fn forget(tiles: &mut [Tile]) {
    let ours: Vec<bool> = tiles.iter().zip(1..).map(|(tile, position)| is_ours(tile, position)).collect();
    let highest = tiles.iter().zip(&ours).filter(|(_, ours)| !**ours).filter_map(|(tile, _)| long_id(tile)).max();
    let first = highest.unwrap_or(0).max(0).saturating_add(1);
    let given = tiles.iter().zip(&ours).filter(|(_, ours)| **ours).map(|(tile, _)| long_id(tile));
    if given.zip(first..).all(|(given, wanted)| given == Some(wanted)) {
        for (tile, _) in tiles.iter_mut().zip(ours).filter(|(_, ours)| *ours) {
            tile.mqtt_dash.0.retain(|(key, _)| key != "id" && key != "longId");
        }
    }
}

fn is_ours(tile: &Tile, position: usize) -> bool {
    kept(&tile.mqtt_dash, "id") == Some(&Value::String(uuid(position, &tile.name, 0)))
}

fn long_id(tile: &Tile) -> Option<i64> {
    match kept(&tile.mqtt_dash, "longId") {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

fn kept<'a>(kept: &'a PreservedFields, key: &str) -> Option<&'a Value> {
    kept.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// A UUID of version 8 (RFC 9562: bits of one's own choice) out of a hash.
fn uuid(position: usize, name: &str, attempt: u32) -> String {
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
    fn an_id_depends_on_position_and_name_alone() {
        assert_eq!(uuid(1, "Lamp", 0), uuid(1, "Lamp", 0));
        assert_ne!(uuid(1, "Lamp", 0), uuid(2, "Lamp", 0));
        assert_ne!(uuid(1, "Lamp", 0), uuid(1, "Lamps", 0));
        let id = uuid(1, "Lamp", 0);
        let parts: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&id[14..15], "8");
    }

    #[test]
    fn what_is_taken_is_not_given_again() {
        let mut taken = Object::new();
        taken.insert("id".into(), uuid(1, "", 0).into());
        taken.insert("longId".into(), 41.into());
        let mut fresh = Fresh::beside(&[taken]);
        let mut tile = Object::new();
        fresh.name(&mut tile, 1);
        assert_eq!(tile["id"], uuid(1, "", 1));
        assert_eq!(tile["longId"], 42);
    }
}
