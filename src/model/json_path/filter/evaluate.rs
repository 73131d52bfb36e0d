//! Evaluates filters, and compares values as Jayway does.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::Value as Json;

use super::{
    super::evaluate::{Evaluator, LimitExceeded, count_values, is_definite},
    Filter, FilterPath, Operand, Operator,
};
use crate::model::number::{is_same_number, plain_number};

/// How many bytes of text cost as much as visiting a value.
const BYTES_PER_VISIT: usize = 16;

impl<'a> Evaluator<'a> {
    /// Returns whether a value meets a condition.
    pub fn is_met<'v>(&mut self, filter: &'v Filter, value: &'v Json) -> Result<bool, LimitExceeded>
    where
        'a: 'v,
    {
        self.count_visits(1)?;
        Ok(match filter {
            Filter::Or(any) => {
                for filter in any {
                    if self.is_met(filter, value)? {
                        return Ok(true);
                    }
                }
                false
            }
            Filter::And(all) => {
                for filter in all {
                    if !self.is_met(filter, value)? {
                        return Ok(false);
                    }
                }
                true
            }
            Filter::Not(filter) => !self.is_met(filter, value)?,
            Filter::Exists(Operand::Path(path)) if path.function.is_none() => {
                !self.evaluate(&path.segments, self.start(path, value))?.is_empty()
            }
            Filter::Exists(operand) => self.operand_value(operand, value)?.is_some(),
            Filter::Matches(operand, pattern) => {
                let text = self.operand_value(operand, value)?.as_deref().and_then(scalar_text);
                let Some(text) = text else { return Ok(false) };
                self.count_visits(text.len() / BYTES_PER_VISIT)?;
                pattern.is_match(&text)
            }
            Filter::Compare(left, operator, right) => {
                let (left, right) = (self.operand_value(left, value)?, self.operand_value(right, value)?);
                self.count_comparison(*operator, left.as_deref(), right.as_deref())?;
                compare(left.as_deref(), *operator, right.as_deref())
            }
        })
    }

    fn start<'v>(&self, path: &FilterPath, value: &'v Json) -> &'v Json
    where
        'a: 'v,
    {
        if path.from_root { self.root } else { value }
    }

    /// Returns the value of an operand; `None` if its path leads to nothing.
    pub fn operand_value<'v>(
        &mut self,
        operand: &'v Operand,
        value: &'v Json,
    ) -> Result<Option<Cow<'v, Json>>, LimitExceeded>
    where
        'a: 'v,
    {
        Ok(match operand {
            Operand::Literal(json) => Some(Cow::Borrowed(json)),
            Operand::Length(operand) => self
                .operand_value(operand, value)?
                .and_then(|json| length(&json))
                .map(|length| Cow::Owned(length.into())),
            Operand::Count(path) => {
                let found = self.evaluate(&path.segments, self.start(path, value))?;
                Some(Cow::Owned(found.len().into()))
            }
            Operand::Path(path) => {
                let start = self.start(path, value);
                if let Some(function) = &path.function {
                    return Ok(self.call(function, &path.segments, start, value)?.map(Cow::Owned));
                }
                let found = self.evaluate(&path.segments, start)?;
                if is_definite(&path.segments) {
                    found.into_iter().next().map(|found| found.0)
                } else {
                    Some(Cow::Owned(self.list(found)?))
                }
            }
        })
    }

    fn count_comparison(
        &mut self,
        operator: Operator,
        left: Option<&Json>,
        right: Option<&Json>,
    ) -> Result<(), LimitExceeded> {
        let size = |json: Option<&Json>| match json {
            Some(Json::String(text)) => 1 + text.len() / BYTES_PER_VISIT,
            Some(json @ (Json::Array(_) | Json::Object(_))) => count_values(json),
            _ => 1,
        };
        let (left, right) = (size(left), size(right));
        self.count_visits(match operator {
            Operator::All | Operator::SubsetOf | Operator::AnyOf | Operator::NoneOf => left.saturating_mul(right),
            _ => left.saturating_add(right),
        })
    }
}

