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
/// The most messages that the broker has not acknowledged.
const MAX_IN_FLIGHT: usize = 1_000;

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
    /// What was deleted last.
    deleted: Vec<RetainedMessage>,
    deleted_on: Option<ConnectionId>,
}

impl RetainedEdits {
    /// Returns whether messages are being deleted or restored.
    pub(super) const fn is_busy(&self) -> bool {
        self.job.is_some()
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
        self.start_retained_job(Task::Delete, connection, messages, now);
        (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), Some(connection));
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
        let Some(job) = self.retained.job.as_mut().filter(|job| job.next_at <= now) else { return Vec::new() };
        let room = MAX_IN_FLIGHT.saturating_sub(job.in_flight.len()).min(MESSAGES_PER_INTERVAL).min(job.waiting.len());
        if room == 0 {
            return Vec::new();
        }
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
        if *status == PublishStatus::Acknowledged {
            job.done += 1;
            if job.task == Task::Delete && message.restored.is_some() {
                self.retained.deleted.push(message);
            }
        } else {
            job.failed += 1;
            if let PublishStatus::Failed(reason) = status {
                job.failure.get_or_insert_with(|| reason.clone());
            }
        }
        self.end_retained_job(now);
        self.display.dirty = true;
        true
    }

    /// Publishes no more of what is being deleted or restored. Returns whether there was anything.
    pub(super) fn stop_retained_job(&mut self, now: Time) -> bool {
        let Some(job) = &mut self.retained.job else { return false };
        job.waiting.clear();
        self.end_retained_job(now);
        true
    }

    /// Says what became of the messages when all have a status.
    fn end_retained_job(&mut self, now: Time) {
        let is_over = |job: &Job| job.waiting.is_empty() && job.in_flight.is_empty();
        let Some(job) = self.retained.job.take_if(|job| is_over(job)) else { return };
        if let Some(connection) = self.connection_mut(job.connection) {
            connection.subscriptions.remove(SubscriptionOwner::RetainedMessages);
        }
        let (verb, restored) = match job.task {
            Task::Delete => ("Deleted", self.retained.deleted.len()),
            Task::Restore => ("Restored", 0),
        };
        let mut text = format!("{verb} {}", pluralize(job.done, "retained message"));
        if job.done < job.total {
            text = format!("{text} of {}", job.total);
        }
        if let Some(failure) = job.failure {
            return self.report_failure(format!("{text}; {} failed: {failure}", job.failed), now);
        }
        if restored > 0 {
            text.push_str(": u restores them");
        }
        self.notify(text, now);
    }

    /// Returns how far the deletion or the restoring is, as a sentence; `None` if there is none.
    pub(crate) fn retained_progress(&self) -> Option<String> {
        let job = self.retained.job.as_ref()?;
        let verb = if job.task == Task::Delete { "Deleting" } else { "Restoring" };
        Some(format!("{verb} retained messages: {} of {} · Esc stops", job.done + job.failed, job.total))
    }
}
