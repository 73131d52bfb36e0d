//! The state of a tile while the program runs: its value, what it published, its errors and its history.

use std::{sync::Arc, time::Duration};

use super::{
    batch::MessageRef,
    connection::PublishId,
    error::TileError,
    history::{History, MAX_HISTORY_PAYLOAD_BYTES},
    json_path::{JsonPath, find_all},
    media::{DecodedImage, FetchState},
    newest_message::NewestMessage,
    script::ViewOverride,
    script_errors::ScriptErrors,
    sent_values::Echo,
    shared_payload::SharedPayload,
    tile::Tile,
    tile_value::{TileValue, TimedMessage},
    time::Time,
};

pub(crate) use super::sent_values::PublishProgress;
pub use super::sent_values::{ReplacedValue, UnconfirmedPublish};

/// A published value is shown as unconfirmed if no message has confirmed it within this time.
pub(crate) const CONFIRM_TIMEOUT: Duration = Duration::from_secs(5);

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
        self.unconfirmed.take_if(|publish| !may_be_older(publish));
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

    /// Shows a received value, unless it is the echo of an older value than the one that is shown because it was
    /// published.
    fn receive_value(&mut self, value: TileValue, received_at: Time) {
        if let Some(publish) = &mut self.unconfirmed {
            if publish.sent.receive(&value.text, received_at) != Echo::Older {
                self.unconfirmed = None;
            } else if let Some(ReplacedValue(replaced)) = &mut publish.replaced {
                *replaced = Some(value);
                return;
            }
        }
        self.value = Some(value);
    }

    /// Returns the state of a tile after receiving only this message.
    #[must_use]
    pub(crate) fn resolved_from(tile: &Tile, message: MessageRef<'_>, received_at: Time) -> Self {
        let mut state = Self::default();
        state.receive(message, received_at);
        state.resolve_value(tile, None);
        state
    }

    /// Records that a text was published, and shows it immediately if `show_immediately` is set.
    pub(crate) fn record_publish(
        &mut self,
        publish_id: PublishId,
        text: Arc<str>,
        show_immediately: bool,
        published_at: Time,
    ) {
        self.error = None;
        self.restored &= !show_immediately;
        let (replaced_before, mut sent) =
            self.unconfirmed.take().map(|publish| (publish.replaced, publish.sent)).unwrap_or_default();
        sent.push(publish_id, Arc::clone(&text), published_at);
        let replaced = show_immediately.then(|| {
            let payload = Arc::clone(&text).into();
            let new = TileValue { payload, text: Arc::clone(&text), updated_at: published_at, age_unknown: false };
            let old = self.value.replace(new);
            replaced_before.unwrap_or(ReplacedValue(old))
        });
        self.unconfirmed = Some(Box::new(UnconfirmedPublish {
            publish_id,
            text,
            published_at,
            progress: PublishProgress::Queued,
            replaced,
            sent,
        }));
    }

    /// Records how far a publish request got.
    pub(crate) fn record_progress(&mut self, publish_id: PublishId, progress: PublishProgress) {
        if let Some(publish) = self.unconfirmed.as_mut().filter(|publish| publish.publish_id == publish_id) {
            publish.progress = publish.progress.max(progress);
        }
    }

    /// Records that an older publish request than the last one was not sent, and will have no echo.
    pub(crate) fn forget_publish(&mut self, publish_id: PublishId) {
        if let Some(publish) = self.unconfirmed.as_mut().filter(|publish| publish.publish_id != publish_id) {
            publish.sent.remove(publish_id);
        }
    }

    /// Records that a publish request failed: restores the previous value and shows the error. Returns
    /// whether it is the last request of this tile.
    pub(crate) fn fail_publish(&mut self, publish_id: PublishId, error: TileError) -> bool {
        let Some(publish) = self.unconfirmed.take_if(|publish| publish.publish_id == publish_id) else {
            self.forget_publish(publish_id);
            return false;
        };
        if let Some(ReplacedValue(previous_value)) = publish.replaced {
            self.value = previous_value;
        }
        self.error = Some(error);
        true
    }

    /// Ends waiting for a confirmation that can no longer arrive: after the tile's timeout, and for tiles
    /// without a topic once the request is finished. Returns whether anything changed.
    pub(crate) fn expire_publish(&mut self, tile: &Tile, now: Time) -> bool {
        let Some(publish) = &self.unconfirmed else {
            return false;
        };
        let limit = tile.wait_timeout.get();
        if tile.topic.is_none() {
            let finished = publish.progress == PublishProgress::Acknowledged
                || (publish.progress == PublishProgress::Sent && tile.qos.as_u8() == 0);
            if finished {
                self.unconfirmed = None;
            }
            return finished;
        }
        if tile.waits_for_echo() && limit > 0 && now.since(publish.published_at) >= tile.wait_timeout.to_duration() {
            let publish_id = publish.publish_id;
            return self.fail_publish(publish_id, TileError::EchoTimeout(limit.unsigned_abs()));
        }
        false
    }

    /// Returns whether the tile shows a spinner.
    #[must_use]
    pub(crate) fn is_waiting(&self, tile: &Tile) -> bool {
        self.unconfirmed.is_some() && tile.waits_for_echo()
    }

    /// Returns whether the value was published and no message has confirmed it within [`CONFIRM_TIMEOUT`].
    #[must_use]
    pub fn is_unconfirmed(&self, tile: &Tile, now: Time) -> bool {
        tile.topic.is_some()
            && self.unconfirmed.as_ref().is_some_and(|publish| now.since(publish.published_at) >= CONFIRM_TIMEOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        connection::{Message, Qos},
        kind,
        schema::set_fields,
        value::Value,
    };

    fn tile(entries: &[(&str, Value)]) -> Tile {
        let mut tile = Tile::new(kind::from_name("text").unwrap());
        let entries: Vec<_> = entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        set_fields(&mut tile, &entries).unwrap();
        tile
    }

    fn message(payload: &str) -> Message {
        Message {
            topic: "t".into(),
            payload: payload.as_bytes().into(),
            qos: Qos::AtMostOnce,
            retain: false,
            properties: None,
        }
    }

    fn shown_text(state: &TileState) -> Option<&str> {
        state.value.as_ref().map(|value| &*value.text)
    }

    const NOW: Time = Time::from_millis(1_000);

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

    #[test]
    fn failed_publish_restores_previous_value() {
        let (tile, mut state) = (tile(&[("topic", "t".into())]), TileState::default());
        state.receive((&message("old")).into(), NOW);
        state.resolve_value(&tile, None);
        state.record_publish(PublishId(1), "new".into(), true, NOW);
        state.record_publish(PublishId(2), "newer".into(), true, NOW);
        assert_eq!(shown_text(&state), Some("newer"));
        assert!(!state.fail_publish(PublishId(1), TileError::NotSent("x".into())));
        assert!(state.fail_publish(PublishId(2), TileError::NotSent("the connection is down".into())));
        assert_eq!(shown_text(&state), Some("old"));
    }

    #[test]
    fn waiting_ends_on_any_message_or_timeout() {
        let tile = tile(&[
            ("topic", "t".into()),
            ("update_on_publish", Value::Bool(false)),
            ("wait_timeout", Value::Integer(3)),
        ]);
        let mut state = TileState::default();
        state.record_publish(PublishId(1), "x".into(), false, NOW);
        assert!(state.is_waiting(&tile));
        state.receive((&message("x")).into(), NOW);
        assert!(!state.is_waiting(&tile));
        state.record_publish(PublishId(2), "x".into(), false, NOW);
        assert!(!state.expire_publish(&tile, NOW.saturating_add(Duration::from_millis(2_999))));
        assert!(state.expire_publish(&tile, NOW.saturating_add(Duration::from_secs(3))));
        assert_eq!(state.error, Some(TileError::EchoTimeout(3)));
    }

    /// Publishes a text, and resolves the messages that follow.
    fn press_and_receive(state: &mut TileState, tile: &Tile, id: u64, sent: &str, received: &[&str]) {
        state.record_publish(PublishId(id), sent.into(), tile.update_on_publish, NOW);
        for payload in received {
            state.receive((&message(payload)).into(), NOW);
            state.resolve_value(tile, None);
        }
    }

    #[test]
    fn echo_of_an_older_value_does_not_undo_a_newer_one() {
        let tile = tile(&[("topic", "t".into())]);
        let mut state = TileState::default();
        press_and_receive(&mut state, &tile, 1, "1", &[]);
        press_and_receive(&mut state, &tile, 2, "2", &["1"]);
        assert_eq!(shown_text(&state), Some("2"));
        press_and_receive(&mut state, &tile, 3, "3", &["2", "1"]);
        assert_eq!((shown_text(&state), state.unconfirmed.is_some()), (Some("3"), true));
        state.receive((&message("3")).into(), NOW);
        assert!(state.unconfirmed.is_none(), "it is confirmed");
        press_and_receive(&mut state, &tile, 4, "4", &[]);
        press_and_receive(&mut state, &tile, 5, "5", &["20"]);
        assert_eq!(shown_text(&state), Some("20"), "the device has decided otherwise");
    }

    #[test]
    fn failed_publish_restores_the_newest_value_that_was_received() {
        let tile = tile(&[("topic", "t".into())]);
        let mut state = TileState::default();
        press_and_receive(&mut state, &tile, 1, "1", &[]);
        press_and_receive(&mut state, &tile, 2, "2", &["1"]);
        state.fail_publish(PublishId(2), TileError::NotSent("no".into()));
        assert_eq!(shown_text(&state), Some("1"));
    }

    #[test]
    fn tile_that_shows_only_what_it_receives_shows_older_echoes_and_waits() {
        let tile = tile(&[("topic", "t".into()), ("update_on_publish", Value::Bool(false))]);
        let mut state = TileState::default();
        press_and_receive(&mut state, &tile, 1, "1", &[]);
        press_and_receive(&mut state, &tile, 2, "2", &["1"]);
        assert_eq!((shown_text(&state), state.is_waiting(&tile)), (Some("1"), true));
        press_and_receive(&mut state, &tile, 3, "3", &["2", "3"]);
        assert_eq!((shown_text(&state), state.is_waiting(&tile)), (Some("3"), false));
    }
}
