//! From a payload to the text that a tile shows: the JSON path, and numbers as people expect them.
//!
//! Paths are read as MQTT Dash's library (Jayway) reads them: a leading `$.` may be left out; a path
//! that names one place gives the value there, any other path the list of all it finds as compact
//! JSON. Everything beyond names and indexes is RFC 9535, by `jsonpath-rust`.
//!
//! Paths to one place are walked while the payload is read; only the others, and what is wrong with a
//! payload, need it in memory as a whole.

use jsonpath_rust::parser::{errors::JsonPathError, model::JpQuery, parse_json_path};
use jsonpath_rust::query::js_path_process;
use pest::error::InputLocation;
use serde_json::Value as Json;

use super::{
    fault::Fault,
    field::parsed,
    key::{Field, Wants},
    value::{Complaint, Value},
    walk::{Hop, Route, step, walk},
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
    Place(Vec<Hop>),
    /// Anything else: all that is found.
    Search(JpQuery),
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
        let query = match place(path) {
            Some(hops) => Query::Place(hops),
            None => Query::Search(search(text, path)?),
        };
        Ok(Self { text: text.to_owned(), query })
    }

    /// What the path gives on a payload, as text.
    ///
    /// # Errors
    /// That it finds nothing there.
    pub fn find(&self, json: &Json) -> Result<String, Fault> {
        let nothing = || Fault::NothingAtPath(self.text.clone());
        match &self.query {
            Query::Place(hops) => hops.iter().try_fold(json, step).map(shown).ok_or_else(nothing),
            Query::Search(query) => match js_path_process(query, json) {
                Ok(found) if found.is_empty() => Err(nothing()),
                Ok(found) => Ok(Json::Array(found.into_iter().map(|each| each.val().clone()).collect()).to_string()),
                Err(_) => Err(nothing()),
            },
        }
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
    let found = walk(text, routes)?;
    found.iter().map(|json| json.as_ref().map(|json| Ok(shown(json)))).collect()
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

/// The hops of a path that names one place; `None` for any other path.
fn place(path: &str) -> Option<Vec<Hop>> {
    let mut rest = match path.strip_prefix('$') {
        Some("") => return Some(Vec::new()),
        Some(rest) if rest.starts_with(['.', '[']) => rest.to_owned(),
        Some(_) => return None,
        None if path.starts_with('[') => path.to_owned(),
        None => format!(".{path}"),
    };
    let mut hops = Vec::new();
    while !rest.is_empty() {
        let (hop, used) = if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let name = &name[..end];
            if name.is_empty() || name.contains(['*', '?', '@', '(', ')', ',', '\'', '"', ' ', ']']) {
                return None;
            }
            (Hop::Name(name.to_owned()), end + 1)
        } else {
            bracket(&rest)?
        };
        hops.push(hop);
        rest.drain(..used);
    }
    Some(hops)
}

/// One `['name']` or `[7]`, and how many bytes it took.
fn bracket(rest: &str) -> Option<(Hop, usize)> {
    let inside = rest.strip_prefix('[')?;
    for quote in ['\'', '"'] {
        if let Some(name) = inside.strip_prefix(quote) {
            let end = name.find(quote)?;
            if name[..end].contains('\\') || !name[end + 1..].starts_with(']') {
                return None;
            }
            return Some((Hop::Name(name[..end].to_owned()), end + 4));
        }
    }
    let end = inside.find(']')?;
    Some((Hop::Index(inside[..end].trim().parse().ok()?), end + 2))
}

fn search(text: &str, path: &str) -> Result<JpQuery, Complaint> {
    let (whole, added) = match path.as_bytes()[0] {
        b'$' => (path.to_owned(), 0),
        b'[' => (format!("${path}"), 1),
        _ => (format!("$.{path}"), 2),
    };
    let before = text.len() - text.trim_start().len();
    parse_json_path(&whole).map_err(|wrong| {
        let at = match &wrong {
            JsonPathError::PestError(inside) => match inside.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => Some(at.saturating_sub(added)),
            },
            _ => None,
        };
        let at = at.map(|at| {
            let at = (before + at).min(text.len().saturating_sub(1));
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            at..at + text[at..].chars().next().map_or(0, char::len_utf8)
        });
        let what = match at.as_ref().map(|at| &text[at.clone()]) {
            Some(here) => format!("this is no JSON path: it cannot be read from `{here}` on"),
            None => "this is no JSON path".to_owned(),
        };
        Complaint::new(what).help("write it like $.sensor.temperature, $.list[0] or $..name").bytes(at)
    })
}

/// A value out of a JSON document as text, the way MQTT Dash's users know it.
fn shown(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null => "(null)".to_owned(),
        Json::Number(number) => java_number(&number.to_string()),
        other => other.to_string(),
    }
}

/// A number as Java prints it: whole ones as they are, others as a `double`
/// (`Double.toString`: scientific outside 10⁻³ to 10⁷).
fn java_number(text: &str) -> String {
    if !text.contains(['.', 'e', 'E']) {
        return text.to_owned();
    }
    let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return text.to_owned();
    };
    if number == 0.0 || (1e-3..1e7).contains(&number.abs()) {
        return format!("{number:?}");
    }
    let scientific = format!("{number:E}");
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => scientific,
    }
}

#[cfg(test)]
#[path = "extract_tests.rs"]
mod tests;
