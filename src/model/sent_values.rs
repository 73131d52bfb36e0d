//! What a tile published one after the other, to tell the echo of an older value from that of the newest one.
//!
//! On a slow connection, the echoes arrive while the user already publishes the next values. An older one must not take
//! the tile back: the next step would start from it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::{connection::PublishId, number::is_same_number, tile_value::TileValue, time::Time};

/// How far a publish request of a tile got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PublishProgress {
    /// Not yet written to the socket.
    Queued,
    /// Written to the socket.
    Sent,
    /// Acknowledged by the broker.
    Acknowledged,
}

/// The last value that the tile published, until a message confirms it.
#[derive(Debug, Clone, PartialEq)]
pub struct UnconfirmedPublish {
    /// The ID of the publish request.
    pub(crate) publish_id: PublishId,
    /// The published text.
    pub(crate) text: Arc<str>,
    /// When the user published it.
    pub(crate) published_at: Time,
    /// How far it got.
    pub(crate) progress: PublishProgress,
    /// The value before publishing, if it was replaced immediately.
    pub(crate) replaced: Option<ReplacedValue>,
    /// It and the values that were published before, whose echoes may come first.
    pub(super) sent: SentValues,
}

/// A published value that a message with the same value has followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// When the message was received.
    pub(crate) at: Time,
    /// How long it took.
    pub(crate) after: Duration,
    /// What the message tells.
    pub(crate) source: ConfirmationSource,
}

/// What a message with the published value tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConfirmationSource {
    /// It came on another topic than the tile publishes to: the device has answered.
    Device,
    /// It came on the topic that the tile publishes to: it may be what the tile has published. The broker has delivered
    /// it, and whether the device has got it is unknown.
    Broker,
}

impl Confirmation {
    /// Returns whether the user should still see it.
    pub(crate) fn is_recent(self, now: Time) -> bool {
        now < self.ends_at()
    }

    /// Returns until when the user should see it.
    pub(crate) fn ends_at(self) -> Time {
        self.at.saturating_add(CONFIRMATION_SHOWN)
    }
}

/// What a tile showed before the user published; `None`: no value.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplacedValue(pub(crate) Option<TileValue>);

/// The number of values whose echoes are awaited.
const MAX_VALUES: usize = 64;

/// How long a tile shows that its value was confirmed.
const CONFIRMATION_SHOWN: Duration = Duration::from_secs(3);

/// How long after the newest value an echo of an older one is expected.
const ECHO_TIMEOUT: Duration = Duration::from_secs(5);

/// A published value.
#[derive(Debug, Clone, PartialEq)]
struct SentValue {
    publish_id: PublishId,
    text: Arc<str>,
}

/// What a message on the tile's topic tells about what the tile has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    /// It is the echo of the newest value.
    Newest,
    /// It is the echo of an older value, and that of the newest one is still to come.
    Older,
    /// It is another value, or the last one again although newer ones were sent: the device or somebody else has set it.
    Other,
}

/// The values that a tile published since the last one that was confirmed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SentValues {
    values: VecDeque<SentValue>,
    /// How many of them have had their echo.
    echoed: usize,
    /// How often that of the last of these was repeated since. A device that refuses a value answers with the one that it
    /// has, such as its maximum.
    repetitions: usize,
    newest_at: Time,
    /// Whether a message has arrived since the newest value was published that is no echo of it.
    is_answered: bool,
}

impl SentValues {
    /// Adds the value of a publish request.
    pub(super) fn push(&mut self, publish_id: PublishId, text: Arc<str>, now: Time) {
        if self.is_expired(now) {
            *self = Self::default();
        }
        if self.values.len() >= MAX_VALUES {
            self.values.pop_front();
            self.echoed = self.echoed.saturating_sub(1);
        }
        self.values.push_back(SentValue { publish_id, text });
        self.newest_at = now;
        self.is_answered = false;
    }

    /// Removes the value of a publish request that was not sent.
    pub(super) fn remove(&mut self, publish_id: PublishId) {
        if let Some(index) = self.values.iter().position(|value| value.publish_id == publish_id) {
            self.values.remove(index);
            self.echoed -= usize::from(index < self.echoed);
        }
    }

    /// Returns whether an older value than the newest one may still have an echo.
    pub(super) fn has_older(&self, now: Time) -> bool {
        self.values.len() > 1 && !self.is_expired(now)
    }

