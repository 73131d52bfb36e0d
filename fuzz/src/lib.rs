//! What the fuzz targets share: parts of the input, random values for the keys of files, and comparisons of texts.

pub mod edits;
pub mod mqtt;

/// Splits the input at its first zero byte: fuzzers find such a border easily, and no part of a text needs the byte.
#[must_use]
pub fn split(data: &[u8]) -> (&[u8], &[u8]) {
    let end = data.iter().position(|byte| *byte == 0).unwrap_or(data.len());
    (&data[..end], data.get(end + 1..).unwrap_or_default())
}
