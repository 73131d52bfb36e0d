//! Deleting retained messages, many at a time, and restoring them: at a limited speed, with progress, and until the user
//! stops it.
//!
//! They are published with `QoS` 0: a message that the broker acknowledges need not have been accepted, but one that comes
//! back to the explorer was. Each of them is expected back.

mod job;

use std::{collections::HashMap, sync::Arc, time::Duration};

use self::job::{Job, Outcome, Task};
pub(super) use self::job::{MAX_RESTORED, MAX_RESTORED_BYTES, RetainedEdits, RetainedMessage};
use super::{App, Effect, MqttEffect, subscriptions::SubscriptionOwner};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
    plural::pluralize,
    time::Time,
    topic::Topic,
};

/// How often messages are published, and how many at a time: 500 a second.
const INTERVAL: Duration = Duration::from_millis(100);
const MESSAGES_PER_INTERVAL: usize = 50;
/// The most messages that have not come back from the broker.
const MAX_UNCONFIRMED: usize = 500;
/// How long it may take until a message comes back.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(3);

impl App {
    /// Deletes these retained messages.
    pub(super) fn delete_retained(&mut self, connection: ConnectionId, messages: Vec<RetainedMessage>, now: Time) {
        (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), Some(connection));
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
                let Some(explorer) = &self.explorer else { return };
                // What has a newer message was not deleted, or was published again: that stays.
                let is_gone = |message: &RetainedMessage| {
                    let node = explorer.tree.find(message.topic.as_str());
                    node.and_then(|node| explorer.tree.topic(node)).is_none_or(|state| state.payload_bytes == 0)
                };
                let (restored, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.retained.deleted)
                    .into_iter()
                    .filter(is_gone)
                    .partition(|message| explorer.explores(message.topic.as_str()));
                self.retained.deleted = others;
                if restored.is_empty() {
                    return self.notify("Nothing to restore among the topics that are subscribed to", now);
                }
                self.start_retained_job(Task::Restore, connection, restored, now);
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
            unconfirmed: HashMap::new(),
            requests: HashMap::new(),
            done: 0,
            failed: 0,
            failure: None,
            ignored: 0,
            next_at: now,
        });
    }

    /// Publishes the next messages if it is time, and gives up those that do not come back.
    pub(super) fn publish_retained(&mut self, now: Time) -> Vec<Effect> {
        let is_due = self.retained.next_due().is_some_and(|due| due <= now);
        let Some(job) = self.retained.job.as_mut().filter(|_| is_due) else { return Vec::new() };
        job.next_at = now.saturating_add(INTERVAL);
        self.display.dirty = true;
        if !self.connections.iter().any(|connection| connection.id == job.connection && connection.is_connected()) {
            // Nothing may fill the queue of a connection that is down, and what was sent last may be lost.
            job.waiting.extend(job.unconfirmed.drain().map(|(_, (message, _))| message));
            job.requests.clear();
            return Vec::new();
        }
        let is_old = |sent_at: Time| now.since(sent_at) >= CONFIRM_TIMEOUT;
        let given_up: Vec<Topic> =
            job.unconfirmed.iter().filter(|(_, (_, at))| is_old(*at)).map(|(topic, _)| topic.clone()).collect();
        for topic in given_up {
            self.finish_retained(&topic, Outcome::Ignored);
        }
        self.end_retained_job(now);
        self.publish_next_retained(now)
    }

    fn publish_next_retained(&mut self, now: Time) -> Vec<Effect> {
        let Some(job) = &mut self.retained.job else { return Vec::new() };
        let room = MAX_UNCONFIRMED.saturating_sub(job.unconfirmed.len());
        let next: Vec<RetainedMessage> =
            job.waiting.drain(..room.min(MESSAGES_PER_INTERVAL).min(job.waiting.len())).collect();
        let tree = self.explorer.as_ref().map(|explorer| &explorer.tree);
        let publish = |mut message: RetainedMessage| {
            let newest = tree.and_then(|tree| tree.topic(tree.find(message.topic.as_str())?));
            if let (Task::Delete, Some(payload), Some(newest)) = (job.task, &mut message.restored, newest)
                && newest.payload.len() == newest.payload_bytes
                && newest.payload_bytes > 0
            {
                // It may have changed since the question.
                *payload = newest.payload.into();
            }
            let id = self.publishing.next_id();
            let payload = match (job.task, &message.restored) {
                (Task::Restore, Some(payload)) => Arc::clone(payload),
                _ => Arc::from([]),
            };
            let topic = message.topic.clone();
            job.requests.insert(id, topic.clone());
            job.unconfirmed.insert(topic.clone(), (message, now));
            Effect::Mqtt(MqttEffect::Publish(
                job.connection,
                PublishRequest { id, topic, payload, qos: Qos::AtMostOnce, retain: true, properties: None },
            ))
        };
        next.into_iter().map(publish).collect()
    }

    /// Takes a message into account that the explorer has received.
    pub(super) fn confirm_retained(&mut self, connection: ConnectionId, message: MessageRef<'_>, now: Time) {
        let job = self.retained.job.as_ref().filter(|job| job.connection == connection && job.expects(message));
        if job.is_some()
            && let Ok(topic) = Topic::new(message.topic)
        {
            self.finish_retained(&topic, Outcome::Done);
            self.end_retained_job(now);
        }
    }

    /// Takes the status of a publish request into account. Returns whether it is one of these.
    pub(super) fn on_retained_status(&mut self, id: PublishId, status: &PublishStatus, now: Time) -> bool {
        let Some(job) = &mut self.retained.job else { return false };
        let Some(topic) = job.requests.remove(&id) else { return false };
        match status {
            PublishStatus::Sent | PublishStatus::Acknowledged => {}
            PublishStatus::Failed(reason) => self.finish_retained(&topic, Outcome::Failed(reason.clone())),
            PublishStatus::Canceled => self.finish_retained(&topic, Outcome::Failed("canceled".to_owned())),
        }
        self.end_retained_job(now);
        true
    }

    /// Counts what has become of a message, and keeps it if it can be restored, now or again.
    fn finish_retained(&mut self, topic: &Topic, outcome: Outcome) {
        let Some(job) = &mut self.retained.job else { return };
        let Some((message, _)) = job.unconfirmed.remove(topic) else { return };
        let (task, is_done) = (job.task, outcome == Outcome::Done);
        match outcome {
            Outcome::Done => job.done += 1,
            Outcome::Ignored => job.ignored += 1,
            Outcome::Failed(reason) => {
                job.failed += 1;
                job.failure.get_or_insert(reason);
            }
        }
        if task == Task::Restore && is_done {
            self.mark_restored(topic);
        } else if message.restored.is_some() {
            // Perhaps it was deleted although nothing came back.
            self.retained.deleted.push(message);
        }
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

    /// Ends what is being deleted or restored because nothing can be confirmed any more.
    pub(super) fn abandon_retained_job(&mut self, now: Time) {
        self.stop_retained_job(now);
        let Some(job) = &self.retained.job else { return };
        let unconfirmed: Vec<Topic> = job.unconfirmed.keys().cloned().collect();
        for topic in unconfirmed {
            self.finish_retained(&topic, Outcome::Ignored);
        }
        self.end_retained_job(now);
    }

    /// Forgets what belongs to a connection that leads to another broker now.
    pub(super) fn forget_retained_of(&mut self, connection: ConnectionId, now: Time) {
        if self.retained.job.as_ref().is_some_and(|job| job.connection == connection) {
            self.abandon_retained_job(now);
        }
        if self.retained.deleted_on == Some(connection) {
            (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), None);
        }
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
        let Some(job) = self.retained.job.take_if(|job| job.is_over()) else { return };
        self.display.dirty = true;
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
        if job.ignored > 0 {
            let ignored = job.ignored;
            return self.report_failure(
                format!("{text}; {ignored} not confirmed by the broker: perhaps it is not allowed"),
                now,
            );
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
            (true, _) => format!("waiting for {}", pluralize(job.unconfirmed.len(), "answer")),
            (false, Some(connection)) if !connection.is_connected() => {
                "waits for the connection · Esc stops".to_owned()
            }
            (false, _) => "Esc stops".to_owned(),
        };
        Some(format!("{verb} retained messages: {} of {} · {state}", job.done + job.failed + job.ignored, job.total))
    }
}
