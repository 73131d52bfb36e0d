//! A number between two limits.

use super::{Kind, quiet, shown};
use crate::model::{
    color::Color,
    face::{Affixes, Face, Question, Reply},
    fault::Fault,
    field::{Whole, words},
    key::{Key, Keyed, key},
    reading::Reading,
    script::Look,
    value::Complaint,
};

words! {
    /// What stands beside the bar.
    Show {
        Value = "value" "The value.",
        Percent = "percent" "How far it is from the lower to the upper limit.",
    }
}

/// A tile that shows a number as a bar.
#[derive(Debug, Clone)]
pub struct Range {
    min: f64,
    max: f64,
    decimals: Whole<0, 10>,
    step: Option<f64>,
    show: Show,
    color: Option<Color>,
}

impl Default for Range {
    fn default() -> Self {
        Self { min: 0.0, max: 100.0, decimals: Whole::new(0), step: None, show: Show::Value, color: None }
    }
}

impl Keyed for Range {
    const KEYS: &'static [Key<Self>] = &[
        key!(f64, min, "the lower limit"),
        key!(f64, max, "the upper limit"),
        key!(Whole<0, 10>, decimals, "how many decimals are shown and sent"),
        key!(
            Option<f64>,
            step,
            "how far one step goes; a hundredth of the span, at least one unit of the last decimal, when left out"
        ),
        key!(Show, show, "whether the value or the percentage stands beside the bar"),
        key!(Option<Color>, color, "the colour of the bar"),
    ];

    fn contradictions(&self) -> Vec<Complaint> {
        let mut wrong = Vec::new();
        if self.min >= self.max {
            wrong.push(
                Complaint::new(format!("`min` ({}) must be below `max` ({})", self.min, self.max))
                    .help("swap them, or set the one that is missing: min is 0 and max is 100 when left out")
                    .key("min"),
            );
        }
        if self.step.is_some_and(|step| step <= 0.0) {
            wrong.push(Complaint::new("a step must be above 0").key("step"));
        }
        wrong
    }
}

impl Range {
    fn decimals(&self) -> usize {
        usize::try_from(self.decimals.get()).unwrap_or_default()
    }

    fn step_size(&self) -> f64 {
        let unit = (0..self.decimals()).fold(1.0, |unit, _| unit / 10.0);
        self.step.unwrap_or_else(|| ((self.max - self.min) / 100.0).max(unit))
    }

    fn payload(&self, number: f64) -> String {
        let text = format!("{:.*}", self.decimals(), number);
        if text.trim_start_matches(['-', '0', '.']).is_empty() { text.trim_start_matches('-').to_owned() } else { text }
    }

    fn number(text: &str) -> Result<f64, Fault> {
        text.trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .ok_or_else(|| Fault::NotANumber(text.to_owned()))
    }

    fn now(reading: Option<&Reading>) -> Option<f64> {
        shown(reading).and_then(|text| Self::number(text).ok())
    }

    /// Whole numbers as they came, so that not a digit is lost; others with the tile's decimals.
    fn value_text(&self, text: &str, number: f64) -> String {
        let digits = text.trim().trim_start_matches('-');
        let whole = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if whole && self.decimals() == 0 { text.trim().to_owned() } else { self.payload(number) }
    }
}

