//! The delay before the next connection attempt.

use std::time::Duration;

use super::limits::Limits;

/// Exponential backoff with jitter.
///
/// The delay starts at [`Limits::initial_backoff`] and doubles up to [`Limits::max_backoff`]. Jitter
/// changes each delay by up to 25 %, so that a thousand clients do not reconnect at the same time.
///
/// An attempt that did not reach the broker (closed port, no route) puts no load on it. It is
/// repeated after [`Limits::unreachable_backoff`], which does not grow, so that a broker that is back
/// is found soon.
///
/// A broker that is restarted again and again is back at once each time. So the delay after a session that was complete,
/// but short, stays at two seconds, for a limited number of such sessions: a broker that ends all of them must not be
/// asked for ever at that rate.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
    doublings: u32,
    /// The doublings after takeovers, which a network connection of ten seconds does not reset.
    takeovers: u32,
    /// The number of short sessions after which the delay stayed short.
    short_sessions: u32,
}

/// The number of short sessions in a row, or within a few minutes, after which the delay stays short.
const MAX_SHORT_SESSIONS: u32 = 10;

/// The doublings up to which the delay grows after a short session.
const SHORT_SESSION_DOUBLINGS: u32 = 1;

impl Backoff {
    /// Returns the number of failed attempts since the last reset, by a request or a good network connection.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }

    /// Counts a failed attempt and returns the delay before the next one. `jitter` is a random number
    /// from 0 to 1.
    pub(super) fn record_failure(&mut self, limits: &Limits, jitter: f64) -> Duration {
        let delay = doubled(limits, self.doublings);
        self.failures = self.failures.saturating_add(1);
        self.doublings = self.doublings.saturating_add(1);
        with_jitter(delay, jitter)
    }

    /// Counts an attempt that the broker has refused, although it may accept a later one, and returns the delay before
    /// the next one. `jitter` is a random number from 0 to 1.
    pub(super) fn record_refusal(&mut self, limits: &Limits, jitter: f64) -> Duration {
        self.record_failure(limits, jitter).max(with_jitter(limits.refused_backoff, jitter))
    }

    /// Counts an attempt that failed, and will probably fail until something is edited, and returns the delay before
    /// the next one: the longest. `jitter` is a random number from 0 to 1.
    pub(super) fn record_hopeless(&mut self, limits: &Limits, jitter: f64) -> Duration {
        self.failures = self.failures.saturating_add(1);
        with_jitter(limits.max_backoff, jitter)
    }

    /// Counts a takeover of the session and returns the delay before the next attempt. `jitter` is a random number from
    /// 0 to 1.
    pub(super) fn record_takeover(&mut self, limits: &Limits, jitter: f64) -> Duration {
        let delay = doubled(limits, self.takeovers);
        self.failures = self.failures.saturating_add(1);
        self.takeovers = self.takeovers.saturating_add(1);
        with_jitter(delay, jitter)
    }

    /// Counts an attempt that did not reach the broker and returns the delay before the next one.
    /// `jitter` is a random number from 0 to 1.
    pub(super) fn record_unreachable(&mut self, limits: &Limits, jitter: f64) -> Duration {
        self.failures = self.failures.saturating_add(1);
        limits.unreachable_backoff.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// Starts again from the initial delays as far as a network connection that has lasted this long shows that their
    /// cause is gone. `is_complete`: the broker has answered all subscriptions.
    pub(super) fn record_session(&mut self, lasted: Duration, is_complete: bool, limits: &Limits) {
        if lasted >= limits.backoff_reset_after {
            (self.failures, self.doublings) = (0, 0);
        } else if is_complete && lasted >= limits.short_session && self.short_sessions < MAX_SHORT_SESSIONS {
            self.short_sessions += 1;
            self.failures = 0;
            self.doublings = self.doublings.min(SHORT_SESSION_DOUBLINGS);
        }
        if lasted >= limits.takeover_reset_after {
            (self.takeovers, self.short_sessions) = (0, 0);
        }
    }

    /// Starts again from the initial delays: the user reconnected after the connection had stopped.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }
}

/// Returns the initial delay after this number of doublings, without jitter.
fn doubled(limits: &Limits, doublings: u32) -> Duration {
    let factor = 2_u32.saturating_pow(doublings.min(16));
    limits.initial_backoff.saturating_mul(factor).min(limits.max_backoff)
}

fn with_jitter(delay: Duration, jitter: f64) -> Duration {
    delay.mul_f64(0.75 + jitter.clamp(0.0, 1.0) / 2.0)
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
        let mut backoff =
            Backoff { failures: u32::MAX, doublings: u32::MAX, takeovers: u32::MAX, short_sessions: u32::MAX };
        assert_eq!(backoff.record_failure(&Limits::default(), 7.0), Duration::from_secs(75));
        assert_eq!(backoff.failures(), u32::MAX);
    }

