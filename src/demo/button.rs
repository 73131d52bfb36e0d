//! The finger on the simulated button: presses become times at which it goes down and up.

use std::{collections::VecDeque, time::Duration};

use super::board::{BUTTON_DEBOUNCE_MS, BUTTON_LONG_MS, ButtonPress};

/// The button stays down, and up, for longer than it bounces.
const SHORT_INTERVAL: Duration = Duration::from_millis(2 * BUTTON_DEBOUNCE_MS as u64);
/// A held button stays down for longer than a long press takes to be told.
const LONG_INTERVAL: Duration = Duration::from_millis(BUTTON_LONG_MS as u64 + 4 * BUTTON_DEBOUNCE_MS as u64);
/// The most presses that are still to come.
const MAX_QUEUED_PRESSES: usize = 8;

/// The finger.
#[derive(Debug, Default)]
pub struct ButtonSimulator {
    presses: VecDeque<ButtonPress>,
    down: bool,
    next_change: Duration,
}

impl ButtonSimulator {
    /// Presses the button as soon as it is free. Whether there was room for it.
    pub fn queue_press(&mut self, press: ButtonPress) -> bool {
        let has_room = self.presses.len() < MAX_QUEUED_PRESSES;
        if has_room {
            self.presses.push_back(press);
        }
        has_room
    }

    /// When it moves next.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        (!self.presses.is_empty()).then_some(self.next_change)
    }

    /// Moves if it is time to: whether the button is down now.
    pub fn advance(&mut self, now: Duration) -> Option<bool> {
        let press = self.presses.front().filter(|_| self.next_change <= now)?;
        let down = !self.down;
        self.next_change = now + if down && *press == ButtonPress::Long { LONG_INTERVAL } else { SHORT_INTERVAL };
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
    fn button_simulator_runs_presses_in_order_and_bounds_queue() {
        let mut button = ButtonSimulator::default();
        assert!(button.queue_press(ButtonPress::Short) && button.queue_press(ButtonPress::Long));
        let transitions: Vec<_> =
            (1_000..4_000).filter_map(|ms| button.advance(Duration::from_millis(ms)).map(|down| (ms, down))).collect();
        assert_eq!(transitions, [(1_000, true), (1_060, false), (1_120, true), (2_040, false)]);
        assert_eq!(button.next_due(), None);
        assert_eq!((0..100).filter(|_| button.queue_press(ButtonPress::Short)).count(), MAX_QUEUED_PRESSES);
    }
}
