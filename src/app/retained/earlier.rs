//! What was deleted before the explorer was opened: in an earlier run of the program, or on a connection that was left.
//!
//! What can be restored is known when the broker has sent what it has retained: a deletion may have been interrupted between
//! a message and the answer to it, and a newer message must not be replaced. The end of what a broker has retained has no sign
//! in MQTT, so it is taken to be there when no retained message has come for a while.

use std::time::Duration;

use super::{RetainedEdits, RetainedMessage, is_gone};
use crate::{
    app::{App, Connection, Effect, FilesEffect},
    model::{batch::Batch, connection::ConnectionId, kept_deletion::KeptDeletion, time::Time},
};

/// For how long no retained message may have come.
const QUIET_TIME: Duration = Duration::from_secs(2);
/// How often it is examined whether that is so.
const INTERVAL: Duration = Duration::from_millis(250);

/// What was deleted before the explorer was opened.
#[derive(Debug)]
pub(in crate::app) struct EarlierDeletion {
    connection: ConnectionId,
    /// What was kept; `None` until it is loaded.
    kept: Option<Box<KeptDeletion>>,
    /// When the explorer was opened, or the last retained message has come.
    last_retained_at: Time,
    next_at: Time,
    /// Whether the user wants to restore it.
    restores: bool,
}

impl EarlierDeletion {
    /// Restores it as soon as it is known what the broker has. Returns whether there is something to restore.
    pub(super) const fn restore_soon(&mut self) -> bool {
        self.restores = self.is_loaded();
        self.restores
    }

    const fn is_loaded(&self) -> bool {
        self.kept.is_some()
    }

    /// Returns how many messages can perhaps be restored.
    pub(super) fn restorable(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.messages.len())
    }

    /// Returns when it is examined next.
    pub(super) fn next_due(&self) -> Option<Time> {
        self.is_loaded().then_some(self.next_at)
    }
}

impl RetainedEdits {
    /// Takes messages into account that the explorer has received.
    pub(in crate::app) fn note_messages(&mut self, messages: &Batch, now: Time) {
        if let Some(earlier) = &mut self.earlier
            && messages.iter().any(|message| message.retain)
        {
            earlier.last_retained_at = now;
        }
    }
}

impl App {
    /// Asks for what was deleted last on the connection that is explored, unless it is known.
    pub(in crate::app) fn request_earlier_deletion(&mut self, connection: ConnectionId, now: Time) {
        if self.retained.job.is_some() || self.retained.deleted_on == Some(connection) {
            return;
        }
        let known = self.retained.earlier.take().filter(|earlier| earlier.connection == connection);
        let (kept, restores) = known.map_or((None, false), |earlier| (earlier.kept, earlier.restores));
        let Some(open) = self.connection(connection) else { return };
        if kept.is_none() {
            let effect = FilesEffect::LoadDeletion(open.name.clone(), open.address.clone());
            self.retained.effects.push(Effect::Files(effect));
        }
        (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), None);
        self.retained.earlier =
            Some(EarlierDeletion { connection, kept, last_retained_at: now, next_at: now, restores });
    }

    /// Takes over what was kept of the last deletion.
    pub(in crate::app) fn on_deletion_loaded(&mut self, profile: &str, kept: Option<Box<KeptDeletion>>) {
        let Some(earlier) = &self.retained.earlier else { return };
        if self.connection(earlier.connection).is_none_or(|open| open.name != profile) {
            return;
        }
        match (&mut self.retained.earlier, kept) {
            (Some(earlier), Some(kept)) => earlier.kept = Some(kept),
            (earlier, _) => *earlier = None,
        }
    }

    /// Takes over what can be restored as soon as it is known what the broker has.
    pub(super) fn examine_earlier_deletion(&mut self, now: Time) {
        let Some(earlier) = self.retained.earlier.as_mut().filter(|earlier| earlier.is_loaded()) else { return };
        if earlier.next_at > now {
            return;
        }
        earlier.next_at = now.saturating_add(INTERVAL);
        let &mut EarlierDeletion { connection, last_retained_at, restores, .. } = earlier;
        let is_quiet = |open: &Connection| {
            open.is_connected() && [open.since, last_retained_at].iter().all(|at| now.since(*at) >= QUIET_TIME)
        };
        if !self.connection(connection).is_some_and(is_quiet) {
            return;
        }
        if let Some(EarlierDeletion { kept: Some(kept), .. }) = self.retained.earlier.take() {
            self.take_over_deletion(connection, *kept, now);
        }
        if restores {
            self.restore_retained(now);
        }
    }

    /// Finds out what can be restored, and says if the deletion was interrupted.
    fn take_over_deletion(&mut self, connection: ConnectionId, kept: KeptDeletion, now: Time) {
        let Some(profile) = self.connection(connection).map(|open| open.name.clone()) else { return };
        let Some(explorer) = self.explorer.as_ref().filter(|explorer| explorer.connection == connection) else {
            return;
        };
        let KeptDeletion { planned, messages, deleted, ended } = kept;
        let is_deleted = |message: &RetainedMessage| {
            if explorer.explores(message.topic.as_str()) {
                is_gone(explorer, message)
            } else {
                deleted.contains(&message.number)
            }
        };
        let (gone, others): (Vec<_>, Vec<_>) = messages.into_iter().partition(is_deleted);
        let count = gone.len();
        self.retained.deleted = gone.into_iter().filter(|message| message.restored.is_some()).collect();
        self.retained.deleted_on = Some(connection);
        let has_changed = !ended || !others.is_empty() || self.retained.deleted.is_empty();
        if has_changed {
            self.keep_earlier(profile, &others);
        }
        if !ended {
            self.report_interruption(count, planned, now);
        }
    }
}