    /// Returns what a received text is the echo of. Numbers are compared as such: `21.0` is the echo of `21`. So is a
    /// payload that was published as it is, whatever text the tile extracts from it.
    pub(super) fn receive(&mut self, text: &str, payload: &[u8], now: Time) -> Echo {
        if self.is_expired(now) {
            return Echo::Other;
        }
        self.is_answered = true;
        let is_echo = |value: &SentValue| is_same(&value.text, text) || value.text.as_bytes() == payload;
        // Echoes come in the order of the values; some may be missing.
        if let Some(index) = self.values.iter().skip(self.echoed).position(is_echo) {
            self.echoed += index + 1;
            self.repetitions = 0;
            return if self.echoed == self.values.len() { Echo::Newest } else { Echo::Older };
        }
        if self.values.iter().take(self.echoed).next_back().is_some_and(is_echo) {
            self.repetitions += 1;
            let all_are_answered = self.echoed + self.repetitions >= self.values.len();
            return if all_are_answered { Echo::Other } else { Echo::Older };
        }
        if self.values.iter().any(is_echo) { Echo::Older } else { Echo::Other }
    }

    /// Returns when the last message counts although it is the echo of an older value: if one has arrived since the
    /// newest value was published, and no echo of that one follows. Some messages of a topic may have been left out.
    pub(super) fn decided_at(&self) -> Option<Time> {
        self.is_answered.then(|| self.newest_at.saturating_add(ECHO_TIMEOUT))
    }

    fn is_expired(&self, now: Time) -> bool {
        now.since(self.newest_at) >= ECHO_TIMEOUT
    }
}

fn is_same(sent: &str, received: &str) -> bool {
    sent == received || is_same_number(sent.trim(), received.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_millis(1_000);

    fn sent(texts: &[&str]) -> SentValues {
        let mut values = SentValues::default();
        for (text, id) in texts.iter().zip(1..) {
            values.push(PublishId(id), (*text).into(), NOW);
        }
        values
    }

    #[test]
    fn echoes_are_matched_in_order() {
        let mut values = sent(&["1", "2", "3"]);
        assert_eq!(
            ["1", "2", "1", "3.0"].map(|text| values.receive(text, b"", NOW)),
            [Echo::Older, Echo::Older, Echo::Older, Echo::Newest]
        );
        let mut values = sent(&["5", "4", "5"]);
        assert_eq!(
            ["5", "4", "5"].map(|text| values.receive(text, b"", NOW)),
            [Echo::Older, Echo::Older, Echo::Newest]
        );
        let mut values = sent(&["1", "2", "3"]);
        assert_eq!(values.receive("3", b"", NOW), Echo::Newest, "the device has skipped the older ones");
        assert_eq!(sent(&["1", "2"]).receive("7", b"", NOW), Echo::Other);
    }

    #[test]
    fn repeated_answer_counts_once_each_value_has_had_one() {
        let mut values = sent(&["25", "26", "27"]);
        assert_eq!(
            ["25", "25", "25"].map(|text| values.receive(text, b"", NOW)),
            [Echo::Older, Echo::Older, Echo::Other]
        );
        let mut values = sent(&["on", "off", "on"]);
        assert_eq!(["off", "off"].map(|text| values.receive(text, b"", NOW)), [Echo::Older, Echo::Other]);
        let mut values = sent(&["1", "2", "3"]);
        assert_eq!(
            ["1", "1", "2", "3"].map(|text| values.receive(text, b"", NOW)),
            [Echo::Older, Echo::Older, Echo::Older, Echo::Newest],
            "a device that says everything twice"
        );
    }

    #[test]
    fn value_that_was_not_sent_has_no_echo() {
        let mut values = sent(&["1", "2", "3"]);
        assert_eq!(values.receive("1", b"", NOW), Echo::Older);
        values.remove(PublishId(3));
        assert_eq!(values.receive("2", b"", NOW), Echo::Newest);
        values.remove(PublishId(1));
        assert!(!values.has_older(NOW));
    }

    #[test]
    fn echo_is_not_awaited_for_ever_and_values_are_bounded() {
        let mut values = sent(&["1", "2"]);
        let later = NOW.saturating_add(ECHO_TIMEOUT);
        assert!(values.has_older(NOW) && !values.has_older(later));
        assert_eq!(values.receive("1", b"", later), Echo::Other);
        let texts: Vec<String> = (0..1_000).map(|number| number.to_string()).collect();
        let values = sent(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(values.values.len(), MAX_VALUES);
    }
}
