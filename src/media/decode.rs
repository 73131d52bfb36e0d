//! From bytes to a picture that can be drawn: bounded in size, pixels and memory.

use std::io::Cursor;

use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, metadata::Orientation};

use super::{moving, text};
use crate::model::{error::format_bytes, media::DecodedImage};

/// The most pixels that are read: more than a camera of a phone takes.
const MOST_PIXELS: u64 = 32_000_000;
/// The most memory that reading may take, in bytes.
const MOST_MEMORY: usize = 192 << 20;
/// The most bytes that are read as a picture.
pub const MOST_BYTES: usize = 16 << 20;
/// Pictures are kept no larger than this a side: more than any terminal has cells.
const KEPT_SIDE: u32 = 512;

/// Reads a picture (PNG, JPEG, GIF, WebP, BMP), also one in base64 or in a data URL.
///
/// # Errors
/// Says why it cannot be shown.
pub fn decode(bytes: &[u8]) -> Result<DecodedImage, String> {
    match image::guess_format(bytes) {
        Ok(format) => decode_as(format, bytes),
        Err(_) => match text::unwrap(bytes)? {
            Some(inner) => match image::guess_format(&inner) {
                Ok(format) => decode_as(format, &inner),
                Err(_) => Err(text::what_else(&inner)),
            },
            None => Err(text::what_else(bytes)),
        },
    }
}

fn decode_as(format: ImageFormat, bytes_of: &[u8]) -> Result<DecodedImage, String> {
    if bytes_of.len() > MOST_BYTES {
        return Err(format!("{} are too many (at most {})", format_bytes(bytes_of.len()), format_bytes(MOST_BYTES)));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes_of), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(sentence)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS || decoder.total_bytes() > MOST_MEMORY as u64 {
        return Err(format!("{width}×{height} pixels are too many (at most {} million)", MOST_PIXELS / 1_000_000));
    }
    if let Some(moving) = moving::read(format, bytes_of, (width, height))? {
        return Ok(moving);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut whole = DynamicImage::from_decoder(decoder).map_err(sentence)?;
    if whole.width().max(whole.height()) > KEPT_SIDE {
        whole = whole.thumbnail(KEPT_SIDE, KEPT_SIDE);
    }
    whole.apply_orientation(orientation);
    let (width, height) = whole.dimensions();
    let paper = paper(&whole);
    let mut picture = DecodedImage::still(width, height, flat(whole, paper).into());
    if format == ImageFormat::Jpeg && is_cut(bytes_of) {
        picture.warning = Some("the picture is cut short".to_owned());
    }
    Ok(picture)
}

/// What reading may take.
pub(super) fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY as u64);
    limits
}

/// A fault of the library as a sentence.
pub(super) fn sentence(fault: image::ImageError) -> String {
    match fault {
        image::ImageError::Limits(_) => format!("it takes more than {} of memory", format_bytes(MOST_MEMORY)),
        other => format!("it cannot be read: {other}"),
    }
}

/// The paper on which a picture with clear parts is seen best: white under a dark one, else black.
pub(super) fn paper(picture: &DynamicImage) -> u8 {
    if !picture.color().has_alpha() {
        return 0;
    }
    let (mut weight, mut light) = (0_u64, 0_u64);
    for (_, _, pixel) in picture.pixels() {
        let [red, green, blue, alpha] = pixel.0.map(u64::from);
        weight += alpha;
        light += alpha * (2 * red + 5 * green + blue) / 8;
    }
    if weight > 0 && light / weight < 64 { 255 } else { 0 }
}

/// Red, green and blue of a picture that lies on paper of this brightness.
pub(super) fn flat(picture: DynamicImage, paper: u8) -> Vec<u8> {
    if !picture.color().has_alpha() {
        return picture.into_rgb8().into_raw();
    }
    let mix = |part: u8, alpha: u8| {
        let mixed = u32::from(part) * u32::from(alpha) + u32::from(paper) * (255 - u32::from(alpha));
        u8::try_from(mixed / 255).unwrap_or(u8::MAX)
    };
    let pixels = picture.into_rgba8();
    pixels.pixels().flat_map(|pixel| [0, 1, 2].map(|part| mix(pixel.0[part], pixel.0[3]))).collect()
}

