//! Keeping what is remembered of tiles, off the loop: one write after the other.

use std::sync::Arc;

use tokio::task::{JoinHandle, spawn_blocking};

use super::Shelf;
use crate::model::state_cache::StateCache;

/// Writes what is to be remembered.
#[derive(Debug)]
pub struct Notebook {
    shelf: Arc<Shelf>,
    last: Option<JoinHandle<()>>,
}

impl Notebook {
    /// A notebook in which nothing is being written.
    #[must_use]
    pub fn new(shelf: Arc<Shelf>) -> Self {
        Self { shelf, last: None }
    }

    /// Writes down what is to be remembered of the tiles of a profile, soon.
    pub fn keep(&mut self, profile: String, memory: StateCache) {
        let (shelf, before) = (Arc::clone(&self.shelf), self.last.take());
        self.last = Some(tokio::spawn(async move {
            wait(before).await;
            let written = spawn_blocking(move || shelf.keep(&profile, &memory)).await;
            // What is shown does not depend on it; a disk that is full is said where it matters more.
            if let Ok(Err(fault)) = written {
                tracing::warn!("readings are not remembered: {fault}");
            }
        }));
    }

    /// Waits until everything is written.
    pub async fn close(self) {
        wait(self.last).await;
    }
}

async fn wait(writing: Option<JoinHandle<()>>) {
    if let Some(writing) = writing {
        // A write that broke off left the file as it was.
        let _ = writing.await;
    }
}
