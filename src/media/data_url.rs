//! Extracts images from base64 and data URLs, and says what payloads are that are not images.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::decode::MAX_IMAGE_BYTES;
use crate::model::error::ImageError;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The minimum length of an image in base64: shorter text is not treated as base64.
const MIN_BASE64_LENGTH: usize = 16;

/// Decodes a payload that is base64 or a data URL; returns `None` if it is neither.
///
/// # Errors
/// When the text is too large or the data URL is invalid.
pub(crate) fn unwrap(payload: &[u8]) -> Result<Option<Vec<u8>>, ImageError> {
    let Ok(text) = std::str::from_utf8(payload) else {
        return Ok(None);
    };
    let text = text.trim().trim_matches('"');
    let is_data = text.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("data:"));
    let data = if is_data {
        let Some((header, data)) = text.split_once(',') else {
            return Err(ImageError::DataUrlWithoutData);
        };
        if !header.to_ascii_lowercase().ends_with(";base64") {
            return Err(ImageError::DataUrlNotBase64);
        }
        data
    } else {
        text
    };
    if data.len() / 4 * 3 > MAX_IMAGE_BYTES {
        return Err(ImageError::Base64TooLarge(data.len(), MAX_IMAGE_BYTES / 3 * 4));
    }
    let normalized = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    });
    match BASE64.decode(normalized.collect::<Vec<u8>>()) {
        Ok(decoded) if is_data || decoded.len() >= MIN_BASE64_LENGTH / 4 * 3 => Ok(Some(decoded)),
        Err(_) if is_data => Err(ImageError::InvalidBase64),
        _ => Ok(None),
    }
}

/// Returns why a payload is not a supported image.
pub(crate) fn non_image_error(payload: &[u8]) -> ImageError {
    const PREFIX_BYTES: usize = 1_024;
    let prefix = String::from_utf8_lossy(&payload[..payload.len().min(PREFIX_BYTES)]).trim_start().to_lowercase();
    if payload.is_empty() {
        ImageError::Empty
    } else if prefix.starts_with("<svg")
        || (prefix.starts_with("<?xml") || prefix.starts_with("<!")) && prefix.contains("<svg")
    {
        ImageError::Svg
    } else if prefix.starts_with("<!doctype html") || prefix.starts_with("<html") {
        ImageError::WebPage
    } else {
        ImageError::UnknownFormat
    }
}
