//! What is known of the newest message of a tile beyond what its history keeps: its size, its age, its properties, and
//! its payload if the tile shows no value of it.
//!
//! A broker sends the retained message of a topic once after a subscription, and does not say since when it has kept it.
//! A tile may have received the same one before: before a reconnect, or because of another subscription.

use std::sync::Arc;

use super::{
    batch::MessageRef,
    history::{History, HistoryEntry, MAX_HISTORY_PAYLOAD_BYTES},
    message_age::MessageAge,
    message_properties::MessageProperties,
    tile_value::TileValue,
    time::Time,
};
use crate::decode::DecodeError;

/// The largest payload that is kept although no value comes from it, in bytes: as much as the detail view shows.
const MAX_FAILED_BYTES: usize = 1 << 20;

/// The newest message of a tile.
#[derive(Debug, Clone, Default)]
pub(super) struct NewestMessage {
    /// The size of its payload.
    pub(super) bytes: usize,
    /// Its payload, if the tile has an error instead of a value and the history has only the beginning.
    pub(super) failed_payload: Option<Arc<[u8]>>,
    /// Why it could not be decoded.
    pub(super) undecoded: Option<Box<DecodeError>>,
    /// Its properties of MQTT 5, if it has any that are shown.
    pub(super) properties: Option<Arc<MessageProperties>>,
    /// Since when it is known.
    pub(super) age: MessageAge,
    /// The number of messages since the broker may have sent retained ones again.
    heard: usize,
}

impl NewestMessage {
    /// Takes into account that the broker may send retained messages again: the connection is established, or subscribed
    /// to something else.
    pub(super) fn expect_retained(&mut self) {
        self.heard = 0;
    }

    /// Takes a message into account that arrives after those of the history. Returns whether its publisher has sent it
    /// just now, as far as is known.
    pub(super) fn receive(&mut self, message: MessageRef<'_>, received_at: Time, history: &History) -> bool {
        let kept = if message.retain { self.retained_age(message, received_at, history) } else { None };
        self.heard = self.heard.saturating_add(1);
        self.age = kept.unwrap_or(MessageAge::live(received_at));
        self.bytes = message.payload.len();
        self.failed_payload = None;
        self.undecoded = None;
        self.properties = message.properties.cloned();
        kept.is_none()
    }

    /// Returns the age of a message with the retain flag; `None` if it was published just now: some brokers set the flag
    /// in later messages, too, so only the first one of a topic is one that the broker had kept.
    fn retained_age(&self, message: MessageRef<'_>, received_at: Time, history: &History) -> Option<MessageAge> {
        let mut of_topic =
            history.iter().enumerate().filter(|(_, entry)| entry.message.topic == message.topic).peekable();
        let Some((index, previous)) = of_topic.peek().copied() else {
            return Some(MessageAge::retained(received_at));
        };
        let mut heard = history.iter().take(self.heard).filter(|entry| entry.message.topic == message.topic);
        let comes_again = !heard.any(|entry| entry.message.retain);
        let is_newest = index == 0;
        if is_newest && self.is_same(message, previous) {
            // A subscription that the client has repeated by itself brings it again, too.
            return (comes_again || self.age.is_unknown).then_some(self.age);
        }
        if !comes_again {
            return None;
        }
        let is_same = |entry: &HistoryEntry<'_>| {
            message.payload.len() < MAX_HISTORY_PAYLOAD_BYTES && entry.message.payload == message.payload
        };
        let published =
            of_topic.map(|(_, entry)| entry).take_while(is_same).filter(|entry| !entry.message.retain).last();
        Some(published.map_or(MessageAge::retained(received_at), |entry| MessageAge::live(entry.received_at)))
    }

    /// Returns whether a message has the payload of the newest one, which the history may have cut off.
    fn is_same(&self, message: MessageRef<'_>, newest: HistoryEntry<'_>) -> bool {
        self.bytes == message.payload.len() && message.payload.starts_with(newest.message.payload)
    }

    /// Takes into account that the tile shows this payload already, perhaps from a previous run: it is the same message.
    pub(super) fn recognize(&mut self, payload: &[u8], shown: Option<&TileValue>) {
        if let Some(value) = shown.filter(|value| self.age.is_unknown && *value.payload == *payload) {
            self.age = value.message_age();
        }
    }

    /// Keeps a payload of which no value could be extracted.
    pub(super) fn keep_failed(&mut self, payload: &Arc<[u8]>) {
        self.failed_payload = Some(payload).filter(|payload| payload.len() <= MAX_FAILED_BYTES).cloned();
    }
}
