//! Deleting retained messages, many at a time, and restoring them: at a limited speed, with progress, and until the user
//! stops it.
//!
//! They are published with `QoS` 0: a message that the broker acknowledges need not have been accepted, but one that comes
//! back to the explorer was. Each of them is expected back.
//!
//! - `job` has what is being deleted or restored.
//! - `keep` has what is deleted written to a file before it is published.
//! - `report` says how far it is, and what has become of it.
//! - `earlier` takes over what was deleted before the explorer was opened, also in an earlier run of the program.

mod earlier;
mod job;
mod keep;
mod report;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

pub(super) use self::job::{MAX_RESTORED, MAX_RESTORED_BYTES, RetainedEdits};
use self::{
    earlier::EarlierDeletion,
    job::{Job, Outcome, Task},
};
use super::{App, Effect, MqttEffect, explorer::Explorer, subscriptions::SubscriptionOwner};
use crate::model::{
    batch::MessageRef,
    connection::{ConnectionId, PublishId, PublishRequest, PublishStatus, Qos},
    kept_deletion::RetainedMessage,
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
        self.retained.earlier = None;
        self.start_retained_job(Task::Delete, connection, messages, now);
        self.begin_kept_deletion();
    }

    /// Publishes again what was deleted last.
    pub(super) fn restore_retained(&mut self, now: Time) {
        let is_same = self.explorer.as_ref().map(|explorer| explorer.connection) == self.retained.deleted_on;
        match self.retained.deleted_on.filter(|_| is_same && !self.retained.deleted.is_empty()) {
            _ if self.retained.job.is_some() => {
                self.notify("Retained messages are still being changed: Esc stops that", now);
            }
            _ if self.retained.earlier.as_mut().is_some_and(EarlierDeletion::restore_soon) => {
                self.notify("Restoring begins when the broker has sent what it has retained", now);
            }
            Some(connection) => {
                let Some(explorer) = &self.explorer else { return };
                let (gone, newer): (Vec<_>, Vec<_>) = std::mem::take(&mut self.retained.deleted)
                    .into_iter()
                    .partition(|message| is_gone(explorer, message));
                let (restored, others): (Vec<_>, Vec<_>) =
                    gone.into_iter().partition(|message| explorer.explores(message.topic.as_str()));
                self.retained.deleted = others;
                self.start_retained_job(Task::Restore, connection, restored, now);
                let Some(job) = &mut self.retained.job else { return };
                job.closed = newer.iter().map(|message| message.number).collect();
                if job.total == 0 {
                    self.abandon_retained_job(now);
                    self.notify("Nothing to restore among the topics that are subscribed to", now);
                }
            }
            None => self.notify("Nothing to restore: no retained message was deleted", now),
        }
    }

    fn start_retained_job(&mut self, task: Task, connection: ConnectionId, messages: Vec<RetainedMessage>, now: Time) {
        let Some(open) = self.connection_mut(connection) else { return };
        open.subscriptions.set(SubscriptionOwner::RetainedMessages, Vec::new());
        let profile = open.name.clone();
        let total = messages.len();
        let (waiting, ready) = match task {
            Task::Delete => (messages.into(), VecDeque::new()),
            Task::Restore => (VecDeque::new(), messages.into()),
        };
        self.retained.job = Some(Job {
            task,
            connection,
            profile,
            total,
            waiting,
            writing: Vec::new(),
            ready,
            step: None,
            deleted: Vec::new(),
            closed: Vec::new(),
            write_failure: None,
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
        self.examine_earlier_deletion(now);
        let Some(job) = self.retained.job.as_mut().filter(|job| job.next_at <= now) else { return Vec::new() };
        job.next_at = now.saturating_add(INTERVAL);
        self.display.dirty = true;
        if !self.connections.iter().any(|connection| connection.id == job.connection && connection.is_connected()) {
            // Nothing may fill the queue of a connection that is down, and what was sent last may be lost.
            job.ready.extend(job.unconfirmed.drain().map(|(_, (message, _))| message));
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
        let effects = self.publish_next_retained(now);
        self.keep_next_step();
        effects
    }

    fn publish_next_retained(&mut self, now: Time) -> Vec<Effect> {
        let Some(job) = &mut self.retained.job else { return Vec::new() };
        let room = MAX_UNCONFIRMED.saturating_sub(job.unconfirmed.len());
        let next: Vec<RetainedMessage> =
            job.ready.drain(..room.min(MESSAGES_PER_INTERVAL).min(job.ready.len())).collect();
        let explorer = self.explorer.as_deref();
        let mut effects = Vec::new();
        for mut message in next {
            match job.task {
                Task::Delete if explorer.is_some_and(|explorer| take_newest(explorer, &mut message)) => {
                    // The file has to have it first.
                    job.waiting.push_front(message);
                    continue;
                }
                Task::Restore if explorer.is_some_and(|explorer| !is_gone(explorer, &message)) => {
                    job.closed.push(message.number);
                    job.total -= 1;
                    continue;
                }
                Task::Delete | Task::Restore => {}
            }
            let id = self.publishing.next_id();
            let payload = match (job.task, &message.restored) {
                (Task::Restore, Some(payload)) => Arc::clone(payload),
                _ => Arc::from([]),
            };
            let topic = message.topic.clone();
            job.requests.insert(id, topic.clone());
            job.unconfirmed.insert(topic.clone(), (message, now));
            let request = PublishRequest { id, topic, payload, qos: Qos::AtMostOnce, retain: true, properties: None };
            effects.push(Effect::Mqtt(MqttEffect::Publish(job.connection, request)));
        }
        self.end_retained_job(now);
        effects
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
            Outcome::Done => {
                job.done += 1;
                let numbers = if task == Task::Delete { &mut job.deleted } else { &mut job.closed };
                numbers.push(message.number);
            }
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
        let Some(job) = self.retained.job.as_mut().filter(|job| job.unpublished() > 0) else { return false };
        job.waiting.clear();
        let left = std::mem::take(&mut job.ready);
        match job.task {
            Task::Restore => self.retained.deleted.extend(left),
            Task::Delete => job.closed.extend(left.iter().chain(&job.writing).map(|message| message.number)),
        }
        job.writing.clear();
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
}

/// Returns whether the topic of a deleted message has no message now. Where a newer one has come, that stays.
fn is_gone(explorer: &Explorer, message: &RetainedMessage) -> bool {
    let node = explorer.tree.find(message.topic.as_str());
    node.and_then(|node| explorer.tree.topic(node)).is_none_or(|state| state.payload_bytes == 0)
}

/// Takes over the payload that came last, with which the message is restored. Returns whether it is another one: it may have
/// changed since the question.
fn take_newest(explorer: &Explorer, message: &mut RetainedMessage) -> bool {
    let newest = explorer.tree.find(message.topic.as_str()).and_then(|node| explorer.tree.topic(node));
    let whole = newest.filter(|newest| newest.payload.len() == newest.payload_bytes && newest.payload_bytes > 0);
    match (&mut message.restored, whole) {
        (Some(payload), Some(newest)) if **payload != *newest.payload => {
            *payload = newest.payload.into();
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
