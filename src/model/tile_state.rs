//! The state of a tile while the program runs: its value, what it published, its errors and its history.

use std::{sync::Arc, time::Duration};

use super::{
    availability::DeviceStatus,
    batch::MessageRef,
    error::TileError,
    history::{History, MAX_HISTORY_PAYLOAD_BYTES},
    json_path::find_all,
    kept_messages::KeptMessages,
    media::{DecodedImage, FetchState},
    message_age::MessageAge,
    message_interval::{MessageInterval, Silence},
    newest_message::NewestMessage,
    script::ViewOverride,
    script_errors::ScriptErrors,
    shared_payload::SharedPayload,
    tile::Tile,
    tile_statistics::TileStatistics,
    tile_value::{TileValue, TimedMessage},
    time::Time,
    trend::Trend,
};

use crate::decode::DecodeError;

pub use super::sent_values::{Confirmation, ReplacedValue, UnconfirmedPublish};
pub(crate) use super::sent_values::{ConfirmationSource, PublishProgress};

/// The newest message, until its value is resolved.
#[derive(Debug, Clone)]
pub(super) struct PendingMessage {
    pub(super) received_at: Time,
    /// Its payload, if it differs from the newest one in the history, which may be cut off.
    pub(super) full_payload: Option<SharedPayload>,
    /// Its age, if its value was resolved before; the definition of the tile has changed since.
    pub(super) known_age: Option<MessageAge>,
}

/// The state of a tile.
#[derive(Debug, Clone, Default)]
pub struct TileState {
    /// The value that is shown.
    pub value: Option<TileValue>,
    /// The published value that no message has confirmed yet.
    pub unconfirmed: Option<Box<UnconfirmedPublish>>,
    /// The last published value that a message with the same value has followed.
    pub(crate) confirmation: Option<Confirmation>,
    /// What was published before the newest message, until the message is resolved.
    pub(super) answered: Option<Box<(Arc<str>, Time)>>,
    /// The error of the newest message or of the last publish request.
    pub error: Option<TileError>,
    /// The last messages.
    pub(crate) history: History,
    /// The messages that its kind shows, if it shows more than the newest one.
    pub(crate) kept: Option<Box<KeptMessages>>,
    /// The number of messages received.
    pub message_count: u64,
    /// The statistics of its numbers, if it had any.
    pub(crate) statistics: Option<Box<TileStatistics>>,
    /// How fast its number grows, if the tile says how long that takes.
    pub(crate) trend: Option<Box<Trend>>,
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
    /// Whether the device of the tile is online; `None` if it has not said so.
    pub(super) device: Option<Box<DeviceStatus>>,
    /// Whether the section that begins with the tile is folded, if the user has folded or unfolded it.
    pub(crate) folded: Option<bool>,
    pub(super) pending: Option<PendingMessage>,
    pub(super) newest: NewestMessage,
    pub(super) interval: MessageInterval,
}

impl TileState {
    /// Creates the state of a tile from the last message of its topic, and since when that is known.
    #[must_use]
    pub(crate) fn from_message(last: &TimedMessage, age: MessageAge) -> Self {
        let mut state = Self::default();
        state.receive((&last.message).into(), last.received_at);
        state.newest.age = age;
        state
    }

    /// Creates the state of a tile from the last message of another one with the same topic; `None` if that has none.
    #[must_use]
    pub(crate) fn from_tile_of_topic(other: &Self) -> Option<Self> {
        let state = Self::from_message(&other.last_message()?, other.newest.age);
        Some(Self { interval: other.interval, kept: other.kept.clone(), ..state })
    }

    /// Takes into account that the connection is established. How long a topic was silent before is unknown.
    pub(crate) fn begin_session(&mut self, now: Time) {
        self.expect_retained();
        self.restart_silence(now);
    }

    /// Counts silence from now on: whether messages were sent before is unknown.
    pub(crate) fn restart_silence(&mut self, now: Time) {
        self.interval.restart(now);
    }

    /// Takes into account that the subscriptions of the connection have changed.
    pub(crate) fn expect_retained(&mut self) {
        self.newest.expect_retained();
        if let Some(kept) = &mut self.kept {
            kept.expect_retained();
        }
    }

    /// Returns since when the newest message is known.
    pub(crate) fn message_age(&self) -> MessageAge {
        self.newest.age
    }

    /// Returns the interval at which the tile usually receives messages; `None` if it does not do so regularly.
    #[must_use]
    pub(crate) fn usual_interval(&self) -> Option<Duration> {
        self.interval.usual()
    }

    /// Returns the silence of a tile that usually receives messages regularly, or that says when its value is stale; `None`
    /// if it is not silent for longer. It says nothing while the connection is down.
    #[must_use]
    pub(crate) fn silence(&self, tile: &Tile, now: Time) -> Option<Silence> {
        self.interval.silence(tile.kind.stale_after(), now)
    }

    /// Returns when the [`silence`](Self::silence) begins or its text changes, if no message arrives.
    #[must_use]
    pub(crate) fn next_silence_change(&self, tile: &Tile, now: Time) -> Option<Time> {
        self.interval.next_change(tile.kind.stale_after(), now)
    }

    /// Clears the results of scripts, after the scripts have changed.
    pub(crate) fn clear_script_results(&mut self) {
        self.view_override = None;
        self.script_errors = ScriptErrors::default();
    }

