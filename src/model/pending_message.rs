//! The newest message of a tile until its value is resolved: what waits, and why it waits again.

use super::{
    batch::MessageRef,
    decoder_rules::DecoderRules,
    json_path::JsonPath,
    message_age::MessageAge,
    shared_payload::SharedPayload,
    tile::Tile,
    tile_state::{PendingMessage, ReplacedValue, TileState},
    tile_value::{TileValue, TimedMessage},
    time::Time,
};
use crate::decode::DecodeError;

impl TileState {
    /// Creates the state of a tile from the last message of its topic as the broker has sent it, which the tile may decode.
    #[must_use]
    pub(crate) fn from_sent_message(tile: &Tile, rules: &DecoderRules, last: &TimedMessage, age: MessageAge) -> Self {
        let mut state = Self::default();
        let message = MessageRef::from(&last.message);
        match rules.decoded(message.topic, tile.decoders(), message.payload) {
            Ok(payload) => state.receive(MessageRef { payload: &payload, ..message }, last.received_at),
            Err(error) => state.receive_undecodable(message, error, last.received_at),
        };
        state.newest.age = age;
        state
    }

    /// Makes the next [`resolve_value`](Self::resolve_value) resolve the newest message again, after the tile's definition
    /// has changed. `keeps_script` is whether a script has computed its payload that is still the same: it is not run again.
    pub(crate) fn mark_pending(&mut self, keeps_script: bool) {
        if keeps_script && self.pending.is_some() {
            return;
        }
        let is_new = self.pending.as_ref().is_some_and(|pending| pending.known_age.is_none());
        let received = match self.unconfirmed.as_ref().and_then(|publish| publish.replaced.as_ref()) {
            Some(ReplacedValue(replaced)) => replaced.as_ref(),
            None => self.value.as_ref(),
        };
        let from_value = |value: &TileValue| PendingMessage {
            received_at: value.updated_at,
            full_payload: Some(SharedPayload::new(&value.payload)),
            known_age: Some(value.message_age()),
        };
        self.pending = match self.last_message().filter(|_| !keeps_script) {
            Some(last) => Some(PendingMessage {
                received_at: last.received_at,
                full_payload: Some(SharedPayload::new(&last.message.payload)),
                known_age: (!is_new).then_some(self.newest.age),
            }),
            None => received.map(from_value),
        };
    }

    /// Returns whether a message is waiting for [`resolve_value`](Self::resolve_value).
    #[must_use]
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Returns whether the message that waits to be resolved has arrived since, or only the tile's definition has changed.
    #[must_use]
    pub(crate) fn has_new_message(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.known_age.is_none())
    }

    /// Receives a message that could not be decoded. Returns whether no other message was waiting.
    pub(crate) fn receive_undecodable(
        &mut self,
        message: MessageRef<'_>,
        error: DecodeError,
        received_at: Time,
    ) -> bool {
        self.receive_decoded(message, received_at, Err(error))
    }

    /// Returns why the newest message could not be decoded; `None` if it could, or if nothing is decoded.
    pub(crate) fn undecoded(&self) -> Option<&DecodeError> {
        self.newest.undecoded.as_deref()
    }

    /// Sets the payload for the next [`resolve_value`](Self::resolve_value). Returns whether no other message
    /// was waiting.
    pub(crate) fn set_pending_payload(&mut self, payload: SharedPayload, received_at: Time) -> bool {
        let pending = PendingMessage { received_at, full_payload: Some(payload), known_age: None };
        self.pending.replace(pending).is_none()
    }

    /// Returns the payload that is waiting to be resolved and the JSON path to evaluate on it.
    #[must_use]
    pub(crate) fn pending_extraction<'a>(&'a self, tile: &'a Tile) -> Option<(&'a [u8], &'a JsonPath)> {
        let payload = self.pending_payload()?;
        if self.newest.undecoded.is_some() {
            return None;
        }
        tile.json_path.as_ref().filter(|_| !payload.is_empty()).map(|path| (payload, path))
    }

    fn pending_payload(&self) -> Option<&[u8]> {
        match &self.pending.as_ref()?.full_payload {
            Some(payload) => Some(payload.bytes()),
            None => self.history.last().map(|last| last.message.payload),
        }
    }
}
