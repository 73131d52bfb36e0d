//! Simulates the board's button: converts presses to times at which the button goes down and up.

use std::{collections::VecDeque, time::Duration};

use super::board::{BUTTON_DEBOUNCE_MS, BUTTON_LONG_PRESS_MS, ButtonPress};

/// How long the button stays down for a short press, and up between presses: longer than the debounce time.
const SHORT_INTERVAL: Duration = Duration::from_millis(2 * BUTTON_DEBOUNCE_MS as u64);
/// How long the button stays down for a long press: longer than the firmware's threshold.
const LONG_INTERVAL: Duration = Duration::from_millis(BUTTON_LONG_PRESS_MS as u64 + 4 * BUTTON_DEBOUNCE_MS as u64);
/// The maximum number of queued presses.
const MAX_QUEUED_PRESSES: usize = 8;

/// The simulated button.
#[derive(Debug, Default)]
pub(crate) struct ButtonSimulator {
    presses: VecDeque<ButtonPress>,
    down: bool,
    next_change: Duration,
}

impl ButtonSimulator {
    /// Queues a press. Returns false if the queue is full.
    pub fn queue_press(&mut self, press: ButtonPress) -> bool {
        let has_room = self.presses.len() < MAX_QUEUED_PRESSES;
        if has_room {
            self.presses.push_back(press);
        }
        has_room
    }

    /// Returns when the button changes next.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        (!self.presses.is_empty()).then_some(self.next_change)
    }

    /// If a change is due, makes it and returns whether the button is down now.
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
