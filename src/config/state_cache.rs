//! Saves the tile states of a profile between runs of the program: one JSON file for each profile, in the
//! state folder.

use std::{borrow::Cow, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize, Serializer};

use super::{
    app_paths::AppPaths,
    error::ConfigError,
    state_file::{file_of_profile, read_state_json, write_state_json},
};
use crate::model::{
    state_cache::{MAX_CACHE_BYTES, PendingPublish, SavedFold, SavedTileState, StateCache, TileKey},
    tile_value::{TileValue, payload_text},
    time::Time,
    topic::TopicFilter,
};

/// The maximum size of a file. Base64, escapes and names make it larger than the state that it contains.
const MAX_CACHE_FILE_BYTES: u64 = 8 * MAX_CACHE_BYTES as u64;
/// The version of the file format.
const FORMAT_VERSION: u8 = 1;

/// The file to write. A tile becomes an entry only while it is serialized: all entries at once would need
/// several times the memory of the text.
#[derive(Serialize)]
struct CacheFile<'a> {
    version: u8,
    #[serde(serialize_with = "serialize_tiles")]
    tiles: Vec<(&'a TileKey, &'a SavedTileState)>,
    /// The topic filters of the session that the broker keeps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    session: Vec<&'a str>,
    /// The sections that are not as their files say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    folds: Vec<FoldEntry<'a>>,
}

/// The file as it is read. Its tiles are deserialized one by one, so that an invalid one does not affect the
/// others.
#[derive(Deserialize)]
struct LoadedCacheFile {
    tiles: Vec<serde_json::Value>,
    #[serde(default)]
    session: Vec<serde_json::Value>,
    #[serde(default)]
    folds: Vec<serde_json::Value>,
}

/// A section in the file.
#[derive(Serialize, Deserialize)]
struct FoldEntry<'a> {
    dashboard: Cow<'a, str>,
    /// Kind, topic, JSON path and name.
    heading: Cow<'a, [String; 4]>,
    #[serde(default, skip_serializing_if = "is_zero")]
    nth: usize,
    folded: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A tile in the file.
#[derive(Serialize, Deserialize)]
struct TileEntry<'a> {
    /// Kind, topic, JSON path and name.
    tile: Cow<'a, [String; 4]>,
    /// When the value arrived, in milliseconds since the Unix epoch; missing if there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    /// Whether the broker had kept the value for an unknown time when it arrived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    age_unknown: bool,
    /// The payload, if it is UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Cow<'a, str>>,
    /// The payload as base64, if it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<String>,
    /// The text of the value, if it differs from the text of the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<Cow<'a, str>>,
    /// What was published and not confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<PendingPublishEntry<'a>>,
}

/// A [`PendingPublish`] in the file.
#[derive(Serialize, Deserialize)]
struct PendingPublishEntry<'a> {
    text: Cow<'a, str>,
    /// When the user published it, in milliseconds since the Unix epoch.
    at: u64,
    /// Whether the tile showed it immediately.
    shown: bool,
    /// Whether it was written to the socket.
    left: bool,
}

/// Loads the saved tile states of a profile. If the file cannot be read, returns an empty cache: the values
/// come again from the broker.
#[must_use]
pub(crate) fn load_state_cache(paths: &AppPaths, profile: &str) -> StateCache {
    let file = read_state_json(&cache_file(paths, profile), MAX_CACHE_FILE_BYTES);
    let Some(LoadedCacheFile { tiles, session, folds }) = file else { return StateCache::default() };
    StateCache {
        tiles: tiles.into_iter().filter_map(|tile| Some(TileEntry::deserialize(tile).ok()?.into_saved())).collect(),
        session_filters: session.iter().filter_map(|filter| TopicFilter::new(filter.as_str()?).ok()).collect(),
        folds: folds.into_iter().filter_map(|fold| Some(FoldEntry::deserialize(fold).ok()?.into_saved())).collect(),
    }
}

/// Saves the tile states of a profile.
///
/// # Errors
/// When the file cannot be written; it is then unchanged.
pub(crate) fn save_state_cache(paths: &AppPaths, profile: &str, state_cache: &StateCache) -> Result<(), ConfigError> {
    let mut tiles: Vec<_> = state_cache.tiles.iter().collect();
    tiles.sort_by_key(|(key, _)| *key);
    let session = state_cache.session_filters.iter().map(TopicFilter::as_str).collect();
    let folds = state_cache.folds.iter().filter_map(FoldEntry::new).collect();
    write_state_json(&cache_file(paths, profile), &CacheFile { version: FORMAT_VERSION, tiles, session, folds })
}

/// Returns the path of the file of a profile.
fn cache_file(paths: &AppPaths, profile: &str) -> PathBuf {
    file_of_profile(&paths.state_cache_dir(), profile)
}

fn serialize_tiles<S: Serializer>(tiles: &[(&TileKey, &SavedTileState)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tiles.iter().map(|(key, saved)| TileEntry::new(key, saved)))
}

impl<'a> FoldEntry<'a> {
    /// Returns the entry of a section, unless the path of its dashboard is no text.
    fn new(fold: &'a SavedFold) -> Option<Self> {
        Some(Self {
            dashboard: fold.dashboard.to_str()?.into(),
            heading: Cow::Borrowed(&fold.heading.0),
            nth: fold.nth,
            folded: fold.folded,
        })
    }

    fn into_saved(self) -> SavedFold {
        SavedFold {
            dashboard: self.dashboard.into_owned().into(),
            heading: TileKey(self.heading.into_owned()),
            nth: self.nth,
            folded: self.folded,
        }
    }
}

