//! Deleting retained messages, many at a time, and restoring them: at a limited speed, with progress, and until the user
//! stops it.
//!
//! They are published with `QoS` 0: a message that the broker acknowledges need not have been accepted, but one that comes
//! back to the explorer was. Each of them is expected back.
//!
//! - `job` has what is being deleted or restored.
//! - `keep` has what is deleted written to a file before it is published.
//! - `known` finds out whether it is known what the broker has retained.
//! - `newest` is what has come of a topic meanwhile.
//! - `report` says how far it is, and what has become of it.
//! - `stop` ends a deletion or a restoring before it is done.
//! - `earlier` takes over what was deleted before the explorer was opened, also in an earlier run of the program.

mod earlier;
mod job;
mod keep;
mod known;
mod newest;
mod report;
mod stop;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

pub(super) use self::job::{MAX_RESTORED, MAX_RESTORED_BYTES, RetainedEdits};
use self::{
    earlier::EarlierDeletion,
    job::{Job, Outcome, Task},
    known::Unknown,
    newest::{Newest, is_gone, take_newest},
};
use super::{App, Effect, MqttEffect, subscriptions::SubscriptionOwner};
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
/// How often a message is written again because another one has come, before it is left alone.
const MAX_REWRITES: u8 = 3;
/// How long it may take until a message comes back.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(3);

impl App {
    /// Deletes these retained messages.
    pub(super) fn delete_retained(&mut self, connection: ConnectionId, messages: Vec<RetainedMessage>, now: Time) {
        (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), Some(connection));
        self.retained.forget_earlier();
        self.start_retained_job(Task::Delete, connection, messages, now);
        self.begin_kept_deletion();
    }

    /// Publishes again what was deleted last.
    pub(super) fn restore_retained(&mut self, now: Time) {
        let Some(connection) = self.explorer.as_ref().map(|explorer| explorer.connection) else { return };
        let is_same = self.retained.deleted_on == Some(connection) && !self.retained.deleted.is_empty();
        let is_earlier = self.retained.earlier.as_ref().is_some_and(EarlierDeletion::is_loaded);
        match self.knows_retained(connection, now) {
            _ if self.retained.job.is_some() => {
                self.notify("Retained messages are still being changed: Esc stops that", now);
            }
            _ if !is_same && !is_earlier => self.notify("Nothing to restore: no retained message was deleted", now),
            Err(Unknown::Incomplete) => self.report_incomplete(now),
            Ok(()) if is_same => {
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
            Ok(()) | Err(Unknown::NotYet) => {
                (self.retained.restores_soon, self.retained.next_check) = (true, now);
                self.notify("Restoring begins when the broker has sent what it has retained", now);
            }
        }
    }

    fn start_retained_job(&mut self, task: Task, connection: ConnectionId, messages: Vec<RetainedMessage>, now: Time) {
        let Some(open) = self.connection_mut(connection) else { return };
        open.subscriptions.set(SubscriptionOwner::RetainedMessages, Vec::new());
        let (profile, session_since) = (open.name.clone(), open.since);
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
            session_since,
            published: HashSet::new(),
            rewritten: HashMap::new(),
            attempts: HashMap::new(),
            is_stopped: false,
        });
    }

    /// Publishes the next messages if it is time, and gives up those that do not come back.
    pub(super) fn publish_retained(&mut self, now: Time) -> Vec<Effect> {
        self.examine_earlier_deletion(now);
        let Some(job) = self.retained.job.as_mut().filter(|job| job.next_at <= now) else { return Vec::new() };
        job.next_at = now.saturating_add(INTERVAL);
        self.display.dirty = true;
        let session = self.connections.iter().find(|open| open.id == job.connection).filter(|open| open.is_connected());
        let session_since = session.map(|open| open.since);
        if session_since != Some(job.session_since) {
            // What was sent last may be lost, and other messages may have come meanwhile.
            job.ready.extend(job.unconfirmed.drain().map(|(_, (message, _))| message));
            job.requests.clear();
            let connection = job.connection;
            if !self.has_sent_retained(connection, now) {
                return Vec::new();
            }
        }
        let Some(job) = &mut self.retained.job else { return Vec::new() };
        job.session_since = session_since.unwrap_or(job.session_since);
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
                Task::Delete => {
                    let newest = explorer.map_or(Newest::Same, |explorer| take_newest(explorer, &mut message));
                    let rewritten = job.rewritten.entry(message.number).or_default();
                    *rewritten += u8::from(newest == Newest::Changed);
                    if newest == Newest::Changed && *rewritten <= MAX_REWRITES {
                        // The file has to have it first.
                        job.waiting.push_front(message);
                        continue;
                    }
                    if newest != Newest::Same {
                        job.failed += 1;
                        job.failure.get_or_insert_with(|| newest.why_it_stays(&message.topic));
                        job.closed.push(message.number);
                        continue;
                    }
                }
                Task::Restore if explorer.is_some_and(|explorer| !is_gone(explorer, &message)) => {
                    job.closed.push(message.number);
                    job.total -= 1;
                    continue;
                }
                Task::Restore => {}
            }
            job.published.insert(message.number);
            let id = self.publishing.next_id();
            let payload = match (job.task, &message.restored) {
                (Task::Restore, Some(payload)) => Arc::clone(payload),
                _ => Arc::from([]),
            };
            let topic = message.topic.clone();
            job.requests.insert(id, topic.clone());
            job.unconfirmed.insert(topic.clone(), (message, now));
            let request = PublishRequest { id, topic, payload, qos: Qos::AtMostOnce, retain: true, properties: None };
            effects.push(Effect::Mqtt(MqttEffect::PublishIfConnected(job.connection, request)));
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
            // The connection may have been lost: then it goes on when it is up again.
            PublishStatus::Failed(_) if job.try_again(&topic) => {}
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

    /// Marks a topic as retained: the broker sends a message that comes later without the flag.
    fn mark_restored(&mut self, topic: &Topic) {
        if let Some(explorer) =
            self.explorer.as_mut().filter(|explorer| Some(explorer.connection) == self.retained.deleted_on)
        {
            explorer.tree.mark_retained(topic.as_str());
        }
    }
}

#[cfg(test)]
mod tests;
