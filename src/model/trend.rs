//! How fast the number of a tile grows, from its last values, and so how long it takes until it is at its maximum.

use std::{collections::VecDeque, time::Duration};

use super::{tile_statistics::number_in, time::Time};

/// How many values are looked at, and for how long.
const MAX_POINTS: usize = 24;
const MAX_AGE: Duration = Duration::from_mins(10);
/// The values that are needed, and the time between the first and the last one.
const MIN_POINTS: usize = 3;
const MIN_SPAN: Duration = Duration::from_secs(2);
/// A longer estimate is not shown: the growth will have changed long before.
const MAX_TIME_LEFT: Duration = Duration::from_hours(24 * 30);

/// The last values of a number that grows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trend {
    points: VecDeque<(Time, f64)>,
}

impl Trend {
    /// Adds the number in a text. A lower one than before begins something new.
    pub(super) fn record(trend: &mut Option<Box<Self>>, text: &str, at: Time) {
        let Some(number) = number_in(text) else { return };
        let points = &mut trend.get_or_insert_default().points;
        if points.back().is_some_and(|(_, last)| number < *last) {
            points.clear();
        }
        while points.len() >= MAX_POINTS || points.front().is_some_and(|(first, _)| at.since(*first) > MAX_AGE) {
            points.pop_front();
        }
        points.push_back((at, number));
    }

    /// Returns the time until the number is `max`; `None` while it is not known, because there are too few values or it
    /// does not grow.
    pub(crate) fn time_left(&self, max: f64, now: Time) -> Option<Duration> {
        let ((first, _), (last, number)) = (*self.points.front()?, *self.points.back()?);
        let (span, idle) = (last.since(first), now.since(last));
        // Nothing for longer than the values before took together: it may have stopped.
        if self.points.len() < MIN_POINTS || span < MIN_SPAN || idle > span {
            return None;
        }
        let rate = self.rate(first).filter(|rate| *rate > 0.0)?;
        let left = Duration::try_from_secs_f64(((max - number) / rate).max(0.0)).ok()?;
        Some(left.saturating_sub(idle)).filter(|left| *left <= MAX_TIME_LEFT)
    }

    /// Returns the growth in a second: the slope of the line with the least squares of the distances to the values.
    fn rate(&self, first: Time) -> Option<f64> {
        let seconds = |at: &Time| at.since(first).as_secs_f64();
        let count = f64::from(u32::try_from(self.points.len()).ok()?);
        let mean_x = self.points.iter().map(|(at, _)| seconds(at)).sum::<f64>() / count;
        let mean_y = self.points.iter().map(|(_, number)| number).sum::<f64>() / count;
        let products = self.points.iter().map(|(at, number)| (seconds(at) - mean_x) * (number - mean_y)).sum::<f64>();
        let squares = self.points.iter().map(|(at, _)| (seconds(at) - mean_x).powi(2)).sum::<f64>();
        (squares > 0.0).then(|| products / squares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trend(points: &[(u64, f64)]) -> Trend {
        let mut trend = None;
        for (seconds, number) in points {
            Trend::record(&mut trend, &number.to_string(), Time::from_millis(1_000 * seconds));
        }
        *trend.unwrap()
    }

    fn seconds_left(points: &[(u64, f64)], now: u64) -> Option<u64> {
        trend(points).time_left(100.0, Time::from_millis(1_000 * now)).map(|left| left.as_secs())
    }

    #[test]
    fn time_left_follows_from_the_growth() {
        let steady = [(0, 0.0), (10, 10.0), (20, 20.0)];
        assert_eq!(seconds_left(&steady, 20), Some(80));
        assert_eq!(seconds_left(&steady, 25), Some(75), "it passes between two messages");
        assert_eq!(seconds_left(&[(0, 80.0), (10, 90.0), (20, 100.0)], 20), Some(0));
        let uneven = [(0, 0.0), (10, 9.0), (20, 21.0), (30, 30.0)];
        assert!((68..=71).contains(&seconds_left(&uneven, 30).unwrap()), "{:?}", seconds_left(&uneven, 30));
    }

    #[test]
    fn time_left_is_not_known_from_too_little() {
        assert_eq!(seconds_left(&[(0, 0.0), (10, 10.0)], 10), None, "two values");
        assert_eq!(seconds_left(&[(0, 0.0), (0, 5.0), (1, 10.0)], 1), None, "within a second");
        assert_eq!(seconds_left(&[(0, 5.0), (10, 5.0), (20, 5.0)], 20), None, "no growth");
        assert_eq!(seconds_left(&[(0, 0.0), (10, 10.0), (20, 20.0)], 60), None, "it has stopped");
        assert_eq!(seconds_left(&[(0, 0.0), (10, 10.0), (20, 20.0), (30, 1.0)], 30), None, "it has begun again");
    }

    #[test]
    fn only_the_last_values_count() {
        let slow = (0_u32..60).map(|n| (u64::from(10 * n), 0.01 * f64::from(n)));
        let fast = (1_u32..=24).map(|n| (u64::from(600 + 10 * n), 1.0 + f64::from(n)));
        let points: Vec<(u64, f64)> = slow.chain(fast).collect();
        assert_eq!(seconds_left(&points, 840), Some(750));
    }
}
