//! Pictures that move: GIF and WebP, bounded in frames, work and memory.

use std::{io::Cursor, time::Duration};

use image::{
    AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat,
    codecs::{gif::GifDecoder, webp::WebPDecoder},
};

use super::decode::{contrasting_background, decoder_limits, error_message, flatten_alpha};
use crate::model::media::{DecodedImage, ImageFrame};

/// The most frames that are kept.
pub const MAX_FRAMES: usize = 64;
/// The most pixels that are unpacked for one moving picture, over all its frames.
const MAX_TOTAL_PIXELS: u64 = 64_000_000;
/// Frames are kept no larger than this a side: 64 of them are 12 MiB.
const MAX_FRAME_SIDE: u32 = 256;
/// No frame stands shorter than this.
const MIN_FRAME_DURATION: Duration = Duration::from_millis(50);
/// How long a frame stands that says 0 or nearly so, as browsers have it.
const DEFAULT_FRAME_DURATION: Duration = Duration::from_millis(100);
/// No frame stands longer than this.
const MAX_FRAME_DURATION: Duration = Duration::from_mins(1);

/// Reads a moving picture; `None` when it does not move.
///
/// # Errors
/// Says why it cannot be shown.
pub fn decode_animation(format: ImageFormat, bytes: &[u8], size: (u32, u32)) -> Result<Option<DecodedImage>, String> {
    let pixels_per_frame = u64::from(size.0) * u64::from(size.1);
    let max_frames = usize::try_from(MAX_TOTAL_PIXELS / pixels_per_frame.max(1)).unwrap_or(usize::MAX).min(MAX_FRAMES);
    let Some(frames) = open_frames(format, bytes)? else {
        return Ok(None);
    };
    if max_frames < 2 {
        return Ok(None);
    }
    collect_frames(frames, max_frames)
}

fn open_frames(format: ImageFormat, bytes: &[u8]) -> Result<Option<Frames<'_>>, String> {
    match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(error_message)?;
            decoder.set_limits(decoder_limits()).map_err(error_message)?;
            Ok(Some(decoder.into_frames()))
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(error_message)?;
            decoder.set_limits(decoder_limits()).map_err(error_message)?;
            Ok(decoder.has_animation().then(|| decoder.into_frames()))
        }
        _ => Ok(None),
    }
}

fn collect_frames(frames: Frames<'_>, max_frames: usize) -> Result<Option<DecodedImage>, String> {
    let mut collected: Vec<ImageFrame> = Vec::new();
    let mut size = (0, 0);
    let mut background = 0;
    let mut note = None;
    for frame in frames {
        if collected.len() == max_frames {
            note = Some(format!("only its first {max_frames} frames are shown"));
            break;
        }
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) if collected.is_empty() => return Err(error_message(error)),
            Err(_) => {
                note = Some("the picture is cut short".to_owned());
                break;
            }
        };
        let duration = Duration::from(frame.delay());
        let duration = if duration <= Duration::from_millis(10) {
            DEFAULT_FRAME_DURATION
        } else {
            duration.clamp(MIN_FRAME_DURATION, MAX_FRAME_DURATION)
        };
        let mut picture = DynamicImage::ImageRgba8(frame.into_buffer());
        if picture.width().max(picture.height()) > MAX_FRAME_SIDE {
            picture = picture.thumbnail(MAX_FRAME_SIDE, MAX_FRAME_SIDE);
        }
        if collected.is_empty() {
            size = (picture.width(), picture.height());
            background = contrasting_background(&picture);
        }
        collected.push(ImageFrame { pixels: flatten_alpha(picture, background).into(), duration });
    }
    if collected.len() < 2 && note.is_none() {
        return Ok(None);
    }
    Ok(Some(DecodedImage { width: size.0, height: size.1, frames: collected.into(), warning: note }))
}

#[cfg(test)]
mod tests {
    use image::{Delay, RgbaImage, codecs::gif::GifEncoder};

    use super::*;
    use crate::media::decode;

    fn gif(frames: usize, side: u32, duration: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
        for index in 0..frames {
            let shade = u8::try_from(index % 256).unwrap();
            let picture = RgbaImage::from_pixel(side, side, image::Rgba([shade, 100, 200, 255]));
            let delay = Delay::from_saturating_duration(Duration::from_millis(duration));
            encoder.encode_frame(image::Frame::from_parts(picture, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn frame_durations_are_clamped_to_50_ms() {
        for (delay, expected) in [(200, 200), (50, 50), (20, 50), (0, 100)] {
            let picture = decode(&gif(3, 4, delay)).unwrap();
            let durations: Vec<u128> = picture.frames.iter().map(|frame| frame.duration.as_millis()).collect();
            assert_eq!(durations, [expected; 3], "{delay}");
        }
    }

    #[test]
    fn animation_is_cut_to_first_frames_with_a_note() {
        let picture = decode(&gif(10_000, 8, 50)).unwrap();
        assert_eq!(picture.frames.len(), MAX_FRAMES);
        assert_eq!(picture.warning.as_deref(), Some("only its first 64 frames are shown"));
    }

    #[test]
    fn animation_memory_is_bounded() {
        let picture = decode(&gif(70, 600, 50)).unwrap();
        let total_bytes: usize = picture.frames.iter().map(|frame| frame.pixels.len()).sum();
        assert!(total_bytes <= 16 << 20, "{total_bytes}");
    }

    #[test]
    fn gif_with_one_frame_is_a_still_image() {
        let picture = decode(&gif(1, 400, 50)).unwrap();
        assert_eq!((picture.frames.len(), picture.width), (1, 400));
    }

    #[test]
    fn truncated_animation_keeps_its_complete_frames() {
        let complete = gif(20, 64, 50);
        let picture = decode(&complete[..complete.len() / 2]).unwrap();
        assert!((2..20).contains(&picture.frames.len()));
        assert_eq!(picture.warning.as_deref(), Some("the picture is cut short"));
    }
}
