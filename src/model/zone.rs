//! Zones of a number: from which number on it has which color and which word.

use super::{
    color::Color,
    rare::Rare,
    schema::{FieldSpec, Schema, field},
    table_list::{ListItem, TableList},
    value::ValidationError,
};

/// A part of the range of a number, up to the next zone.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Zone {
    /// The number with which it begins; always set after loading.
    from: Option<f64>,
    /// Its color.
    pub color: Option<Color>,
    /// The word for it.
    pub label: Option<String>,
}

impl Zone {
    /// Returns the number with which the zone begins.
    pub(crate) fn from(&self) -> f64 {
        self.from.unwrap_or_default()
    }
}

impl Schema for Zone {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(Option<f64>, from, "the number with which the zone begins; it ends where the next one begins"),
        field!(Option<Color>, color, "the color of a number in the zone"),
        field!(Option<String>, label, "a word for the zone, such as \"warm\", which is shown next to the number"),
    ];

    fn validate(&self) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        if self.from.is_none() {
            errors.push(
                ValidationError::new("the zone has no `from`")
                    .with_help("set `from` to the number with which the zone begins")
                    .prepend_key("from"),
            );
        }
        if self.color.is_none() && self.label.is_none() {
            errors.push(ValidationError::new("the zone has no effect").with_help("set `color`, `label`, or both"));
        }
        errors
    }
}

impl ListItem for Zone {
    const DESCRIPTION: &'static str = "a list such as [{ from = 0, color = \"green\", label = \"ok\" }]";

    fn validate_after(&self, earlier: &[Self]) -> Vec<ValidationError> {
        let Some(last) = earlier.last().filter(|last| last.from() >= self.from()) else { return Vec::new() };
        let message = format!("the zone from {} must begin above the one before it, {}", self.from(), last.from());
        ValidationError::new(message).with_help("sort the zones by `from`").prepend_key("from").into()
    }
}

/// The zones of a number, in ascending order.
pub(crate) type Zones = Rare<TableList<Zone>>;

impl Zones {
    /// Returns the zones.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Zone> {
        self.get().into_iter().flat_map(|list| &list.0)
    }

    /// Returns whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.get().is_none()
    }

    /// Returns the zone of a number; `None` below the first one.
    pub(crate) fn zone_of(&self, number: f64) -> Option<&Zone> {
        self.iter().rev().find(|zone| number >= zone.from())
    }

    /// Returns the word for a number; empty if there is none.
    pub(crate) fn label_of(&self, number: f64) -> String {
        self.zone_of(number).and_then(|zone| zone.label.clone()).unwrap_or_default()
    }

    /// Returns the color of a number.
    pub(crate) fn color_of(&self, number: f64) -> Option<Color> {
        self.zone_of(number)?.color
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::{
        schema::FieldValue as _,
        value::{Value, ValuePathSegment},
    };

    /// Returns the value of a list of zones with these beginnings and labels.
    pub(crate) fn zones_value(zones: &[(f64, &str)]) -> Value {
        let zone = |(from, label): &(f64, &str)| {
            Value::Table(vec![("from".into(), Value::Float(*from)), ("label".into(), (*label).into())])
        };
        Value::Array(zones.iter().map(zone).collect())
    }

    #[test]
    fn zone_of_a_number_is_the_last_one_that_begins_below_it() {
        let zones = Zones::from_value(&zones_value(&[(0.0, "cold"), (18.0, "ok"), (25.0, "warm")])).unwrap();
        for (number, label) in [(-0.1, ""), (0.0, "cold"), (17.9, "cold"), (18.0, "ok"), (99.0, "warm")] {
            assert_eq!(zones.label_of(number), label, "{number}");
        }
        assert_eq!(zones.zone_of(f64::NAN), None);
    }

    #[test]
    fn zones_ascend_and_have_an_effect() {
        let errors = Zones::from_value(&zones_value(&[(5.0, "a"), (5.0, "b"), (7.0, "c")])).unwrap_err();
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].message, "the zone from 5 must begin above the one before it, 5");
        assert_eq!(errors[0].path, [ValuePathSegment::Index(1), ValuePathSegment::Key("from".into())]);
        let errors = Zones::from_value(&Value::Array(vec![Value::Table(Vec::new())])).unwrap_err();
        let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, ["the zone has no `from`", "the zone has no effect"]);
    }
}
