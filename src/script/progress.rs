//! Which script the engine runs at the moment, for the thread that ends the process of a script that takes too long.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

/// Shared by the thread that runs scripts and the one that watches over it. Neither waits for the other.
#[derive(Debug, Default)]
pub struct ScriptProgress {
    /// Whether the engine has work. While it has none, there is nothing to watch.
    is_busy: AtomicBool,
    /// Odd while a script runs; it grows with the beginning and the end of each. [`STOPPED`] at the end.
    sequence: AtomicU64,
}

/// A script took too long: the engine goes no further.
const STOPPED: u64 = u64::MAX;

/// One run of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunningScript(u64);

impl ScriptProgress {
    /// Notes whether the engine has work.
    pub(super) fn set_busy(&self, is_busy: bool) {
        self.is_busy.store(is_busy, Ordering::Release);
    }

    /// Returns whether the engine has work.
    pub(super) fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Acquire)
    }

    /// Notes that a script begins.
    pub(super) fn begin(&self) {
        self.step();
    }

    /// Notes that the script ends. Does not return if [`stop`](Self::stop) came first: the process is about to end, and
    /// what the script has done must not count.
    pub(super) fn end(&self) {
        self.step();
    }

    fn step(&self) {
        let next = |sequence| (sequence != STOPPED).then(|| sequence + 1);
        while self.sequence.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).is_err() {
            thread::park();
        }
    }

    /// Returns the script that runs now, if any.
    pub(super) fn running(&self) -> Option<RunningScript> {
        let sequence = self.sequence.load(Ordering::Acquire);
        (sequence % 2 == 1 && sequence != STOPPED).then_some(RunningScript(sequence))
    }

    /// Forbids a script to end. Returns false if it has ended already.
    pub(super) fn stop(&self, RunningScript(sequence): RunningScript) -> bool {
        self.sequence.compare_exchange(sequence, STOPPED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_script_that_runs_can_be_stopped() {
        let progress = ScriptProgress::default();
        assert_eq!(progress.running(), None);
        progress.begin();
        let first = progress.running().unwrap();
        progress.end();
        assert_eq!(progress.running(), None);
        assert!(!progress.stop(first));
        progress.begin();
        let second = progress.running().unwrap();
        assert!(first != second && !progress.stop(first));
        assert!(progress.stop(second));
        assert_eq!(progress.running(), None);
    }
}
