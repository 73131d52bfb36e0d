//! Decoded images, animated or not, and the state of fetching them from a URL.

use std::{sync::Arc, time::Duration};

use super::time::Time;

/// A frame of an animated image.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFrame {
    /// Red, green and blue of each pixel, row by row.
    pub(crate) pixels: Arc<[u8]>,
    /// How long it is shown.
    pub(crate) duration: Duration,
}

/// An image, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedImage {
    /// Width in pixels.
    pub(crate) width: u32,
    /// Height in pixels.
    pub(crate) height: u32,
    /// The frames; one, unless the image is animated.
    pub(crate) frames: Arc<[ImageFrame]>,
    /// A problem that does not prevent showing the image, as a sentence without a final period.
    pub(crate) warning: Option<String>,
}

impl DecodedImage {
    /// Creates an image that is not animated.
    #[must_use]
    pub(crate) fn still(width: u32, height: u32, pixels: Arc<[u8]>) -> Self {
        let frames = [ImageFrame { pixels, duration: Duration::MAX }].into();
        Self { width, height, frames, warning: None }
    }

    /// Returns the pixels to show at a time. The frame depends only on the time, so that the same image on
    /// two tiles is in step.
    #[must_use]
    pub(crate) fn pixels_at(&self, now: Time) -> Option<&Arc<[u8]>> {
        self.frames.get(self.frame_at(now).0).map(|frame| &frame.pixels)
    }

    /// Returns the time of the next frame, or `None` if the image is not animated.
    #[must_use]
    pub(crate) fn next_change_at(&self, now: Time) -> Option<Time> {
        self.frame_at(now).1.map(|remaining| now.saturating_add(remaining))
    }

    /// Returns the index of the frame at a time and how much longer it is shown.
    fn frame_at(&self, now: Time) -> (usize, Option<Duration>) {
        if self.frames.len() < 2 {
            return (0, None);
        }
        let total: u128 = self.frames.iter().map(|frame| frame.duration.as_millis()).sum();
        let mut offset = u128::from(now.as_millis()) % total.max(1);
        for (index, frame) in self.frames.iter().enumerate() {
            let duration = frame.duration.as_millis();
            if offset < duration {
                let remaining = u64::try_from(duration - offset).unwrap_or(u64::MAX);
                return (index, Some(Duration::from_millis(remaining)));
            }
            offset -= duration;
        }
        (0, None)
    }
}

/// The HTTP headers that identify the version of an image, to ask the server later whether it has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheValidator {
    /// The `ETag` header, as sent by the server.
    pub(crate) etag: Option<String>,
    /// The `Last-Modified` header, as sent by the server.
    pub(crate) last_modified: Option<String>,
}

/// How the image at a URL is fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FetchOptions {
    /// What identifies the version of the image that is shown: a server that has no newer one sends nothing.
    pub(crate) validator: Option<CacheValidator>,
    /// The hosts to which a redirect may lead, besides that of the URL.
    pub(crate) hosts: Arc<[String]>,
}

/// The last fetch of a tile's image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FetchState {
    /// The URL.
    pub url: Arc<str>,
    /// When it was requested.
    pub requested_at: Time,
    /// Whether the response is still outstanding.
    pub in_flight: bool,
    /// The validator of the image that is shown, if it comes from this URL.
    pub validator: Option<CacheValidator>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn animated(durations: &[u64]) -> DecodedImage {
        let frame = |(index, duration): (usize, &u64)| ImageFrame {
            pixels: vec![u8::try_from(index).unwrap(); 3].into(),
            duration: Duration::from_millis(*duration),
        };
        DecodedImage { width: 1, height: 1, frames: durations.iter().enumerate().map(frame).collect(), warning: None }
    }

    #[test]
    fn animation_shows_each_frame_for_its_duration_and_loops() {
        let image = animated(&[100, 50]);
        for (millis, expected, next_change) in [(0, 0, 100), (99, 0, 100), (100, 1, 150), (149, 1, 150), (150, 0, 250)]
        {
            let now = Time::from_millis(millis);
            assert_eq!(image.pixels_at(now).unwrap()[0], expected, "{millis}");
            assert_eq!(image.next_change_at(now), Some(Time::from_millis(next_change)), "{millis}");
        }
    }

    #[test]
    fn still_image_never_changes() {
        let image = DecodedImage::still(1, 1, vec![0; 3].into());
        assert!(image.pixels_at(Time::from_millis(7)).is_some());
        assert_eq!(image.next_change_at(Time::from_millis(7)), None);
    }
}
