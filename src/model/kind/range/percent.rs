//! The prompt of a range that shows the percentage: it asks for a percentage, too.

use super::RangeKind;
use crate::model::{
    content::PromptSpec,
    error::TileError,
    number::{format_number, last_decimal_unit},
};

/// The smallest step of the prompt.
const MIN_STEP: f64 = 0.1;
/// The most decimals of a number that is published.
const MAX_DECIMALS: usize = 10;

impl RangeKind {
    /// Returns the prompt for a percentage. `current` is the number, and `step` its step.
    pub(super) fn percent_prompt(&self, current: f64, step: f64) -> PromptSpec {
        let percent_of = |part: f64| (part / (self.max - self.min) * 1_000.0).round() / 10.0;
        let (current, step) = (percent_of(current - self.min), percent_of(step).max(MIN_STEP));
        let decimals = usize::from(step.fract() != 0.0);
        PromptSpec::Number { current, min: 0.0, max: 100.0, step, decimals, suffix: " %" }
    }

    /// Returns the number for a percentage of the range.
    pub(super) fn payload_for_percent(&self, percent: f64) -> Result<String, TileError> {
        if !(0.0..=100.0).contains(&percent) {
            return Err(TileError::OutOfRange(percent.to_string(), "0 %".to_owned(), "100 %".to_owned()));
        }
        let span = self.max - self.min;
        let is_fine = |decimals: &usize| last_decimal_unit(*decimals) <= span / 100.0;
        let for_percent = (0..MAX_DECIMALS).find(is_fine).unwrap_or(MAX_DECIMALS);
        let decimals = self.fixed_decimals().unwrap_or_else(|| self.decimal_places(None).max(for_percent));
        Ok(format_number(self.min + span * percent / 100.0, decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{super::tests::tile_value, RangeLabel},
        *,
    };
    use crate::model::{content::TileAction, field_value::BoundedInt, kind::TileKind as _};

    #[test]
    fn range_that_shows_percent_asks_for_percent() {
        let range = |min, max| RangeKind { min, max, show: RangeLabel::Percent, ..RangeKind::default() };
        let prompt = |range: RangeKind, value: &str| match range.press_action(Some(&tile_value(value))) {
            TileAction::Prompt(PromptSpec::Number { current, min, max, step, decimals, suffix }) => {
                ((current, min, max), (step, decimals, suffix))
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(prompt(range(0.0, 255.0), "51"), ((20.0, 0.0, 100.0), (1.0, 0, " %")));
        assert_eq!(prompt(range(-10.0, 10.0), "5"), ((75.0, 0.0, 100.0), (5.0, 0, " %")));
        for (range, input, expected) in [
            (range(0.0, 255.0), "20", "51"),
            (range(0.0, 255.0), "50", "128"),
            (range(0.0, 1.0), "55", "0.55"),
            (range(153.0, 500.0), "0", "153"),
            (RangeKind { decimals: Some(BoundedInt::clamped(0)), ..range(0.0, 10.0) }, "55", "6"),
        ] {
            assert_eq!(range.payload_for_input(input), Ok(expected.to_owned()), "{input}");
        }
        assert!(range(0.0, 255.0).payload_for_input("101").unwrap_err().to_string().contains("100 %"));
    }
}
