//! How often something happens, as an average in which the past counts less and less. It needs no timer: it decays when
//! it is read.

/// The time in which the weight of a message falls to 1/e, in seconds.
const SECONDS: f32 = 10.0;

/// A point in time: hundredths of a second since the tree was created. They last for 497 days.
pub(super) type Ticks = u32;

/// How many ticks a second has.
pub(super) const TICKS_PER_SECOND: u64 = 100;

/// A rate per second.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rate {
    /// The rate at the time of `at`.
    value: f32,
    at: Ticks,
}

impl Rate {
    /// Counts something that has happened now, with this weight.
    pub fn add(&mut self, weight: f32, now: Ticks) {
        self.value = self.decayed(now) + weight / SECONDS;
        self.at = now;
    }

    /// Returns the rate per second. At the beginning, the average is over the time so far.
    pub fn per_second(self, now: Ticks) -> f32 {
        let seconds = seconds_between(0, now).max(1.0);
        self.decayed(now) / (1.0 - (-seconds / SECONDS).exp())
    }

    /// Returns when something was counted last.
    pub const fn last(self) -> Ticks {
        self.at
    }

    fn decayed(self, now: Ticks) -> f32 {
        if now == self.at {
            return self.value;
        }
        self.value * (-seconds_between(self.at, now) / SECONDS).exp()
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
        // Five each second, for a minute.
        for tick in (20..=6_000).step_by(20) {
            rate.add(1.0, tick);
            if [200, 1_000, 6_000].contains(&tick) {
                read.push(rate.per_second(tick));
            }
        }
        assert!(read.iter().all(|read| (4.5..5.6).contains(read)), "{read:?}");
        assert!((1.7..2.1).contains(&rate.per_second(7_000)), "after 1/e");
        assert!(rate.per_second(20_000) < 0.01);
        assert_eq!(rate.last(), 6_000);
    }
}
