//! A press that must be held, for tiles with `confirm = "hold"`.
//!
//! A terminal does not report that a key is held or released: a held key repeats. It counts as held while its
//! repetitions follow each other closely. A mouse button reports its release.

use std::time::Duration;

use super::key_repetition::max_repeat_interval;
use crate::model::{id::TileId, time::Time};

/// How long a key or a mouse button must be held.
const HOLD_TIME: Duration = Duration::from_secs(1);
/// How often the progress is drawn while a mouse button is held.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// A press that is being held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HeldPress {
    tile: TileId,
    since: Time,
    /// The last repetition of the key; `None` for a mouse button.
    repeated_at: Option<Time>,
    /// Whether the key has been repeated.
    has_repeated: bool,
}

impl HeldPress {
    /// Begins to hold a key.
    pub fn of_key(tile: TileId, now: Time) -> Self {
        Self { tile, since: now, repeated_at: Some(now), has_repeated: false }
    }

    /// Begins to hold a mouse button.
    pub fn of_button(tile: TileId, now: Time) -> Self {
        Self { tile, since: now, repeated_at: None, has_repeated: false }
    }

    /// Takes a repetition of the key into account; one that comes too late starts again. Returns whether the key has been
    /// held long enough.
    pub fn repeat(&mut self, tile: TileId, now: Time) -> bool {
        if self.tile != tile || self.repeated_at.is_none() || self.is_over(now) {
            *self = Self::of_key(tile, now);
            return false;
        }
        self.has_repeated |= self.repeated_at != Some(now);
        self.repeated_at = Some(now);
        self.is_long_enough(now)
    }

    fn is_long_enough(self, now: Time) -> bool {
        now.since(self.since) >= HOLD_TIME
    }

    /// Returns the tile if it is a mouse button that is held on it long enough.
    pub fn pressed_by_button(self, now: Time) -> Option<TileId> {
        (self.is_button() && self.is_long_enough(now)).then_some(self.tile)
    }

    /// Returns whether it is a mouse button.
    pub const fn is_button(self) -> bool {
        self.repeated_at.is_none()
    }

    /// Returns whether the key was released, as far as can be told.
    pub fn is_over(self, now: Time) -> bool {
        self.repeated_at.is_some_and(|repeated_at| now.since(repeated_at) > max_repeat_interval(self.has_repeated))
    }

    /// Returns how much of the time has passed, 0 to 1, if it is this tile that is pressed.
    pub fn progress(self, tile: TileId, now: Time) -> Option<f64> {
        (self.tile == tile && !self.is_over(now))
            .then(|| (now.since(self.since).as_secs_f64() / HOLD_TIME.as_secs_f64()).min(1.0))
    }

    /// Returns when the progress changes without another event.
    pub fn next_change(self, now: Time) -> Time {
        match self.repeated_at {
            Some(repeated_at) => {
                repeated_at.saturating_add(max_repeat_interval(self.has_repeated) + Duration::from_millis(1))
            }
            None => now.saturating_add(PROGRESS_INTERVAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILE: TileId = TileId(1);

    fn at(millis: u64) -> Time {
        Time::from_millis(1_000_000 + millis)
    }

    /// Returns the times at which a key that arrives at these times counts as held long enough.
    fn done_at(arrivals: &[u64]) -> Vec<u64> {
        let mut held = HeldPress::of_key(TILE, at(arrivals[0]));
        arrivals[1..].iter().copied().filter(|millis| held.repeat(TILE, at(*millis))).collect()
    }

    #[test]
    fn held_key_is_long_enough_after_a_second() {
        let repeating: Vec<u64> = [0].into_iter().chain((500..1_060).step_by(33)).collect();
        assert_eq!(done_at(&repeating), [1_028]);
        assert_eq!(done_at(&[0, 660, 693, 900, 1_033]), [1_033]);
    }

    #[test]
    fn key_that_is_released_begins_anew() {
        for taps in
            [&[0, 751, 800, 1_000, 1_100][..], &[0, 400, 800, 1_200], &[0, 5_000, 10_000], &[0, 300, 600, 1_100]]
        {
            assert_eq!(done_at(taps), [] as [u64; 0], "{taps:?}");
        }
        let mut held = HeldPress::of_key(TILE, at(0));
        assert!(!held.repeat(TileId(2), at(700)) && !held.repeat(TileId(2), at(1_200)), "another tile");
    }

    #[test]
    fn held_button_needs_no_repetition() {
        let held = HeldPress::of_button(TILE, at(0));
        assert_eq!((held.pressed_by_button(at(999)), held.progress(TILE, at(500))), (None, Some(0.5)));
        assert_eq!(held.pressed_by_button(at(1_000)), Some(TILE));
    }
}
