//! Since when a message is known.
//!
//! A broker does not say for how long it has kept a retained message, so its age is unknown, unless the same one has
//! arrived before. The age of what a previous run has received is unknown if the clock was wrong then, or is wrong now.

use std::time::Duration;

use super::time::{Time, format_short_age};

/// A message that seems to be older was received by a program whose clock was not set: some computers have no clock that
/// runs while they are off, and start in 1970.
const MAX_AGE: Duration = Duration::from_hours(10 * 365 * 24);

/// Since when a message is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MessageAge {
    /// When it arrived for the first time.
    pub since: Time,
    /// Whether the broker had kept it for an unknown time then.
    pub is_unknown: bool,
}

impl MessageAge {
    /// Returns the age of a message that was published when it arrived.
    pub(crate) const fn live(received_at: Time) -> Self {
        Self { since: received_at, is_unknown: false }
    }

    /// Returns how long ago the message was published; `None` if that is unknown.
    pub(crate) fn at(self, now: Time) -> Option<Duration> {
        let is_known = !self.is_unknown && self.since <= now;
        is_known.then(|| now.since(self.since)).filter(|age| *age <= MAX_AGE)
    }

    /// Returns how long ago the message was published, in few characters; `?` if that is unknown.
    pub(crate) fn short_text(self, now: Time) -> String {
        self.at(now).map_or_else(|| "?".to_owned(), format_short_age)
    }

    /// Returns the age of a message that the broker had kept for an unknown time when it arrived.
    pub(crate) const fn retained(received_at: Time) -> Self {
        Self { since: received_at, is_unknown: true }
    }
}
