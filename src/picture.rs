//! From the bytes of a payload to a picture that can be drawn: bounded in size, pixels and memory,
//! and off the loop.

use std::{
    collections::{HashMap, HashSet},
    io::Cursor,
    sync::Arc,
};

use image::{ImageReader, Limits};
use tokio::sync::mpsc::Sender;

use crate::{
    app::{Event, TileAt},
    model::{fault::bytes, state::Picture},
};

/// The most pixels a side that are read.
const MOST_SIDE: u32 = 8_192;
/// The most memory that reading may take, in bytes.
const MOST_MEMORY: u64 = 256 << 20;
/// The largest payload that is read as a picture, in bytes.
const MOST_BYTES: usize = 16 << 20;
/// Pictures are kept no larger than this a side: more than any terminal has cells.
const KEPT_SIDE: u32 = 512;

/// Reads a picture (PNG, JPEG, GIF, WebP, BMP; of a moving one the first frame).
///
/// # Errors
/// Says why it cannot be shown.
pub fn decode(payload: &[u8]) -> Result<Picture, String> {
    if payload.len() > MOST_BYTES {
        return Err(format!("{} are too many (at most {})", bytes(payload.len()), bytes(MOST_BYTES)));
    }
    let mut reader = ImageReader::new(Cursor::new(payload)).with_guessed_format().map_err(|fault| fault.to_string())?;
    if reader.format().is_none() {
        return Err("the payload is no PNG, JPEG, GIF, WebP or BMP".to_owned());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let whole = reader.decode().map_err(|fault| match fault {
        image::ImageError::Limits(_) => format!("it is larger than {MOST_SIDE} pixels a side"),
        other => format!("it cannot be read: {other}"),
    })?;
    let kept =
        if whole.width().max(whole.height()) > KEPT_SIDE { whole.thumbnail(KEPT_SIDE, KEPT_SIDE) } else { whole };
    let rgb = kept.to_rgb8();
    Ok(Picture { width: rgb.width(), height: rgb.height(), pixels: rgb.into_raw().into() })
}

/// Decodes pictures in the background: one at a time for each tile, and of those that come meanwhile
/// only the last.
#[derive(Debug)]
pub struct Decoder {
    done: Sender<Event>,
    busy: HashSet<TileAt>,
    next: HashMap<TileAt, Arc<[u8]>>,
}

impl Decoder {
    /// A decoder that reports as [`Event::Picture`].
    #[must_use]
    pub fn new(done: Sender<Event>) -> Self {
        Self { done, busy: HashSet::new(), next: HashMap::new() }
    }

    /// Decodes a payload for a tile, soon.
    pub fn ask(&mut self, at: TileAt, payload: Arc<[u8]>) {
        if !self.busy.insert(at) {
            self.next.insert(at, payload);
            return;
        }
        let done = self.done.clone();
        tokio::task::spawn_blocking(move || {
            // A receiver that is gone wants no picture.
            let _ = done.blocking_send(Event::Picture(at, decode(&payload)));
        });
    }

    /// Notes that the picture of a tile was reported.
    pub fn reported(&mut self, at: TileAt) {
        self.busy.remove(&at);
        if let Some(payload) = self.next.remove(&at) {
            self.ask(at, payload);
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::ImageRgb8(RgbImage::new(width, height)).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_keeps_its_shape_and_loses_what_no_terminal_shows() {
        let picture = decode(&png(2_048, 1_024)).unwrap();
        assert_eq!((picture.width, picture.height), (512, 256));
        assert_eq!(picture.pixels.len(), 512 * 256 * 3);
    }

    #[test]
    fn what_is_no_picture_says_why() {
        let huge = {
            let mut bytes = png(1, 1);
            bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
            bytes
        };
        for (payload, wanted) in [
            (b"<html>".to_vec(), "the payload is no PNG"),
            (Vec::new(), "the payload is no PNG"),
            (png(64, 64)[..60].to_vec(), "it cannot be read"),
            (huge, "it"),
        ] {
            let said = decode(&payload).unwrap_err();
            assert!(said.starts_with(wanted), "{said}");
        }
    }
}
