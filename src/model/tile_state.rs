//! The state of a tile while the program runs: its value, what it published, its errors and its history.

use std::sync::Arc;

use super::{
    batch::MessageRef,
    error::TileError,
    history::{History, MAX_HISTORY_PAYLOAD_BYTES},
    json_path::{JsonPath, find_all},
    media::{DecodedImage, FetchState},
    newest_message::NewestMessage,
    script::ViewOverride,
    script_errors::ScriptErrors,
    shared_payload::SharedPayload,
    tile::Tile,
    tile_value::{TileValue, TimedMessage},
    time::Time,
};

pub(crate) use super::sent_values::PublishProgress;
pub use super::sent_values::{Confirmation, ReplacedValue, UnconfirmedPublish};

/// The newest message, until its value is resolved.
#[derive(Debug, Clone)]
pub(super) struct PendingMessage {
    received_at: Time,
    /// Its payload, if it differs from the newest one in the history, which may be cut off.
    pub(super) full_payload: Option<SharedPayload>,
}

/// The state of a tile.
#[derive(Debug, Clone, Default)]
pub struct TileState {
    /// The value that is shown.
    pub value: Option<TileValue>,
    /// The published value that no message has confirmed yet.
    pub unconfirmed: Option<Box<UnconfirmedPublish>>,
    /// The last published value that a message confirmed.
    pub(crate) confirmation: Option<Confirmation>,
    /// What was published before the newest message, until the message is resolved.
    pub(super) answered: Option<Box<(Arc<str>, Time)>>,
    /// The error of the newest message or of the last publish request.
    pub error: Option<TileError>,
    /// The last messages.
    pub(crate) history: History,
    /// The number of messages received.
    pub message_count: u64,
    /// What scripts changed about the content.
    pub(crate) view_override: Option<Box<ViewOverride>>,
    /// The errors of the scripts.
    pub(crate) script_errors: ScriptErrors,
    /// The image in the last payload or at its URL, once it is decoded.
    pub(crate) image: Option<DecodedImage>,
    /// The last fetch of the image's URL.
    pub(crate) image_fetch: Option<Box<FetchState>>,
    /// Whether the value comes from a previous run and no message has been received since.
    pub(crate) restored: bool,
    pub(super) pending: Option<PendingMessage>,
    pub(super) newest: NewestMessage,
}

impl TileState {
    /// Creates the state of a tile from the last message of another tile.
    #[must_use]
    pub(crate) fn from_message(last: &TimedMessage) -> Self {
        let mut state = Self::default();
        state.receive((&last.message).into(), last.received_at);
        state
    }

    /// Takes into account that the connection is established.
    pub(crate) fn begin_session(&mut self) {
        self.newest.begin_session();
    }

    /// Makes the next [`resolve_value`](Self::resolve_value) resolve the newest message again, after the
    /// tile's definition has changed.
    pub(crate) fn mark_pending(&mut self) {
        self.pending = self.last_message().map(|last| PendingMessage {
            received_at: last.received_at,
            full_payload: Some(SharedPayload::new(&last.message.payload)),
        });
    }

    /// Clears the results of scripts, after the scripts have changed.
    pub(crate) fn clear_script_results(&mut self) {
        self.view_override = None;
        self.script_errors = ScriptErrors::default();
    }

    /// Returns whether a message is waiting for [`resolve_value`](Self::resolve_value).
    #[must_use]
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Receives a message. Its value is resolved later, by [`resolve_value`](Self::resolve_value), because of
    /// several messages only the newest one needs that. Returns whether no other message was waiting.
    pub(crate) fn receive(&mut self, message: MessageRef<'_>, received_at: Time) -> bool {
        self.record_message(message, received_at);
        let full_payload =
            (message.payload.len() > MAX_HISTORY_PAYLOAD_BYTES).then(|| SharedPayload::new(message.payload));
        self.pending.replace(PendingMessage { received_at, full_payload }).is_none()
    }

    /// Sets the payload for the next [`resolve_value`](Self::resolve_value). Returns whether no other message
    /// was waiting.
    pub(crate) fn set_pending_payload(&mut self, payload: SharedPayload, received_at: Time) -> bool {
        self.pending.replace(PendingMessage { received_at, full_payload: Some(payload) }).is_none()
    }

