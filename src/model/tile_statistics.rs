//! Statistics of the numbers that a tile has shown since the program started: how many, the least and the greatest with
//! their times, their mean and their standard deviation.
//!
//! They are about resolved values: of several messages between two frames only the newest is resolved, and so only that
//! one is counted. A message that the broker had kept is not counted either: nobody knows when its number was true.

use super::{number, sparkline::Sparkline, time::Time};

/// A longer text is no number.
const MAX_NUMBER_BYTES: usize = 40;

/// A number, and when it arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct TimedNumber {
    /// The number.
    pub number: f64,
    /// When it arrived.
    pub at: Time,
}

/// The statistics of a tile that has shown at least one number. Mean and deviation are computed with Welford's method, so
/// that no number is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TileStatistics {
    /// How many numbers there were.
    pub count: u32,
    /// The least one, and when it arrived first.
    pub min: TimedNumber,
    /// The greatest one, and when it arrived first.
    pub max: TimedNumber,
    /// Their mean.
    pub mean: f64,
    /// The most decimals that one of them had.
    decimals: u32,
    /// The recent past, if the tile shows it.
    pub sparkline: Option<Box<Sparkline>>,
    /// The sum of the squares of the differences from the mean.
    squares: f64,
}

impl TileStatistics {
    /// Adds the number in a text, if there is one. The statistics are allocated with the first number.
    /// `keeps_sparkline` is whether the tile shows the recent past.
    pub(super) fn record(statistics: &mut Option<Box<Self>>, text: &str, at: Time, keeps_sparkline: bool) {
        let parsed = number::short_number(text).or_else(|| Some((number_in(text)?, number::shown_decimals(text))));
        let Some((number, decimals)) = parsed else { return };
        let statistics = match statistics {
            Some(statistics) => {
                statistics.add(number, decimals, at);
                statistics
            }
            None => statistics.insert(Box::new(Self::new(number, decimals, at))),
        };
        match &mut statistics.sparkline {
            sparkline if !keeps_sparkline => *sparkline = None,
            Some(sparkline) => sparkline.add(number, at),
            sparkline => *sparkline = Some(Box::new(Sparkline::new(number, at))),
        }
    }

    fn new(number: f64, decimals: usize, at: Time) -> Self {
        let first = TimedNumber { number, at };
        let decimals = u32::try_from(decimals).unwrap_or_default();
        Self { count: 1, min: first, max: first, mean: number, decimals, sparkline: None, squares: 0.0 }
    }

    fn add(&mut self, number: f64, decimals: usize, at: Time) {
        // At a number for each frame, that takes years.
        self.count = self.count.saturating_add(1);
        self.decimals = self.decimals.max(u32::try_from(decimals).unwrap_or_default());
        if number < self.min.number {
            self.min = TimedNumber { number, at };
        }
        if number > self.max.number {
            self.max = TimedNumber { number, at };
        }
        let difference = number - self.mean;
        self.mean += difference / f64::from(self.count);
        self.squares += difference * (number - self.mean);
    }

    /// Returns the most decimals that one of the numbers had.
    #[must_use]
    pub(crate) fn decimals(&self) -> usize {
        usize::try_from(self.decimals).unwrap_or_default()
    }

    /// Returns the standard deviation of the numbers, as of a sample; `None` if there is only one.
    #[must_use]
    pub(crate) fn deviation(&self) -> Option<f64> {
        let degrees = self.count.checked_sub(1).filter(|degrees| *degrees > 0)?;
        Some((self.squares / f64::from(degrees)).sqrt())
    }
}

/// Returns the number that a value is, with or without a unit.
#[must_use]
pub(crate) fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    let begins_like_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.,\u{2212}".contains(c));
    if !begins_like_number || text.len() > MAX_NUMBER_BYTES {
        return None;
    }
    number::plain_number(text).or_else(|| number::read_number(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statistics_of(texts: &[String]) -> Option<Box<TileStatistics>> {
        let mut statistics = None;
        for (text, at) in texts.iter().zip(1..) {
            TileStatistics::record(&mut statistics, text, Time::from_millis(at), false);
        }
        statistics
    }

    #[test]
    fn decimals_are_those_of_the_number_and_not_of_its_notation() {
        for (texts, decimals) in [(&["1,234.5"][..], 1), (&["1e-7", "2e-7"], 7), (&["21", "21.5"], 1), (&["5 %"], 0)] {
            assert_eq!(
                statistics_of(&texts.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap().decimals(),
                decimals,
                "{texts:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn statistics_are_those_of_a_naive_computation(numbers in prop::collection::vec(-1e6_f64..1e6, 2..200)) {
            let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            let statistics = statistics_of(&texts).unwrap();
            let count = f64::from(u32::try_from(numbers.len()).unwrap());
            let mean = numbers.iter().sum::<f64>() / count;
            let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
            let deviation = (squares / (count - 1.0)).sqrt();
            let min = numbers.iter().copied().fold(f64::INFINITY, f64::min);
            let max = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let at = |wanted: f64| Time::from_millis(1 + numbers.iter().position(|number| number.total_cmp(&wanted).is_eq()).unwrap() as u64);
            prop_assert_eq!(statistics.count as usize, numbers.len());
            prop_assert_eq!(statistics.min, TimedNumber { number: min, at: at(min) });
            prop_assert_eq!(statistics.max, TimedNumber { number: max, at: at(max) });
            prop_assert!((statistics.mean - mean).abs() < 1e-6, "{} {mean}", statistics.mean);
            prop_assert!((statistics.deviation().unwrap() - deviation).abs() < 1e-6);
        }
    }

    #[test]
    fn texts_that_are_no_numbers_are_left_out() {
        let texts = ["on", "", "{\"a\":1}", "nan", "inf", "1e999", "14:03:22", "2026-11-30", "192.168.1.7"];
        assert_eq!(statistics_of(&texts.map(str::to_owned)), None);
        let texts = ["21.5 °C", "on", " 22,25\n", "23"];
        let statistics = statistics_of(&texts.map(str::to_owned)).unwrap();
        assert_eq!((statistics.count, statistics.max.number, statistics.decimals()), (3, 23.0, 2));
    }

    #[test]
    fn one_number_has_no_deviation() {
        let statistics = statistics_of(&["5".to_owned()]).unwrap();
        assert_eq!((statistics.deviation(), statistics.mean), (None, 5.0));
    }
}
