//! What is remembered of the tiles of a profile: a file of its own in the state folder, whole or not
//! at all, for its owner alone.

use std::{fmt::Write as _, fs::File, io::Read as _, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{app_paths::AppPaths, error::ConfigError, write::write_private};
use crate::model::{
    state_cache::{MAX_CACHE_BYTES, PendingPublish, SavedTileState, StateCache, TileKey},
    tile_value::{TileValue, payload_text},
    time::Time,
};

/// A larger file was not written by this program: base64, escapes and names take some more.
const MAX_CACHE_FILE_BYTES: u64 = 8 * MAX_CACHE_BYTES as u64;

/// The file for the profile with this name.
fn cache_file(paths: &AppPaths, profile: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let readable: String = profile.chars().map(plain).take(40).collect();
    let digest = Sha256::digest(profile);
    let hash = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    paths.state_cache_dir().join(format!("{readable}-{hash:08x}.json"))
}

/// What is remembered of the tiles of a profile. Nothing where nothing can be read: nobody has
/// written it by hand, and the line brings it anew.
#[must_use]
pub fn load_state_cache(paths: &AppPaths, profile: &str) -> StateCache {
    let mut text = String::new();
    let result = File::open(cache_file(paths, profile))
        .and_then(|file| file.take(MAX_CACHE_FILE_BYTES).read_to_string(&mut text));
    let json = result.ok().and_then(|_| serde_json::from_str::<Value>(&text).ok());
    let tiles = json.as_ref().and_then(|json| json.get("tiles")?.as_array());
    StateCache { tiles: tiles.into_iter().flatten().filter_map(tile_from_json).collect() }
}

/// Keeps what is to be remembered of the tiles of a profile.
///
/// # Errors
/// That it cannot be written; then the file is as it was.
pub fn save_state_cache(paths: &AppPaths, profile: &str, state_cache: &StateCache) -> Result<(), ConfigError> {
    let mut tiles: Vec<_> = state_cache.tiles.iter().collect();
    tiles.sort_by_key(|(key, _)| *key);
    // Tile by tile: all of them as values would take several times their text.
    let mut text = String::from("{\"version\":1,\"tiles\":[");
    for (number, (key, saved)) in tiles.into_iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        // Writing into memory does not fail.
        let _ = write!(text, "{comma}{}", tile_to_json(key, saved));
    }
    text.push_str("]}");
    write_private(&cache_file(paths, profile), text.as_bytes())
}

fn tile_to_json(key: &TileKey, saved: &SavedTileState) -> Value {
    let mut json = json!({ "tile": key.0 });
    if let Some(value) = &saved.value {
        json["at"] = value.updated_at.as_millis().into();
        match std::str::from_utf8(&value.payload) {
            Ok(payload) => json["payload"] = payload.into(),
            Err(_) => json["bytes"] = STANDARD.encode(&value.payload).into(),
        }
        if *value.text != *payload_text(&value.payload) {
            json["text"] = (*value.text).into();
        }
    }
    if let Some(pending_publish) = &saved.pending_publish {
        json["sent"] = json!({ "text": &*pending_publish.text, "at": pending_publish.published_at.as_millis(), "shown": pending_publish.shown_immediately, "left": pending_publish.sent });
    }
    json
}

fn tile_from_json(json: &Value) -> Option<(TileKey, SavedTileState)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let key: Vec<String> = json.get("tile")?.as_array()?.iter().filter_map(text).collect();
    let saved = SavedTileState {
        value: value_from_json(json),
        pending_publish: json.get("sent").and_then(pending_publish_from_json),
    };
    Some((TileKey(key.try_into().ok()?), saved))
}

fn value_from_json(json: &Value) -> Option<TileValue> {
    let at = Time::from_millis(json.get("at")?.as_u64()?);
    let payload: Arc<[u8]> = match json.get("payload") {
        Some(payload) => payload.as_str()?.as_bytes().into(),
        None => STANDARD.decode(json.get("bytes")?.as_str()?).ok()?.into(),
    };
    let text = match json.get("text") {
        Some(text) => text.as_str()?.into(),
        None => payload_text(&payload).into(),
    };
    Some(TileValue { text, payload, updated_at: at })
}

fn pending_publish_from_json(json: &Value) -> Option<PendingPublish> {
    Some(PendingPublish {
        text: json.get("text")?.as_str()?.into(),
        published_at: Time::from_millis(json.get("at")?.as_u64()?),
        shown_immediately: json.get("shown")?.as_bool()?,
        sent: json.get("left")?.as_bool()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state_cache() -> StateCache {
        let key = |name: &str| TileKey(["text".into(), "a/b".into(), "$.t".into(), name.into()]);
        let value = |text: &str, payload: &[u8]| TileValue {
            text: text.into(),
            payload: payload.into(),
            updated_at: Time::from_millis(1_700_000_000_123),
        };
        let pending_publish = PendingPublish {
            text: "1".into(),
            published_at: Time::from_millis(5),
            shown_immediately: true,
            sent: false,
        };
        let saved = [
            ("plain", SavedTileState { value: Some(value("23 °C", "23 °C".as_bytes())), pending_publish: None }),
            (
                "json",
                SavedTileState {
                    value: Some(value("23", b"{\"t\":23}")),
                    pending_publish: Some(pending_publish.clone()),
                },
            ),
            ("bytes", SavedTileState { value: Some(value("FF 00 (2 B)", &[0xff, 0])), pending_publish: None }),
            ("never read", SavedTileState { value: None, pending_publish: Some(pending_publish) }),
        ];
        StateCache { tiles: saved.into_iter().map(|(name, saved)| (key(name), saved)).collect() }
    }

    #[test]
    fn state_cache_round_trips_separately_for_each_profile() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        assert_eq!(load_state_cache(&paths, "hub"), StateCache::default());
        save_state_cache(&paths, "hub", &state_cache()).unwrap();
        save_state_cache(&paths, "../h/ub", &StateCache::default()).unwrap();
        assert_eq!(load_state_cache(&paths, "hub"), state_cache());
        assert_eq!(load_state_cache(&paths, "../h/ub"), StateCache::default());
        assert_eq!(std::fs::read_dir(paths.state_cache_dir()).unwrap().count(), 2);
    }

    #[test]
    fn load_state_cache_is_empty_for_invalid_file() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        for text in ["", "{", "[]", "{\"tiles\":[1,{},{\"tile\":[\"a\"]},{\"tile\":[1,2,3,4]}]}", "\u{0}"] {
            write_private(&cache_file(&paths, "hub"), text.as_bytes()).unwrap();
            assert_eq!(load_state_cache(&paths, "hub"), StateCache::default(), "{text}");
        }
    }
}
