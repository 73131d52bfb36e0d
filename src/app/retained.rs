//! Deleting retained messages, many at a time, and restoring them: at a limited speed, with progress, and until the user
//! stops it.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use super::{App, Effect, MqttEffect, subscriptions::SubscriptionOwner};
use crate::model::{
    connection::{ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
    plural::pluralize,
    time::Time,
    topic::Topic,
};

/// How often messages are published, and how many at a time: 500 a second.
const INTERVAL: Duration = Duration::from_millis(100);
const MESSAGES_PER_INTERVAL: usize = 50;
/// The most messages that the broker has not acknowledged: presses of tiles must find room in the outgoing queue.
const MAX_IN_FLIGHT: usize = 100;
/// How many deleted messages can be restored, and how many bytes they may have.
pub(super) const MAX_RESTORED: usize = 10_000;
pub(super) const MAX_RESTORED_BYTES: usize = 16 << 20;

/// A retained message that is deleted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RetainedMessage {
    pub topic: Topic,
    /// The payload and the `QoS` to restore it with; `None` if it cannot be restored.
    pub restored: Option<(Arc<[u8]>, Qos)>,
}

/// What is done with the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    Delete,
    Restore,
}

/// Messages that are being deleted or restored.
#[derive(Debug)]
struct Job {
    task: Task,
    connection: ConnectionId,
    waiting: VecDeque<RetainedMessage>,
    in_flight: HashMap<PublishId, RetainedMessage>,
    total: usize,
    done: usize,
    failed: usize,
    /// Why the first one that has failed did.
    failure: Option<String>,
    next_at: Time,
}

/// What is being deleted or restored, and what can be restored.
#[derive(Debug, Default)]
pub(super) struct RetainedEdits {
    job: Option<Job>,
    /// What was deleted and not restored.
    deleted: Vec<RetainedMessage>,
    deleted_on: Option<ConnectionId>,
}

impl RetainedMessage {
    fn restored_bytes(&self) -> usize {
        self.restored.as_ref().map_or(0, |(payload, _)| payload.len())
    }
}

impl RetainedEdits {
    /// Returns whether messages are being deleted or restored.
    pub(super) const fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Forgets everything: the connection leads to another broker.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Makes room for more messages that can be restored: the oldest ones are forgotten.
    fn make_room_for(&mut self, connection: ConnectionId, messages: &[RetainedMessage]) {
        if self.deleted_on != Some(connection) {
            self.deleted.clear();
        }
        self.deleted_on = Some(connection);
        let bytes = |messages: &[RetainedMessage]| messages.iter().map(RetainedMessage::restored_bytes).sum::<usize>();
        let new = messages.iter().filter(|message| message.restored.is_some()).count();
        let has_room =
            self.deleted.len() + new <= MAX_RESTORED && bytes(&self.deleted) + bytes(messages) <= MAX_RESTORED_BYTES;
        if !has_room {
            self.deleted.clear();
        }
    }

    /// Returns when the next messages are published.
    pub(super) fn next_due(&self) -> Option<Time> {
        let job = self.job.as_ref()?;
        (!job.waiting.is_empty() && job.in_flight.len() < MAX_IN_FLIGHT).then_some(job.next_at)
    }
}

impl App {
    /// Deletes these retained messages.
    pub(super) fn delete_retained(&mut self, connection: ConnectionId, messages: Vec<RetainedMessage>, now: Time) {
        self.retained.make_room_for(connection, &messages);
        self.start_retained_job(Task::Delete, connection, messages, now);
    }

    /// Publishes again what was deleted last.
    pub(super) fn restore_retained(&mut self, now: Time) {
        let is_same = self.explorer.as_ref().map(|explorer| explorer.connection) == self.retained.deleted_on;
        match self.retained.deleted_on.filter(|_| is_same && !self.retained.deleted.is_empty()) {
            _ if self.retained.job.is_some() => {
                self.notify("Retained messages are still being changed: Esc stops that", now);
            }
            Some(connection) => {
                let deleted = std::mem::take(&mut self.retained.deleted);
                self.start_retained_job(Task::Restore, connection, deleted, now);
            }
            None => self.notify("Nothing to restore: no retained message was deleted", now),
        }
    }

    fn start_retained_job(&mut self, task: Task, connection: ConnectionId, messages: Vec<RetainedMessage>, now: Time) {
        if let Some(connection) = self.connection_mut(connection) {
            connection.subscriptions.set(SubscriptionOwner::RetainedMessages, Vec::new());
        }
        self.retained.job = Some(Job {
            task,
            connection,
            total: messages.len(),
            waiting: messages.into(),
            in_flight: HashMap::new(),
            done: 0,
            failed: 0,
            failure: None,
            next_at: now,
        });
    }

