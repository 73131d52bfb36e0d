//! A picture that can be drawn, moving or not, and the last glance at the URL that it comes from.

use std::{sync::Arc, time::Duration};

use super::time::Time;

/// One picture of a moving one.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Red, green, blue of each pixel, row by row.
    pub pixels: Arc<[u8]>,
    /// How long it stands.
    pub lasts: Duration,
}

/// A picture, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its frames: one, unless it moves.
    pub frames: Arc<[Frame]>,
    /// What is not quite right with it, as a sentence without its full stop.
    pub note: Option<String>,
}

impl Picture {
    /// A picture that does not move.
    #[must_use]
    pub fn still(width: u32, height: u32, pixels: Arc<[u8]>) -> Self {
        let frames = [Frame { pixels, lasts: Duration::MAX }].into();
        Self { width, height, frames, note: None }
    }

    /// The pixels that are seen at a moment. All clocks of a house go alike: the same picture on two
    /// tiles moves in step.
    #[must_use]
    pub fn pixels(&self, now: Time) -> Option<&Arc<[u8]>> {
        self.frames.get(self.turn(now).0).map(|frame| &frame.pixels)
    }

    /// When it looks different; `None`: never.
    #[must_use]
    pub fn changes_at(&self, now: Time) -> Option<Time> {
        self.turn(now).1.map(|left| now.after(left))
    }

    /// The frame of a moment and how long it goes on standing.
    fn turn(&self, now: Time) -> (usize, Option<Duration>) {
        if self.frames.len() < 2 {
            return (0, None);
        }
        let whole: u128 = self.frames.iter().map(|frame| frame.lasts.as_millis()).sum();
        let mut into = u128::from(now.millis()) % whole.max(1);
        for (index, frame) in self.frames.iter().enumerate() {
            let lasts = frame.lasts.as_millis();
            if into < lasts {
                let left = u64::try_from(lasts - into).unwrap_or(u64::MAX);
                return (index, Some(Duration::from_millis(left)));
            }
            into -= lasts;
        }
        (0, None)
    }
}

/// What a server says of a picture, to ask later whether it has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Its tag, as the server wrote it.
    pub tag: Option<String>,
    /// When it was changed last, as the server wrote it.
    pub modified: Option<String>,
}

/// The last glance at the URL of a tile's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// The URL.
    pub url: Arc<str>,
    /// When it was asked for.
    pub at: Time,
    /// Whether the answer is still to come.
    pub busy: bool,
    /// The mark of the picture that is shown, if it came from there.
    pub mark: Option<Mark>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moving(lasts: &[u64]) -> Picture {
        let frame = |(index, lasts): (usize, &u64)| Frame {
            pixels: vec![u8::try_from(index).unwrap(); 3].into(),
            lasts: Duration::from_millis(*lasts),
        };
        Picture { width: 1, height: 1, frames: lasts.iter().enumerate().map(frame).collect(), note: None }
    }

    #[test]
    fn frames_stand_as_long_as_they_say_and_come_round() {
        let picture = moving(&[100, 50]);
        for (millis, wanted, changes) in [(0, 0, 100), (99, 0, 100), (100, 1, 150), (149, 1, 150), (150, 0, 250)] {
            let now = Time::from_millis(millis);
            assert_eq!(picture.pixels(now).unwrap()[0], wanted, "{millis}");
            assert_eq!(picture.changes_at(now), Some(Time::from_millis(changes)), "{millis}");
        }
    }

    #[test]
    fn a_picture_that_does_not_move_never_changes() {
        let picture = Picture::still(1, 1, vec![0; 3].into());
        assert!(picture.pixels(Time::from_millis(7)).is_some());
        assert_eq!(picture.changes_at(Time::from_millis(7)), None);
    }
}
