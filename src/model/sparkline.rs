//! The recent past of a number: its mean in each of a limited number of equal periods, for a line of small bars.
//!
//! The periods begin short. When there are too many, each two of them become one, so that they cover twice the time, up to
//! about a day; from then on the oldest ones are dropped.

use std::time::Duration;

use super::time::Time;

/// How many periods are kept.
const MAX_PERIODS: usize = 120;
/// The length of a period at first, in milliseconds.
const FIRST_PERIOD: u64 = 1_000;
/// The longest period, in milliseconds: so many cover a day and a half.
const LONGEST_PERIOD: u64 = FIRST_PERIOD << 10;
/// After this many times the usual distance between two numbers, nothing has come.
const GAP_FACTOR: usize = 3;

/// The numbers of a period.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Period {
    mean: f64,
    count: u32,
}

impl Period {
    fn add(&mut self, mean: f64, count: u32) {
        let total = self.count.saturating_add(count);
        if total > 0 {
            self.mean += (mean - self.mean) * (f64::from(count) / f64::from(total));
            self.count = total;
        }
    }
}

/// The recent past of a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sparkline {
    /// When the first period begins, in milliseconds.
    start: u64,
    /// The length of each period, in milliseconds.
    period: u64,
    /// The periods up to that of the last number; those without a number are empty.
    periods: Vec<Period>,
}

impl Sparkline {
    /// Creates the past with its first number.
    pub(crate) fn new(number: f64, at: Time) -> Self {
        Self { start: at.as_millis(), period: FIRST_PERIOD, periods: vec![Period { mean: number, count: 1 }] }
    }

    /// Adds a number. One that arrived before the last period is added to that: clocks may be set back.
    pub(crate) fn add(&mut self, number: f64, at: Time) {
        let last = self.periods.len() - 1;
        let mut index = self.index_at(at).max(last);
        while index >= MAX_PERIODS && self.period < LONGEST_PERIOD {
            self.merge_pairs();
            index = self.index_at(at).max(self.periods.len() - 1);
        }
        if index >= MAX_PERIODS {
            let dropped = index + 1 - MAX_PERIODS;
            self.periods.drain(..dropped.min(self.periods.len()));
            self.start = self.start.saturating_add(self.period.saturating_mul(dropped as u64));
            index = MAX_PERIODS - 1;
        }
        if self.periods.len() <= index {
            self.periods.resize(index + 1, Period::default());
        }
        self.periods[index].add(number, 1);
    }

    fn index_at(&self, at: Time) -> usize {
        usize::try_from(at.as_millis().saturating_sub(self.start) / self.period).unwrap_or(usize::MAX - 1)
    }

    fn merge_pairs(&mut self) {
        let merged = self.periods.chunks(2).map(|pair| {
            let mut period = pair[0];
            if let Some(second) = pair.get(1) {
                period.add(second.mean, second.count);
            }
            period
        });
        self.periods = merged.collect();
        self.period *= 2;
    }

    /// Returns which time it covers up to now.
    #[must_use]
    pub(crate) fn span(&self, now: Time) -> Duration {
        let longest = LONGEST_PERIOD * MAX_PERIODS as u64;
        Duration::from_millis(now.as_millis().saturating_sub(self.start).min(longest))
    }

    /// Returns the numbers of this many equal parts of the time up to now, each as its position between the least and the
    /// greatest one, 0 to 1. A number holds until the next one, if that is not missing: then nothing is shown. There are none
    /// before the second number.
    #[must_use]
    pub(crate) fn positions(&self, columns: usize, now: Time) -> Vec<Option<f64>> {
        let with_numbers: Vec<usize> = (0..self.periods.len()).filter(|index| self.periods[*index].count > 0).collect();
        if columns == 0 || with_numbers.len() < 2 {
            return Vec::new();
        }
        let last_index = self.index_at(now).max(self.periods.len() - 1);
        let first_index = (last_index + 1).saturating_sub(MAX_PERIODS.max(self.periods.len()));
        let count = last_index + 1 - first_index;
        let gap = GAP_FACTOR * usual_distance(&with_numbers);
        let means: Vec<Option<f64>> = (0..columns)
            .map(|column| {
                let begin = first_index + column * count / columns;
                let end = (first_index + (column + 1) * count / columns).max(begin + 1);
                self.mean_between(begin, end).or_else(|| {
                    let last = with_numbers.iter().rev().find(|index| **index < end)?;
                    (begin - last < gap).then(|| self.periods[*last].mean)
                })
            })
            .collect();
        let min = means.iter().flatten().copied().fold(f64::INFINITY, f64::min);
        let max = means.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        // Half the numbers each, so that the difference of two huge ones is no infinity.
        let position = |number: f64| if max > min { (number / 2.0 - min / 2.0) / (max / 2.0 - min / 2.0) } else { 0.5 };
        means.into_iter().map(|mean| mean.map(position)).collect()
    }

