//! What a tile decodes.

use super::Tile;
use crate::{
    decode::{Decoder, is_sparkplug_filter, is_sparkplug_topic},
    model::{error::TileError, json_path::find_all},
};

impl Tile {
    /// Returns the decoders of its payloads.
    pub(crate) fn decoders(&self) -> &[Decoder] {
        self.messages.as_ref().map_or(&[], |messages| messages.decode.decoders())
    }

    /// Returns the names of its decoders, as in the file.
    pub(crate) fn decoder_names(&self) -> String {
        self.messages.as_ref().map(|messages| messages.decode.names()).unwrap_or_default()
    }

    /// Returns whether a message says nothing about its value: edge nodes of Sparkplug send only the metrics that have
    /// changed. `decoded` is what its payload says.
    pub(crate) fn is_unchanged_by(&self, topic: &str, decoded: &[u8]) -> bool {
        let path = self.json_path.as_ref().filter(|_| is_sparkplug_topic(topic));
        path.and_then(|path| find_all(decoded, &[path]).pop()).is_some_and(|found| Self::says_nothing(&found))
    }

    /// Returns whether a message with this at the JSON path says nothing about the value, if not all values are sent.
    pub(crate) const fn says_nothing(found: &Result<String, TileError>) -> bool {
        matches!(found, Err(TileError::NothingAtPath(_)))
    }

    /// Returns whether messages of its topic may say nothing about its value.
    pub(crate) fn has_partial_messages(&self) -> bool {
        self.json_path.is_some() && self.topic.as_ref().is_some_and(|topic| is_sparkplug_filter(topic.as_str()))
    }

    /// Returns whether its payloads are decoded.
    pub(crate) fn decodes(&self) -> bool {
        !self.decoders().is_empty()
    }
}
