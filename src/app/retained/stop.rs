//! Ends a deletion or a restoring before it is done.

use super::{Outcome, Task};
use crate::{
    app::App,
    model::{connection::ConnectionId, time::Time, topic::Topic},
};

impl App {
    /// Publishes no more of what is being deleted or restored. Returns whether there was anything.
    pub(in crate::app) fn stop_retained_job(&mut self, now: Time) -> bool {
        let Some(job) = self.retained.job.as_mut().filter(|job| job.unpublished() > 0) else { return false };
        job.is_stopped = true;
        match job.task {
            Task::Restore => self.retained.deleted.extend(job.ready.drain(..)),
            Task::Delete => self.drop_unpublished(),
        }
        self.end_retained_job(now);
        true
    }

    /// Ends what is being deleted or restored because nothing can be confirmed any more.
    pub(in crate::app) fn abandon_retained_job(&mut self, now: Time) {
        self.stop_retained_job(now);
        let Some(job) = &self.retained.job else { return };
        let unconfirmed: Vec<Topic> = job.unconfirmed.keys().cloned().collect();
        for topic in unconfirmed {
            self.finish_retained(&topic, Outcome::Ignored);
        }
        self.end_retained_job(now);
    }

    /// Forgets what belongs to a connection that leads to another broker now.
    pub(in crate::app) fn forget_retained_of(&mut self, connection: ConnectionId, now: Time) {
        if self.retained.job.as_ref().is_some_and(|job| job.connection == connection) {
            self.abandon_retained_job(now);
        }
        if self.retained.deleted_on == Some(connection) {
            (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), None);
            self.retained.restores_soon = false;
        }
    }

    /// Drops what a deletion has not published. What was published before a connection was lost can be restored: perhaps it was
    /// deleted, although nothing came back.
    pub(super) fn drop_unpublished(&mut self) {
        let Some(job) = &mut self.retained.job else { return };
        let left = job.ready.drain(..).chain(job.waiting.drain(..)).chain(job.writing.drain(..));
        let (sent, unsent): (Vec<_>, Vec<_>) = left.partition(|message| job.published.contains(&message.number));
        job.closed.extend(unsent.iter().map(|message| message.number));
        job.ignored += sent.len();
        self.retained.deleted.extend(sent.into_iter().filter(|message| message.restored.is_some()));
    }
}
