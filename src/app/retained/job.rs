//! What is being deleted or restored, and what can be restored.

use std::collections::{HashMap, HashSet, VecDeque};

use super::earlier::EarlierDeletion;
use crate::{
    app::Effect,
    model::{
        batch::MessageRef,
        connection::{ConnectionId, PublishId},
        kept_deletion::RetainedMessage,
        time::Time,
        topic::Topic,
    },
};

/// How many deleted messages can be restored, and how many bytes they may have.
pub(in crate::app) const MAX_RESTORED: usize = 10_000;
pub(in crate::app) const MAX_RESTORED_BYTES: usize = 16 << 20;

/// How often it is tried to send a message.
const MAX_ATTEMPTS: u8 = 3;

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
    /// The name of the connection's profile.
    pub(super) profile: String,
    /// What is to be deleted and is not in the file yet.
    pub(super) waiting: VecDeque<RetainedMessage>,
    /// What the file service was asked to write.
    pub(super) writing: Vec<RetainedMessage>,
    /// What can be published: what is deleted is in the file, so that it can be restored.
    pub(super) ready: VecDeque<RetainedMessage>,
    /// The step that the file service has not answered.
    pub(super) step: Option<u64>,
    /// The numbers of what was deleted, and of what need not be restored, that the file does not say yet.
    pub(super) deleted: Vec<u32>,
    pub(super) closed: Vec<u32>,
    /// Why what is deleted cannot be written to the file: then nothing more is.
    pub(super) write_failure: Option<String>,
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
    /// Since when the connection is up in which messages are published.
    pub(super) session_since: Time,
    /// The numbers of what was published at least once: the broker may have it.
    pub(super) published: HashSet<u32>,
    /// How often a message was written again because another one had come, by its number.
    pub(super) rewritten: HashMap<u32, u8>,
    /// How often a message was not sent, by its number.
    pub(super) attempts: HashMap<u32, u8>,
    /// Whether no more is published.
    pub(super) is_stopped: bool,
}

impl Job {
    pub(super) fn is_over(&self) -> bool {
        self.unpublished() == 0 && self.unconfirmed.is_empty()
    }

    /// Returns how many messages are not published yet.
    pub(super) fn unpublished(&self) -> usize {
        self.waiting.len() + self.writing.len() + self.ready.len()
    }

    /// Publishes a message again that was not sent, unless that has happened too often. Returns whether it does.
    pub(super) fn try_again(&mut self, topic: &Topic) -> bool {
        let Some((message, _)) = self.unconfirmed.get(topic) else { return false };
        let attempts = self.attempts.entry(message.number).or_default();
        *attempts += 1;
        if self.is_stopped || *attempts >= MAX_ATTEMPTS {
            return false;
        }
        self.ready.extend(self.unconfirmed.remove(topic).map(|(message, _)| message));
        true
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
    /// What was deleted before the explorer was opened, until it is known what the broker still has.
    pub(super) earlier: Option<EarlierDeletion>,
    /// When the explorer has begun to listen, or the last retained message has come.
    pub(super) quiet_since: Time,
    /// Whether what was deleted is to be restored as soon as it is known what the broker has retained.
    pub(super) restores_soon: bool,
    /// When it is examined next whether that is known.
    pub(super) next_check: Time,
    /// The serial number of the last step that was to be written.
    pub(super) last_step: u64,
    /// What the file service is to do.
    pub(in crate::app) effects: Vec<Effect>,
}

impl RetainedEdits {
    /// Returns whether messages are being deleted or restored.
    pub(in crate::app) const fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Forgets what was deleted before the explorer was opened, and that something is to be restored.
    pub(in crate::app) fn forget_earlier(&mut self) {
        (self.earlier, self.restores_soon) = (None, false);
    }

    /// Returns how many messages can be restored.
    pub(in crate::app) fn restorable(&self) -> usize {
        self.deleted.len() + self.earlier.as_ref().map_or(0, EarlierDeletion::restorable)
    }

    /// Returns when the next messages are published.
    pub(in crate::app) fn next_due(&self) -> Option<Time> {
        let is_examined = self.restores_soon || self.earlier.as_ref().is_some_and(EarlierDeletion::is_loaded);
        let examined = is_examined.then_some(self.next_check);
        self.job.as_ref().map(|job| job.next_at).into_iter().chain(examined).min()
    }
}
