//! A picture that can be drawn, moving or not, and the last glance at the URL that it comes from.

use std::{sync::Arc, time::Duration};

use super::time::Time;

/// One picture of a moving one.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageFrame {
    /// Red, green, blue of each pixel, row by row.
    pub pixels: Arc<[u8]>,
    /// How long it stands.
    pub duration: Duration,
}

/// A picture, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedImage {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its frames: one, unless it moves.
    pub frames: Arc<[ImageFrame]>,
    /// What is not quite right with it, as a sentence without its full stop.
    pub warning: Option<String>,
}

impl DecodedImage {
    /// A picture that does not move.
    #[must_use]
    pub fn still(width: u32, height: u32, pixels: Arc<[u8]>) -> Self {
        let frames = [ImageFrame { pixels, duration: Duration::MAX }].into();
        Self { width, height, frames, warning: None }
    }

    /// The pixels that are seen at a moment. All clocks of a house go alike: the same picture on two
    /// tiles moves in step.
    #[must_use]
    pub fn pixels_at(&self, now: Time) -> Option<&Arc<[u8]>> {
        self.frames.get(self.frame_at(now).0).map(|frame| &frame.pixels)
    }

    /// When it looks different; `None`: never.
    #[must_use]
    pub fn next_change_at(&self, now: Time) -> Option<Time> {
        self.frame_at(now).1.map(|remaining| now.saturating_add(remaining))
    }

    /// The frame of a moment and how long it goes on standing.
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

/// What a server says of a picture, to ask later whether it has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheValidator {
    /// Its tag, as the server wrote it.
    pub etag: Option<String>,
    /// When it was changed last, as the server wrote it.
    pub last_modified: Option<String>,
}

/// The last glance at the URL of a tile's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchState {
    /// The URL.
    pub url: Arc<str>,
    /// When it was asked for.
    pub requested_at: Time,
    /// Whether the answer is still to come.
    pub in_flight: bool,
    /// The mark of the picture that is shown, if it came from there.
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
        let picture = animated(&[100, 50]);
        for (millis, expected, next_change) in [(0, 0, 100), (99, 0, 100), (100, 1, 150), (149, 1, 150), (150, 0, 250)]
        {
            let now = Time::from_millis(millis);
            assert_eq!(picture.pixels_at(now).unwrap()[0], expected, "{millis}");
            assert_eq!(picture.next_change_at(now), Some(Time::from_millis(next_change)), "{millis}");
        }
    }

    #[test]
    fn still_image_never_changes() {
        let picture = DecodedImage::still(1, 1, vec![0; 3].into());
        assert!(picture.pixels_at(Time::from_millis(7)).is_some());
        assert_eq!(picture.next_change_at(Time::from_millis(7)), None);
    }
}
