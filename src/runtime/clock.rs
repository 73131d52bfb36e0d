//! The one clock: moments for the core, which asks none.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::time::Time;

/// A clock that starts at the time of day and never runs backwards, whatever is done to the time of
/// day afterwards.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    base: Time,
}

impl Clock {
    /// Starts a clock now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which times are stamped")]
    pub fn start() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), base: Time::default().saturating_add(since) }
    }

    /// This moment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.base.saturating_add(self.start.elapsed())
    }

    /// When a moment comes, for a timer.
    #[must_use]
    pub fn instant(&self, at: Time) -> Instant {
        // A moment in whole milliseconds may lie a fraction before the one that is meant.
        self.start + at.since(self.base) + Duration::from_millis(1)
    }
}