    /// Returns whether the message that waits to be resolved may answer what was published.
    #[must_use]
    pub(crate) fn awaits_answer(&self) -> bool {
        self.answered.is_some() || self.unconfirmed.is_some()
    }

    /// Receives a message. Its value is resolved later, by [`resolve_value`](Self::resolve_value), because of
    /// several messages only the newest one needs that. Returns whether no other message was waiting.
    pub(crate) fn receive(&mut self, message: MessageRef<'_>, received_at: Time) -> bool {
        self.receive_decoded(message, received_at, Ok(()))
    }

    /// Receives a message, as [`receive`](Self::receive) does, or one that could not be decoded.
    pub(super) fn receive_decoded(
        &mut self,
        message: MessageRef<'_>,
        received_at: Time,
        decoded: Result<(), DecodeError>,
    ) -> bool {
        self.record(message, received_at, decoded);
        let full_payload =
            (message.payload.len() > MAX_HISTORY_PAYLOAD_BYTES).then(|| SharedPayload::new(message.payload));
        let pending = PendingMessage { received_at, full_payload, known_age: None };
        self.pending.replace(pending).is_none()
    }

    /// Adds a message to the history without resolving its value.
    pub(crate) fn record_message(&mut self, message: MessageRef<'_>, received_at: Time) {
        self.record(message, received_at, Ok(()));
    }

    /// Adds a message to the history. `decoded` says why it could not be decoded, if so: it is as it was sent then.
    pub(super) fn record(&mut self, message: MessageRef<'_>, received_at: Time, decoded: Result<(), DecodeError>) {
        self.message_count += 1;
        // Of several values that were published, the message may be the echo of an older one, which is known when it is
        // resolved.
        let may_be_older = |publish: &UnconfirmedPublish| {
            publish.sent.has_older(received_at) && publish.text.as_bytes() != message.payload
        };
        let is_answer = self.unconfirmed.is_some();
        if let Some(publish) = self.unconfirmed.take_if(|publish| !may_be_older(publish)) {
            self.answered = Some(Box::new((publish.text, publish.published_at)));
        }
        self.restored = false;
        if self.newest.receive(message, received_at, &self.history) {
            if is_answer { self.interval.restart(received_at) } else { self.interval.receive(received_at) }
        }
        self.history.push(message, received_at);
        if let Some(kept) = self.kept.as_mut().filter(|_| decoded.is_ok()) {
            kept.record(message, received_at);
        }
        self.newest.undecoded = decoded.err().map(Box::new);
    }

    /// Resolves the value or the error of the newest message. `extracted` is the result of the JSON path, if
    /// it is already known. Returns whether a message was waiting.
    pub(crate) fn resolve_value(&mut self, tile: &Tile, extracted: Option<Result<Arc<str>, TileError>>) -> bool {
        let extract = || {
            let (payload, path) = self.pending_extraction(tile)?;
            find_all(payload, &[path]).pop().map(|text| text.map(Into::into))
        };
        let extracted = extracted.or_else(extract);
        let Some(PendingMessage { received_at, full_payload, known_age }) = self.pending.take() else {
            return false;
        };
        let last_payload = || self.history.last().map_or(&[][..], |last| last.message.payload);
        let payload = full_payload.unwrap_or_else(|| SharedPayload::new(last_payload()));
        if self.newest.undecoded.is_none() {
            self.extract_kept(tile, payload.bytes(), known_age.unwrap_or_else(|| self.age_of_message(received_at)));
        }
        let undecoded = self.newest.undecoded.clone().map(|error| Err(TileError::NotDecoded(*error)));
        match undecoded.or(extracted).unwrap_or_else(|| Ok(payload.text())) {
            Ok(text) => {
                let payload = Arc::clone(payload.bytes());
                if known_age.is_none() && tile.topic.as_ref().is_some_and(|topic| topic.exact().is_some()) {
                    self.newest.recognize(&payload, self.value.as_ref());
                }
                let MessageAge { since, is_unknown } = known_age.unwrap_or_else(|| self.age_of_message(received_at));
                let value = TileValue { text, payload, updated_at: since, age_unknown: is_unknown };
                if known_age.is_some() {
                    self.show_received_value(value);
                } else {
                    let source = self.confirmation_source(tile);
                    self.confirm_answer(&value, received_at, source);
                    if !is_unknown && since == received_at {
                        TileStatistics::record(
                            &mut self.statistics,
                            &value.text,
                            received_at,
                            tile.kind.has_sparkline(),
                        );
                        if tile.kind.estimated_max().is_some() {
                            Trend::record(&mut self.trend, &value.text, received_at);
                        }
                    }
                    self.receive_value(value, received_at, source);
                }
                self.error = None;
            }
            Err(error) => {
                self.unconfirmed.take_if(|_| known_age.is_none());
                self.error = Some(error);
                self.newest.keep_failed(payload.bytes());
            }
        }
        true
    }

    /// Returns the age of the newest message, or of an older one for which a script took longer.
    fn age_of_message(&self, received_at: Time) -> MessageAge {
        let is_newest = self.history.last().is_none_or(|last| last.received_at == received_at);
        if is_newest { self.newest.age } else { MessageAge { since: received_at, ..self.newest.age } }
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
