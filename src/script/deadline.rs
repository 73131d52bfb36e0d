//! The time limit of a script. `QuickJS` checks it regularly through an interrupt handler.

use std::{cell::Cell, sync::Arc, time::Duration};

use super::{cpu_time::ThreadClock, progress::ScriptProgress};

/// The deadline of the running script, and whether it was interrupted. The time is that of the processor: other programs
/// do not use up the time of a script.
pub(super) struct Deadline {
    clock: ThreadClock,
    progress: Arc<ScriptProgress>,
    at: Cell<Option<Duration>>,
    interrupted: Cell<bool>,
}

impl Deadline {
    /// Creates a deadline without a limit. `progress` learns of each script.
    pub fn new(progress: Arc<ScriptProgress>) -> Self {
        Self { clock: ThreadClock::start(), progress, at: Cell::new(None), interrupted: Cell::new(false) }
    }

    /// Notes that a script begins, which has this much time.
    pub fn begin(&self, limit: Duration) {
        self.progress.begin();
        self.allow(limit);
    }

    /// Allows the script this much time from now on.
    pub fn allow(&self, limit: Duration) {
        self.at.set(Some(self.clock.now() + limit));
        self.interrupted.set(false);
    }

    /// Runs something that has this much time, however much the script has used. Afterwards, the deadline of the script
    /// is as it was.
    pub fn with_time<T>(&self, limit: Duration, run: impl FnOnce() -> T) -> T {
        let (at, interrupted) = (self.at.get(), self.interrupted.get());
        self.allow(limit);
        let result = run();
        self.at.set(at);
        self.interrupted.set(interrupted);
        result
    }

    /// Notes that the script ends.
    pub fn end(&self) {
        self.at.set(None);
        self.progress.end();
    }

    /// Returns whether the running script must stop now, and records it.
    pub fn should_interrupt(&self) -> bool {
        let is_over = self.at.get().is_some_and(|deadline| self.clock.now() > deadline);
        if is_over {
            self.interrupted.set(true);
        }
        is_over
    }

    /// Returns whether the script was interrupted.
    pub fn was_interrupted(&self) -> bool {
        self.interrupted.get()
    }
}
