//! From a payload to the text that a tile shows: the JSON path, and numbers as people expect them.
//!
//! Paths give what MQTT Dash's library (Jayway) gives: a leading `$.` may be left out; a path that
//! names one place gives the value there, any other path the list of all it finds as compact JSON.
//! Filters are those of RFC 9535, by `jsonpath-rust`. A path, what it looks at and what it gives are
//! bounded: both the path and the payload may be somebody else's.
//!
//! Paths to one place are walked while the payload is read (`stream`); only the others, and what is
//! wrong with a payload, need it in memory as a whole (`walk`).

mod parse;
mod stream;
mod text;
mod walk;

use serde_json::Value as Json;

use self::{parse::Hop, stream::Route, walk::Found};
use super::{
    fault::Fault,
    field::parsed,
    key::{Field, Wants},
    value::{Complaint, Value},
};

/// The largest payload that is read as JSON: a value in memory costs about 40 times its text.
pub const MAX_JSON: usize = 4 << 20;
/// The longest path.
const MAX_PATH: usize = 1_000;
/// How deep brackets may be nested in a path.
const MAX_DEPTH: usize = 8;

/// A JSON path, as the person wrote it and ready for use.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    text: String,
    query: Query,
}

#[derive(Debug, Clone, PartialEq)]
enum Query {
    /// Names and indexes only: one place.
    Place(Box<[stream::Hop]>),
    /// Anything else.
    Search(Box<[Hop]>),
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// Points at the place in the path that is wrong.
    pub fn parse(text: &str) -> Result<Self, Complaint> {
        let path = text.trim();
        if path.is_empty() {
            return Err(Complaint::new("the JSON path is empty").help("leave the key out to show the payload as it is"));
        }
        if path.len() > MAX_PATH || depth(path) > MAX_DEPTH {
            return Err(Complaint::new(format!(
                "this JSON path is too long or nested deeper than {MAX_DEPTH} brackets"
            )));
        }
        let before = text.len() - text.trim_start().len();
        let hops = parse::hops(path).map_err(|(what, at)| {
            let here = path[at..].chars().next().map_or(0, char::len_utf8);
            Complaint::new(what)
                .help("write it like $.sensor.temperature, $.list[0] or $..name")
                .bytes(Some(before + at..before + at + here))
        })?;
        let query = match hops.iter().map(Hop::single).collect() {
            Some(place) => Query::Place(place),
            None => Query::Search(hops.into()),
        };
        Ok(Self { text: text.to_owned(), query })
    }

    /// What the path gives on a payload, as text.
    ///
    /// # Errors
    /// That it finds nothing there, or too much.
    pub fn find(&self, json: &Json) -> Result<String, Fault> {
        let too_much = || Fault::TooMuchAtPath(self.text.clone());
        let nothing = || Fault::NothingAtPath(self.text.clone());
        let text = match &self.query {
            Query::Place(hops) => text::single(hops.iter().try_fold(json, stream::step).ok_or_else(nothing)?),
            Query::Search(hops) => {
                let found = walk::walk(hops, json).map_err(|walk::TooMuch| too_much())?;
                match found.first().ok_or_else(nothing)? {
                    one if walk::is_definite(hops) => text::single(one.json()),
                    _ => text::list(found.iter().map(Found::json)),
                }
            }
        };
        text.map_err(|text::TooLong| too_much())
    }

    /// The path as the person wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Field for JsonPath {
    const WANTS: Wants = Wants::Form("a JSON path such as \"$.sensor.temperature\"");

    fn read(value: &Value) -> Result<Self, Vec<Complaint>> {
        parsed(value, Self::WANTS, Self::parse)
    }

    fn write(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}

/// What each of the paths gives on a payload, as text: the payload is read once for all of them.
///
/// # Errors
/// For each of them that it finds nothing there, or why the payload is no JSON.
#[must_use]
pub fn find_all(payload: &[u8], paths: &[&JsonPath]) -> Vec<Result<String, Fault>> {
    if let Some(found) = places(payload, paths) {
        return found;
    }
    match json(payload) {
        Ok(json) => paths.iter().map(|path| path.find(&json)).collect(),
        Err(fault) => vec![Err(fault); paths.len()],
    }
}

/// What is at the places that all of the paths lead to, without the rest of the payload in memory.
fn places(payload: &[u8], paths: &[&JsonPath]) -> Option<Vec<Result<String, Fault>>> {
    let text = std::str::from_utf8(payload).ok().filter(|text| text.len() <= MAX_JSON)?;
    let mut routes = Vec::with_capacity(paths.len());
    for (slot, path) in paths.iter().enumerate() {
        match &path.query {
            Query::Place(hops) => routes.push(Route::new(hops, slot)?),
            Query::Search(_) => return None,
        }
    }
    let found = stream::walk(text, routes)?;
    let shown = |(json, path): (&Option<Json>, &&JsonPath)| {
        let too_much = |text::TooLong| Fault::TooMuchAtPath(path.text.clone());
        json.as_ref().map(|json| text::single(json).map_err(too_much))
    };
    found.iter().zip(paths).map(shown).collect()
}

/// Reads a payload as JSON.
///
/// # Errors
/// Says why it is none.
pub fn json(payload: &[u8]) -> Result<Json, Fault> {
    if payload.len() > MAX_JSON {
        return Err(Fault::JsonTooLarge(payload.len(), MAX_JSON));
    }
    serde_json::from_slice(payload).map_err(|wrong| {
        let what = wrong.to_string();
        if what.starts_with("recursion limit") { Fault::JsonTooDeep } else { Fault::NotJson(what) }
    })
}

fn depth(path: &str) -> usize {
    let mut now = 0_usize;
    let mut most = 0;
    for c in path.chars() {
        match c {
            '[' | '(' => now += 1,
            ']' | ')' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests;
