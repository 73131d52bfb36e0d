//! What is saved of tiles between runs of the program: the last value, its time, what was published and not confirmed,
//! and which sections were folded.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    connection::{Message, PublishId},
    content::TileContent,
    error::TileError,
    message_age::MessageAge,
    tile::Tile,
    tile_state::{PublishProgress, TileState},
    tile_value::{TileValue, TimedMessage},
    time::Time,
    topic::TopicFilter,
};

/// A larger payload is not saved, in bytes.
pub(crate) const MAX_PAYLOAD_BYTES: usize = 64 << 10;
/// The limit for everything that is saved of one connection, in bytes.
pub(crate) const MAX_CACHE_BYTES: usize = 4 << 20;
/// The limit for the sections that are saved of one connection.
const MAX_FOLDS: usize = 1_000;
/// The ID for what was published in a previous run; no publish request of this run has it.
const PREVIOUS_RUN_PUBLISH: PublishId = PublishId(0);

/// Identifies a tile across runs: its kind, its topic with its decoders, its JSON path and its name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileKey(pub(crate) [String; 4]);

impl TileKey {
    /// Returns the key of a tile.
    #[must_use]
    pub(crate) fn for_tile(tile: &Tile) -> Self {
        let topic = tile.topic.as_ref().map(|topic| Self::source(topic.as_str(), tile)).unwrap_or_default();
        let path = tile.json_path.as_ref().map(|path| path.as_str().to_owned()).unwrap_or_default();
        Self([tile.kind.name().to_owned(), topic, path, tile.name.clone()])
    }

    /// Returns the topic with the decoders of a tile, if it has some: what these make of a message is another payload.
    pub(crate) fn source(topic: &str, tile: &Tile) -> String {
        // No topic contains this character: MQTT 5, section 1.5.4.
        let decoders = tile.decoders().iter().flat_map(|decoder| ["\0", decoder.name()]);
        std::iter::once(topic).chain(decoders).collect()
    }
}

/// What a tile had published, unconfirmed, when the program ended.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingPublish {
    /// The published text.
    pub(crate) text: Arc<str>,
    /// When the user published it.
    pub(crate) published_at: Time,
    /// Whether it was shown immediately.
    pub(crate) shown_immediately: bool,
    /// Whether it was written to the socket.
    pub(crate) sent: bool,
}

/// What is saved of a tile.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SavedTileState {
    /// The last value that a message brought.
    pub(crate) value: Option<TileValue>,
    /// What was published and not confirmed.
    pub(crate) pending_publish: Option<PendingPublish>,
}

impl SavedTileState {
    /// Returns what to save of a tile, or `None` if there is nothing to save. Images are not saved.
    #[must_use]
    pub(crate) fn from_tile_state(tile: &Tile, state: &TileState) -> Option<Self> {
        let replaced = state.unconfirmed.as_ref().and_then(|publish| publish.replaced.as_ref());
        let value = replaced.map_or_else(|| state.value.clone(), |replaced| replaced.0.clone());
        let is_small =
            |value: &TileValue| value.payload.len() <= MAX_PAYLOAD_BYTES && value.text.len() <= MAX_PAYLOAD_BYTES;
        let is_not_image = |value: &TileValue| !matches!(tile.content(Some(value)), Ok(TileContent::PayloadImage));
        let pending_publish = state
            .unconfirmed
            .as_ref()
            .filter(|publish| tile.topic.is_some() && publish.text.len() <= MAX_PAYLOAD_BYTES);
        let pending_publish = pending_publish.map(|publish| PendingPublish {
            text: Arc::clone(&publish.text),
            published_at: publish.published_at,
            shown_immediately: publish.replaced.is_some(),
            sent: publish.progress > PublishProgress::Queued,
        });
        let saved = Self { value: value.filter(|value| is_small(value) && is_not_image(value)), pending_publish };
        (saved != Self::default()).then_some(saved)
    }

    /// Restores the saved state of a tile, unless the tile already has some. What was never sent, or not
    /// confirmed within the tile's timeout, becomes an error.
    pub(crate) fn restore(&self, tile: &Tile, state: &mut TileState, now: Time) {
        if !state.is_new() {
            return;
        }
        state.restore_value(|| self.value.clone());
        match &self.pending_publish {
            Some(pending_publish) if pending_publish.sent => {
                state.record_publish(
                    PREVIOUS_RUN_PUBLISH,
                    Arc::clone(&pending_publish.text),
                    pending_publish.shown_immediately,
                    pending_publish.published_at,
                );
                state.record_progress(PREVIOUS_RUN_PUBLISH, PublishProgress::Sent);
                state.expire_publish(tile, now);
            }
            Some(pending_publish) => {
                let preview: String = pending_publish.text.chars().take(24).collect();
                state.error = Some(TileError::NotSent(format!("`{preview}` was not sent before the program ended")));
            }
            None => {}
        }
    }

    /// Returns when the tile last received a message or published.
    #[must_use]
    pub(crate) fn last_changed(&self) -> Time {
        let value = self.value.as_ref().map(|value| value.updated_at);
        value.max(self.pending_publish.as_ref().map(|pending_publish| pending_publish.published_at)).unwrap_or_default()
    }