/// Whether a JPEG ends before its end is marked.
fn is_cut(jpeg: &[u8]) -> bool {
    let last = |marker: u8| jpeg.windows(2).rposition(|pair| pair == [0xff, marker]);
    last(0xd9) <= last(0xda)
}

#[cfg(test)]
mod tests {
    use image::{RgbImage, Rgba, RgbaImage};

    use super::*;
    use crate::model::time::Time;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let bright = RgbImage::from_fn(width, height, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 200]));
        written(&DynamicImage::ImageRgb8(bright), format)
    }

    fn huge_png() -> Vec<u8> {
        let mut bytes = file(1, 1, ImageFormat::Png);
        bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        // The sum over the header, so that only its size is wrong.
        let sum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
        })
    }

    #[test]
    fn every_format_is_read_and_keeps_its_shape() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP, ImageFormat::Bmp] {
            let picture = decode(&file(1_024, 512, format)).unwrap();
            assert_eq!((picture.width, picture.height, picture.warning), (512, 256, None), "{format:?}");
            assert_eq!(picture.frames[0].pixels.len(), 512 * 256 * 3, "{format:?}");
        }
    }

    #[test]
    fn what_is_no_picture_says_why() {
        for (payload, wanted) in [
            (b"<!DOCTYPE html><html>".to_vec(), "it is a web page, not a picture"),
            (b"<?xml version=\"1.0\"?>\n<svg/>".to_vec(), "SVG"),
            (b"{\"a\":1}".to_vec(), "it is no PNG, JPEG, GIF, WebP or BMP"),
            (Vec::new(), "it is empty"),
            (file(64, 64, ImageFormat::Png)[..60].to_vec(), "it cannot be read"),
            (file(64, 64, ImageFormat::Jpeg)[..60].to_vec(), "it cannot be read"),
            (huge_png(), "30000×30000 pixels are too many (at most 32 million)"),
            (b"data:image/svg+xml;base64,PHN2Zy8+".to_vec(), "SVG"),
            (b"data:text/plain,hello".to_vec(), "a data URL without base64"),
        ] {
            let said = decode(&payload).unwrap_err();
            assert!(said.contains(wanted), "{said}");
        }
    }

    #[test]
    fn a_jpeg_that_is_cut_short_is_shown_as_far_as_it_goes_and_says_so() {
        let whole = file(256, 256, ImageFormat::Jpeg);
        match decode(&whole[..whole.len() / 2]) {
            Ok(picture) => assert_eq!(picture.warning.as_deref(), Some("the picture is cut short")),
            Err(said) => assert!(said.starts_with("it cannot be read"), "{said}"),
        }
    }

    #[test]
    fn base64_and_data_urls_are_read_like_bytes() {
        use base64::{
            Engine as _,
            engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
        };
        let bytes = file(8, 4, ImageFormat::Png);
        let text = STANDARD.encode(&bytes);
        let rows: Vec<&str> = text.as_bytes().chunks(60).map(|row| std::str::from_utf8(row).unwrap()).collect();
        let broken = rows.join("\r\n");
        for payload in [
            text.clone(),
            broken,
            URL_SAFE_NO_PAD.encode(&bytes),
            format!("data:image/png;base64,{text}"),
            format!("\"data:image/png;charset=x;BASE64,{text}\""),
        ] {
            let picture = decode(payload.as_bytes()).unwrap();
            assert_eq!((picture.width, picture.height), (8, 4), "{payload}");
        }
    }

    #[test]
    fn clear_parts_lie_on_paper_that_lets_the_rest_be_seen() {
        for (ink, paper) in [(0, 255), (255, 0)] {
            let drawn = RgbaImage::from_fn(2, 1, |x, _| Rgba([ink, ink, ink, if x == 0 { 255 } else { 0 }]));
            let picture = decode(&written(&DynamicImage::ImageRgba8(drawn), ImageFormat::Png)).unwrap();
            assert_eq!(**picture.pixels_at(Time::default()).unwrap(), [ink, ink, ink, paper, paper, paper]);
        }
    }
}
