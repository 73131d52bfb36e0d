//! What a tile has published: until a message confirms it, or shows that the device has decided otherwise.

use std::{sync::Arc, time::Duration};

use super::{
    connection::PublishId,
    error::TileError,
    number::is_same_number,
    sent_values::{Confirmation, ConfirmationSource, Echo, PublishProgress, ReplacedValue, UnconfirmedPublish},
    tile::Tile,
    tile_state::TileState,
    tile_value::TileValue,
    time::Time,
    topic::Topic,
};

/// A published value is shown as unconfirmed if no message has confirmed it within this time.
pub(crate) const CONFIRM_TIMEOUT: Duration = Duration::from_secs(5);

impl TileState {
    /// Shows a received value, unless it is the echo of an older value than the one that is shown because it was
    /// published.
    pub(super) fn receive_value(&mut self, value: TileValue, received_at: Time, source: ConfirmationSource) {
        if let Some(publish) = &mut self.unconfirmed {
            let echo = publish.sent.receive(&value.text, &value.payload, received_at);
            if echo == Echo::Newest {
                let after = received_at.since(publish.published_at);
                self.confirmation = Some(Confirmation { at: received_at, after, source });
            }
            if echo != Echo::Older {
                self.unconfirmed = None;
            } else if let Some(ReplacedValue(replaced)) = &mut publish.replaced {
                *replaced = Some(value);
                return;
            }
        }
        self.value = Some(value);
    }

    /// Records that a message with this value has arrived after a publish, which it confirms if the value is the same.
    pub(super) fn confirm_answer(&mut self, value: &TileValue, received_at: Time, source: ConfirmationSource) {
        let answered = self.answered.take().map(|answered| *answered);
        let TileValue { text, payload, .. } = value;
        let is_same = |sent: &str| sent == &**text || is_same_number(sent, text) || sent.as_bytes() == &**payload;
        if let Some((_, published_at)) = answered.filter(|(sent, _)| is_same(sent)) {
            self.confirmation = Some(Confirmation { at: received_at, after: received_at.since(published_at), source });
        }
    }

    /// Returns what the newest message tells if it has the published value.
    pub(super) fn confirmation_source(&self, tile: &Tile) -> ConfirmationSource {
        // Most messages answer nothing.
        let target = self.awaits_answer().then(|| tile.target_topic()).flatten();
        let is_own = |target: &Topic| match self.history.last() {
            Some(last) => last.message.topic == target.as_str(),
            None => tile.topic.as_ref().is_some_and(|filter| filter.matches(target.as_str())),
        };
        if target.as_ref().is_some_and(is_own) { ConfirmationSource::Broker } else { ConfirmationSource::Device }
    }

