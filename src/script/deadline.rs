//! The clock of a call: the engine asks it now and then whether to go on.

use std::{
    cell::Cell,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// When the call that runs is to be stopped, and whether it was.
pub(super) struct CallDeadline {
    deadline: Cell<Option<Instant>>,
    interrupted: Cell<bool>,
    abandoned: Arc<AtomicBool>,
}

impl CallDeadline {
    /// A watch that also stops everything once `given_up` is set.
    pub fn new(abandoned: Arc<AtomicBool>) -> Self {
        Self { deadline: Cell::new(None), interrupted: Cell::new(false), abandoned }
    }

    /// From now on, so much time.
    pub fn start(&self, limit: Duration) {
        self.deadline.set(Some(Instant::now() + limit));
        self.interrupted.set(false);
    }

    /// No limit from now on.
    pub fn clear(&self) {
        self.deadline.set(None);
    }

    /// Whether what runs has to stop now.
    pub fn should_interrupt(&self) -> bool {
        let is_over = self.abandoned.load(Ordering::Relaxed)
            || self.deadline.get().is_some_and(|deadline| Instant::now() > deadline);
        if is_over {
            self.interrupted.set(true);
        }
        is_over
    }

    /// Whether what ran last was told to stop.
    pub fn was_interrupted(&self) -> bool {
        self.interrupted.get()
    }
}
