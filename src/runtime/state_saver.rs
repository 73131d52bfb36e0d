//! Keeping what is remembered of tiles, off the loop: one write after the other.

use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

use super::ProfileStore;
use crate::model::state_cache::StateCache;

/// Writes what is to be remembered.
#[derive(Debug)]
pub struct StateSaver {
    profile_store: Arc<ProfileStore>,
    last_write: Option<JoinHandle<()>>,
}

impl StateSaver {
    /// A notebook in which nothing is being written.
    #[must_use]
    pub fn new(profile_store: Arc<ProfileStore>) -> Self {
        Self { profile_store, last_write: None }
    }

    /// Writes down what is to be remembered of the tiles of a profile, soon.
    pub fn save(&mut self, profile: String, state_cache: StateCache) {
        let (profile_store, previous_write) = (Arc::clone(&self.profile_store), self.last_write.take());
        self.last_write = Some(tokio::spawn(async move {
            wait_for_write(previous_write).await;
            let result = spawn_blocking(move || profile_store.save_state_cache(&profile, &state_cache)).await;
            // What is shown does not depend on it; a disk that is full is said where it matters more.
            if let Ok(Err(error)) = result {
                tracing::warn!("readings are not remembered: {error}");
            }
        }));
    }

    /// Waits until everything is written.
    pub async fn close(self) {
        wait_for_write(self.last_write).await;
    }
}

async fn wait_for_write(write: Option<JoinHandle<()>>) {
    if let Some(write) = write {
        // A write that broke off left the file as it was.
        let _ = write.await;
    }
}
