//! From a payload to the text that a tile shows: JSON paths, and numbers in the format of MQTT Dash.
//!
//! Paths give the results of MQTT Dash's library (Jayway): a leading `$.` is optional; a path that names a
//! single value gives that value, any other path gives a list of all matches as compact JSON. Filters follow
//! RFC 9535 and are evaluated by `jsonpath-rust`. The length of a path, the number of values it visits and
//! the size of its result are bounded, because both the path and the payload may come from an untrusted
//! source.
//!
//! Paths to a single value are followed while the payload is read (`streaming`). Only other paths, and
//! explaining what is wrong with a payload, need the whole document in memory (`evaluate`).
//!
//! Parsing and streaming are our own because `jsonpath-rust` evaluates only documents in memory, and its
//! results differ from Jayway's. Streaming finds a value 2.4 times (92 bytes) to 4.7 times (3,771 bytes) as
//! fast as parsing the payload; `cargo bench --bench side_by_side` repeats the comparison.

mod evaluate;
mod filter;
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

/// The largest payload that is parsed as JSON, in bytes. In memory, a value takes about 40 times its text.
pub(crate) const MAX_JSON_BYTES: usize = 4 << 20;
/// The maximum length of a path.
const MAX_PATH_BYTES: usize = 1_000;
/// The maximum nesting of brackets in a path.
const MAX_DEPTH: usize = 8;

/// A parsed JSON path, and its text as the user wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonPath {
    text: String,
    query: Query,
}

#[derive(Debug, Clone, PartialEq)]
enum Query {
    /// Only names and indexes: leads to a single value.
    Singular(Box<[streaming::SingularSegment]>),
    /// Any other path.
    General(Box<[PathSegment]>),
}

impl JsonPath {
    /// Parses a path.
    ///
    /// # Errors
    /// If the path is invalid; the error has the byte range that is wrong.
    pub fn parse(text: &str) -> Result<Self, ValidationError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(
                ValidationError::new("the JSON path is empty").with_help("remove the key to show the whole payload")
            );
        }
        if trimmed.len() > MAX_PATH_BYTES || bracket_depth(trimmed) > MAX_DEPTH {
            return Err(ValidationError::new(format!(
                "the JSON path is longer than {MAX_PATH_BYTES} bytes or nested deeper than {MAX_DEPTH} brackets"
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

    /// Returns the result of the path on a document, as text.
    ///
    /// # Errors
    /// If nothing matches or the result is too large.
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

    /// Returns the path as the user wrote it.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
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

/// Returns the results of several paths on a payload, as text. The payload is read once for all of them.
///
/// # Errors
/// Each path has its own result; if the payload is not JSON, all of them are that error.
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

/// Returns the results if all paths lead to single values, without building the rest of the payload in
/// memory. Returns `None` if a path needs the whole document, or if the payload has an error to explain.
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

/// Parses a payload as JSON.
///
/// # Errors
/// If the payload is too large, nested too deeply or not JSON.
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
