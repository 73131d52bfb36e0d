//! Frame pacing: small frames may follow each other after 1 ms, expensive ones after up to 15 ms.

use std::time::Duration;

/// The minimum time between the starts of two frames.
const MIN_FRAME_GAP: Duration = Duration::from_millis(1);
/// The maximum time between the starts of two frames, about the refresh interval of a display.
const MAX_FRAME_GAP: Duration = Duration::from_millis(15);
/// A frame that takes this long to render may be followed immediately. The gap grows with the square of
/// the render time: twice as long to render, four times the gap. Under load this leaves time for messages.
const RENDER_TIME_UNIT: Duration = Duration::from_micros(150);
/// The data rate, in bytes per second, above which frames are delayed, for terminals behind a slow network.
const BYTES_PER_SECOND: u32 = 750_000;

/// Returns the time from the start of a frame to the start of the next one.
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