    /// Publishes the next messages if it is time.
    pub(super) fn publish_retained(&mut self, now: Time) -> Vec<Effect> {
        let is_due = self.retained.next_due().is_some_and(|due| due <= now);
        let Some(job) = self.retained.job.as_mut().filter(|_| is_due) else { return Vec::new() };
        if !self.connections.iter().any(|connection| connection.id == job.connection && connection.is_connected()) {
            // Nothing may fill the queue of a connection that is down.
            job.next_at = now.saturating_add(INTERVAL * 10);
            return Vec::new();
        }
        let room = MAX_IN_FLIGHT.saturating_sub(job.in_flight.len()).min(MESSAGES_PER_INTERVAL).min(job.waiting.len());
        job.next_at = now.saturating_add(INTERVAL);
        self.display.dirty = true;
        let publish = |message: RetainedMessage| {
            let id = self.publishing.next_id();
            let (payload, qos) = match (job.task, &message.restored) {
                (Task::Restore, Some((payload, qos))) => (Arc::clone(payload), (*qos).max(Qos::AtLeastOnce)),
                _ => (Arc::from([]), Qos::AtLeastOnce),
            };
            let request = PublishRequest { id, topic: message.topic.clone(), payload, qos, retain: true };
            job.in_flight.insert(id, message);
            Effect::Mqtt(MqttEffect::Publish(job.connection, request))
        };
        let next: Vec<RetainedMessage> = job.waiting.drain(..room).collect();
        next.into_iter().map(publish).collect()
    }

    /// Takes the status of a publish request into account. Returns whether it is one of these.
    pub(super) fn on_retained_status(&mut self, id: PublishId, status: &PublishStatus, now: Time) -> bool {
        let Some(job) = &mut self.retained.job else { return false };
        if !job.in_flight.contains_key(&id) {
            return false;
        }
        if *status == PublishStatus::Sent {
            return true;
        }
        let Some(message) = job.in_flight.remove(&id) else { return true };
        let task = job.task;
        let is_done = *status == PublishStatus::Acknowledged;
        if is_done {
            job.done += 1;
        } else {
            job.failed += 1;
            if let PublishStatus::Failed(reason) = status {
                job.failure.get_or_insert_with(|| reason.clone());
            }
        }
        match task {
            Task::Restore if is_done => self.mark_restored(&message.topic),
            // Perhaps it was deleted without an answer: to restore what is still there does no harm.
            Task::Delete | Task::Restore if message.restored.is_some() => self.retained.deleted.push(message),
            Task::Delete | Task::Restore => {}
        }
        self.end_retained_job(now);
        self.display.dirty = true;
        true
    }

    /// Publishes no more of what is being deleted or restored. Returns whether there was anything.
    pub(super) fn stop_retained_job(&mut self, now: Time) -> bool {
        let Some(job) = self.retained.job.as_mut().filter(|job| !job.waiting.is_empty()) else { return false };
        let left = std::mem::take(&mut job.waiting);
        if job.task == Task::Restore {
            self.retained.deleted.extend(left);
        }
        self.end_retained_job(now);
        true
    }

    /// Marks a topic as retained: the broker sends a message that comes later without the flag.
    fn mark_restored(&mut self, topic: &Topic) {
        if let Some(explorer) =
            self.explorer.as_mut().filter(|explorer| Some(explorer.connection) == self.retained.deleted_on)
        {
            explorer.tree.mark_retained(topic.as_str());
        }
    }

    /// Says what became of the messages when all have a status.
    fn end_retained_job(&mut self, now: Time) {
        let is_over = |job: &Job| job.waiting.is_empty() && job.in_flight.is_empty();
        let Some(job) = self.retained.job.take_if(|job| is_over(job)) else { return };
        if let Some(connection) = self.connection_mut(job.connection) {
            connection.subscriptions.remove(SubscriptionOwner::RetainedMessages);
        }
        let verb = if job.task == Task::Delete { "Deleted" } else { "Restored" };
        let can_restore = !self.retained.deleted.is_empty();
        let mut text = format!("{verb} {}", pluralize(job.done, "retained message"));
        if job.done < job.total {
            text = format!("{text} of {}", job.total);
        }
        if let Some(failure) = job.failure {
            return self.report_failure(format!("{text}; {} failed: {failure}", job.failed), now);
        }
        match (job.task, can_restore) {
            (Task::Delete, true) => text.push_str(": u restores them"),
            (Task::Restore, true) => text.push_str(": u goes on"),
            (_, false) => {}
        }
        self.notify(text, now);
    }

    /// Returns how far the deletion or the restoring is, as a sentence; `None` if there is none.
    pub(crate) fn retained_progress(&self) -> Option<String> {
        let job = self.retained.job.as_ref()?;
        let verb = if job.task == Task::Delete { "Deleting" } else { "Restoring" };
        let state = match (job.waiting.is_empty(), self.connection(job.connection)) {
            (true, _) => format!("waiting for {}", pluralize(job.in_flight.len(), "answer")),
            (false, Some(connection)) if !connection.is_connected() => {
                "waits for the connection · Esc stops".to_owned()
            }
            (false, _) => "Esc stops".to_owned(),
        };
        Some(format!("{verb} retained messages: {} of {} · {state}", job.done + job.failed, job.total))
    }
}
