//! What a clock shows: the time, the time until a moment, or the time since one. Which time it is in a zone is known
//! outside of the core.

use std::time::Duration;

use super::time::{Time, format_age};

/// From this number on, a timestamp is in milliseconds: in seconds, it would be the year 5138.
const FIRST_MILLIS: f64 = 1e11;
/// The latest moment of a timestamp, in milliseconds: the end of the year 9999.
const LAST_MILLIS: f64 = 253_402_300_799_999.0;
const DAY: Duration = Duration::from_hours(24);

/// What a clock shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClockFace {
    /// The time in a zone; `None`: that of this machine.
    Time {
        /// The name of the zone, such as `Europe/Berlin`.
        zone: Option<String>,
        /// Whether it has seconds.
        seconds: bool,
    },
    /// How long it takes until this moment.
    Until(Time),
    /// How long ago this moment was.
    Since(Time),
}

impl ClockFace {
    /// Returns the text, except for the time in a zone.
    pub(crate) fn duration_text(&self, now: Time) -> Option<String> {
        match self {
            Self::Time { .. } => None,
            Self::Until(moment) if *moment <= now => Some(format!("due {}", format_age(now.since(*moment)))),
            // Rounded up: it ends with 00:00:01, not with a second of 00:00:00.
            Self::Until(moment) => Some(format_clock(moment.since(now) + Duration::from_millis(999))),
            Self::Since(moment) if *moment > now => Some("not yet".to_owned()),
            Self::Since(moment) => Some(format_clock(now.since(*moment))),
        }
    }

    /// Returns when the text changes.
    pub(crate) fn next_change(&self, now: Time) -> Time {
        let in_the_second = |moment: Time| {
            let offset = now.as_millis() % 1_000;
            let wanted = moment.as_millis() % 1_000;
            now.saturating_add(Duration::from_millis((wanted + 999 - offset) % 1_000 + 1))
        };
        match self {
            Self::Time { seconds: false, .. } => now.next_minute(),
            Self::Time { .. } => in_the_second(Time::default()),
            Self::Until(moment) | Self::Since(moment) => in_the_second(*moment),
        }
    }
}

/// Formats a time as a clock counts it: `04:12:09`, from a day on `3d 04:12`.
fn format_clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    if time >= DAY {
        format!("{}d {:02}:{minutes:02}", hours / 24, hours % 24)
    } else {
        format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
    }
}

/// Reads a timestamp: seconds or milliseconds since 1970, or RFC 3339 such as `2026-12-24T18:00:00Z`.
pub(crate) fn read_timestamp(text: &str) -> Option<Time> {
    let text = text.trim();
    let millis = match text.parse::<f64>() {
        Ok(number) if number >= FIRST_MILLIS => number,
        Ok(number) => number * 1_000.0,
        Err(_) => {
            return text
                .parse::<jiff::Timestamp>()
                .ok()
                .and_then(|stamp| u64::try_from(stamp.as_millisecond()).ok())
                .map(Time::from_millis);
        }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the limits")]
    (0.0..=LAST_MILLIS).contains(&millis).then(|| Time::from_millis(millis as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamp_is_read_in_each_form() {
        let christmas = Some(Time::from_millis(1_798_135_200_000));
        for text in
            ["1798135200", " 1798135200000\n", "1798135200.0", "2026-12-24T18:00:00Z", "2026-12-24T19:00:00+01:00"]
        {
            assert_eq!(read_timestamp(text), christmas, "{text}");
        }
        for text in ["", "soon", "2026-12-24", "-5", "NaN", "inf", "1e300", "1969-12-31T00:00:00Z"] {
            assert_eq!(read_timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn countdown_and_elapsed_time_are_counted_in_seconds_and_from_a_day_on_in_minutes() {
        let at = |seconds: u64| Time::from_millis(1_000 * seconds);
        let until = |seconds: u64| ClockFace::Until(at(100_000)).duration_text(at(100_000 - seconds)).unwrap();
        assert_eq!(
            [1, 61, 3_600, 86_399, 86_400].map(until),
            ["00:00:01", "00:01:01", "01:00:00", "23:59:59", "1d 00:00"]
        );
        let since = |seconds: u64| ClockFace::Since(at(100_000)).duration_text(at(100_000 + seconds)).unwrap();
        assert_eq!([0, 61, 93_600].map(since), ["00:00:00", "00:01:01", "1d 02:00"]);
        assert_eq!(ClockFace::Until(at(5)).duration_text(at(65)).unwrap(), "due 1 min ago");
        assert_eq!(ClockFace::Since(at(5)).duration_text(at(4)).unwrap(), "not yet");
    }

    #[test]
    fn text_changes_when_the_next_change_says_and_not_before() {
        for face in [ClockFace::Until(Time::from_millis(20_250)), ClockFace::Since(Time::from_millis(1_250))] {
            let mut now = Time::from_millis(2_000);
            for _ in 0..30 {
                let next = face.next_change(now);
                let before = Time::from_millis(next.as_millis() - 1);
                assert_eq!(face.duration_text(now), face.duration_text(before), "{face:?} {now:?}");
                assert!(next > now && next.since(now) <= Duration::from_secs(1));
                now = next;
            }
        }
        let clock = |seconds| ClockFace::Time { zone: None, seconds };
        let now = Time::from_millis(60_500);
        assert_eq!([true, false].map(|seconds| clock(seconds).next_change(now).as_millis()), [61_000, 120_000]);
    }
}
