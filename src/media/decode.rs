//! Decodes images, with limits on size, pixels and memory.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, metadata::Orientation};

use super::{animation, data_url};
use crate::model::{error::ImageError, media::DecodedImage};

/// The maximum number of pixels of an image: more than the camera of a phone has.
const MAX_PIXELS: u64 = 32_000_000;
/// The maximum memory for decoding, in bytes.
const MAX_MEMORY: usize = 192 << 20;
/// The maximum size of an encoded image, in bytes.
pub(crate) const MAX_IMAGE_BYTES: usize = 16 << 20;
/// The maximum width and height of a decoded image: larger ones are scaled down. No terminal has more cells.
const MAX_SIDE: u32 = 512;

/// Decodes an image (PNG, JPEG, GIF, WebP, BMP), also in base64 or in a data URL.
///
/// # Errors
/// When the payload is not a supported image, exceeds a limit or is damaged.
pub fn decode(bytes: &[u8]) -> Result<DecodedImage, ImageError> {
    match image::guess_format(bytes) {
        Ok(format) => decode_as(format, bytes),
        Err(_) => match data_url::unwrap(bytes)? {
            Some(decoded) => match image::guess_format(&decoded) {
                Ok(format) => decode_as(format, &decoded),
                Err(_) => Err(data_url::non_image_error(&decoded)),
            },
            None => Err(data_url::non_image_error(bytes)),
        },
    }
}

fn decode_as(format: ImageFormat, data: &[u8]) -> Result<DecodedImage, ImageError> {
    if data.len() > MAX_IMAGE_BYTES {
        return Err(ImageError::TooLarge(data.len(), MAX_IMAGE_BYTES));
    }
    let mut reader = ImageReader::with_format(Cursor::new(data), format);
    reader.limits(decoder_limits());
    let mut decoder = reader.into_decoder().map_err(|error| decoder_error(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY as u64 {
        return Err(ImageError::TooManyPixels(width, height, MAX_PIXELS));
    }
    if let Some(animation) = animation::decode_animation(format, data, (width, height))? {
        return Ok(animation);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| decoder_error(&error))?;
    if image.width().max(image.height()) > MAX_SIDE {
        image = image.thumbnail(MAX_SIDE, MAX_SIDE);
    }
    image.apply_orientation(orientation);
    let (width, height) = image.dimensions();
    let background = contrasting_background(&image);
    let mut decoded = DecodedImage::still(width, height, flatten_alpha(image, background).into());
    if format == ImageFormat::Jpeg && is_truncated(data) {
        decoded.warning = Some("the image is truncated".to_owned());
    }
    Ok(decoded)
}

/// Returns the limits for the decoders of the `image` crate.
pub(super) fn decoder_limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY as u64);
    limits
}

/// Converts an error of the `image` crate.
pub(super) fn decoder_error(error: &image::ImageError) -> ImageError {
    match error {
        image::ImageError::Limits(_) => ImageError::TooMuchMemory(MAX_MEMORY),
        other => ImageError::Undecodable(other.to_string()),
    }
}

/// Returns the brightness of the background for transparent pixels: white for a dark image, else black.
pub(super) fn contrasting_background(image: &DynamicImage) -> u8 {
    if !image.color().has_alpha() {
        return 0;
    }
    let (mut total_alpha, mut luminance) = (0_u64, 0_u64);
    for (_, _, pixel) in image.pixels() {
        let [red, green, blue, alpha] = pixel.0.map(u64::from);
        total_alpha += alpha;
        luminance += alpha * (2 * red + 5 * green + blue) / 8;
    }
    if total_alpha > 0 && luminance / total_alpha < 64 { 255 } else { 0 }
}

/// Draws an image on a gray background and returns the red, green and blue of each pixel.
pub(super) fn flatten_alpha(image: DynamicImage, background: u8) -> Vec<u8> {
    if !image.color().has_alpha() {
        return image.into_rgb8().into_raw();
    }
    let mix = |channel: u8, alpha: u8| {
        let mixed = u32::from(channel) * u32::from(alpha) + u32::from(background) * (255 - u32::from(alpha));
        u8::try_from(mixed / 255).unwrap_or(u8::MAX)
    };
    let pixels = image.into_rgba8();
    pixels.pixels().flat_map(|pixel| [0, 1, 2].map(|channel| mix(pixel.0[channel], pixel.0[3]))).collect()
}

