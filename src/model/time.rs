//! Points in time. The core never reads the clock: its callers pass the current time.

use std::time::Duration;

/// A point in time: milliseconds since 1970-01-01 UTC, on a clock that never runs backwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u64);

impl Time {
    /// Creates a time from milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Returns the milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub(crate) const fn as_millis(self) -> u64 {
        self.0
    }

    /// Returns the time since `earlier`; zero if `earlier` is later than this time.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Returns the milliseconds since `earlier`; zero if `earlier` is later than this time.
    #[must_use]
    pub(crate) const fn millis_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Returns the time after a duration.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Returns the beginning of the next minute.
    #[must_use]
    pub(crate) const fn next_minute(self) -> Self {
        Self((self.0 / 60_000 + 1).saturating_mul(60_000))
    }

    /// Rounds up to a full second.
    #[must_use]
    pub(crate) const fn ceil_to_second(self) -> Self {
        Self(self.0.div_ceil(1_000).saturating_mul(1_000))
    }
}

/// Formats how long ago something was: `just now`, `12 s ago`, `3 min ago`.
#[must_use]
pub(crate) fn format_age(elapsed: Duration) -> String {
    if elapsed.as_secs() < 2 { "just now".to_owned() } else { format!("{} ago", format_duration(elapsed)) }
}

/// Formats how long ago something was in few characters: `now`, `12 s`, `3 min`.
#[must_use]
pub(crate) fn format_short_age(elapsed: Duration) -> String {
    if elapsed.as_secs() < 2 { "now".to_owned() } else { format_duration(elapsed) }
}

/// Formats a time that has passed, in the unit of its size: `12 s`, `3 min`, `47 h`, `2 days`.
#[must_use]
pub(crate) fn format_duration(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3_600 => format!("{} min", s / 60),
        s @ 3_600..172_800 => format!("{} h", s / 3_600),
        s => format!("{} days", s / 86_400),
    }
}

/// Formats an interval, rounded to the nearest number of a unit that is precise enough: `90 s`, `15 min`, `2 h`.
#[must_use]
pub(crate) fn format_interval(interval: Duration) -> String {
    let seconds = (interval + Duration::from_millis(500)).as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", (seconds + 30) / 60),
        _ => format!("{} h", (seconds + 1_800) / 3_600),
    }
}

/// Returns how long the result of [`format_age`] stays the same.
#[must_use]
pub(crate) fn time_until_age_changes(elapsed: Duration) -> Duration {
    let unit = match elapsed.as_secs() {
        0..2 => 2_000,
        2..60 => 1_000,
        60..3_600 => 60_000,
        3_600..172_800 => 3_600_000,
        _ => 86_400_000,
    };
    let offset = u64::try_from(elapsed.as_millis() % u128::from(unit)).unwrap_or_default();
    Duration::from_millis(unit - offset)
}

/// Formats how long an answer took, in tenths of a second, rounded up: `0.1 s`, `2.0 s`.
#[must_use]
pub(crate) fn format_delay(delay: Duration) -> String {
    let tenths = delay.as_millis().div_ceil(100).max(1);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_age_uses_human_units() {
        let ages: Vec<String> =
            [0, 1, 2, 59, 60, 3_599, 3_600, 172_799, 172_800].map(|s| format_age(Duration::from_secs(s))).into();
        assert_eq!(
            ages,
            [
                "just now",
                "just now",
                "2 s ago",
                "59 s ago",
                "1 min ago",
                "59 min ago",
                "1 h ago",
                "47 h ago",
                "2 days ago"
            ]
        );
    }

    #[test]
    fn short_ages_and_intervals_are_precise_enough() {
        let short = [1, 2, 59, 60, 172_799, 864_000].map(|s| format_short_age(Duration::from_secs(s)));
        assert_eq!(short, ["now", "2 s", "59 s", "1 min", "47 h", "10 days"]);
        let intervals = [1_000, 1_499, 1_500, 90_000, 119_400, 119_500, 150_000, 3_600_000, 7_200_000, 86_400_000];
        assert_eq!(
            intervals.map(|millis| format_interval(Duration::from_millis(millis))),
            ["1 s", "1 s", "2 s", "90 s", "119 s", "2 min", "3 min", "60 min", "2 h", "24 h"]
        );
    }

    #[test]
    fn format_age_changes_exactly_when_predicted() {
        for millis in [0, 1, 1_999, 2_000, 2_001, 59_999, 60_000, 3_599_999, 3_600_001, 172_800_000] {
            let elapsed = Duration::from_millis(millis);
            let remaining = time_until_age_changes(elapsed);
            assert_eq!(
                format_age(elapsed + remaining.checked_sub(Duration::from_millis(1)).unwrap()),
                format_age(elapsed),
                "{millis}"
            );
            assert_ne!(format_age(elapsed + remaining), format_age(elapsed), "{millis}");
        }
    }

    #[test]
    fn delay_is_never_zero() {
        let texts = [0, 1, 100, 101, 700, 2_000, 61_000].map(|millis| format_delay(Duration::from_millis(millis)));
        assert_eq!(texts, ["0.1 s", "0.1 s", "0.1 s", "0.2 s", "0.7 s", "2.0 s", "61.0 s"]);
    }

    #[test]
    fn since_a_future_time_is_zero() {
        let now = Time::from_millis(5);
        assert_eq!(now.since(now.saturating_add(Duration::from_secs(9))), Duration::ZERO);
    }
}