    /// Adds a message to the history without resolving its value.
    pub(crate) fn record_message(&mut self, message: MessageRef<'_>, received_at: Time) {
        self.message_count += 1;
        // Of several values that were published, the message may be the echo of an older one, which is known when it is
        // resolved.
        let may_be_older = |publish: &UnconfirmedPublish| {
            publish.sent.has_older(received_at) && publish.text.as_bytes() != message.payload
        };
        if let Some(publish) = self.unconfirmed.take_if(|publish| !may_be_older(publish)) {
            self.answered = Some(Box::new((publish.text, publish.published_at)));
        }
        self.restored = false;
        self.newest.receive(message, self.history.last());
        self.history.push(message, received_at);
    }

    /// Returns the payload that is waiting to be resolved and the JSON path to evaluate on it.
    #[must_use]
    pub(crate) fn pending_extraction<'a>(&'a self, tile: &'a Tile) -> Option<(&'a [u8], &'a JsonPath)> {
        let payload = self.pending_payload()?;
        tile.json_path.as_ref().filter(|_| !payload.is_empty()).map(|path| (payload, path))
    }

    fn pending_payload(&self) -> Option<&[u8]> {
        match &self.pending.as_ref()?.full_payload {
            Some(payload) => Some(payload.bytes()),
            None => self.history.last().map(|last| last.message.payload),
        }
    }

    /// Resolves the value or the error of the newest message. `extracted` is the result of the JSON path, if
    /// it is already known. Returns whether a message was waiting.
    pub(crate) fn resolve_value(&mut self, tile: &Tile, extracted: Option<Result<Arc<str>, TileError>>) -> bool {
        let extract = || {
            let (payload, path) = self.pending_extraction(tile)?;
            find_all(payload, &[path]).pop().map(|text| text.map(Into::into))
        };
        let extracted = extracted.or_else(extract);
        let Some(PendingMessage { received_at, full_payload }) = self.pending.take() else {
            return false;
        };
        let last_payload = || self.history.last().map_or(&[][..], |last| last.message.payload);
        let payload = full_payload.unwrap_or_else(|| SharedPayload::new(last_payload()));
        match extracted.unwrap_or_else(|| Ok(payload.text())) {
            Ok(text) => {
                let payload = Arc::clone(payload.bytes());
                let (updated_at, age_unknown) = self.newest.known_since(&payload, received_at, self.value.as_ref());
                self.confirm_answer(&text, received_at);
                self.receive_value(TileValue { text, payload, updated_at, age_unknown }, received_at);
                self.error = None;
            }
            Err(error) => {
                self.unconfirmed = None;
                self.error = Some(error);
                self.newest.keep_failed(payload.bytes());
            }
        }
        true
    }

    /// Returns the state of a tile after receiving only this message.
    #[must_use]
    pub(crate) fn resolved_from(tile: &Tile, message: MessageRef<'_>, received_at: Time) -> Self {
        let mut state = Self::default();
        state.receive(message, received_at);
        state.resolve_value(tile, None);
        state
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::{connection::Message, kind, schema::set_fields, value::Value};

    pub fn tile(entries: &[(&str, Value)]) -> Tile {
        let mut tile = Tile::new(kind::from_name("text").unwrap());
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        set_fields(&mut tile, &entries).unwrap();
        tile
    }

    pub fn message(payload: &str) -> Message {
        Message::new("t", payload.as_bytes())
    }

    pub fn shown_text(state: &TileState) -> Option<&str> {
        state.value.as_ref().map(|value| &*value.text)
    }

    pub const NOW: Time = Time::from_millis(1_000);

    #[test]
    fn tile_state_resolves_only_the_last_message() {
        let (tile, mut state) = (tile(&[]), TileState::default());
        assert!(state.receive((&message("1")).into(), NOW));
        assert!(!state.receive((&message("2")).into(), NOW));
        assert!(state.resolve_value(&tile, None));
        assert!(!state.resolve_value(&tile, None));
        assert_eq!((shown_text(&state), state.message_count, state.history.len()), (Some("2"), 2, 2));
    }

    #[test]
    fn bad_payload_sets_error_and_keeps_last_good_value() {
        let tile = tile(&[("topic", "t".into()), ("json_path", "$.a".into()), ("publish", Value::Bool(false))]);
        let mut state = TileState::default();
        for payload in ["{\"a\":1}", "rubbish"] {
            state.receive((&message(payload)).into(), NOW);
            state.resolve_value(&tile, None);
        }
        assert_eq!(shown_text(&state), Some("1"));
        assert!(matches!(state.error, Some(TileError::NotJson(_))));
    }
}
