//! The clock of the program. The core has none: every call gets the current time as an argument.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::time::Time;

/// A monotonic clock that starts at the system time. Later changes of the system time do not affect it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    base: Time,
}

impl Clock {
    /// Starts a clock at the current system time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system time for the core")]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), base: Time::default().saturating_add(since_epoch) }
    }

    /// Returns the current time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.base.saturating_add(self.start.elapsed())
    }

    /// Converts a time of this clock to an `Instant` for a timer.
    #[must_use]
    pub(crate) fn instant(&self, at: Time) -> Instant {
        // `Time` has whole milliseconds. The extra one keeps the timer from firing a fraction too early.
        self.start + at.since(self.base) + Duration::from_millis(1)
    }
}