    fn size_in_bytes(&self) -> usize {
        const OVERHEAD: usize = 128;
        let value = self.value.as_ref().map_or(0, |value| value.payload.len() + value.text.len());
        OVERHEAD + value + self.pending_publish.as_ref().map_or(0, |pending_publish| pending_publish.text.len())
    }
}

impl TileState {
    /// Returns whether nothing is known about the tile yet.
    fn is_new(&self) -> bool {
        self.message_count == 0 && self.value.is_none() && self.unconfirmed.is_none()
    }

    /// Shows a value of a previous run, unless something is known about the tile already.
    pub(crate) fn restore_value(&mut self, value: impl FnOnce() -> Option<TileValue>) {
        if self.is_new() {
            self.value = value();
            self.restored = self.value.is_some();
        }
    }
}

/// A section that the user has folded or opened, other than its file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFold {
    /// The file of the dashboard.
    pub(crate) dashboard: PathBuf,
    /// The heading.
    pub(crate) heading: TileKey,
    /// How many headings of this key are above it.
    pub(crate) nth: usize,
    /// Whether its tiles are hidden.
    pub(crate) folded: bool,
}

/// What is saved of the tiles of one connection.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StateCache {
    /// The saved state of each tile.
    pub(crate) tiles: HashMap<TileKey, SavedTileState>,
    /// The topic filters of the session that the broker keeps.
    pub(crate) session_filters: Vec<TopicFilter>,
    /// The sections that are not as their files say.
    pub(crate) folds: Vec<SavedFold>,
}

impl StateCache {
    /// Returns the first value of a new tile: its own saved value, or the one that it extracts from the
    /// newest saved payload of its topic.
    #[must_use]
    pub(crate) fn value_for(&self, tile: &Tile) -> Option<TileValue> {
        let key = TileKey::for_tile(tile);
        if let Some(value) = self.tiles.get(&key).and_then(|saved| saved.value.clone()) {
            return Some(value);
        }
        let topic = tile.topic.as_ref()?.as_str();
        let same_topic = self.tiles.iter().filter(|(other, _)| other.0[1] == key.0[1]);
        let newest = same_topic.filter_map(|(_, saved)| saved.value.as_ref()).max_by_key(|value| value.updated_at)?;
        let payload = Arc::clone(&newest.payload);
        let received_at = newest.updated_at;
        let last = TimedMessage { message: Message::new(topic, payload), received_at };
        let mut state = TileState::from_message(&last, newest.message_age());
        state.resolve_value(tile, None);
        state.value
    }

    /// Returns since when the message with this payload is known; `None` if no tile of exactly this topic has saved it.
    /// `topic` is the topic with the decoders of the tile.
    #[must_use]
    pub(crate) fn age_of(&self, topic: &str, payload: &[u8]) -> Option<MessageAge> {
        let same_topic = self.tiles.iter().filter(|(key, _)| key.0[1] == topic);
        let values = same_topic.filter_map(|(_, saved)| saved.value.as_ref());
        values.filter(|value| *value.payload == *payload).map(TileValue::message_age).min_by_key(|age| age.is_unknown)
    }

    /// Replaces the sections of a dashboard. If there are too many, those are removed that were saved longest ago.
    pub(crate) fn set_folds(&mut self, dashboard: &Path, folds: impl Iterator<Item = SavedFold>) {
        self.folds.retain(|fold| fold.dashboard != dashboard);
        self.folds.extend(folds);
        self.folds.drain(..self.folds.len().saturating_sub(MAX_FOLDS));
    }

    /// Removes the tiles that changed longest ago until the rest fits into [`MAX_CACHE_BYTES`].
    pub(crate) fn evict_oldest(&mut self) {
        let entry_size = |(key, saved): (&TileKey, &SavedTileState)| {
            saved.size_in_bytes() + key.0.iter().map(String::len).sum::<usize>()
        };
        let mut remaining = MAX_CACHE_BYTES;
        if self.tiles.iter().map(entry_size).sum::<usize>() <= remaining {
            return;
        }
        let mut entries: Vec<(TileKey, SavedTileState)> = self.tiles.drain().collect();
        entries.sort_by_key(|(_, saved)| std::cmp::Reverse(saved.last_changed()));
        let fits = |(key, saved): &(TileKey, SavedTileState)| match remaining.checked_sub(entry_size((key, saved))) {
            Some(rest) => {
                remaining = rest;
                true
            }
            None => false,
        };
        self.tiles = entries.into_iter().take_while(fits).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_cache_is_bounded_and_evicts_the_oldest() {
        let mut cache = StateCache::default();
        for number in 0..200_u64 {
            let payload: Arc<[u8]> = vec![b'x'; MAX_PAYLOAD_BYTES / 2].into();
            let value =
                TileValue { text: "x".into(), payload, updated_at: Time::from_millis(number), age_unknown: false };
            let key = TileKey(["text".into(), number.to_string(), String::new(), String::new()]);
            cache.tiles.insert(key, SavedTileState { value: Some(value), pending_publish: None });
        }
        cache.evict_oldest();
        assert!((100..130).contains(&cache.tiles.len()), "{}", cache.tiles.len());
        assert!(cache.tiles.values().all(|saved| saved.last_changed().as_millis() > 70));
    }
}
