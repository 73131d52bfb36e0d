//! How soon one frame may follow another: almost at once where little is to be worked out and sent, as
//! often as a screen shows them where much is.

use std::time::Duration;

/// The least time between two frames.
const MIN_FRAME_GAP: Duration = Duration::from_millis(1);
/// The time after which the next frame may come in any case: more often no screen shows them.
const MAX_FRAME_GAP: Duration = Duration::from_millis(15);
/// A frame that takes so long to make is followed by the next one as soon as it is made; one that takes
/// twice as long after four times as long. So a flood that changes everything leaves time for itself.
const RENDER_TIME_UNIT: Duration = Duration::from_micros(150);
/// What a terminal, perhaps far away, is sent in a second where frames can wait.
const BYTES_PER_SECOND: u32 = 750_000;

/// The time from the beginning of a frame to that of the next one, where the first took so long to make
/// and has so many bytes.
pub(super) fn frame_gap(render_time: Duration, bytes: usize) -> Duration {
    let render_time = render_time.min(MAX_FRAME_GAP);
    let render_gap = render_time.mul_f64(render_time.as_secs_f64() / RENDER_TIME_UNIT.as_secs_f64());
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    let transmit_gap = Duration::from_secs(1) * bytes / BYTES_PER_SECOND;
    render_gap.max(transmit_gap).clamp(MIN_FRAME_GAP, MAX_FRAME_GAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_gap_grows_with_render_time_and_frame_size() {
        let micros = Duration::from_micros;
        assert_eq!(frame_gap(micros(10), 60), MIN_FRAME_GAP);
        assert_eq!(frame_gap(micros(600), 60), micros(2_400));
        assert_eq!(frame_gap(micros(400), 6_000), micros(8_000));
        assert_eq!(frame_gap(micros(1_600), 60), MAX_FRAME_GAP);
        assert_eq!(frame_gap(micros(400), 30_000), MAX_FRAME_GAP);
        assert_eq!(frame_gap(Duration::from_secs(9), usize::MAX), MAX_FRAME_GAP);
    }
}
