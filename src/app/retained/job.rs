//! What is being deleted or restored, and what can be restored.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::model::{
    batch::MessageRef,
    connection::{ConnectionId, PublishId},
    time::Time,
    topic::Topic,
};

/// How many deleted messages can be restored, and how many bytes they may have.
pub(in crate::app) const MAX_RESTORED: usize = 10_000;
pub(in crate::app) const MAX_RESTORED_BYTES: usize = 16 << 20;

/// A retained message that is deleted.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::app) struct RetainedMessage {
    pub topic: Topic,
    /// The payload to restore it with; `None` if it cannot be restored.
    pub restored: Option<Arc<[u8]>>,
}

/// What is done with the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Task {
    Delete,
    Restore,
}

/// What has become of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It came back from the broker.
    Done,
    /// It was sent and did not come back.
    Ignored,
    /// It was not sent, for this reason.
    Failed(String),
}

/// Messages that are being deleted or restored.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) task: Task,
    pub(super) connection: ConnectionId,
    pub(super) waiting: VecDeque<RetainedMessage>,
    /// What was published and has not come back, by its topic, with when it was published.
    pub(super) unconfirmed: HashMap<Topic, (RetainedMessage, Time)>,
    /// The topics of the publish requests that have no status yet.
    pub(super) requests: HashMap<PublishId, Topic>,
    pub(super) total: usize,
    pub(super) done: usize,
    /// How many could not be sent, and why the first one could not.
    pub(super) failed: usize,
    pub(super) failure: Option<String>,
    /// How many did not come back.
    pub(super) ignored: usize,
    pub(super) next_at: Time,
}

impl Job {
    pub(super) fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.unconfirmed.is_empty()
    }

    /// Returns whether this is the message that is expected back.
    pub(super) fn expects(&self, message: MessageRef<'_>) -> bool {
        let expected = match (self.task, self.unconfirmed.get(message.topic)) {
            (_, None) => return false,
            (Task::Restore, Some((RetainedMessage { restored: Some(payload), .. }, _))) => payload,
            (_, Some(_)) => &[][..],
        };
        message.payload == expected
    }
}

/// What is being deleted or restored, and what can be restored.
#[derive(Debug, Default)]
pub(in crate::app) struct RetainedEdits {
    pub(super) job: Option<Job>,
    /// What was deleted and not restored.
    pub(super) deleted: Vec<RetainedMessage>,
    pub(super) deleted_on: Option<ConnectionId>,
}

impl RetainedEdits {
    /// Returns whether messages are being deleted or restored.
    pub(in crate::app) const fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Returns how many messages can be restored.
    pub(in crate::app) const fn restorable(&self) -> usize {
        self.deleted.len()
    }

    /// Returns when the next messages are published.
    pub(in crate::app) fn next_due(&self) -> Option<Time> {
        self.job.as_ref().map(|job| job.next_at)
    }
}