    #[test]
    fn refused_login_is_retried_slowly_from_the_first_time() {
        let mut backoff = Backoff::default();
        let delays: Vec<u64> = (0..8).map(|_| backoff.record_refusal(&Limits::default(), 0.5).as_secs()).collect();
        assert_eq!(delays, [5, 5, 5, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.record_hopeless(&Limits::default(), 0.5), Duration::from_mins(1));
    }

    /// Two clients with one client ID, whose connections last as long as the delay of the other.
    #[test]
    fn delays_of_two_clients_that_take_over_from_each_other_grow_to_a_minute() {
        let limits = Limits::default();
        let mut clients = [Backoff::default(), Backoff::default()];
        let mut delays = Vec::new();
        for turn in 0..16 {
            let delay = clients[turn % 2].record_takeover(&limits, 0.5);
            clients[(turn + 1) % 2].record_session(delay, true, &limits);
            delays.push(delay.as_secs());
        }
        assert_eq!(delays, [1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 32, 32, 60, 60, 60, 60]);
        clients[0].record_session(limits.takeover_reset_after, true, &limits);
        assert_eq!(clients[0].record_takeover(&limits, 0.5), Duration::from_secs(1));
    }

    /// The delays, in seconds, after this many sessions that last so long.
    fn delays_after_sessions(number: usize, lasted: Duration, is_complete: bool) -> Vec<u64> {
        let (mut backoff, limits) = (Backoff::default(), Limits::default());
        let mut end_session = || {
            backoff.record_session(lasted, is_complete, &limits);
            backoff.record_failure(&limits, 0.5).as_secs()
        };
        (0..number).map(|_| end_session()).collect()
    }

    #[test]
    fn broker_that_is_restarted_again_and_again_is_found_within_two_seconds_each_time() {
        for seconds in [1, 3, 9] {
            assert_eq!(delays_after_sessions(6, Duration::from_secs(seconds), true), [1, 2, 2, 2, 2, 2]);
        }
        assert_eq!(delays_after_sessions(40, Duration::from_secs(10), true), [1; 40]);
        assert_eq!(delays_after_sessions(40, Duration::from_secs(10), false), [1; 40]);
    }

    #[test]
    fn broker_that_ends_every_session_early_is_asked_less_and_less_often() {
        let delays = delays_after_sessions(20, Duration::from_secs(3), true);
        assert_eq!(delays[8..], [2, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
        let growing = [1, 2, 4, 8, 16, 32, 60, 60];
        assert_eq!(delays_after_sessions(8, Duration::from_secs(3), false), growing, "without its subscriptions");
        assert_eq!(delays_after_sessions(8, Duration::from_millis(900), true), growing, "at once");
    }

    #[test]
    fn two_clients_that_end_the_session_of_each_other_unseen_do_not_stay_fast() {
        let limits = Limits::default();
        let mut clients = [Backoff::default(), Backoff::default()];
        let mut connects_in_ten_minutes = 0;
        let mut time = Duration::ZERO;
        while time < Duration::from_mins(10) {
            let delay = clients[connects_in_ten_minutes % 2].record_failure(&limits, 0.5);
            time += delay;
            connects_in_ten_minutes += 1;
            clients[connects_in_ten_minutes % 2].record_session(delay, true, &limits);
        }
        assert!(connects_in_ten_minutes < 150, "{connects_in_ten_minutes}");
    }
}
