//! Reads JSON that is not quite JSON, as boards send it, and writes it as strict JSON.
//!
//! The model is the permissive mode of json-smart, the parser of the app MQTT Dash: keys and words without quotes,
//! single quotes, `nan`, `True`, missing and surplus commas, comments, control characters, wrong escapes, text after
//! the document. Beyond that, a field that cannot be read costs only itself: its text is kept as it was sent, or it is
//! left out. What has no clear structure, such as a document that is cut off, is refused: a part of a number must not
//! be shown as the number.
//!
//! Values that are no JSON become texts as they were sent, such as `"021"`, `"+5"` and `"13:17:48"`. The strict text is
//! then read as any other payload, so that both ways have the same limits.
//!
//! This is our own because no crate does it: parsers of JSON5, JSONC and Hjson accept other languages as exactly as
//! `serde_json` accepts JSON, and fail at the first unclean field. Only what is not strict JSON is read here.

mod decode;
mod quoted;
mod reader;
mod word;

pub use decode::decode;

use self::reader::Reader;

/// The maximum nesting of objects and arrays: that of `serde_json`.
pub(crate) const MAX_DEPTH: usize = 127;

/// Why a text cannot be read even leniently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LenientError {
    /// It is no object or array, is cut off, or its brackets do not match.
    NotJson,
    /// It is nested deeper than strict JSON may be.
    TooDeep,
}

/// A document that was read leniently.
#[derive(Debug, PartialEq, Eq)]
pub struct LenientDocument {
    /// The document as strict JSON.
    pub json: String,
    /// The length in bytes of what was read. Whatever follows is ignored.
    pub length: usize,
    /// Whether all fields are there, with clear ends: nothing was left out, and no text has quotes or line ends that it
    /// may not have.
    pub is_complete: bool,
}

/// Reads the object or array at the beginning of a text.
///
/// # Errors
/// If there is none, or if it has no clear end.
pub fn read(text: &str) -> Result<LenientDocument, LenientError> {
    let mut reader = Reader::new(text);
    reader.read_document()?;
    Ok(reader.into_document())
}

#[cfg(test)]
mod tests;
