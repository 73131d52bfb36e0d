//! The delay before the next connection attempt, and the detection of another client with the same
//! client ID.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::limits::{Limits, TAKEOVER_WINDOW};

/// Exponential backoff with jitter.
///
/// The delay starts at [`Limits::initial_backoff`] and doubles up to [`Limits::max_backoff`]. Jitter
/// changes each delay by up to 25 %, so that a thousand clients do not reconnect at the same time.
///
/// An attempt that did not reach the broker (closed port, no route) puts no load on it. It is
/// repeated after [`Limits::unreachable_backoff`], which does not grow, so that a broker that is back
/// is found soon.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    doublings: u32,
}

impl Backoff {
    /// Returns the number of failed attempts since the last [`Self::reset`].
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Counts a failed attempt and returns the delay before the next one. `jitter` is a random number
    /// from 0 to 1.
    pub(super) fn record_failure(&mut self, limits: &Limits, jitter: f64) -> Duration {
        let factor = 2_u32.saturating_pow(self.doublings.min(16));
        self.failures = self.failures.saturating_add(1);
        self.doublings = self.doublings.saturating_add(1);
        let delay = limits.initial_backoff.saturating_mul(factor).min(limits.max_backoff);
        delay.mul_f64(0.75 + jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// Counts an attempt that did not reach the broker and returns the delay before the next one.
    /// `jitter` is a random number from 0 to 1.
    pub(super) fn record_unreachable(&mut self, limits: &Limits, jitter: f64) -> Duration {
        self.failures = self.failures.saturating_add(1);
        limits.unreachable_backoff.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// Starts again from the initial delay: a connection was stable, or the user reconnected after
    /// the connection had stopped.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
        self.doublings = 0;
    }
}

/// The times at which another client with the same client ID took the session over.
#[derive(Debug, Default)]
pub(super) struct TakeoverDetector {
    times: VecDeque<Instant>,
}

impl TakeoverDetector {
    /// Counts a takeover. Returns whether [`Limits::max_takeovers`] is reached within a minute.
    pub(super) fn record_takeover(&mut self, limits: &Limits, now: Instant) -> bool {
        self.times.retain(|time| now.duration_since(*time) < TAKEOVER_WINDOW);
        self.times.push_back(now);
        self.times.len() >= limits.max_takeovers
    }

    /// Forgets all recorded takeovers.
    pub(super) fn reset(&mut self) {
        self.times.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_maximum() {
        let mut backoff = Backoff::default();
        let delays: Vec<u64> = (0..9).map(|_| backoff.record_failure(&Limits::default(), 0.5).as_secs()).collect();
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff.failures(), 9);
        backoff.reset();
        assert_eq!(backoff.record_failure(&Limits::default(), 0.0), Duration::from_millis(750));
        assert_eq!(backoff.record_failure(&Limits::default(), 1.0), Duration::from_millis(2_500));
    }

    #[test]
    fn backoff_stays_short_while_broker_is_unreachable() {
        let (mut backoff, limits) = (Backoff::default(), Limits::default());
        for jitter in [0.0, 0.5, 1.0, 0.3] {
            let delay = backoff.record_unreachable(&limits, jitter).as_millis();
            assert!((1_000..=1_500).contains(&delay), "{delay} ms");
        }
        assert_eq!(backoff.failures(), 4);
        assert_eq!(
            backoff.record_failure(&limits, 0.5),
            Duration::from_secs(1),
            "unreachable attempts must not increase the delay"
        );
    }

    #[test]
    fn backoff_counters_saturate() {
        let mut backoff = Backoff { failures: u32::MAX, doublings: u32::MAX };
        assert_eq!(backoff.record_failure(&Limits::default(), 7.0), Duration::from_secs(75));
        assert_eq!(backoff.failures(), u32::MAX);
    }

    #[test]
    fn takeover_detector_trips_on_third_takeover_within_a_minute() {
        let mut detector = TakeoverDetector::default();
        let limits = Limits::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(!detector.record_takeover(&limits, at(0)));
        assert!(!detector.record_takeover(&limits, at(50)));
        assert!(!detector.record_takeover(&limits, at(61)), "the first takeover is more than a minute ago");
        assert!(detector.record_takeover(&limits, at(62)));
        detector.reset();
        assert!(!detector.record_takeover(&limits, at(63)));
    }
}
