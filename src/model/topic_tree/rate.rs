//! How many messages come per second and how many bytes, as averages in which the past counts less and less. They need no
//! timer: they decay when they are read.

/// The time in which the weight of a message falls to 1/e, in seconds.
const SECONDS: f32 = 10.0;

/// A point in time: hundredths of a second since the tree was created. They last for 497 days.
pub(super) type Ticks = u32;

/// How many ticks a second has.
pub(super) const TICKS_PER_SECOND: u64 = 100;

/// What is counted per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RateUnit {
    /// Messages.
    #[default]
    Messages,
    /// Bytes of payloads.
    Bytes,
}

/// How many messages and bytes come per second.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rate {
    /// The rates at the time of `at`.
    messages: f32,
    bytes: f32,
    at: Ticks,
}

impl Rate {
    /// Counts a message with a payload of this size that has come now. What is `retained` says nothing about how often
    /// messages come: then only the time is kept.
    pub fn add(&mut self, payload_bytes: u32, is_retained: bool, now: Ticks) {
        let factor = self.decay(now);
        let weight = if is_retained { 0.0 } else { 1.0 / SECONDS };
        #[expect(clippy::cast_precision_loss, reason = "an average")]
        let bytes = payload_bytes as f32;
        self.messages = self.messages * factor + weight;
        self.bytes = self.bytes * factor + weight * bytes;
        self.at = now;
    }

    /// Returns the rate per second. At the beginning, the average is over the time so far.
    pub fn per_second(self, unit: RateUnit, now: Ticks) -> f32 {
        let seconds = seconds_between(0, now).max(1.0);
        let rate = match unit {
            RateUnit::Messages => self.messages,
            RateUnit::Bytes => self.bytes,
        };
        rate * self.decay(now) / (1.0 - (-seconds / SECONDS).exp())
    }

    /// Returns when something was counted last.
    pub const fn last(self) -> Ticks {
        self.at
    }

    fn decay(self, now: Ticks) -> f32 {
        if now == self.at { 1.0 } else { (-seconds_between(self.at, now) / SECONDS).exp() }
    }
}

fn seconds_between(start: Ticks, end: Ticks) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "an average of seconds")]
    let ticks = end.saturating_sub(start) as f32;
    ticks / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_is_right_from_the_beginning_and_decays() {
        let mut rate = Rate::default();
        let mut read = Vec::new();
        let messages = |rate: Rate, now| rate.per_second(RateUnit::Messages, now);
        // Five each second, for a minute.
        for tick in (20..=6_000).step_by(20) {
            rate.add(100, false, tick);
            if [200, 1_000, 6_000].contains(&tick) {
                read.push(messages(rate, tick));
            }
        }
        assert!(read.iter().all(|read| (4.5..5.6).contains(read)), "{read:?}");
        assert!((450.0..560.0).contains(&rate.per_second(RateUnit::Bytes, 6_000)));
        assert!((1.7..2.1).contains(&messages(rate, 7_000)), "after 1/e");
        assert!(messages(rate, 20_000) < 0.01);
        assert_eq!(rate.last(), 6_000);
        let before = messages(rate, 6_100);
        rate.add(100, true, 6_100);
        assert_eq!((messages(rate, 6_100), rate.last()), (before, 6_100), "what was retained does not count");
    }
}
