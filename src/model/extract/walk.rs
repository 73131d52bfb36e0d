//! What the hops of a path find in a document, in Jayway's order: a value before what is inside it.

use jsonpath_rust::{
    parser::model::{Filter, FilterAtom},
    query::{
        Query as _,
        state::{Data, State},
    },
};
use serde_json::{Map, Value as Json};

use super::parse::{Hop, Sieve};

/// How many values a path may look at: more than the largest document has, if it is looked at once.
const MOST_LOOKS: usize = 3_000_000;

/// What a path finds.
#[derive(Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// A value of the document.
    Whole(&'a Json),
    /// Some keys of a table.
    Part(Json),
}

impl Found<'_> {
    pub fn json(&self) -> &Json {
        match self {
            Self::Whole(json) => json,
            Self::Part(json) => json,
        }
    }
}

/// The path has too much to look at.
#[derive(Debug, PartialEq)]
pub(super) struct TooMuch;

/// Whether the hops lead to one value, and not to a list of what is found.
pub(super) fn is_definite(hops: &[Hop]) -> bool {
    let last = hops.len().saturating_sub(1);
    hops.iter().enumerate().all(|(at, hop)| match hop {
        Hop::Name(_) | Hop::Index(_) => true,
        Hop::Names(_) => at == last,
        _ => false,
    })
}

/// All that the hops lead to.
pub(super) fn walk<'a>(hops: &[Hop], root: &'a Json) -> Result<Vec<Found<'a>>, TooMuch> {
    let mut walker = Walker { root, looks: MOST_LOOKS };
    let mut now = vec![root];
    let mut deep = false;
    for (at, hop) in hops.iter().enumerate() {
        if let (Hop::Names(names), true) = (hop, at + 1 == hops.len()) {
            return walker.parts(names, &now);
        }
        let mut next = Vec::new();
        for value in now {
            walker.step(hop, value, deep, &mut next)?;
        }
        now = next;
        deep = *hop == Hop::Deep;
    }
    Ok(now.into_iter().map(Found::Whole).collect())
}

struct Walker<'a> {
    root: &'a Json,
    looks: usize,
}

impl<'a> Walker<'a> {
    fn look(&mut self, at: usize) -> Result<(), TooMuch> {
        self.looks = self.looks.checked_sub(at).ok_or(TooMuch)?;
        Ok(())
    }

    /// One hop; `deep` is whether the one before was [`Hop::Deep`].
    fn step(&mut self, hop: &Hop, value: &'a Json, deep: bool, next: &mut Vec<&'a Json>) -> Result<(), TooMuch> {
        self.look(1)?;
        match (hop, value) {
            (Hop::Name(name), Json::Object(entries)) => next.extend(entries.get(name)),
            (Hop::Names(names), Json::Object(entries)) => {
                next.extend(names.iter().filter_map(|name| entries.get(name)));
            }
            (Hop::Index(at), Json::Array(items)) => next.extend(item(items, *at)),
            (Hop::Indexes(places), Json::Array(items)) => next.extend(places.iter().filter_map(|at| item(items, *at))),
            (Hop::Slice(from, to, step), Json::Array(items)) => {
                let (from, to) = (place(items, from.unwrap_or(0)), to.map_or(items.len(), |to| place(items, to)));
                let slice = items.get(from..to).unwrap_or_default();
                self.look(slice.len())?;
                next.extend(slice.iter().step_by(*step));
            }
            (Hop::Any, Json::Array(items)) => {
                self.look(items.len())?;
                next.extend(items);
            }
            (Hop::Any, Json::Object(entries)) => {
                self.look(entries.len())?;
                next.extend(entries.values());
            }
            (Hop::Pass(sieve), Json::Object(_)) => next.extend(self.passes(sieve, value)?.then_some(value)),
            // Behind two dots the items come by themselves.
            (Hop::Pass(sieve), Json::Array(items)) if !deep => {
                for item in items {
                    if self.passes(sieve, item)? {
                        next.push(item);
                    }
                }
            }
            (Hop::Deep, value) => self.descend(value, next)?,
            _ => {}
        }
        Ok(())
    }

    fn passes(&mut self, sieve: &Sieve, value: &'a Json) -> Result<bool, TooMuch> {
        if sieve.looks > 0 {
            let all = if sieve.whole { self.root } else { value };
            self.look(size(all).saturating_pow(sieve.looks))?;
        }
        self.look(1)?;
        Ok(self.holds(&sieve.filter, value))
    }

    fn holds(&self, filter: &Filter, value: &'a Json) -> bool {
        match filter {
            Filter::Or(any) => any.iter().any(|filter| self.holds(filter, value)),
            Filter::And(all) => all.iter().all(|filter| self.holds(filter, value)),
            Filter::Atom(FilterAtom::Filter { expr, not }) => self.holds(expr, value) != *not,
            Filter::Atom(atom) => {
                let state = State { root: self.root, ..State::root(value) };
                matches!(atom.process(state).data, Data::Value(Json::Bool(true)))
            }
        }
    }

    fn descend(&mut self, value: &'a Json, next: &mut Vec<&'a Json>) -> Result<(), TooMuch> {
        self.look(1)?;
        match value {
            Json::Array(items) => {
                next.push(value);
                items.iter().try_for_each(|item| self.descend(item, next))
            }
            Json::Object(entries) => {
                next.push(value);
                entries.values().try_for_each(|inside| self.descend(inside, next))
            }
            _ => Ok(()),
        }
    }

    /// These keys of each table, as a table.
    fn parts(&mut self, names: &[String], tables: &[&'a Json]) -> Result<Vec<Found<'a>>, TooMuch> {
        let mut parts = Vec::new();
        for entries in tables.iter().filter_map(|json| json.as_object()) {
            self.look(1)?;
            let mut part = Map::new();
            for (name, value) in names.iter().filter_map(|name| entries.get_key_value(name)) {
                self.look(size(value))?;
                part.insert(name.clone(), value.clone());
            }
            if !part.is_empty() {
                parts.push(Found::Part(part.into()));
            }
        }
        Ok(parts)
    }
}

fn item(items: &[Json], at: i64) -> Option<&Json> {
    if at < 0 {
        items.get(items.len().checked_sub(usize::try_from(at.unsigned_abs()).ok()?)?)
    } else {
        items.get(usize::try_from(at).ok()?)
    }
}

/// A place in a list, from its end where it is below 0, within the list.
fn place(items: &[Json], at: i64) -> usize {
    let far = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
    if at < 0 { items.len().saturating_sub(far) } else { far.min(items.len()) }
}

/// How many values there are in a value, with itself.
fn size(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(entries) => 1 + entries.values().map(size).sum::<usize>(),
        _ => 1,
    }
}
