//! How far a deletion or a restoring is, and what has become of it, as sentences.

use super::Task;
use crate::{
    app::{App, subscriptions::SubscriptionOwner},
    model::{plural::pluralize, time::Time},
};

impl App {
    /// Says what became of the messages when all have a status.
    pub(super) fn end_retained_job(&mut self, now: Time) {
        let Some(job) = self.retained.job.take_if(|job| job.is_over()) else { return };
        self.display.dirty = true;
        self.end_kept_step(&job);
        if let Some(connection) = self.connection_mut(job.connection) {
            connection.subscriptions.remove(SubscriptionOwner::RetainedMessages);
        }
        let verb = if job.task == Task::Delete { "Deleted" } else { "Restored" };
        let can_restore = !self.retained.deleted.is_empty();
        let mut text = format!("{verb} {}", pluralize(job.done, "retained message"));
        if job.done < job.total {
            text = format!("{text} of {}", job.total);
        }
        if let Some(failure) = job.write_failure {
            return self.report_write_failure(&text, job.done, &failure, now);
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
        let state = match (job.unpublished() == 0, self.connection(job.connection)) {
            (true, _) => format!("waiting for {}", pluralize(job.unconfirmed.len(), "answer")),
            (false, Some(connection)) if !connection.is_connected() => {
                "waits for the connection · Esc stops".to_owned()
            }
            (false, _) => "Esc stops".to_owned(),
        };
        Some(format!("{verb} retained messages: {} of {} · {state}", job.done + job.failed + job.ignored, job.total))
    }

    /// Says that nothing is restored, because newer messages would not be known.
    pub(super) fn report_incomplete(&mut self, now: Time) {
        self.report_failure(
            "Not restored: the explorer does not know all retained messages, and newer ones must stay".to_owned(),
            now,
        );
    }

    /// Says that a file does not have what it should have.
    pub(super) fn report_outdated_file(&mut self, reason: &str, now: Time) {
        self.report_failure(
            format!("What can be restored in the next run of the program is not up to date: {reason}"),
            now,
        );
    }

    /// Says that the deletion has not begun or not gone on, because it could not be undone.
    fn report_write_failure(&mut self, text: &str, done: usize, reason: &str, now: Time) {
        let text = match done {
            0 => "Nothing was deleted, because it could not be restored".to_owned(),
            _ => format!("{text}; the others were not, because they could not be restored"),
        };
        self.report_failure(format!("{text}: {reason}; solve that, then press x again"), now);
    }

    /// Says that a deletion was interrupted.
    pub(super) fn report_interruption(&mut self, deleted: usize, planned: usize, now: Time) {
        let left = planned.saturating_sub(deleted);
        let mut text = format!("The last deletion was interrupted: {deleted} of {planned} deleted, {left} left");
        match self.retained.deleted.len() {
            0 => {}
            restorable if restorable == deleted => text.push_str(": u restores what was deleted"),
            restorable => text = format!("{text}: u restores {restorable}"),
        }
        self.report_failure(text, now);
    }
}
