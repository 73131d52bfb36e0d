//! The numbers that the topic of a tile has carried while its form is open, from which the form proposes limits.

use super::Form;
use crate::model::number::read_number;

/// The lowest and the highest number of a topic and a JSON path.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SeenNumbers {
    topic: String,
    json_path: String,
    range: Option<(f64, f64)>,
}

impl Form {
    /// Returns whether the form proposes limits from the numbers of the topic.
    #[must_use]
    pub(in crate::app) fn proposes_limits(&self) -> bool {
        self.field_index("max").is_some()
    }

    /// Returns whether the topic has carried a number since the form is open.
    #[must_use]
    pub(in crate::app) fn has_seen_numbers(&self) -> bool {
        self.seen_numbers().is_some()
    }

    /// Takes a value of the topic into account.
    pub(in crate::app) fn see_number(&mut self, text: &str) {
        let Some(number) = read_number(text) else { return };
        let (topic, json_path) = (self.typed_text(("topic", None)), self.typed_text(("json_path", None)));
        if (topic, json_path) != (&*self.seen_numbers.topic, &*self.seen_numbers.json_path) {
            self.seen_numbers =
                SeenNumbers { topic: topic.to_owned(), json_path: json_path.to_owned(), ..SeenNumbers::default() };
        }
        let (min, max) = self.seen_numbers.range.unwrap_or((number, number));
        self.seen_numbers.range = Some((min.min(number), max.max(number)));
    }

    /// Returns the lowest and the highest number that the topic has carried at the JSON path.
    #[must_use]
    pub(super) fn seen_numbers(&self) -> Option<(f64, f64)> {
        let seen = &self.seen_numbers;
        let is_same =
            seen.topic == self.typed_text(("topic", None)) && seen.json_path == self.typed_text(("json_path", None));
        seen.range.filter(|_| is_same)
    }

    /// Returns the number that was seen beyond the limit of this key, as text.
    #[must_use]
    pub(crate) fn seen_beyond(&self, key: &str) -> Option<String> {
        let (seen_min, seen_max) = self.seen_numbers()?;
        let limit = || read_number(self.fields.get(self.field_index(key)?)?.entry.text());
        match key {
            "min" => limit().filter(|min| seen_min < *min).map(|_| seen_min.to_string()),
            "max" => limit().filter(|max| seen_max > *max).map(|_| seen_max.to_string()),
            _ => None,
        }
    }
}
