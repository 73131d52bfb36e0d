//! How many messages a connection receives, counted over the last minute.

use super::time::Time;

/// The number of seconds that are counted, one by one.
const SECONDS: usize = 60;
/// The number of seconds over which the rate per second is averaged, so that it can be read.
const AVERAGED_SECONDS: u64 = 10;

/// A rate of messages, in the unit in which it is at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rate {
    /// Messages per second, the average of the last ten seconds.
    PerSecond(u64),
    /// Messages in the last minute.
    PerMinute(u64),
}

/// The messages of each of the last 60 seconds.
#[derive(Debug, Clone)]
pub(crate) struct MessageRate {
    /// The number of messages in a second, at the index of the second modulo 60.
    counts: [u32; SECONDS],
    /// The last second in which messages were counted, since 1970-01-01 UTC.
    last_second: u64,
}

impl Default for MessageRate {
    fn default() -> Self {
        Self { counts: [0; SECONDS], last_second: 0 }
    }
}

impl MessageRate {
    /// Counts messages that have arrived now.
    pub(crate) fn record(&mut self, messages: usize, now: Time) {
        let second = second_of(now);
        let passed = second.saturating_sub(self.last_second).min(SECONDS as u64);
        for empty in (second + 1).saturating_sub(passed)..=second {
            self.counts[index_of(empty)] = 0;
        }
        self.last_second = second.max(self.last_second);
        let count = &mut self.counts[index_of(self.last_second)];
        *count = count.saturating_add(u32::try_from(messages).unwrap_or(u32::MAX));
    }

    /// Returns the rate; `None` if no message has arrived within a minute.
    #[must_use]
    pub(crate) fn rate(&self, now: Time) -> Option<Rate> {
        let per_second = (self.count(AVERAGED_SECONDS, now) + AVERAGED_SECONDS / 2) / AVERAGED_SECONDS;
        match (per_second, self.count(SECONDS as u64, now)) {
            (0, 0) => None,
            (0, count) => Some(Rate::PerMinute(count)),
            (per_second, _) => Some(Rate::PerSecond(per_second)),
        }
    }

    /// Returns when the rate changes next if no message arrives; `None` if it does not.
    #[must_use]
    pub(crate) fn next_change(&self, now: Time) -> Option<Time> {
        let current = self.rate(now)?;
        let seconds = (1..=SECONDS as u64).map(|offset| Time::from_millis((second_of(now) + offset) * 1_000));
        seconds.into_iter().find(|second| self.rate(*second) != Some(current))
    }

    /// Returns how many messages have arrived in the last `seconds` seconds, including this one.
    fn count(&self, seconds: u64, now: Time) -> u64 {
        let now = second_of(now);
        let oldest = (now + 1).saturating_sub(seconds).max((self.last_second + 1).saturating_sub(SECONDS as u64));
        (oldest..=self.last_second.min(now)).map(|second| u64::from(self.counts[index_of(second)])).sum()
    }
}

fn second_of(time: Time) -> u64 {
    time.as_millis() / 1_000
}

fn index_of(second: u64) -> usize {
    usize::try_from(second % SECONDS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn at(second: u64) -> Time {
        Time::from_millis(1_700_000_000_000 + second * 1_000)
    }

    #[test]
    fn rate_is_shown_in_the_unit_in_which_it_is_at_least_one() {
        let mut rate = MessageRate::default();
        assert_eq!(rate.rate(at(0)), None);
        rate.record(4, at(0));
        assert_eq!(rate.rate(at(9)), Some(Rate::PerMinute(4)));
        rate.record(1, at(9));
        assert_eq!(rate.rate(at(9)), Some(Rate::PerSecond(1)));
        assert_eq!(rate.next_change(at(9)), Some(at(10)));
        assert_eq!(rate.rate(at(10)), Some(Rate::PerMinute(5)));
        assert_eq!(rate.next_change(at(10)), Some(at(60)), "the first four are older than a minute");
        assert_eq!((rate.rate(at(68)), rate.rate(at(69))), (Some(Rate::PerMinute(1)), None));
        assert_eq!((rate.next_change(at(68)), rate.next_change(at(69))), (Some(at(69)), None));
    }

    proptest! {
        #[test]
        fn rate_counts_what_has_arrived(
            steps in prop::collection::vec((0_u64..70, 1_usize..50), 1..40),
            later in 0_u64..70,
        ) {
            let (mut rate, mut arrived, mut second) = (MessageRate::default(), HashMap::<u64, u64>::new(), 0);
            for (step, messages) in steps {
                second += step;
                rate.record(messages, at(second));
                *arrived.entry(second).or_default() += messages as u64;
            }
            let now = second + later;
            let count = |seconds: u64| -> u64 {
                arrived.iter().filter(|(at, _)| **at <= now && **at + seconds > now).map(|(_, count)| count).sum()
            };
            prop_assert_eq!(rate.count(SECONDS as u64, at(now)), count(60));
            prop_assert_eq!(rate.count(AVERAGED_SECONDS, at(now)), count(10));
        }
    }
}
