//! What is remembered of the tiles of a profile: a file of its own in the state folder, whole or not
//! at all, for its owner alone.

use std::{fmt::Write as _, fs::File, io::Read as _, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{fault::StoreFault, places::Places, write::write_private};
use crate::model::{
    state_cache::{MAX_CACHE_BYTES, PendingPublish, SavedTileState, StateCache, TileKey},
    tile_value::{TileValue, payload_text},
    time::Time,
};

/// A larger file was not written by this program: base64, escapes and names take some more.
const MOST_FILE: u64 = 8 * MAX_CACHE_BYTES as u64;

/// The file for the profile with this name.
fn file(places: &Places, profile: &str) -> PathBuf {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let readable: String = profile.chars().map(plain).take(40).collect();
    let sum = Sha256::digest(profile);
    let number = u32::from_be_bytes([sum[0], sum[1], sum[2], sum[3]]);
    places.memory_dir().join(format!("{readable}-{number:08x}.json"))
}

/// What is remembered of the tiles of a profile. Nothing where nothing can be read: nobody has
/// written it by hand, and the line brings it anew.
#[must_use]
pub fn recall(places: &Places, profile: &str) -> StateCache {
    let mut text = String::new();
    let read = File::open(file(places, profile)).and_then(|file| file.take(MOST_FILE).read_to_string(&mut text));
    let told = read.ok().and_then(|_| serde_json::from_str::<Value>(&text).ok());
    let tiles = told.as_ref().and_then(|told| told.get("tiles")?.as_array());
    StateCache { tiles: tiles.into_iter().flatten().filter_map(tile).collect() }
}

/// Keeps what is to be remembered of the tiles of a profile.
///
/// # Errors
/// That it cannot be written; then the file is as it was.
pub fn keep(places: &Places, profile: &str, memory: &StateCache) -> Result<(), StoreFault> {
    let mut tiles: Vec<_> = memory.tiles.iter().collect();
    tiles.sort_by_key(|(key, _)| *key);
    // Tile by tile: all of them as values would take several times their text.
    let mut text = String::from("{\"version\":1,\"tiles\":[");
    for (number, (key, kept)) in tiles.into_iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        // Writing into memory does not fail.
        let _ = write!(text, "{comma}{}", written(key, kept));
    }
    text.push_str("]}");
    write_private(&file(places, profile), text.as_bytes())
}

fn written(key: &TileKey, kept: &SavedTileState) -> Value {
    let mut told = json!({ "tile": key.0 });
    if let Some(reading) = &kept.value {
        told["at"] = reading.updated_at.as_millis().into();
        match std::str::from_utf8(&reading.payload) {
            Ok(payload) => told["payload"] = payload.into(),
            Err(_) => told["bytes"] = STANDARD.encode(&reading.payload).into(),
        }
        if *reading.text != *payload_text(&reading.payload) {
            told["text"] = (*reading.text).into();
        }
    }
    if let Some(asked) = &kept.pending_publish {
        told["sent"] = json!({ "text": &*asked.text, "at": asked.published_at.as_millis(), "shown": asked.shown_immediately, "left": asked.sent });
    }
    told
}

fn tile(told: &Value) -> Option<(TileKey, SavedTileState)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let key: Vec<String> = told.get("tile")?.as_array()?.iter().filter_map(text).collect();
    let kept = SavedTileState { value: reading(told), pending_publish: told.get("sent").and_then(asked) };
    Some((TileKey(key.try_into().ok()?), kept))
}

fn reading(told: &Value) -> Option<TileValue> {
    let at = Time::from_millis(told.get("at")?.as_u64()?);
    let payload: Arc<[u8]> = match told.get("payload") {
        Some(payload) => payload.as_str()?.as_bytes().into(),
        None => STANDARD.decode(told.get("bytes")?.as_str()?).ok()?.into(),
    };
    let text = match told.get("text") {
        Some(text) => text.as_str()?.into(),
        None => payload_text(&payload).into(),
    };
    Some(TileValue { text, payload, updated_at: at })
}

fn asked(told: &Value) -> Option<PendingPublish> {
    Some(PendingPublish {
        text: told.get("text")?.as_str()?.into(),
        published_at: Time::from_millis(told.get("at")?.as_u64()?),
        shown_immediately: told.get("shown")?.as_bool()?,
        sent: told.get("left")?.as_bool()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> StateCache {
        let key = |name: &str| TileKey(["text".into(), "a/b".into(), "$.t".into(), name.into()]);
        let reading = |text: &str, payload: &[u8]| TileValue {
            text: text.into(),
            payload: payload.into(),
            updated_at: Time::from_millis(1_700_000_000_123),
        };
        let asked = PendingPublish {
            text: "1".into(),
            published_at: Time::from_millis(5),
            shown_immediately: true,
            sent: false,
        };
        let kept = [
            ("plain", SavedTileState { value: Some(reading("23 °C", "23 °C".as_bytes())), pending_publish: None }),
            (
                "json",
                SavedTileState { value: Some(reading("23", b"{\"t\":23}")), pending_publish: Some(asked.clone()) },
            ),
            ("bytes", SavedTileState { value: Some(reading("FF 00 (2 B)", &[0xff, 0])), pending_publish: None }),
            ("never read", SavedTileState { value: None, pending_publish: Some(asked) }),
        ];
        StateCache { tiles: kept.into_iter().map(|(name, kept)| (key(name), kept)).collect() }
    }

    #[test]
    fn what_was_kept_is_recalled_by_each_profile_for_itself() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::below(folder.path());
        assert_eq!(recall(&places, "hub"), StateCache::default());
        keep(&places, "hub", &memory()).unwrap();
        keep(&places, "../h/ub", &StateCache::default()).unwrap();
        assert_eq!(recall(&places, "hub"), memory());
        assert_eq!(recall(&places, "../h/ub"), StateCache::default());
        assert_eq!(std::fs::read_dir(places.memory_dir()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_makes_no_sense_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::below(folder.path());
        for text in ["", "{", "[]", "{\"tiles\":[1,{},{\"tile\":[\"a\"]},{\"tile\":[1,2,3,4]}]}", "\u{0}"] {
            write_private(&file(&places, "hub"), text.as_bytes()).unwrap();
            assert_eq!(recall(&places, "hub"), StateCache::default(), "{text}");
        }
    }
}