impl<'a> TileEntry<'a> {
    fn new(key: &'a TileKey, saved: &'a SavedTileState) -> Self {
        let value = saved.value.as_ref();
        let payload = value.map(|value| std::str::from_utf8(&value.payload).map_err(|_| &value.payload));
        Self {
            tile: Cow::Borrowed(&key.0),
            at: value.map(|value| value.updated_at.as_millis()),
            age_unknown: value.is_some_and(|value| value.age_unknown),
            payload: payload.and_then(Result::ok).map(Cow::Borrowed),
            bytes: payload.and_then(Result::err).map(|payload| STANDARD.encode(payload)),
            text: value
                .filter(|value| *value.text != *payload_text(&value.payload))
                .map(|value| Cow::Borrowed(&*value.text)),
            sent: saved.pending_publish.as_ref().map(|publish| PendingPublishEntry {
                text: Cow::Borrowed(&publish.text),
                at: publish.published_at.as_millis(),
                shown: publish.shown_immediately,
                left: publish.sent,
            }),
        }
    }

    fn into_saved(self) -> (TileKey, SavedTileState) {
        let value = self.value();
        let pending_publish = self.sent.map(|publish| PendingPublish {
            text: publish.text.into(),
            published_at: Time::from_millis(publish.at),
            shown_immediately: publish.shown,
            sent: publish.left,
        });
        (TileKey(self.tile.into_owned()), SavedTileState { value, pending_publish })
    }

    fn value(&self) -> Option<TileValue> {
        let updated_at = Time::from_millis(self.at?);
        let payload: Arc<[u8]> = match &self.payload {
            Some(payload) => payload.as_bytes().into(),
            None => STANDARD.decode(self.bytes.as_ref()?).ok()?.into(),
        };
        let text = match &self.text {
            Some(text) => (&**text).into(),
            None => payload_text(&payload).into(),
        };
        Some(TileValue { text, payload, updated_at, age_unknown: self.age_unknown })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::write::write_state;

    fn state_cache() -> StateCache {
        let key = |name: &str| TileKey(["text".into(), "a/b".into(), "$.t".into(), name.into()]);
        let value = |text: &str, payload: &[u8]| TileValue {
            text: text.into(),
            payload: payload.into(),
            updated_at: Time::from_millis(1_700_000_000_123),
            age_unknown: text == "23",
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
        let session_filters = vec![TopicFilter::new("a/#").unwrap(), TopicFilter::new("$share/g/b").unwrap()];
        let fold = |nth, folded| SavedFold { dashboard: "/d/é.toml".into(), heading: key("Licht"), nth, folded };
        let folds = vec![fold(0, true), fold(2, false)];
        StateCache {
            tiles: saved.into_iter().map(|(name, saved)| (key(name), saved)).collect(),
            session_filters,
            folds,
        }
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
    fn state_cache_file_format_is_stable() {
        const TEXT: &str = concat!(
            r#"{"version":1,"tiles":["#,
            r#"{"tile":["text","a/b","$.t","bytes"],"at":1700000000123,"bytes":"/wA="},"#,
            r#"{"tile":["text","a/b","$.t","json"],"at":1700000000123,"age_unknown":true,"payload":"{\"t\":23}","text":"23","#,
            r#""sent":{"text":"1","at":5,"shown":true,"left":false}},"#,
            r#"{"tile":["text","a/b","$.t","never read"],"sent":{"text":"1","at":5,"shown":true,"left":false}},"#,
            r#"{"tile":["text","a/b","$.t","plain"],"at":1700000000123,"payload":"23 °C"}],"#,
            r#""session":["a/#","$share/g/b"],"#,
            r#""folds":[{"dashboard":"/d/é.toml","heading":["text","a/b","$.t","Licht"],"folded":true},"#,
            r#"{"dashboard":"/d/é.toml","heading":["text","a/b","$.t","Licht"],"nth":2,"folded":false}]}"#,
        );
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        save_state_cache(&paths, "hub", &state_cache()).unwrap();
        assert_eq!(std::fs::read_to_string(cache_file(&paths, "hub")).unwrap(), TEXT);
        write_state(&cache_file(&paths, "old"), TEXT.as_bytes()).unwrap();
        assert_eq!(load_state_cache(&paths, "old"), state_cache());
    }

    #[test]
    fn load_state_cache_skips_invalid_tile() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        let text = r#"{"tiles":[{"tile":[]},{"tile":["text","a","",""],"at":1,"payload":"x","later":true}],"session":["b",1,"a#"],"folds":[1,{}]}"#;
        write_state(&cache_file(&paths, "hub"), text.as_bytes()).unwrap();
        let loaded = load_state_cache(&paths, "hub");
        assert_eq!((loaded.tiles.len(), loaded.session_filters), (1, vec![TopicFilter::new("b").unwrap()]));
    }

    #[test]
    fn load_state_cache_is_empty_for_invalid_file() {
        let folder = tempfile::tempdir().unwrap();
        let paths = AppPaths::in_folder(folder.path());
        for text in ["", "{", "[]", "{\"tiles\":[1,{},{\"tile\":[\"a\"]},{\"tile\":[1,2,3,4]}]}", "\u{0}"] {
            write_state(&cache_file(&paths, "hub"), text.as_bytes()).unwrap();
            assert_eq!(load_state_cache(&paths, "hub"), StateCache::default(), "{text}");
        }
    }
}