    /// Returns the mean of the numbers in these periods.
    fn mean_between(&self, begin: usize, end: usize) -> Option<f64> {
        let mut all = Period::default();
        for period in self.periods.iter().take(end).skip(begin) {
            all.add(period.mean, period.count);
        }
        (all.count > 0).then_some(all.mean)
    }
}

/// Returns the median distance between two periods with numbers.
fn usual_distance(with_numbers: &[usize]) -> usize {
    let mut distances: Vec<usize> = with_numbers.windows(2).map(|pair| pair[1] - pair[0]).collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(seconds: u64) -> Time {
        Time::from_millis(1_000_000 + seconds * 1_000)
    }

    fn sparkline(numbers: &[(u64, f64)]) -> Sparkline {
        let mut sparkline = Sparkline::new(numbers[0].1, seconds(numbers[0].0));
        for (at, number) in &numbers[1..] {
            sparkline.add(*number, seconds(*at));
        }
        sparkline
    }

    #[test]
    fn numbers_are_evenly_spaced_in_time_and_hold_until_the_next_one() {
        let sparkline = sparkline(&[(0, 0.0), (4, 10.0), (8, 5.0)]);
        let expected = [0.0, 0.0, 1.0, 1.0, 0.5, 0.5].map(Some);
        assert_eq!(sparkline.positions(6, seconds(11)), expected);
        assert_eq!(sparkline.span(seconds(11)), Duration::from_secs(11));
    }

    #[test]
    fn gap_is_left_where_nothing_came() {
        let numbers: Vec<(u64, f64)> =
            (0..10).chain(50..60).map(|at| (at, f64::from(u32::try_from(at % 10).unwrap()))).collect();
        let positions = sparkline(&numbers).positions(12, seconds(79));
        let shown: String = positions.iter().map(|position| if position.is_some() { '#' } else { '.' }).collect();
        assert_eq!(shown, "##.....###..", "also after the last number");
    }

    #[test]
    fn constant_number_is_in_the_middle_and_one_number_is_no_line() {
        assert_eq!(sparkline(&[(0, 7.0)]).positions(5, seconds(3)), []);
        assert_eq!(sparkline(&[(0, 7.0), (1, 7.0)]).positions(2, seconds(1)), [Some(0.5), Some(0.5)]);
        let huge = sparkline(&[(0, f64::MIN), (1, f64::MAX)]);
        assert_eq!(huge.positions(2, seconds(1)), [Some(0.0), Some(1.0)]);
    }

    #[test]
    fn older_numbers_are_merged_until_a_day_is_covered() {
        let numbers: Vec<(u64, f64)> = (0..600).map(|at| (at, f64::from(u32::try_from(at).unwrap()))).collect();
        let ten_minutes = sparkline(&numbers);
        assert_eq!((ten_minutes.period, ten_minutes.periods.len()), (8_000, 75));
        assert!((ten_minutes.periods[0].mean - 3.5).abs() < 1e-9, "{:?}", ten_minutes.periods[0]);
        let day = 24 * 3_600;
        let mut days = ten_minutes;
        for hour in 0..240 {
            days.add(1.0, seconds(600 + hour * 3_600));
        }
        assert!(days.span(seconds(10 * day)) > Duration::from_secs(day), "{:?}", days.span(seconds(10 * day)));
        assert_eq!(days.positions(20, seconds(600 + 239 * 3_600)), [Some(0.5); 20], "what is older is gone");
    }

    proptest! {
        #[test]
        fn any_numbers_at_any_time_are_bounded(
            numbers in prop::collection::vec((any::<u64>(), prop::num::f64::NORMAL), 1..300),
            columns in 0_usize..200,
            now in any::<u64>(),
        ) {
            let mut sparkline = Sparkline::new(numbers[0].1, Time::from_millis(numbers[0].0));
            for (at, number) in &numbers {
                sparkline.add(*number, Time::from_millis(*at));
                prop_assert!(sparkline.periods.len() <= MAX_PERIODS);
            }
            let positions = sparkline.positions(columns, Time::from_millis(now));
            prop_assert!(positions.is_empty() || positions.len() == columns);
            prop_assert!(positions.iter().flatten().all(|position| (0.0..=1.0).contains(position)), "{positions:?}");
        }
    }
}
