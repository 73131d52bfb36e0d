//! Evaluates the segments of a path on a document, in Jayway's order: a value before its descendants.

use jsonpath_rust::{
    parser::model::{Filter, FilterAtom},
    query::{
        Query as _,
        state::{Data, State},
    },
};
use serde_json::{Map, Value as Json};

use super::{filter::FilterPredicate, parse::PathSegment};

/// How many values a path may visit: more than the largest document has.
const MAX_VISITS: usize = 3_000_000;

/// A match of a path.
#[derive(Debug, PartialEq)]
pub(super) enum PathMatch<'a> {
    /// A value of the document.
    Borrowed(&'a Json),
    /// An object with some of the keys of an object of the document.
    Owned(Json),
}

impl PathMatch<'_> {
    pub fn as_json(&self) -> &Json {
        match self {
            Self::Borrowed(json) => json,
            Self::Owned(json) => json,
        }
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

/// Returns all matches of the segments.
pub(super) fn evaluate<'a>(segments: &[PathSegment], root: &'a Json) -> Result<Vec<PathMatch<'a>>, LimitExceeded> {
    let mut evaluator = Evaluator { root, remaining_visits: MAX_VISITS };
    let mut current = vec![root];
    let mut after_descendant = false;
    for (index, segment) in segments.iter().enumerate() {
        if let (PathSegment::Names(names), true) = (segment, index + 1 == segments.len()) {
            return evaluator.select_keys(names, &current);
        }
        let mut next = Vec::new();
        for value in current {
            evaluator.apply_segment(segment, value, after_descendant, &mut next)?;
        }
        current = next;
        after_descendant = *segment == PathSegment::Descendant;
    }
    Ok(current.into_iter().map(PathMatch::Borrowed).collect())
}

struct Evaluator<'a> {
    root: &'a Json,
    remaining_visits: usize,
}

impl<'a> Evaluator<'a> {
    fn count_visits(&mut self, visits: usize) -> Result<(), LimitExceeded> {
        self.remaining_visits = self.remaining_visits.checked_sub(visits).ok_or(LimitExceeded)?;
        Ok(())
    }

    /// Applies one segment to a value. `after_descendant` is whether the previous segment was
    /// [`PathSegment::Descendant`].
    fn apply_segment(
        &mut self,
        segment: &PathSegment,
        value: &'a Json,
        after_descendant: bool,
        next: &mut Vec<&'a Json>,
    ) -> Result<(), LimitExceeded> {
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
            (PathSegment::Filter(predicate), Json::Object(_)) => {
                next.extend(self.matches_predicate(predicate, value)?.then_some(value));
            }
            // After `..`, the items themselves are visited too.
            (PathSegment::Filter(predicate), Json::Array(items)) if !after_descendant => {
                for item in items {
                    if self.matches_predicate(predicate, item)? {
                        next.push(item);
                    }
                }
            }
            (PathSegment::Descendant, value) => self.collect_descendants(value, next)?,
            _ => {}
        }
        Ok(())
    }

    fn matches_predicate(&mut self, predicate: &FilterPredicate, value: &'a Json) -> Result<bool, LimitExceeded> {
        if predicate.nested_scans > 0 {
            let scope = if predicate.scans_root { self.root } else { value };
            self.count_visits(count_values(scope).saturating_pow(predicate.nested_scans))?;
        }
        self.count_visits(1)?;
        Ok(self.matches_filter(&predicate.filter, value))
    }

    fn matches_filter(&self, filter: &Filter, value: &'a Json) -> bool {
        match filter {
            Filter::Or(any) => any.iter().any(|filter| self.matches_filter(filter, value)),
            Filter::And(all) => all.iter().all(|filter| self.matches_filter(filter, value)),
            Filter::Atom(FilterAtom::Filter { expr, not }) => self.matches_filter(expr, value) != *not,
            Filter::Atom(atom) => {
                let state = State { root: self.root, ..State::root(value) };
                matches!(atom.process(state).data, Data::Value(Json::Bool(true)))
            }
        }
    }

    fn collect_descendants(&mut self, value: &'a Json, next: &mut Vec<&'a Json>) -> Result<(), LimitExceeded> {
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
    fn select_keys(&mut self, names: &[String], tables: &[&'a Json]) -> Result<Vec<PathMatch<'a>>, LimitExceeded> {
        let mut matches = Vec::new();
        for entries in tables.iter().filter_map(|json| json.as_object()) {
            self.count_visits(1)?;
            let mut object = Map::new();
            for (name, value) in names.iter().filter_map(|name| entries.get_key_value(name)) {
                self.count_visits(count_values(value))?;
                object.insert(name.clone(), value.clone());
            }
            if !object.is_empty() {
                matches.push(PathMatch::Owned(object.into()));
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
fn count_values(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(count_values).sum::<usize>(),
        Json::Object(entries) => 1 + entries.values().map(count_values).sum::<usize>(),
        _ => 1,
    }
}
