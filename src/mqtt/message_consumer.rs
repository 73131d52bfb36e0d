//! What gets the messages of a connection, before any of them is coalesced.

use std::sync::Arc;

use dyn_clone::DynClone;
use tokio::sync::watch;

use crate::model::batch::Batch;

/// Gets every message that a connection receives, in batches that all consumers share.
///
/// A consumer runs in the task of the connection and must not wait. What it cannot pass on at once it keeps in a queue
/// of its own, which has a limit; beyond that it decides itself what it drops, and says so to the user. The queue of
/// the screen keeps the latest message of each topic.
///
/// A connection gives each of its clients a clone, one after the other.
pub trait MessageConsumer: DynClone + Send + Sync {
    /// Gets the next messages.
    fn consume(&mut self, batch: &Arc<Batch>);
}

dyn_clone::clone_trait_object!(MessageConsumer);

/// Counts the messages of a connection exactly, however fast they arrive.
#[derive(Debug, Clone)]
pub struct MessageCounter(watch::Sender<u64>);

impl MessageCounter {
    /// Creates a counter, and the receiver of its count.
    #[must_use]
    pub fn new() -> (Self, watch::Receiver<u64>) {
        let (sender, receiver) = watch::channel(0);
        (Self(sender), receiver)
    }
}

impl MessageConsumer for MessageCounter {
    fn consume(&mut self, batch: &Arc<Batch>) {
        self.0.send_modify(|count| *count = count.saturating_add(batch.len() as u64));
    }
}
