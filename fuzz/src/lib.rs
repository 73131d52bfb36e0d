//! What the fuzz targets share: parts of the input, random values for the keys of files, and comparisons of texts.

pub mod edits;
pub mod mqtt;

use arbitrary::Unstructured;

/// Splits the input at its first zero byte: fuzzers find such a border easily, and no part of a text needs the byte.
#[must_use]
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}

/// Runs a target with the text before the first zero byte, if it is one, and random values from what follows.
pub fn with_text(data: &[u8], run: impl FnOnce(&str, &mut Unstructured<'_>) -> arbitrary::Result<()>) {
    let (text, rest) = split(data);
    if let Ok(text) = str::from_utf8(text) {
        // The end of the input is no failure.
        let _ = run(text, &mut Unstructured::new(rest));
    }
}
