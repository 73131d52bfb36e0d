//! How soon one frame may follow another: almost at once where little is to be worked out and sent, as
//! often as a screen shows them where much is.

use std::time::Duration;

/// The least time between two frames.
const LEAST: Duration = Duration::from_millis(1);
/// The time after which the next frame may come in any case: more often no screen shows them.
const MOST: Duration = Duration::from_millis(15);
/// A frame that takes so long to make is followed by the next one as soon as it is made; one that takes
/// twice as long after four times as long. So a flood that changes everything leaves time for itself.
const UNIT: Duration = Duration::from_micros(150);
/// What a terminal, perhaps far away, is sent in a second where frames can wait.
const BYTES_A_SECOND: u32 = 750_000;

/// The time from the beginning of a frame to that of the next one, where the first took so long to make
/// and has so many bytes.
pub(super) fn gap(took: Duration, bytes: usize) -> Duration {
    let took = took.min(MOST);
    let working = took.mul_f64(took.as_secs_f64() / UNIT.as_secs_f64());
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let sending = Duration::from_secs(1) * bytes / BYTES_A_SECOND;
    working.max(sending).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_cost_little_follow_soon_and_large_ones_wait() {
        let micros = Duration::from_micros;
        assert_eq!(gap(micros(10), 60), LEAST);
        assert_eq!(gap(micros(600), 60), micros(2_400));
        assert_eq!(gap(micros(400), 6_000), micros(8_000));
        assert_eq!(gap(micros(1_600), 60), MOST);
        assert_eq!(gap(micros(400), 30_000), MOST);
        assert_eq!(gap(Duration::from_secs(9), usize::MAX), MOST);
    }
}
