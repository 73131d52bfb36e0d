//! Work that may block, run in the background. Its results return to the event loop as [`RuntimeEvent`]s.

use std::sync::Arc;

use super::{ConnectionPlanError, EffectHandler, ProfileStore, runtime_event::RuntimeEvent};
use crate::app::{Event, ShellEvent};

/// Says that work has failed.
pub(super) fn failure(reason: String) -> RuntimeEvent {
    Event::Shell(ShellEvent::Failure(reason)).into()
}

impl EffectHandler {
    pub(super) fn open_url(&self, address: String) {
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = super::open_url::open_url(&address) {
                // The receiver is gone: shutting down.
                let _ = events.blocking_send(failure(error.to_string()));
            }
        });
    }

    /// Runs work that may block, such as a command that prints a password, on a blocking thread.
    pub(super) fn run_in_background(
        &self,
        work: impl FnOnce(&ProfileStore) -> Result<RuntimeEvent, ConnectionPlanError> + Send + 'static,
    ) {
        let (profile_store, events) = (Arc::clone(&self.profile_store), self.events.clone());
        tokio::task::spawn_blocking(move || {
            // The receiver is gone: shutting down.
            let _ = events.blocking_send(work(&profile_store).unwrap_or_else(|error| failure(error.to_string())));
        });
    }

    #[cfg(feature = "demo")]
    pub(super) fn start_demo(&self) {
        let (profile_store, events) = (Arc::clone(&self.profile_store), self.events.clone());
        tokio::spawn(async move {
            let started = super::start_demo(&profile_store, crate::demo::DemoOptions::default()).await;
            let event = started.map_or_else(
                |error| failure(error.to_string()),
                |started| RuntimeEvent::DemoStarted(Box::new(started)),
            );
            // The receiver is gone: shutting down.
            let _ = events.send(event).await;
        });
    }
}
