//! From a payload to the text that a tile shows: the JSON path, and numbers as people expect them.
//!
//! Paths give what MQTT Dash's library (Jayway) gives: a leading `$.` may be left out; a path that
//! names one place gives the value there, any other path the list of all it finds as compact JSON.
//! Filters are those of RFC 9535, by `jsonpath-rust`. A path, what it looks at and what it gives are
//! bounded: both the path and the payload may be somebody else's.
//!
//! Paths to one place are walked while the payload is read (`stream`); only the others, and what is
//! wrong with a payload, need it in memory as a whole (`walk`).

mod evaluate;
mod parse;
mod streaming;
mod text;

use serde_json::Value as Json;

use self::{evaluate::PathMatch, parse::PathSegment, streaming::PathTarget};
use super::{
    error::TileError,
    field_value::parse_text,
    schema::{FieldValue, ValueType},
    value::{ValidationError, Value},
};

/// The largest payload that is read as JSON: a value in memory costs about 40 times its text.
pub const MAX_JSON_BYTES: usize = 4 << 20;
/// The longest path.
const MAX_PATH_BYTES: usize = 1_000;
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
    Singular(Box<[streaming::SingularSegment]>),
    /// Anything else.
    General(Box<[PathSegment]>),
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// Points at the place in the path that is wrong.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(ValidationError::new("the JSON path is empty")
                .with_help("leave the key out to show the payload as it is"));
        }
        if trimmed.len() > MAX_PATH_BYTES || bracket_depth(trimmed) > MAX_DEPTH {
            return Err(ValidationError::new(format!(
                "this JSON path is too long or nested deeper than {MAX_DEPTH} brackets"
            )));
        }
        let leading = text.len() - text.trim_start().len();
        let segments = parse::parse_segments(trimmed).map_err(|(message, offset)| {
            let char_len = trimmed[offset..].chars().next().map_or(0, char::len_utf8);
            ValidationError::new(message)
                .with_help("write it like $.sensor.temperature, $.list[0] or $..name")
                .with_span(Some(leading + offset..leading + offset + char_len))
        })?;
        let query = match segments.iter().map(PathSegment::to_singular).collect() {
            Some(segments) => Query::Singular(segments),
            None => Query::General(segments.into()),
        };
        Ok(Self { text: text.to_owned(), query })
    }

    /// What the path gives on a payload, as text.
    ///
    /// # Errors
    /// That it finds nothing there, or too much.
    pub fn find(&self, json: &Json) -> Result<String, TileError> {
        let too_much = || TileError::TooMuchAtPath(self.text.clone());
        let nothing = || TileError::NothingAtPath(self.text.clone());
        let text = match &self.query {
            Query::Singular(segments) => {
                text::from_value(segments.iter().try_fold(json, streaming::child).ok_or_else(nothing)?)
            }
            Query::General(segments) => {
                let found = evaluate::evaluate(segments, json).map_err(|evaluate::LimitExceeded| too_much())?;
                match found.first().ok_or_else(nothing)? {
                    first if evaluate::is_definite(segments) => text::from_value(first.as_json()),
                    _ => text::from_list(found.iter().map(PathMatch::as_json)),
                }
            }
        };
        text.map_err(|text::TextTooLong| too_much())
    }

    /// The path as the person wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FieldValue for JsonPath {
    const VALUE_TYPE: ValueType = ValueType::Custom("a JSON path such as \"$.sensor.temperature\"");

    fn from_value(value: &Value) -> Result<Self, Vec<ValidationError>> {
        parse_text(value, Self::VALUE_TYPE, Self::parse)
    }

    fn to_value(&self) -> Option<Value> {
        Some(self.text.as_str().into())
    }
}

/// What each of the paths gives on a payload, as text: the payload is read once for all of them.
///
/// # Errors
/// For each of them that it finds nothing there, or why the payload is no JSON.
#[must_use]
pub fn find_all(payload: &[u8], paths: &[&JsonPath]) -> Vec<Result<String, TileError>> {
    if let Some(found) = find_singular(payload, paths) {
        return found;
    }
    match parse_json(payload) {
        Ok(json) => paths.iter().map(|path| path.find(&json)).collect(),
        Err(error) => vec![Err(error); paths.len()],
    }
}

/// What is at the places that all of the paths lead to, without the rest of the payload in memory.
fn find_singular(payload: &[u8], paths: &[&JsonPath]) -> Option<Vec<Result<String, TileError>>> {
    let text = std::str::from_utf8(payload).ok().filter(|text| text.len() <= MAX_JSON_BYTES)?;
    let mut targets = Vec::with_capacity(paths.len());
    for (index, path) in paths.iter().enumerate() {
        match &path.query {
            Query::Singular(segments) => targets.push(PathTarget::new(segments, index)?),
            Query::General(_) => return None,
        }
    }
    let found = streaming::find_targets(text, targets)?;
    let to_text = |(json, path): (&Option<Json>, &&JsonPath)| {
        let too_much = |text::TextTooLong| TileError::TooMuchAtPath(path.text.clone());
        json.as_ref().map(|json| text::from_value(json).map_err(too_much))
    };
    found.iter().zip(paths).map(to_text).collect()
}

/// Reads a payload as JSON.
///
/// # Errors
/// Says why it is none.
pub fn parse_json(payload: &[u8]) -> Result<Json, TileError> {
    if payload.len() > MAX_JSON_BYTES {
        return Err(TileError::JsonTooLarge(payload.len(), MAX_JSON_BYTES));
    }
    serde_json::from_slice(payload).map_err(|error| {
        let message = error.to_string();
        if message.starts_with("recursion limit") { TileError::JsonTooDeep } else { TileError::NotJson(message) }
    })
}

fn bracket_depth(path: &str) -> usize {
    let mut depth = 0_usize;
    let mut max_depth = 0;
    for c in path.chars() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        max_depth = max_depth.max(depth);
    }
    max_depth
}

#[cfg(test)]
mod tests;
