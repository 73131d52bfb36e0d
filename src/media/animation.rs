//! Decodes animated GIF and WebP images, with limits on frames, work and memory.

use std::{io::Cursor, time::Duration};

use image::{
    AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat,
    codecs::{gif::GifDecoder, webp::WebPDecoder},
};

use super::decode::{contrasting_background, decoder_error, decoder_limits, flatten_alpha};
use crate::model::{
    error::ImageError,
    media::{DecodedImage, ImageFrame},
};

/// The maximum number of frames that are kept.
pub(crate) const MAX_FRAMES: usize = 64;
/// The maximum number of pixels that are decoded for one animation, summed over its frames.
const MAX_TOTAL_PIXELS: u64 = 64_000_000;
/// The maximum width and height of a frame, in pixels: larger ones are scaled down, so that 64 frames need
/// at most 12 MiB.
const MAX_FRAME_SIDE: u32 = 256;
/// The minimum duration of a frame.
const MIN_FRAME_DURATION: Duration = Duration::from_millis(50);
/// The duration of a frame with a delay of at most 10 ms, as in browsers.
const DEFAULT_FRAME_DURATION: Duration = Duration::from_millis(100);
/// The maximum duration of a frame.
const MAX_FRAME_DURATION: Duration = Duration::from_mins(1);

/// Decodes an animation. Returns `None` if the image is not animated, or too large for two frames.
///
/// # Errors
/// When the image cannot be decoded.
pub(crate) fn decode_animation(
    format: ImageFormat,
    bytes: &[u8],
    size: (u32, u32),
) -> Result<Option<DecodedImage>, ImageError> {
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

fn open_frames(format: ImageFormat, bytes: &[u8]) -> Result<Option<Frames<'_>>, ImageError> {
    match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(|error| decoder_error(&error))?;
            decoder.set_limits(decoder_limits()).map_err(|error| decoder_error(&error))?;
            Ok(Some(decoder.into_frames()))
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| decoder_error(&error))?;
            decoder.set_limits(decoder_limits()).map_err(|error| decoder_error(&error))?;
            Ok(decoder.has_animation().then(|| decoder.into_frames()))
        }
        _ => Ok(None),
    }
}

fn collect_frames(frames: Frames<'_>, max_frames: usize) -> Result<Option<DecodedImage>, ImageError> {
    let mut collected: Vec<ImageFrame> = Vec::new();
    let mut size = (0, 0);
    let mut background = 0;
    let mut warning = None;
    for frame in frames {
        if collected.len() == max_frames {
            warning = Some(format!("only its first {max_frames} frames are shown"));
            break;
        }
        let frame = match frame {
            Ok(frame) => frame,
            Err(error) if collected.is_empty() => return Err(decoder_error(&error)),
            Err(_) => {
                warning = Some("the image is truncated".to_owned());
                break;
            }
        };
        let duration = Duration::from(frame.delay());
        let duration = if duration <= Duration::from_millis(10) {
            DEFAULT_FRAME_DURATION
        } else {
            duration.clamp(MIN_FRAME_DURATION, MAX_FRAME_DURATION)
        };
        let mut image = DynamicImage::ImageRgba8(frame.into_buffer());
        if image.width().max(image.height()) > MAX_FRAME_SIDE {
            image = image.thumbnail(MAX_FRAME_SIDE, MAX_FRAME_SIDE);
        }
        if collected.is_empty() {
            size = (image.width(), image.height());
            background = contrasting_background(&image);
        }
        collected.push(ImageFrame { pixels: flatten_alpha(image, background).into(), duration });
    }
    if collected.len() < 2 && warning.is_none() {
        return Ok(None);
    }
    Ok(Some(DecodedImage { width: size.0, height: size.1, frames: collected.into(), warning }))
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
            let image = RgbaImage::from_pixel(side, side, image::Rgba([shade, 100, 200, 255]));
            let delay = Delay::from_saturating_duration(Duration::from_millis(duration));
            encoder.encode_frame(image::Frame::from_parts(image, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn frame_durations_are_clamped_to_50_ms() {
        for (delay, expected) in [(200, 200), (50, 50), (20, 50), (0, 100)] {
            let image = decode(&gif(3, 4, delay)).unwrap();
            let durations: Vec<u128> = image.frames.iter().map(|frame| frame.duration.as_millis()).collect();
            assert_eq!(durations, [expected; 3], "{delay}");
        }
    }

    #[test]
    fn animation_is_cut_to_first_frames_with_a_warning() {
        let image = decode(&gif(10_000, 8, 50)).unwrap();
        assert_eq!(image.frames.len(), MAX_FRAMES);
        assert_eq!(image.warning.as_deref(), Some("only its first 64 frames are shown"));
    }

    #[test]
    fn animation_memory_is_bounded() {
        let image = decode(&gif(70, 600, 50)).unwrap();
        let total_bytes: usize = image.frames.iter().map(|frame| frame.pixels.len()).sum();
        assert!(total_bytes <= 16 << 20, "{total_bytes}");
    }

    #[test]
    fn gif_with_one_frame_is_a_still_image() {
        let image = decode(&gif(1, 400, 50)).unwrap();
        assert_eq!((image.frames.len(), image.width), (1, 400));
    }

    #[test]
    fn truncated_animation_keeps_its_complete_frames() {
        let complete = gif(20, 64, 50);
        let image = decode(&complete[..complete.len() / 2]).unwrap();
        assert!((2..20).contains(&image.frames.len()));
        assert_eq!(image.warning.as_deref(), Some("the image is truncated"));
    }
}
