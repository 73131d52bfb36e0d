//! What is kept of a deletion of retained messages, so that they can be restored after the program has ended, however it
//! ended.

use std::{collections::BTreeSet, sync::Arc};

use super::topic::Topic;

/// A retained message that is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetainedMessage {
    /// Which message of its deletion it is.
    pub number: u32,
    /// Its topic.
    pub topic: Topic,
    /// The payload to restore it with; `None` if it cannot be restored.
    pub restored: Option<Arc<[u8]>>,
}

/// The beginning of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionBegin {
    /// The address of the broker: nothing is restored at another one.
    pub broker: String,
    /// How many messages are to be deleted.
    pub planned: usize,
}

/// What is added to what is kept of a deletion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeletionStep {
    /// Identifies the step in the answer.
    pub serial: u64,
    /// What begins, if it is the first step. It replaces the deletion before.
    pub begin: Option<DeletionBegin>,
    /// The messages that are deleted next. The same number again replaces the message.
    pub messages: Vec<RetainedMessage>,
    /// The numbers of those that are deleted.
    pub deleted: Vec<u32>,
    /// The numbers of those that need not be restored: they are restored, or were not deleted.
    pub closed: Vec<u32>,
    /// Whether the deletion has ended.
    pub ended: bool,
}

/// What was kept of a deletion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptDeletion {
    /// How many messages were to be deleted.
    pub planned: usize,
    /// The messages that were deleted, or were about to be.
    pub messages: Vec<RetainedMessage>,
    /// The numbers of those that are known to be deleted.
    pub deleted: BTreeSet<u32>,
    /// Whether it has ended. Otherwise it was interrupted.
    pub ended: bool,
}