/// Returns whether a JPEG has no end marker (EOI) after the start of its last scan (SOS).
fn is_truncated(jpeg: &[u8]) -> bool {
    let last_marker = |marker: u8| jpeg.windows(2).rposition(|pair| pair == [0xff, marker]);
    last_marker(0xd9) <= last_marker(0xda)
}

#[cfg(test)]
mod tests {
    use image::{RgbImage, Rgba, RgbaImage};

    use super::*;
    use crate::model::time::Time;

    fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn encoded_test_image(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels = RgbImage::from_fn(width, height, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 200]));
        encode(&DynamicImage::ImageRgb8(pixels), format)
    }

    fn huge_png() -> Vec<u8> {
        let mut bytes = encoded_test_image(1, 1, ImageFormat::Png);
        bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        // A valid checksum of the header, so that only the size is wrong.
        let sum = crc32(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
        })
    }

    #[test]
    fn decode_reads_every_format_and_keeps_aspect_ratio() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
            let image = decode(&encoded_test_image(1_024, 512, format)).unwrap();
            assert_eq!((image.width, image.height, image.warning), (512, 256, None), "{format:?}");
            assert_eq!(image.frames[0].pixels.len(), 512 * 256 * 3, "{format:?}");
        }
    }

    #[test]
    fn decode_error_says_why_payload_is_not_an_image() {
        for (payload, expected) in [
            (b"<!DOCTYPE html><html>".to_vec(), "it is a web page, not an image"),
            (b"<?xml version=\"1.0\"?>\n<svg/>".to_vec(), "SVG"),
            (b"{\"a\":1}".to_vec(), "it is not PNG, JPEG, GIF, WebP or BMP"),
            (Vec::new(), "it is empty"),
            (encoded_test_image(64, 64, ImageFormat::Png)[..60].to_vec(), "it cannot be decoded"),
            (encoded_test_image(64, 64, ImageFormat::Jpeg)[..60].to_vec(), "it cannot be decoded"),
            (huge_png(), "30000×30000 pixels are too many (at most 32 million)"),
            (b"data:image/svg+xml;base64,PHN2Zy8+".to_vec(), "SVG"),
            (b"data:text/plain,hello".to_vec(), "the data URL is not in base64"),
        ] {
            let error = decode(&payload).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn truncated_jpeg_is_decoded_with_a_warning() {
        let complete = encoded_test_image(256, 256, ImageFormat::Jpeg);
        match decode(&complete[..complete.len() / 2]) {
            Ok(image) => assert_eq!(image.warning.as_deref(), Some("the image is truncated")),
            Err(error) => assert!(error.to_string().starts_with("it cannot be decoded"), "{error}"),
        }
    }

    #[test]
    fn decode_accepts_base64_and_data_urls() {
        use base64::{
            Engine as _,
            engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
        };
        let bytes = encoded_test_image(8, 4, ImageFormat::Png);
        let text = STANDARD.encode(&bytes);
        let lines: Vec<&str> = text.as_bytes().chunks(60).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let wrapped = lines.join("\r\n");
        for payload in [
            text.clone(),
            wrapped,
            URL_SAFE_NO_PAD.encode(&bytes),
            format!("data:image/png;base64,{text}"),
            format!("\"data:image/png;charset=x;BASE64,{text}\""),
        ] {
            let image = decode(payload.as_bytes()).unwrap();
            assert_eq!((image.width, image.height), (8, 4), "{payload}");
        }
    }

    #[test]
    fn transparent_pixels_get_a_contrasting_background() {
        for (ink, background) in [(0, 255), (255, 0)] {
            let drawn = RgbaImage::from_fn(2, 1, |x, _| Rgba([ink, ink, ink, if x == 0 { 255 } else { 0 }]));
            let image = decode(&encode(&DynamicImage::ImageRgba8(drawn), ImageFormat::Png)).unwrap();
            assert_eq!(
                **image.pixels_at(Time::default()).unwrap(),
                [ink, ink, ink, background, background, background]
            );
        }
    }
}
