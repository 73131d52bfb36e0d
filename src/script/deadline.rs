//! The time limit of a call. `QuickJS` checks it regularly through an interrupt handler.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// The deadline of the running call, and whether the call was interrupted.
pub(super) struct CallDeadline {
    deadline: Cell<Option<Instant>>,
    interrupted: Cell<bool>,
    abandoned: Arc<AtomicBool>,
}

impl CallDeadline {
    /// Creates a deadline without a limit. Every call is interrupted once `abandoned` is set.
    pub fn new(abandoned: Arc<AtomicBool>) -> Self {
        Self { deadline: Cell::new(None), interrupted: Cell::new(false), abandoned }
    }

    /// Starts a time limit for the next call.
    pub fn start(&self, limit: Duration) {
        self.deadline.set(Some(Instant::now() + limit));
        self.interrupted.set(false);
    }

    /// Removes the time limit.
    pub fn clear(&self) {
        self.deadline.set(None);
    }

    /// Returns whether the running call must stop now, and records it.
    pub fn should_interrupt(&self) -> bool {
        let is_over = self.abandoned.load(Ordering::Relaxed)
            || self.deadline.get().is_some_and(|deadline| Instant::now() > deadline);
        if is_over {
            self.interrupted.set(true);
        }
        is_over
    }

    /// Returns whether the last call was interrupted.
    pub fn was_interrupted(&self) -> bool {
        self.interrupted.get()
    }
}
