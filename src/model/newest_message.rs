//! What is known of the newest message of a tile beyond what its history keeps: its size, its age, its properties, and
//! its payload if the tile shows no value of it.
//!
//! A broker sends the retained message of a topic once, after a subscription, and does not say since when it has kept
//! it.

use std::sync::Arc;

use super::{
    batch::MessageRef, history::HistoryEntry, message_properties::MessageProperties, tile_value::TileValue, time::Time,
};

/// The largest payload that is kept although no value comes from it, in bytes: as much as the detail view shows.
const MAX_FAILED_BYTES: usize = 1 << 20;

/// The newest message of a tile.
#[derive(Debug, Clone, Default)]
pub(super) struct NewestMessage {
    /// The size of its payload.
    pub(super) bytes: usize,
    /// Its payload, if the tile has an error instead of a value and the history has only the beginning.
    pub(super) failed_payload: Option<Arc<[u8]>>,
    /// Its properties of MQTT 5, if it has any that are shown.
    pub(super) properties: Option<Arc<MessageProperties>>,
    /// Whether a message has arrived since the connection was established.
    heard: bool,
    /// Whether it was kept by the broker for an unknown time.
    age_unknown: bool,
}

impl NewestMessage {
    /// Takes into account that the connection is established: the broker sends retained messages again.
    pub(super) fn begin_session(&mut self) {
        self.heard = false;
    }

    /// Takes a message into account that arrives after the `previous` one. Only the first one of a topic is one that
    /// the broker had kept, and the same one again, which a further subscription brings: some brokers set the flag in
    /// later ones, too.
    pub(super) fn receive(&mut self, message: MessageRef<'_>, previous: Option<HistoryEntry<'_>>) {
        let heard_before = std::mem::replace(&mut self.heard, true);
        let previous = previous.filter(|last| heard_before && last.message.topic == message.topic);
        let is_same = |last: HistoryEntry<'_>| {
            self.bytes == message.payload.len() && message.payload.starts_with(last.message.payload)
        };
        self.age_unknown = message.retain && previous.is_none_or(|last| self.age_unknown && is_same(last));
        self.bytes = message.payload.len();
        self.failed_payload = None;
        self.properties = message.properties.cloned();
    }

    /// Returns since when a payload is known, and whether its age is unknown nevertheless. A retained message with the
    /// payload that the tile shows already is the one that was received before.
    pub(super) fn known_since(&self, payload: &[u8], received_at: Time, shown: Option<&TileValue>) -> (Time, bool) {
        match shown.filter(|value| self.age_unknown && *value.payload == *payload) {
            Some(value) => (value.updated_at, value.age_unknown),
            None => (received_at, self.age_unknown),
        }
    }

    /// Keeps a payload of which no value could be extracted.
    pub(super) fn keep_failed(&mut self, payload: &Arc<[u8]>) {
        self.failed_payload = Some(payload).filter(|payload| payload.len() <= MAX_FAILED_BYTES).cloned();
    }
}
