//! The clock of the program. The core has none: every call gets the current time as an argument.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::time::Time;

/// A monotonic clock that starts at the system time and also runs while the computer sleeps. Later changes of the system
/// time do not affect it.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: SleepAwareInstant,
    base: Time,
}

impl Clock {
    /// Starts a clock at the current system time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the system time for the core")]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: SleepAwareInstant::now(), base: Time::default().saturating_add(since_epoch) }
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
        Instant::now() + at.since(self.now()) + Duration::from_millis(1)
    }
}

/// A point in time on a clock that also runs while the computer sleeps, since an unknown time. That of `Instant` does not
/// on Unix.
#[cfg(unix)]
#[derive(Debug, Clone, Copy)]
struct SleepAwareInstant(Duration);

#[cfg(unix)]
impl SleepAwareInstant {
    fn now() -> Self {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let clock = rustix::time::ClockId::Boottime;
        // On macOS, this one does.
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let clock = rustix::time::ClockId::Monotonic;
        Self(Duration::try_from(rustix::time::clock_gettime(clock)).unwrap_or_default())
    }

    fn elapsed(self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}

#[cfg(not(unix))]
use std::time::Instant as SleepAwareInstant;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instant_is_as_far_away_as_the_time() {
        let clock = Clock::start();
        for seconds in [0, 5, 86_400] {
            let duration = Duration::from_secs(seconds);
            let (before, instant, after) =
                (Instant::now(), clock.instant(clock.now().saturating_add(duration)), Instant::now());
            assert!(instant >= before + duration, "not too early");
            assert!(instant <= after + duration + Duration::from_millis(1));
        }
        let passed = clock.instant(Time::default());
        assert!(passed <= Instant::now() + Duration::from_millis(1), "a time that has passed is now");
    }
}
