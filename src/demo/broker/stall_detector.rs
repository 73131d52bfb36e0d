//! Notices a client that holds memory of the broker without progress.

use std::{
    io,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Interval, MissedTickBehavior, interval};

use super::limits::{PACKET_TIMEOUT, STALL_TIMEOUT};

/// The interval of the checks.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// What a connection waits for, and since when.
#[derive(Debug)]
pub(super) struct StallDetector {
    check_interval: Interval,
    /// When the first byte of an incomplete packet arrived.
    packet_since: Option<Instant>,
    /// Since when a write waits for the client to read.
    write_since: Option<Instant>,
    /// The number of messages that the client has not acknowledged.
    unacknowledged: u32,
    /// When the client last acknowledged one, or got the first one.
    acknowledged_at: Instant,
}

impl StallDetector {
    pub(super) fn new() -> Self {
        let mut check_interval = interval(CHECK_INTERVAL);
        check_interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            check_interval,
            packet_since: None,
            write_since: None,
            unacknowledged: 0,
            acknowledged_at: Instant::now(),
        }
    }

    /// A part of a packet has arrived.
    pub(super) fn packet_arrives(&mut self) {
        self.packet_since.get_or_insert_with(Instant::now);
    }

    /// The last part of a packet has arrived.
    pub(super) fn packet_ended(&mut self) {
        self.packet_since = None;
    }

    /// A packet to the client begins with this byte.
    pub(super) fn writes_packet(&mut self, first_byte: u8) {
        let is_publish = first_byte >> 4 == 3;
        if is_publish && first_byte & 0b0110 != 0 {
            if self.unacknowledged == 0 {
                self.acknowledged_at = Instant::now();
            }
            self.unacknowledged += 1;
        }
    }

    /// The client has acknowledged a message.
    pub(super) fn acknowledged(&mut self, is_final: bool) {
        self.acknowledged_at = Instant::now();
        self.unacknowledged = self.unacknowledged.saturating_sub(u32::from(is_final));
    }

    /// The client has read something, or a write waits.
    pub(super) fn wrote(&mut self, has_progress: bool) {
        self.write_since = (!has_progress).then(|| self.write_since.unwrap_or_else(Instant::now));
    }

    /// Checks regularly; wakes the task for it.
    ///
    /// # Errors
    /// When the connection has to end.
    pub(super) fn poll_check(
        &mut self,
        cx: &mut Context<'_>,
        is_memory_scarce: bool,
        is_buffer_wasted: impl Fn(Instant) -> bool,
    ) -> io::Result<()> {
        while let Poll::Ready(now) = self.check_interval.poll_tick(cx) {
            self.check(now, is_memory_scarce)?;
            if is_buffer_wasted(now) {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "others need the memory of its large buffers"));
            }
        }
        Ok(())
    }

    fn check(&self, now: Instant, is_memory_scarce: bool) -> io::Result<()> {
        let is_older = |since: Instant, limit: Duration| now.saturating_duration_since(since) > limit;
        let reason = if self.packet_since.is_some_and(|since| is_older(since, PACKET_TIMEOUT)) {
            "a packet did not arrive completely in time"
        } else if is_memory_scarce && self.write_since.is_some_and(|since| is_older(since, STALL_TIMEOUT)) {
            "the client does not read, and others need the memory"
        } else if is_memory_scarce && self.unacknowledged > 0 && is_older(self.acknowledged_at, STALL_TIMEOUT) {
            "the client does not acknowledge messages, and others need the memory"
        } else {
            return Ok(());
        };
        Err(io::Error::new(io::ErrorKind::TimedOut, reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QOS1_PUBLISH: u8 = 0x32;

    #[tokio::test]
    async fn client_without_progress_is_ended_when_others_need_the_memory() {
        let soon = Instant::now() + STALL_TIMEOUT / 2;
        let late = Instant::now() + STALL_TIMEOUT * 2;
        let mut stall = StallDetector::new();
        assert!(stall.check(late, true).is_ok(), "an idle client");
        stall.wrote(false);
        assert!(
            stall.check(late, false).is_ok() && stall.check(soon, true).is_ok() && stall.check(late, true).is_err()
        );
        stall.wrote(true);
        stall.writes_packet(QOS1_PUBLISH);
        assert!(
            stall.check(late, false).is_ok() && stall.check(soon, true).is_ok() && stall.check(late, true).is_err()
        );
        stall.acknowledged(false);
        assert!(stall.check(late, true).is_err());
        stall.acknowledged(true);
        stall.writes_packet(0x30);
        assert!(stall.check(late, true).is_ok());
    }

    #[tokio::test]
    async fn packet_must_arrive_completely() {
        let mut stall = StallDetector::new();
        stall.packet_arrives();
        assert!(stall.check(Instant::now() + PACKET_TIMEOUT / 2, true).is_ok());
        assert!(stall.check(Instant::now() + PACKET_TIMEOUT * 2, false).is_err());
        stall.packet_ended();
        assert!(stall.check(Instant::now() + PACKET_TIMEOUT * 2, true).is_ok());
    }
}
