//! Keeping what is deleted: it is written to the file of the deletion before the empty message is published, so that it can be
//! restored whatever ends the program. One step is written at a time, while what was written before is published.

use super::{Job, RetainedMessage, Task, newest::take_newest};
use crate::{
    app::{App, Effect, FilesEffect},
    model::{
        kept_deletion::{DeletionBegin, DeletionStep},
        time::Time,
    },
};

/// How many messages are written at a time, and under how many that can be published the next ones are.
const MESSAGES_PER_STEP: usize = 500;
const FEW_READY: usize = 250;

impl App {
    /// Begins the file of the deletion. Nothing is deleted before it is written.
    pub(super) fn begin_kept_deletion(&mut self) {
        let Some(job) = &self.retained.job else { return };
        let broker = self.connection(job.connection).map(|open| open.address.clone()).unwrap_or_default();
        self.keep_step(Some(DeletionBegin { broker, planned: job.total }));
    }

    /// Writes the next step if there is something to write and the one before is written.
    pub(super) fn keep_next_step(&mut self) {
        if self.retained.job.as_ref().is_some_and(|job| job.step.is_none() && job.has_step()) {
            self.keep_step(None);
        }
    }

    fn keep_step(&mut self, begin: Option<DeletionBegin>) {
        let Some(job) = &mut self.retained.job else { return };
        if job.ready.len() < FEW_READY {
            job.writing = job.waiting.drain(..MESSAGES_PER_STEP.min(job.waiting.len())).collect();
            if let Some(explorer) = &self.explorer {
                for message in &mut job.writing {
                    take_newest(explorer, message);
                }
            }
        }
        self.retained.last_step += 1;
        job.step = Some(self.retained.last_step);
        let step = DeletionStep {
            serial: self.retained.last_step,
            begin,
            messages: job.writing.clone(),
            deleted: std::mem::take(&mut job.deleted),
            closed: std::mem::take(&mut job.closed),
            // The deletion before has ended when it is restored.
            ended: job.task == Task::Restore,
        };
        let effect = FilesEffect::KeepDeletion(job.profile.clone(), Box::new(step));
        self.retained.effects.push(Effect::Files(effect));
    }

    /// Takes into account that a step was written, or was not, for this reason.
    pub(in crate::app) fn on_deletion_kept(&mut self, serial: u64, result: Result<(), String>, now: Time) {
        let job = self.retained.job.as_mut().filter(|job| job.step == Some(serial));
        match (job, result) {
            (Some(job), result) => {
                job.step = None;
                match (result, job.task) {
                    (Ok(()), _) => job.ready.extend(job.writing.drain(..)),
                    (Err(reason), Task::Delete) => {
                        job.write_failure = Some(reason);
                        self.drop_unpublished();
                        self.end_retained_job(now);
                    }
                    (Err(reason), Task::Restore) => self.report_outdated_file(&reason, now),
                }
            }
            (None, Ok(())) => {}
            (None, Err(reason)) => self.report_outdated_file(&reason, now),
        }
    }

    /// Writes that a deletion has ended, or what was restored. The file is removed when nothing can be restored any more.
    pub(super) fn end_kept_step(&mut self, job: &Job) {
        if job.write_failure.is_some() {
            if job.done == 0 && self.retained.deleted.is_empty() {
                // The deletion before may be there still.
                self.retained.deleted_on = None;
                self.request_earlier_deletion(job.connection, job.next_at);
            }
            return;
        }
        let profile = job.profile.clone();
        let effect = if self.retained.deleted.is_empty() {
            FilesEffect::RemoveDeletion(profile)
        } else {
            self.retained.last_step += 1;
            let (deleted, closed) = (job.deleted.clone(), job.closed.clone());
            let step = DeletionStep {
                serial: self.retained.last_step,
                deleted,
                closed,
                ended: true,
                ..DeletionStep::default()
            };
            FilesEffect::KeepDeletion(profile, Box::new(step))
        };
        self.retained.effects.push(Effect::Files(effect));
    }

    /// Writes that what was interrupted has been said, and what need not be restored; or forgets it if nothing can be restored.
    pub(super) fn keep_earlier(&mut self, profile: String, closed: &[RetainedMessage]) {
        self.retained.last_step += 1;
        let effect = if self.retained.deleted.is_empty() {
            FilesEffect::RemoveDeletion(profile)
        } else {
            let closed = closed.iter().map(|message| message.number).collect();
            let serial = self.retained.last_step;
            let step = DeletionStep { serial, closed, ended: true, ..DeletionStep::default() };
            FilesEffect::KeepDeletion(profile, Box::new(step))
        };
        self.retained.effects.push(Effect::Files(effect));
    }
}

impl Job {
    /// Returns whether there is something to write.
    fn has_step(&self) -> bool {
        if self.write_failure.is_some() {
            return false;
        }
        let has_messages = !self.waiting.is_empty() && self.ready.len() < FEW_READY;
        has_messages || !self.deleted.is_empty() || !self.closed.is_empty()
    }
}