/// Returns the number of characters, items or entries of a value.
pub(in crate::model::json_path) fn length(json: &Json) -> Option<usize> {
    match json {
        Json::String(text) => Some(text.chars().count()),
        Json::Array(items) => Some(items.len()),
        Json::Object(entries) => Some(entries.len()),
        _ => None,
    }
}

/// Returns the text of a scalar.
fn scalar_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(json.to_string()),
        _ => None,
    }
}

fn compare(left: Option<&Json>, operator: Operator, right: Option<&Json>) -> bool {
    let ordering = || order(left?, right?);
    let is_in = || left.is_some_and(|left| items(right).is_some_and(|items| contains(items, left)));
    match operator {
        Operator::Equal => is_equal(left, right),
        Operator::NotEqual => !is_equal(left, right),
        Operator::SameTypeAndValue => {
            left.map(std::mem::discriminant) == right.map(std::mem::discriminant) && is_equal(left, right)
        }
        Operator::Less => ordering() == Some(Ordering::Less),
        Operator::LessOrEqual => ordering().is_some_and(Ordering::is_le),
        Operator::Greater => ordering() == Some(Ordering::Greater),
        Operator::GreaterOrEqual => ordering().is_some_and(Ordering::is_ge),
        Operator::In => is_in(),
        Operator::NotIn => !is_in(),
        Operator::Contains => match (left, right) {
            (Some(Json::String(text)), Some(part)) => scalar_text(part).is_some_and(|part| text.contains(&part)),
            (Some(Json::Array(items)), Some(item)) => contains(items, item),
            _ => false,
        },
        Operator::Size => {
            left.and_then(length).is_some_and(|length| right.and_then(Json::as_u64) == Some(length as u64))
        }
        Operator::Empty => {
            left.and_then(length).is_some_and(|length| right.and_then(Json::as_bool) == Some(length == 0))
        }
        Operator::All => items(left).zip(items(right)).is_some_and(|(left, right)| is_subset(right, left)),
        Operator::SubsetOf => items(left).zip(items(right)).is_some_and(|(left, right)| is_subset(left, right)),
        Operator::AnyOf => items(left).zip(items(right)).is_some_and(|(left, right)| have_common(left, right)),
        Operator::NoneOf => items(left).zip(items(right)).is_some_and(|(left, right)| !have_common(left, right)),
    }
}

fn items(json: Option<&Json>) -> Option<&[Json]> {
    json?.as_array().map(Vec::as_slice)
}

fn contains(items: &[Json], wanted: &Json) -> bool {
    items.iter().any(|item| is_equal(Some(item), Some(wanted)))
}

fn is_subset(part: &[Json], whole: &[Json]) -> bool {
    part.iter().all(|item| contains(whole, item))
}

fn have_common(one: &[Json], other: &[Json]) -> bool {
    one.iter().any(|item| contains(other, item))
}

/// Returns whether two values are equal. A number and a text that is the same number are.
fn is_equal(one: Option<&Json>, other: Option<&Json>) -> bool {
    match (one, other) {
        (Some(Json::Number(one)), Some(Json::Number(other))) => is_same_number(one.as_str(), other.as_str()),
        (Some(Json::Number(number)), Some(Json::String(text)))
        | (Some(Json::String(text)), Some(Json::Number(number))) => is_same_number(number.as_str(), text),
        (Some(Json::Array(one)), Some(Json::Array(other))) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_equal(Some(one), Some(other)))
        }
        (Some(one), Some(other)) => one == other,
        (None, None) => true,
        _ => false,
    }
}

/// Compares two numbers, of which one may be a text, or two texts.
fn order(one: &Json, other: &Json) -> Option<Ordering> {
    match (one, other) {
        (Json::String(one), Json::String(other)) => Some(one.cmp(other)),
        _ => number(one)?.partial_cmp(&number(other)?),
    }
}

/// Returns the value of a number, also if it is a text.
pub(in crate::model::json_path) fn number(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => plain_number(number.as_str()),
        Json::String(text) => plain_number(text),
        _ => None,
    }
}
