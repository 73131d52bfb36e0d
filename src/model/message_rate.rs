//! How many messages a connection receives in a second.

use super::time::Time;

/// The number of seconds over which the rate is averaged, so that it can be read.
const SECONDS: u64 = COUNTERS as u64;
/// The number of counters: one for each of these seconds.
const COUNTERS: usize = 10;

/// The messages of each of the last seconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageRate {
    /// The number of messages in a second, at the index of the second modulo their number.
    counts: [u32; COUNTERS],
    /// The last second in which messages were counted, since 1970-01-01 UTC.
    last_second: u64,
}

impl MessageRate {
    /// Counts messages that have arrived now.
    pub(crate) fn record(&mut self, messages: usize, now: Time) {
        let second = second_of(now);
        let passed = second.saturating_sub(self.last_second).min(SECONDS);
        for empty in (second + 1).saturating_sub(passed)..=second {
            self.counts[index_of(empty)] = 0;
        }
        self.last_second = second.max(self.last_second);
        let count = &mut self.counts[index_of(self.last_second)];
        *count = count.saturating_add(u32::try_from(messages).unwrap_or(u32::MAX));
    }

    /// Returns the rate per second, rounded: the average of the last ten seconds.
    #[must_use]
    pub(crate) fn per_second(&self, now: Time) -> u64 {
        (self.count(now) + SECONDS / 2) / SECONDS
    }

    /// Returns when the rate changes next if no message arrives; `None` if it does not.
    #[must_use]
    pub(crate) fn next_change(&self, now: Time) -> Option<Time> {
        let current = self.per_second(now);
        let seconds = (1..=SECONDS).map(|offset| Time::from_millis((second_of(now) + offset) * 1_000));
        seconds.into_iter().find(|second| self.per_second(*second) != current)
    }

    /// Returns how many messages have arrived in this second and the nine before it.
    fn count(&self, now: Time) -> u64 {
        let now = second_of(now);
        let oldest = (now + 1).saturating_sub(SECONDS).max((self.last_second + 1).saturating_sub(SECONDS));
        (oldest..=self.last_second.min(now)).map(|second| u64::from(self.counts[index_of(second)])).sum()
    }
}

fn second_of(time: Time) -> u64 {
    time.as_millis() / 1_000
}

fn index_of(second: u64) -> usize {
    usize::try_from(second % SECONDS).unwrap_or_default()
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
    fn rate_is_the_average_of_ten_seconds() {
        let mut rate = MessageRate::default();
        assert_eq!((rate.per_second(at(0)), rate.next_change(at(0))), (0, None));
        rate.record(40, at(0));
        assert_eq!((rate.per_second(at(0)), rate.per_second(at(9))), (4, 4));
        rate.record(10, at(9));
        assert_eq!((rate.per_second(at(9)), rate.next_change(at(9))), (5, Some(at(10))));
        assert_eq!((rate.per_second(at(10)), rate.next_change(at(10))), (1, Some(at(19))));
        assert_eq!((rate.per_second(at(19)), rate.next_change(at(19))), (0, None));
    }

    proptest! {
        #[test]
        fn rate_counts_what_has_arrived(
            steps in prop::collection::vec((0_u64..15, 1_usize..50), 1..40),
            later in 0_u64..15,
        ) {
            let (mut rate, mut arrived, mut second) = (MessageRate::default(), HashMap::<u64, u64>::new(), 0);
            for (step, messages) in steps {
                second += step;
                rate.record(messages, at(second));
                *arrived.entry(second).or_default() += messages as u64;
            }
            let now = second + later;
            let recent = arrived.iter().filter(|(at, _)| **at <= now && **at + SECONDS > now);
            prop_assert_eq!(rate.count(at(now)), recent.map(|(_, count)| count).sum::<u64>());
        }
    }
}
