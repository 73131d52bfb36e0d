//! Processor time: how long a thread or the process has run, without the time in which others had the processor. Where
//! the system does not tell it, the time of the clock takes its place.

use std::time::Duration;

/// The processor time of the thread that asks.
pub(super) struct ThreadClock(Clock);

/// The processor time of all threads of this process.
pub(super) struct ProcessClock(Clock);

impl ThreadClock {
    /// Creates a clock.
    pub fn start() -> Self {
        Self(Clock::start())
    }

    /// Returns the time, from an arbitrary beginning.
    pub fn now(&self) -> Duration {
        self.0.thread_time()
    }
}

impl ProcessClock {
    /// Creates a clock.
    pub fn start() -> Self {
        Self(Clock::start())
    }

    /// Returns the time, from an arbitrary beginning.
    pub fn now(&self) -> Duration {
        self.0.process_time()
    }
}

#[cfg(unix)]
struct Clock;

#[cfg(unix)]
impl Clock {
    const fn start() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "elsewhere, it is the clock")]
    fn thread_time(&self) -> Duration {
        unix_time(rustix::time::ClockId::ThreadCPUTime)
    }

    #[expect(clippy::unused_self, reason = "elsewhere, it is the clock")]
    fn process_time(&self) -> Duration {
        unix_time(rustix::time::ClockId::ProcessCPUTime)
    }
}

#[cfg(unix)]
fn unix_time(clock: rustix::time::ClockId) -> Duration {
    Duration::try_from(rustix::time::clock_gettime(clock)).unwrap_or_default()
}

#[cfg(not(unix))]
struct Clock(std::time::Instant);

#[cfg(not(unix))]
impl Clock {
    fn start() -> Self {
        Self(std::time::Instant::now())
    }

    fn thread_time(&self) -> Duration {
        self.0.elapsed()
    }

    fn process_time(&self) -> Duration {
        self.0.elapsed()
    }
}
