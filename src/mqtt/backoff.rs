//! How long to wait before the next attempt, and when a rival for the same client id has won.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::limits::{Limits, RIVAL_WITHIN};

/// The waits between attempts: the first, doubled each time up to the longest, each a quarter
/// shorter or longer by chance so that a thousand clients do not come back in step.
///
/// An attempt that found nobody (a closed port, no way there) bothers nobody: the next one follows a
/// second later however often that happens, so that a broker that returns is not left waiting.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    doublings: u32,
}

impl Backoff {
    /// How many attempts have failed since the last good session.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// One more attempt has failed: how long to wait now. `chance` is from 0 to 1.
    pub(super) fn failed(&mut self, limits: &Limits, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(self.doublings.min(16));
        self.failures = self.failures.saturating_add(1);
        self.doublings = self.doublings.saturating_add(1);
        let wait = limits.first_wait.saturating_mul(doubled).min(limits.longest_wait);
        wait.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 2.0)
    }

    /// One more attempt has found nobody: how long to wait now. `chance` is from 0 to 1.
    pub(super) fn found_nobody(&mut self, limits: &Limits, chance: f64) -> Duration {
        self.failures = self.failures.saturating_add(1);
        limits.nobody_wait.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 2.0)
    }

    /// A session was good, or the person wants it now: the waits start again.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
        self.doublings = 0;
    }
}

/// When this session was taken over by another client with the same id.
#[derive(Debug, Default)]
pub(super) struct Rivals {
    times: VecDeque<Instant>,
}

impl Rivals {
    /// The session was taken over once more; whether that was too often.
    pub(super) fn took_over(&mut self, limits: &Limits, now: Instant) -> bool {
        self.times.retain(|then| now.duration_since(*then) < RIVAL_WITHIN);
        self.times.push_back(now);
        self.times.len() >= limits.takeovers
    }

    /// What was is forgotten.
    pub(super) fn reset(&mut self) {
        self.times.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_the_longest() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..9).map(|_| backoff.failed(&Limits::default(), 0.5).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff.failures(), 9);
        backoff.reset();
        assert_eq!(backoff.failed(&Limits::default(), 0.0), Duration::from_millis(750));
        assert_eq!(backoff.failed(&Limits::default(), 1.0), Duration::from_millis(2_500));
    }

    #[test]
    fn a_closed_port_is_tried_each_second_and_costs_no_patience() {
        let (mut backoff, limits) = (Backoff::default(), Limits::default());
        for chance in [0.0, 0.5, 1.0, 0.3] {
            let wait = backoff.found_nobody(&limits, chance).as_millis();
            assert!((1_000..=1_500).contains(&wait), "{wait} ms");
        }
        assert_eq!(backoff.failures(), 4);
        assert_eq!(backoff.failed(&limits, 0.5), Duration::from_secs(1), "who is there now is asked again soon");
    }

    #[test]
    fn it_never_overflows() {
        let mut backoff = Backoff { failures: u32::MAX, doublings: u32::MAX };
        assert_eq!(backoff.failed(&Limits::default(), 7.0), Duration::from_secs(75));
        assert_eq!(backoff.failures(), u32::MAX);
    }

    #[test]
    fn three_within_a_minute_are_too_many() {
        let mut rivals = Rivals::default();
        let limits = Limits::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(!rivals.took_over(&limits, at(0)));
        assert!(!rivals.took_over(&limits, at(50)));
        assert!(!rivals.took_over(&limits, at(61)), "the first is over a minute ago");
        assert!(rivals.took_over(&limits, at(62)));
        rivals.reset();
        assert!(!rivals.took_over(&limits, at(63)));
    }
}
