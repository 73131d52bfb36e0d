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
pub(super) struct Watch {
    until: Cell<Option<Instant>>,
    stopped: Cell<bool>,
    given_up: Arc<AtomicBool>,
}

impl Watch {
    /// A watch that also stops everything once `given_up` is set.
    pub fn new(given_up: Arc<AtomicBool>) -> Self {
        Self { until: Cell::new(None), stopped: Cell::new(false), given_up }
    }

    /// From now on, so much time.
    pub fn start(&self, time: Duration) {
        self.until.set(Some(Instant::now() + time));
        self.stopped.set(false);
    }

    /// No limit from now on.
    pub fn rest(&self) {
        self.until.set(None);
    }

    /// Whether what runs has to stop now.
    pub fn is_over(&self) -> bool {
        let over =
            self.given_up.load(Ordering::Relaxed) || self.until.get().is_some_and(|until| Instant::now() > until);
        if over {
            self.stopped.set(true);
        }
        over
    }

    /// Whether what ran last was told to stop.
    pub fn has_stopped(&self) -> bool {
        self.stopped.get()
    }
}
