//! Evaluates the segments of a path on a document, in Jayway's order: a value before its descendants.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::parse::PathSegment;

/// How many values a path may visit: more than the largest document has.
const MAX_VISITS: usize = 3_000_000;

/// A match of a path: a value of the document, or an object with some of the keys of one.
#[derive(Debug, PartialEq)]
pub(super) struct PathMatch<'a>(pub Cow<'a, Json>);

impl PathMatch<'_> {
    pub fn as_json(&self) -> &Json {
        &self.0
    }
}

/// The path visits too many values.
#[derive(Debug, PartialEq)]
pub(super) struct LimitExceeded;

/// Returns whether the segments lead to a single value instead of a list of matches.
pub(super) fn is_definite(segments: &[PathSegment]) -> bool {
    let last = segments.len().saturating_sub(1);
    segments.iter().enumerate().all(|(index, segment)| match segment {
        PathSegment::Name(_) | PathSegment::Index(_) => true,
        PathSegment::Names(_) => index == last,
        _ => false,
    })
}

/// Evaluates paths on a document, within a limit for all of them.
pub(super) struct Evaluator<'a> {
    pub root: &'a Json,
    remaining_visits: usize,
}

impl<'a> Evaluator<'a> {
    pub fn new(root: &'a Json) -> Self {
        Self { root, remaining_visits: MAX_VISITS }
    }

    /// Returns all matches of segments that begin at a value.
    pub fn evaluate<'v>(
        &mut self,
        segments: &[PathSegment],
        start: &'v Json,
    ) -> Result<Vec<PathMatch<'v>>, LimitExceeded>
    where
        'a: 'v,
    {
        let mut current = vec![start];
        let mut after_descendant = false;
        for (index, segment) in segments.iter().enumerate() {
            if let (PathSegment::Names(names), true) = (segment, index + 1 == segments.len()) {
                return self.select_keys(names, &current);
            }
            let mut next = Vec::new();
            for value in current {
                self.apply_segment(segment, value, after_descendant, &mut next)?;
            }
            current = next;
            after_descendant = *segment == PathSegment::Descendant;
        }
        Ok(current.into_iter().map(|json| PathMatch(Cow::Borrowed(json))).collect())
    }

    /// Counts values that were visited.
    pub fn count_visits(&mut self, visits: usize) -> Result<(), LimitExceeded> {
        self.remaining_visits = self.remaining_visits.checked_sub(visits).ok_or(LimitExceeded)?;
        Ok(())
    }

    /// Applies one segment to a value. `after_descendant` is whether the previous segment was
    /// [`PathSegment::Descendant`].
    fn apply_segment<'v>(
        &mut self,
        segment: &PathSegment,
        value: &'v Json,
        after_descendant: bool,
        next: &mut Vec<&'v Json>,
    ) -> Result<(), LimitExceeded>
    where
        'a: 'v,
    {
        self.count_visits(1)?;
        match (segment, value) {
            (PathSegment::Name(name), Json::Object(entries)) => next.extend(entries.get(name)),
            (PathSegment::Names(names), Json::Object(entries)) => {
                next.extend(names.iter().filter_map(|name| entries.get(name)));
            }
            (PathSegment::Index(index), Json::Array(items)) => next.extend(item_at(items, *index)),
            (PathSegment::Indices(indices), Json::Array(items)) => {
                next.extend(indices.iter().filter_map(|index| item_at(items, *index)));
            }
            (PathSegment::Slice(from, to, step), Json::Array(items)) => {
                let (from, to) =
                    (clamp_index(items, from.unwrap_or(0)), to.map_or(items.len(), |to| clamp_index(items, to)));
                let slice = items.get(from..to).unwrap_or_default();
                self.count_visits(slice.len())?;
                next.extend(slice.iter().step_by(*step));
            }
            (PathSegment::Wildcard, Json::Array(items)) => {
                self.count_visits(items.len())?;
                next.extend(items);
            }
            (PathSegment::Wildcard, Json::Object(entries)) => {
                self.count_visits(entries.len())?;
                next.extend(entries.values());
            }
            (PathSegment::Filter(filter), Json::Object(_)) => {
                next.extend(self.is_met(filter, value)?.then_some(value));
            }
            // After `..`, the items themselves are visited too.
            (PathSegment::Filter(filter), Json::Array(items)) if !after_descendant => {
                for item in items {
                    if self.is_met(filter, item)? {
                        next.push(item);
                    }
                }
            }
            (PathSegment::Descendant, value) => self.collect_descendants(value, next)?,
            _ => {}
        }
        Ok(())
    }

    fn collect_descendants<'v>(&mut self, value: &'v Json, next: &mut Vec<&'v Json>) -> Result<(), LimitExceeded> {
        self.count_visits(1)?;
        match value {
            Json::Array(items) => {
                next.push(value);
                items.iter().try_for_each(|item| self.collect_descendants(item, next))
            }
            Json::Object(entries) => {
                next.push(value);
                entries.values().try_for_each(|child| self.collect_descendants(child, next))
            }
            _ => Ok(()),
        }
    }

    /// Returns an object with these keys for each object in `tables`.
    fn select_keys<'v>(&mut self, names: &[String], tables: &[&Json]) -> Result<Vec<PathMatch<'v>>, LimitExceeded> {
        let mut matches = Vec::new();
        for entries in tables.iter().filter_map(|json| json.as_object()) {
            self.count_visits(1)?;
            let mut object = Map::new();
            for (name, value) in names.iter().filter_map(|name| entries.get_key_value(name)) {
                self.count_visits(count_values(value))?;
                object.insert(name.clone(), value.clone());
            }
            if !object.is_empty() {
                matches.push(PathMatch(Cow::Owned(object.into())));
            }
        }
        Ok(matches)
    }
}

fn item_at(items: &[Json], index: i64) -> Option<&Json> {
    if index < 0 {
        items.get(items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?)
    } else {
        items.get(usize::try_from(index).ok()?)
    }
}

/// Returns a slice bound limited to the array; a negative index counts from the end.
fn clamp_index(items: &[Json], index: i64) -> usize {
    let distance = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 { items.len().saturating_sub(distance) } else { distance.min(items.len()) }
}

/// Returns the number of values in a value, including itself.
pub(super) fn count_values(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(count_values).sum::<usize>(),
        Json::Object(entries) => 1 + entries.values().map(count_values).sum::<usize>(),
        _ => 1,
    }
}
