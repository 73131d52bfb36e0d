//! The finger on the simulated button: presses become times at which it goes down and up.

use std::{collections::VecDeque, time::Duration};

use super::board::{DEBOUNCE_MS, LONG_MS, Press};

/// The button stays down, and up, for longer than it bounces.
const SHORT: Duration = Duration::from_millis(2 * DEBOUNCE_MS as u64);
/// A held button stays down for longer than a long press takes to be told.
const LONG: Duration = Duration::from_millis(LONG_MS as u64 + 4 * DEBOUNCE_MS as u64);
/// The most presses that are still to come.
const MOST: usize = 8;

/// The finger.
#[derive(Debug, Default)]
pub struct Finger {
    presses: VecDeque<Press>,
    down: bool,
    next: Duration,
}

impl Finger {
    /// Presses the button as soon as it is free. Whether there was room for it.
    pub fn press(&mut self, press: Press) -> bool {
        let room = self.presses.len() < MOST;
        if room {
            self.presses.push_back(press);
        }
        room
    }

    /// When it moves next.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        (!self.presses.is_empty()).then_some(self.next)
    }

    /// Moves if it is time to: whether the button is down now.
    pub fn move_on(&mut self, now: Duration) -> Option<bool> {
        let press = self.presses.front().filter(|_| self.next <= now)?;
        let down = !self.down;
        self.next = now + if down && *press == Press::Long { LONG } else { SHORT };
        if !down {
            self.presses.pop_front();
        }
        self.down = down;
        Some(down)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_follow_each_other_and_are_bounded() {
        let mut finger = Finger::default();
        assert!(finger.press(Press::Short) && finger.press(Press::Long));
        let moves: Vec<_> =
            (1_000..4_000).filter_map(|ms| finger.move_on(Duration::from_millis(ms)).map(|down| (ms, down))).collect();
        assert_eq!(moves, [(1_000, true), (1_060, false), (1_120, true), (2_040, false)]);
        assert_eq!(finger.due(), None);
        assert_eq!((0..100).filter(|_| finger.press(Press::Short)).count(), MOST);
    }
}
