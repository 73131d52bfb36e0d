//! Extracts images from base64 and data URLs, and describes payloads that are not images.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::decode::MAX_IMAGE_BYTES;
use crate::model::error::format_bytes;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The minimum length of an image in base64: shorter text is not treated as base64.
const MIN_BASE64_LENGTH: usize = 16;

/// Decodes a payload that is base64 or a data URL; returns `None` if it is neither.
///
/// # Errors
/// When the text is too large or the data URL is invalid, as a sentence without a final period.
pub(crate) fn unwrap(payload: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let Ok(text) = std::str::from_utf8(payload) else {
        return Ok(None);
    };
    let text = text.trim().trim_matches('"');
    let is_data = text.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("data:"));
    let data = if is_data {
        let Some((header, data)) = text.split_once(',') else {
            return Err("the data URL has no data".to_owned());
        };
        if !header.to_ascii_lowercase().ends_with(";base64") {
            return Err("the data URL is not in base64".to_owned());
        }
        data
    } else {
        text
    };
    if data.len() / 4 * 3 > MAX_IMAGE_BYTES {
        return Err(format!(
            "it is too large: {} of base64 (at most {})",
            format_bytes(data.len()),
            format_bytes(MAX_IMAGE_BYTES / 3 * 4)
        ));
    }
    let normalized = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    });
    match BASE64.decode(normalized.collect::<Vec<u8>>()) {
        Ok(decoded) if is_data || decoded.len() >= MIN_BASE64_LENGTH / 4 * 3 => Ok(Some(decoded)),
        Err(_) if is_data => Err("the base64 of the data URL is invalid".to_owned()),
        _ => Ok(None),
    }
}

/// Describes a payload that is not a supported image, as a sentence without a final period.
pub(crate) fn describe_non_image(payload: &[u8]) -> String {
    const PREFIX_BYTES: usize = 1_024;
    let prefix = String::from_utf8_lossy(&payload[..payload.len().min(PREFIX_BYTES)]).trim_start().to_lowercase();
    if payload.is_empty() {
        "it is empty".to_owned()
    } else if prefix.starts_with("<svg")
        || (prefix.starts_with("<?xml") || prefix.starts_with("<!")) && prefix.contains("<svg")
    {
        "SVG is not supported: use PNG, JPEG, GIF, WebP or BMP".to_owned()
    } else if prefix.starts_with("<!doctype html") || prefix.starts_with("<html") {
        "it is a web page, not an image".to_owned()
    } else {
        "it is not PNG, JPEG, GIF, WebP or BMP".to_owned()
    }
}
