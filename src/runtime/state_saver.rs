//! Saves tile state in the background, one write at a time.

use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

use super::ProfileStore;
use crate::model::state_cache::StateCache;

/// Writes state caches in the order of the calls.
#[derive(Debug)]
pub(crate) struct StateSaver {
    profile_store: Arc<ProfileStore>,
    last_write: Option<JoinHandle<()>>,
}

impl StateSaver {
    /// Creates a saver without pending writes.
    #[must_use]
    pub fn new(profile_store: Arc<ProfileStore>) -> Self {
        Self { profile_store, last_write: None }
    }

    /// Queues a write of the tile state of a profile.
    pub fn save(&mut self, profile: String, state_cache: StateCache) {
        let (profile_store, previous_write) = (Arc::clone(&self.profile_store), self.last_write.take());
        self.last_write = Some(tokio::spawn(async move {
            wait_for_write(previous_write).await;
            let result = spawn_blocking(move || profile_store.save_state_cache(&profile, &state_cache)).await;
            // Only logged: the values on the screen do not depend on it.
            if let Ok(Err(error)) = result {
                tracing::warn!("tile state is not saved: {error}");
            }
        }));
    }

    /// Waits until all queued writes are finished.
    pub async fn close(self) {
        wait_for_write(self.last_write).await;
    }
}

async fn wait_for_write(write: Option<JoinHandle<()>>) {
    if let Some(write) = write {
        // A write that panicked has left the old file in place.
        let _ = write.await;
    }
}
