//! How often something may be started that ends again and again.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// The maximum number of starts within this time.
const MAX_STARTS: usize = 10;
const INTERVAL: Duration = Duration::from_mins(1);

/// The last starts.
#[derive(Debug, Default)]
pub(super) struct StartLimit {
    starts: VecDeque<Instant>,
}

/// There were too many starts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{MAX_STARTS} starts within {} s; the next one is possible in {} s", INTERVAL.as_secs(), .0.as_secs() + 1)]
pub(super) struct TooManyStarts(Duration);

impl StartLimit {
    /// Notes a start.
    ///
    /// # Errors
    /// When there were too many; how long to wait.
    pub fn start(&mut self, now: Instant) -> Result<(), TooManyStarts> {
        while self.starts.front().is_some_and(|start| now.saturating_duration_since(*start) >= INTERVAL) {
            self.starts.pop_front();
        }
        if self.starts.len() >= MAX_STARTS {
            return Err(TooManyStarts(INTERVAL.saturating_sub(now.saturating_duration_since(self.starts[0]))));
        }
        self.starts.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_limited_within_the_interval_only() {
        let begin = Instant::now();
        let mut limit = StartLimit::default();
        for second in 0..10 {
            assert_eq!(limit.start(begin + Duration::from_secs(second)), Ok(()));
        }
        let error = limit.start(begin + Duration::from_secs(20)).unwrap_err();
        assert_eq!(error.to_string(), "10 starts within 60 s; the next one is possible in 41 s");
        assert_eq!(limit.start(begin + Duration::from_mins(1)), Ok(()));
        assert!(limit.start(begin + Duration::from_mins(1)).is_err());
        for second in 61..70 {
            assert_eq!(limit.start(begin + Duration::from_secs(second)), Ok(()));
        }
    }
}
