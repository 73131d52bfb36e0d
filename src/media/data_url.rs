//! Pictures that come as text, base64 or a data URL; and what else it is that is no picture.

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
/// No picture is shorter than this in base64.
const MIN_BASE64_LENGTH: usize = 16;

/// The bytes that stand in a text as base64 or as a data URL; `None` when it is neither.
///
/// # Errors
/// Says why a data URL cannot be read.
pub fn unwrap(payload: &[u8]) -> Result<Option<Vec<u8>>, String> {
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
            return Err("a data URL without base64 holds no picture".to_owned());
        }
        data
    } else {
        text
    };
    if data.len() / 4 * 3 > MAX_IMAGE_BYTES {
        return Err(format!(
            "{} of base64 are too many (at most {})",
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
        Err(_) if is_data => Err("the data URL holds no base64".to_owned()),
        _ => Ok(None),
    }
}

/// What these bytes are, as a sentence without its full stop.
pub fn describe_non_image(payload: &[u8]) -> String {
    const PREFIX_BYTES: usize = 1_024;
    let prefix = String::from_utf8_lossy(&payload[..payload.len().min(PREFIX_BYTES)]).trim_start().to_lowercase();
    if payload.is_empty() {
        "it is empty".to_owned()
    } else if prefix.starts_with("<svg")
        || (prefix.starts_with("<?xml") || prefix.starts_with("<!")) && prefix.contains("<svg")
    {
        "it is an SVG: only PNG, JPEG, GIF, WebP and BMP are drawn".to_owned()
    } else if prefix.starts_with("<!doctype html") || prefix.starts_with("<html") {
        "it is a web page, not a picture".to_owned()
    } else {
        "it is no PNG, JPEG, GIF, WebP or BMP".to_owned()
    }
}