impl Kind for Range {
    fn word(&self) -> &'static str {
        "range"
    }

    fn about(&self) -> &'static str {
        "shows a number as a bar between two limits; pressing asks for a number, stepping changes it"
    }

    fn face(&self, reading: Option<&Reading>) -> Result<Face, Fault> {
        let Some(text) = shown(reading) else {
            return Ok(quiet(reading));
        };
        let number = Self::number(text)?;
        let ratio = ((number - self.min) / (self.max - self.min)).clamp(0.0, 1.0);
        let (text, behind) = match self.show {
            Show::Value => (self.value_text(text, number), ""),
            Show::Percent => (format!("{:.0}", ratio * 100.0), " %"),
        };
        let affixes = Affixes { before: String::new(), behind: behind.to_owned() };
        Ok(Face::Meter { affixes, ratio, text, color: self.color })
    }

    fn press(&self, reading: Option<&Reading>) -> Reply {
        let now = Self::now(reading).unwrap_or(self.min).clamp(self.min, self.max);
        Reply::Ask(Question::Number {
            now,
            min: self.min,
            max: self.max,
            step: self.step_size(),
            decimals: self.decimals(),
        })
    }

    fn step(&self, reading: Option<&Reading>, steps: i32) -> Reply {
        let Some(now) = Self::now(reading) else {
            return Reply::Publish(self.payload(self.min));
        };
        let wished = (now + self.step_size() * f64::from(steps)).clamp(self.min, self.max);
        if self.payload(wished) == self.payload(now) { Reply::Nothing } else { Reply::Publish(self.payload(wished)) }
    }

    fn answer(&self, text: &str) -> Result<String, Fault> {
        let number = Self::number(&text.replace(',', "."))?;
        if (self.min..=self.max).contains(&number) {
            Ok(self.payload(number))
        } else {
            Err(Fault::OutOfRange(text.trim().to_owned(), self.payload(self.min), self.payload(self.max)))
        }
    }

    fn look(&self, face: Face) -> Look {
        match face {
            Face::Meter { affixes, ratio, text, color } => Look::Range {
                progress: ratio * 100.0,
                color,
                text: format!("{}{text}{}", affixes.before, affixes.behind),
            },
            _ => Look::Range { progress: 0.0, color: self.color, text: String::new() },
        }
    }

    fn dressed(&self, _face: Option<Face>, look: &Look) -> Face {
        match look {
            Look::Range { progress, color, text } => Face::Meter {
                affixes: Affixes::default(),
                ratio: if progress.is_finite() { (progress / 100.0).clamp(0.0, 1.0) } else { 0.0 },
                text: text.clone(),
                color: *color,
            },
            _ => Face::Quiet(String::new()),
        }
    }

    fn verb(&self) -> &'static str {
        "set"
    }

    fn steps(&self) -> bool {
        true
    }

    fn has_affixes(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::reading, *};

    fn meter(range: &Range, text: &str) -> (f64, String) {
        match range.face(Some(&reading(text))) {
            Ok(Face::Meter { ratio, text, .. }) => (ratio, text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_value_outside_the_limits_fills_the_bar_and_is_told_as_it_is() {
        assert_eq!(meter(&Range::default(), "250"), (1.0, "250".into()));
        assert_eq!(meter(&Range::default(), "-3"), (0.0, "-3".into()));
    }

    #[test]
    fn no_digit_of_a_long_number_is_lost() {
        let long = "123456789012345678901234567890";
        assert_eq!(meter(&Range::default(), long).1, long);
    }

    #[test]
    fn what_is_no_number_is_a_fault() {
        for text in ["NaN", "1e999", "inf", "warm"] {
            assert_eq!(Range::default().face(Some(&reading(text))), Err(Fault::NotANumber(text.into())));
        }
    }

    #[test]
    fn steps_stop_at_the_limits() {
        let range = Range { min: -1.0, max: 1.0, decimals: Whole::new(1), ..Range::default() };
        assert_eq!(range.step(Some(&reading("0.95")), 3), Reply::Publish("1.0".into()));
        assert_eq!(range.step(Some(&reading("1.0")), 1), Reply::Nothing);
        assert_eq!(range.step(Some(&reading("0.1")), -1), Reply::Publish("0.0".into()));
        assert_eq!(range.step(None, 1), Reply::Publish("-1.0".into()));
    }

    #[test]
    fn answers_outside_the_limits_name_the_limits() {
        let said = Range::default().answer("101").unwrap_err().to_string();
        assert_eq!(said, "101 is outside 0 to 100");
        assert_eq!(Range::default().answer(" 42 "), Ok("42".into()));
        assert_eq!(Range { decimals: Whole::new(1), ..Range::default() }.answer("4,25"), Ok("4.2".into()));
    }

    #[test]
    fn percent_is_how_far_it_is() {
        let range = Range { min: 10.0, max: 20.0, show: Show::Percent, ..Range::default() };
        assert_eq!(meter(&range, "12.5"), (0.25, "25".into()));
    }
}