    /// Shows a value that was received before, unless a published one is shown instead.
    pub(super) fn show_received_value(&mut self, value: TileValue) {
        match self.unconfirmed.as_mut().and_then(|publish| publish.replaced.as_mut()) {
            Some(ReplacedValue(replaced)) => *replaced = Some(value),
            None => self.value = Some(value),
        }
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
        self.confirmation = None;
        self.restored &= !show_immediately;
        let (replaced_before, mut sent) =
            self.unconfirmed.take().map(|publish| (publish.replaced, publish.sent)).unwrap_or_default();
        sent.push(publish_id, Arc::clone(&text), published_at);
        let replaced = show_immediately.then(|| {
            let old = self.value.replace(TileValue::published(Arc::clone(&text), published_at));
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

    /// Records the payload in which the last value was published, for scripts, if the tile shows that value already.
    pub(crate) fn record_published_payload(&mut self, payload: &[u8]) {
        let is_shown = self.unconfirmed.as_ref().is_some_and(|publish| publish.replaced.is_some());
        if let Some(value) = self.value.as_mut().filter(|_| is_shown) {
            value.payload = payload.into();
        }
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
        let is_last = self.cancel_publish(publish_id);
        if is_last {
            self.error = Some(error);
        }
        is_last
    }

    /// Records that a publish request was canceled: restores the previous value. Returns whether it is the last request
    /// of this tile.
    pub(crate) fn cancel_publish(&mut self, publish_id: PublishId) -> bool {
        let Some(publish) = self.unconfirmed.take_if(|publish| publish.publish_id == publish_id) else {
            self.forget_publish(publish_id);
            return false;
        };
        if let Some(ReplacedValue(previous_value)) = publish.replaced {
            self.value = previous_value;
        }
        true
    }

    /// Ends waiting for a confirmation that can no longer arrive: after the tile's timeout, for tiles without a topic once
    /// the request is finished, and when the device has answered something else. Returns whether anything changed.
    pub(crate) fn expire_publish(&mut self, tile: &Tile, now: Time) -> bool {
        let Some(publish) = &self.unconfirmed else {
            return false;
        };
        let limit = tile.wait_timeout.get();
        let is_finished = publish.progress == PublishProgress::Acknowledged
            || (publish.progress == PublishProgress::Sent && tile.qos.as_u8() == 0);
        if tile.topic.is_none() {
            if is_finished {
                self.unconfirmed = None;
            }
            return is_finished;
        }
        // The device has not got what is still queued: it may be sent later, or not at all, which is reported then.
        let is_sent = publish.progress > PublishProgress::Queued;
        if is_sent
            && tile.waits_for_echo()
            && limit > 0
            && now.since(publish.published_at) >= tile.wait_timeout.to_duration()
        {
            let publish_id = publish.publish_id;
            return self.fail_publish(publish_id, TileError::EchoTimeout(limit.unsigned_abs()));
        }
        // Before it is finished, the device cannot have answered it, and its failure is still to be reported.
        let is_decided = is_finished && publish.sent.decided_at().is_some_and(|decided_at| decided_at <= now);
        if is_decided {
            self.show_last_answer();
        }
        is_decided
    }

    /// Shows the value that the device has answered instead of the one that was published.
    fn show_last_answer(&mut self) {
        if let Some(ReplacedValue(received)) = self.unconfirmed.take().and_then(|publish| publish.replaced) {
            self.value = received;
        }
    }

    /// Returns the times at which [`expire_publish`](Self::expire_publish) may change something.
    pub(crate) fn publish_deadlines(&self, tile: &Tile) -> impl Iterator<Item = Time> {
        let wait_timeout = (tile.wait_timeout.get() > 0).then(|| tile.wait_timeout.to_duration());
        self.unconfirmed.iter().flat_map(move |publish| {
            [wait_timeout.map(|limit| publish.published_at.saturating_add(limit)), publish.sent.decided_at()]
                .into_iter()
                .flatten()
        })
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
        tile_state::tests::{NOW, message, shown_text, tile},
        value::Value,
    };

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
        assert!(!state.expire_publish(&tile, NOW.saturating_add(Duration::from_secs(9))), "it is not sent yet");
        state.record_progress(PublishId(2), PublishProgress::Sent);
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

    #[test]
    fn answer_that_is_repeated_for_each_value_is_the_decision_of_the_device() {
        let tile = tile(&[("topic", "t".into())]);
        let mut state = TileState::default();
        for (id, sent) in ["25", "26", "27", "28"].into_iter().enumerate() {
            press_and_receive(&mut state, &tile, id as u64, sent, &[]);
        }
        for (answers, shown) in [(1, "28"), (2, "28"), (3, "28"), (4, "25")] {
            state.receive((&message("25.0")).into(), NOW);
            state.resolve_value(&tile, None);
            let text = shown_text(&state).unwrap().trim_end_matches(".0");
            assert_eq!((text, state.unconfirmed.is_none()), (shown, shown == "25"), "after {answers} answers");
        }
    }

    #[test]
    fn answer_of_a_json_device_is_compared_at_the_json_path() {
        let tile = tile(&[
            ("topic", "lamp".into()),
            ("publish_topic", "lamp/set".into()),
            ("json_path", "$.brightness".into()),
            ("payload", "{\"brightness\": {{value}}}".into()),
        ]);
        for (answer, shown, confirms) in [
            (r#"{"state":"ON","brightness":254,"linkquality":97}"#, "254", true),
            (r#"{"brightness":254.0}"#, "254.0", true),
            (r#"{"brightness":255,"linkquality":254}"#, "255", false),
            (r#"{"brightness": 25}"#, "25", false),
        ] {
            let mut state = TileState::default();
            press_and_receive(&mut state, &tile, 1, "254", &[]);
            state.record_published_payload(b"{\"brightness\": 254}");
            assert_eq!(shown_text(&state), Some("254"), "at once");
            assert_eq!(&*state.value.as_ref().unwrap().payload, b"{\"brightness\": 254}");
            state.receive((&message(answer)).into(), NOW);
            state.resolve_value(&tile, None);
            assert_eq!((shown_text(&state), state.confirmation.is_some()), (Some(shown), confirms), "{answer}");
            press_and_receive(&mut state, &tile, 2, "9007199254740993", &[]);
            press_and_receive(&mut state, &tile, 3, "3", &[r#"{"brightness":9007199254740992}"#]);
            assert_eq!(shown_text(&state), Some("9007199254740992"), "a number that differs in its last digit");
        }
    }

    #[test]
    fn last_answer_counts_once_no_echo_of_the_newest_value_is_expected() {
        for at_broker in [true, false] {
            let tile = tile(&[("topic", "t".into())]);
            let mut state = TileState::default();
            press_and_receive(&mut state, &tile, 1, "25", &[]);
            press_and_receive(&mut state, &tile, 2, "26", &[]);
            press_and_receive(&mut state, &tile, 3, "27", &["25"]);
            let end = NOW.saturating_add(CONFIRM_TIMEOUT);
            assert_eq!(state.publish_deadlines(&tile).next(), Some(end));
            let progress = if at_broker { PublishProgress::Acknowledged } else { PublishProgress::Queued };
            state.record_progress(PublishId(3), progress);
            assert!(!state.expire_publish(&tile, NOW.saturating_add(Duration::from_millis(4_999))));
            assert_eq!(state.expire_publish(&tile, end), at_broker, "what is not sent was not answered");
            assert_eq!(shown_text(&state), Some(if at_broker { "25" } else { "27" }));
            assert_eq!(state.unconfirmed.is_none(), at_broker);
        }
    }

    #[test]
    fn answer_from_before_the_newest_value_does_not_decide_about_it() {
        let tile = tile(&[("topic", "t".into())]);
        let mut state = TileState::default();
        press_and_receive(&mut state, &tile, 1, "1", &[]);
        press_and_receive(&mut state, &tile, 2, "2", &["1"]);
        press_and_receive(&mut state, &tile, 3, "3", &[]);
        state.record_progress(PublishId(3), PublishProgress::Acknowledged);
        assert!(!state.expire_publish(&tile, NOW.saturating_add(CONFIRM_TIMEOUT)));
        assert_eq!((shown_text(&state), state.unconfirmed.is_some()), (Some("3"), true));
    }
}
