//! How soon one frame may follow another: at once where little changes, as often as a screen shows them
//! where much does.

use std::time::Duration;

/// The least time between two frames.
const LEAST: Duration = Duration::from_millis(1);
/// The time after which the next frame may come in any case: more often no screen shows them.
const MOST: Duration = Duration::from_millis(15);
/// Of the time between two frames, making one takes this part at the most.
const SHARE: u32 = 8;
/// What a terminal, perhaps far away, is sent in a second where frames can wait.
const BYTES_A_SECOND: u32 = 750_000;

/// The time from the beginning of a frame to that of the next one, where the first took so long to make
/// and has so many bytes.
pub(super) fn gap(took: Duration, bytes: usize) -> Duration {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let sending = Duration::from_secs(1) * bytes / BYTES_A_SECOND;
    (took * SHARE).max(sending).clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_cost_little_follow_at_once_and_large_ones_wait() {
        let micros = Duration::from_micros;
        assert_eq!(gap(micros(10), 60), LEAST);
        assert_eq!(gap(micros(400), 60), micros(3_200));
        assert_eq!(gap(micros(400), 6_000), micros(8_000));
        assert_eq!(gap(micros(400), 30_000), MOST);
        assert_eq!(gap(Duration::from_secs(9), usize::MAX), MOST);
    }
}
