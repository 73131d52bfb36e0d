//! What a tile decodes, and how what it publishes becomes a payload.

use std::{borrow::Cow, sync::Arc};

use super::Tile;
use crate::decode::{self, DecodeError, Decoder};

impl Tile {
    /// Returns the decoders of its payloads.
    pub(crate) fn decoders(&self) -> &[Decoder] {
        self.messages.as_ref().map_or(&[], |messages| messages.decode.decoders())
    }

    /// Returns the names of its decoders, as in the file.
    pub(crate) fn decoder_names(&self) -> String {
        self.messages.as_ref().map(|messages| messages.decode.names()).unwrap_or_default()
    }

    /// Returns whether its payloads are decoded.
    pub(crate) fn decodes(&self) -> bool {
        !self.decoders().is_empty()
    }

    /// Returns a payload as the tile reads it.
    ///
    /// # Errors
    /// If a decoder cannot read it.
    pub(crate) fn decoded<'a>(&self, payload: &'a [u8]) -> Result<Cow<'a, [u8]>, DecodeError> {
        decode::decode(self.decoders(), payload)
    }

    /// Returns a payload as the tile publishes it.
    pub(crate) fn encoded(&self, payload: &[u8]) -> Arc<[u8]> {
        decode::encode(self.decoders(), payload).into()
    }
}
