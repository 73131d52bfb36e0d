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

    /// Returns the time after a duration.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
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
    match elapsed.as_secs() {
        0..2 => "just now".to_owned(),
        s @ 2..60 => format!("{s} s ago"),
        s @ 60..3_600 => format!("{} min ago", s / 60),
        s @ 3_600..172_800 => format!("{} h ago", s / 3_600),
        s => format!("{} days ago", s / 86_400),
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
    fn since_a_future_time_is_zero() {
        let now = Time::from_millis(5);
        assert_eq!(now.since(now.saturating_add(Duration::from_secs(9))), Duration::ZERO);
    }
}
