//! From a payload to the text that a tile shows: JSON paths, and how their results are written.
//!
//! Paths give the results of MQTT Dash's library (Jayway): a leading `$.` is optional; a path that names a
//! single value gives that value, any other path gives a list of all matches as compact JSON. A function may be
//! at the end (`function`), and filters are those of Jayway, with the functions of RFC 9535 (`filter`). The length
//! of a path, the number of values it visits and the size of its result are bounded, because both the path and the
//! payload may come from an untrusted source.
//!
//! Paths to a single value are followed while the payload is read (`streaming`). Only other paths, and
//! explaining what is wrong with a payload, need the whole document in memory (`evaluate`). A payload that is not
//! strict JSON is first read by [`lenient_json`].
//!
//! This is our own because the crates for JSON paths, such as `jsonpath-rust`, evaluate only documents in memory, follow
//! RFC 9535, whose results differ from Jayway's, and have neither its functions nor its filters. Streaming finds a value 2.4 times (92 bytes) to 4.7 times (3,771 bytes) as
//! fast as parsing the payload; `cargo bench --bench side_by_side` repeats the comparison.

mod evaluate;
mod filter;
mod function;
mod parse;
mod parts;
mod pattern;
mod streaming;
mod text;

use serde_json::Value as Json;

pub(crate) use self::parts::{
    JsonPart, Step, children, is_plain_name, json_parts, json_text, member, parent_path, part,
};
use self::{
    evaluate::{Evaluator, PathMatch},
    function::Function,
    parse::PathSegment,
    streaming::{FoundValue, PathTarget},
};
use super::{
    error::TileError,
    field_value::parse_text,
    lenient_json::{self, LenientError},
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
    /// A function of what the path leads to.
    Function(Box<[PathSegment]>, Function),
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
        let (segments, function) = parse::parse_path(trimmed).map_err(|(message, offset)| {
            let char_len = trimmed[offset..].chars().next().map_or(0, char::len_utf8);
            ValidationError::new(message)
                .with_help("write it like $.sensor.temperature, $.list[0] or $..name")
                .with_span(Some(leading + offset..leading + offset + char_len))
        })?;
        let query = match (function, segments.iter().map(PathSegment::to_singular).collect()) {
            (Some(function), _) => Query::Function(segments.into(), function),
            (None, Some(segments)) => Query::Singular(segments),
            (None, None) => Query::General(segments.into()),
        };
        Ok(Self { text: text.to_owned(), query })
    }

    /// Returns the result of the path on a document, as text.
    ///
    /// # Errors
    /// If nothing matches or the result is too large.
    pub fn find(&self, json: &Json) -> Result<String, TileError> {
        let text = match &self.query {
            Query::Singular(segments) => {
                text::from_value(segments.iter().try_fold(json, streaming::child).ok_or_else(|| self.nothing())?)
            }
            Query::General(segments) => {
                let found = Evaluator::new(json).evaluate(segments, json);
                let found = found.map_err(|evaluate::LimitExceeded| self.too_much())?;
                match found.first().ok_or_else(|| self.nothing())? {
                    first if evaluate::is_definite(segments) => text::from_value(first.as_json()),
                    _ => text::from_list(found.iter().map(PathMatch::as_json)),
                }
            }
            Query::Function(segments, function) => {
                let mut evaluator = Evaluator::new(json);
                let found = evaluator.call(function, segments, json, json);
                let found = found.map_err(|evaluate::LimitExceeded| self.too_much())?;
                text::from_value(&found.ok_or_else(|| self.nothing())?)
            }
        };
        text.map_err(|text::TextTooLong| self.too_much())
    }

    fn nothing(&self) -> TileError {
        TileError::NothingAtPath(self.text.clone())
    }

    fn too_much(&self) -> TileError {
        TileError::TooMuchAtPath(self.text.clone())
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

/// Returns the results of several paths on a payload, as text. The payload is read once for all paths that name a
/// single value, and once for all others.
///
/// # Errors
/// Each path has its own result; if the payload is not JSON, all of them are that error.
#[must_use]
pub fn find_all(payload: &[u8], paths: &[&JsonPath]) -> Vec<Result<String, TileError>> {
    match with_strict_json(payload, |json| find_all_in(json, paths)) {
        Ok(found) => found,
        Err(error) => vec![Err(error); paths.len()],
    }
}

/// Parses a payload as JSON, leniently if it is not strict JSON.
///
/// # Errors
/// If the payload is too large, nested too deeply or not JSON.
pub fn parse_json(payload: &[u8]) -> Result<Json, TileError> {
    with_strict_json(payload, |json| serde_json::from_str(json))
}

/// Reads a payload that is JSON, or what the lenient reader makes of it.
fn with_strict_json<T>(payload: &[u8], read: impl Fn(&str) -> Result<T, serde_json::Error>) -> Result<T, TileError> {
    if payload.len() > MAX_JSON_BYTES {
        return Err(TileError::JsonTooLarge(payload.len(), MAX_JSON_BYTES));
    }
    let strict_error = match str::from_utf8(payload).map(&read) {
        Ok(Ok(result)) => return Ok(result),
        Ok(Err(error)) => json_error(&error),
        Err(_) => TileError::NotJson("it is not text: `decode` may read it".to_owned()),
    };
    let text = lenient_json::decode(payload);
    match lenient_json::read(&text) {
        Ok(document) => read(&document.json).map_err(|error| json_error(&error)),
        Err(LenientError::TooDeep) => Err(TileError::JsonTooDeep),
        Err(LenientError::NotJson) => Err(strict_error),
    }
}

/// Converts an error of `serde_json`.
fn json_error(error: &serde_json::Error) -> TileError {
    // The crate has no category for this error.
    let message = error.to_string();
    if message.starts_with("recursion limit") { TileError::JsonTooDeep } else { TileError::NotJson(message) }
}

/// Returns the results of several paths on a document in strict JSON.
fn find_all_in(json: &str, paths: &[&JsonPath]) -> Result<Vec<Result<String, TileError>>, serde_json::Error> {
    let mut found = find_singular(json, paths);
    if found.iter().any(Option::is_none) {
        let document = serde_json::from_str(json)?;
        for (found, path) in found.iter_mut().zip(paths).filter(|(found, _)| found.is_none()) {
            *found = Some(path.find(&document));
        }
    }
    Ok(found.into_iter().flatten().collect())
}

/// Returns the results of the paths that lead to single values, without building the rest of the document in memory.
/// `None` for a path that needs the whole document, and for all if the document has an error to explain.
fn find_singular(json: &str, paths: &[&JsonPath]) -> Vec<Option<Result<String, TileError>>> {
    let mut targets = Vec::with_capacity(paths.len());
    for (slot, path) in paths.iter().enumerate() {
        if let Query::Singular(segments) = &path.query {
            targets.extend(PathTarget::new(segments, slot));
        }
    }
    let mut results = vec![None; paths.len()];
    targets.sort_unstable();
    let found = if targets.is_empty() { None } else { streaming::find_targets(json, &targets, paths.len()) };
    let Some(mut found) = found else { return results };
    for target in &targets {
        let (slot, path) = (target.slot(), paths[target.slot()]);
        results[slot] = Some(match found[slot].take() {
            Some(FoundValue::Number(number)) => Ok(text::from_number(&number).to_owned()),
            Some(FoundValue::Json(json)) => text::from_value(&json).map_err(|text::TextTooLong| path.too_much()),
            None => Err(path.nothing()),
        });
    }
    results
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
