//! Pictures that move: GIF and WebP, bounded in frames, work and memory.

use std::{io::Cursor, time::Duration};

use image::{
    AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageFormat,
    codecs::{gif::GifDecoder, webp::WebPDecoder},
};

use super::decode::{flat, limits, paper, sentence};
use crate::model::media::{DecodedImage, ImageFrame};

/// The most frames that are kept.
pub const MOST_FRAMES: usize = 64;
/// The most pixels that are unpacked for one moving picture, over all its frames.
const MOST_WORK: u64 = 64_000_000;
/// Frames are kept no larger than this a side: 64 of them are 12 MiB.
const KEPT_SIDE: u32 = 256;
/// No frame stands shorter than this.
const SHORTEST: Duration = Duration::from_millis(50);
/// How long a frame stands that says 0 or nearly so, as browsers have it.
const UNSAID: Duration = Duration::from_millis(100);
/// No frame stands longer than this.
const LONGEST: Duration = Duration::from_mins(1);

/// Reads a moving picture; `None` when it does not move.
///
/// # Errors
/// Says why it cannot be shown.
pub fn read(format: ImageFormat, bytes: &[u8], size: (u32, u32)) -> Result<Option<DecodedImage>, String> {
    let work = u64::from(size.0) * u64::from(size.1);
    let most = usize::try_from(MOST_WORK / work.max(1)).unwrap_or(usize::MAX).min(MOST_FRAMES);
    let Some(frames) = frames(format, bytes)? else {
        return Ok(None);
    };
    if most < 2 {
        return Ok(None);
    }
    collect(frames, most)
}

fn frames(format: ImageFormat, bytes: &[u8]) -> Result<Option<Frames<'_>>, String> {
    match format {
        ImageFormat::Gif => {
            let mut decoder = GifDecoder::new(Cursor::new(bytes)).map_err(sentence)?;
            decoder.set_limits(limits()).map_err(sentence)?;
            Ok(Some(decoder.into_frames()))
        }
        ImageFormat::WebP => {
            let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(sentence)?;
            decoder.set_limits(limits()).map_err(sentence)?;
            Ok(decoder.has_animation().then(|| decoder.into_frames()))
        }
        _ => Ok(None),
    }
}

fn collect(frames: Frames<'_>, most: usize) -> Result<Option<DecodedImage>, String> {
    let mut kept: Vec<ImageFrame> = Vec::new();
    let mut size = (0, 0);
    let mut ground = 0;
    let mut note = None;
    for frame in frames {
        if kept.len() == most {
            note = Some(format!("only its first {most} frames are shown"));
            break;
        }
        let frame = match frame {
            Ok(frame) => frame,
            Err(fault) if kept.is_empty() => return Err(sentence(fault)),
            Err(_) => {
                note = Some("the picture is cut short".to_owned());
                break;
            }
        };
        let lasts = Duration::from(frame.delay());
        let lasts = if lasts <= Duration::from_millis(10) { UNSAID } else { lasts.clamp(SHORTEST, LONGEST) };
        let mut picture = DynamicImage::ImageRgba8(frame.into_buffer());
        if picture.width().max(picture.height()) > KEPT_SIDE {
            picture = picture.thumbnail(KEPT_SIDE, KEPT_SIDE);
        }
        if kept.is_empty() {
            size = (picture.width(), picture.height());
            ground = paper(&picture);
        }
        kept.push(ImageFrame { pixels: flat(picture, ground).into(), duration: lasts });
    }
    if kept.len() < 2 && note.is_none() {
        return Ok(None);
    }
    Ok(Some(DecodedImage { width: size.0, height: size.1, frames: kept.into(), warning: note }))
}

#[cfg(test)]
mod tests {
    use image::{Delay, RgbaImage, codecs::gif::GifEncoder};

    use super::*;
    use crate::media::decode;

    fn gif(frames: usize, side: u32, lasts: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new_with_speed(&mut bytes, 30);
        for index in 0..frames {
            let shade = u8::try_from(index % 256).unwrap();
            let picture = RgbaImage::from_pixel(side, side, image::Rgba([shade, 100, 200, 255]));
            let delay = Delay::from_saturating_duration(Duration::from_millis(lasts));
            encoder.encode_frame(image::Frame::from_parts(picture, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn frame_times_are_honoured_down_to_a_twentieth_of_a_second() {
        for (said, wanted) in [(200, 200), (50, 50), (20, 50), (0, 100)] {
            let picture = decode(&gif(3, 4, said)).unwrap();
            let lasts: Vec<u128> = picture.frames.iter().map(|frame| frame.duration.as_millis()).collect();
            assert_eq!(lasts, [wanted; 3], "{said}");
        }
    }

    #[test]
    fn ten_thousand_frames_are_cut_to_the_first_and_say_so() {
        let picture = decode(&gif(10_000, 8, 50)).unwrap();
        assert_eq!(picture.frames.len(), MOST_FRAMES);
        assert_eq!(picture.warning.as_deref(), Some("only its first 64 frames are shown"));
    }

    #[test]
    fn memory_is_bounded() {
        let picture = decode(&gif(70, 600, 50)).unwrap();
        let kept: usize = picture.frames.iter().map(|frame| frame.pixels.len()).sum();
        assert!(kept <= 16 << 20, "{kept}");
    }

    #[test]
    fn a_gif_of_one_frame_does_not_move() {
        let picture = decode(&gif(1, 400, 50)).unwrap();
        assert_eq!((picture.frames.len(), picture.width), (1, 400));
    }

    #[test]
    fn one_that_is_cut_short_moves_as_far_as_it_goes() {
        let whole = gif(20, 64, 50);
        let picture = decode(&whole[..whole.len() / 2]).unwrap();
        assert!((2..20).contains(&picture.frames.len()));
        assert_eq!(picture.warning.as_deref(), Some("the picture is cut short"));
    }
}
