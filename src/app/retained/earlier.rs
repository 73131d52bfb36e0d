//! What was deleted before the explorer was opened: in an earlier run of the program, or on a connection that was left.
//!
//! What can be restored is known when the broker has sent what it has retained: a deletion may have been interrupted between
//! a message and the answer to it, and a newer message must not be replaced. The end of what a broker has retained has no sign
//! in MQTT, so it is taken to be there when no retained message has come for a while.

use std::time::Duration;

use super::{Unknown, is_gone};
use crate::{
    app::{App, Effect, FilesEffect},
    model::{connection::ConnectionId, kept_deletion::KeptDeletion, time::Time},
};

/// How often it is examined whether it is known what the broker has retained.
const INTERVAL: Duration = Duration::from_millis(250);

/// What was deleted before the explorer was opened.
#[derive(Debug)]
pub(in crate::app) struct EarlierDeletion {
    connection: ConnectionId,
    /// What was kept; `None` until it is loaded.
    kept: Option<Box<KeptDeletion>>,
}

impl EarlierDeletion {
    /// Returns whether it is known what was kept.
    pub(super) const fn is_loaded(&self) -> bool {
        self.kept.is_some()
    }

    /// Returns how many messages can perhaps be restored.
    pub(super) fn restorable(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.messages.len())
    }
}

impl App {
    /// Asks for what was deleted last on the connection that is explored, unless it is known.
    pub(in crate::app) fn request_earlier_deletion(&mut self, connection: ConnectionId, now: Time) {
        (self.retained.quiet_since, self.retained.restores_soon) = (now, false);
        if self.retained.job.is_some() || self.retained.deleted_on == Some(connection) {
            return;
        }
        let known = self.retained.earlier.take().filter(|earlier| earlier.connection == connection);
        let kept = known.and_then(|earlier| earlier.kept);
        let Some(open) = self.connection(connection) else { return };
        if kept.is_none() {
            let effect = FilesEffect::LoadDeletion(open.name.clone(), open.address.clone());
            self.retained.effects.push(Effect::Files(effect));
        }
        (self.retained.deleted, self.retained.deleted_on) = (Vec::new(), None);
        self.retained.earlier = Some(EarlierDeletion { connection, kept });
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

    /// Takes over what can be restored as soon as it is known what the broker has, and restores it if the user wants that.
    pub(super) fn examine_earlier_deletion(&mut self, now: Time) {
        let loaded = self.retained.earlier.as_ref().filter(|earlier| earlier.is_loaded());
        let connection = match loaded {
            Some(earlier) => Some(earlier.connection),
            None => self.retained.deleted_on.filter(|_| self.retained.restores_soon),
        };
        let Some(connection) = connection else {
            self.retained.restores_soon = false;
            return;
        };
        if self.retained.next_check > now {
            return;
        }
        self.retained.next_check = now.saturating_add(INTERVAL);
        match self.knows_retained(connection, now) {
            Ok(()) => {}
            Err(Unknown::Incomplete) if std::mem::take(&mut self.retained.restores_soon) => {
                return self.report_incomplete(now);
            }
            Err(_) => return,
        }
        if let Some(EarlierDeletion { kept: Some(kept), .. }) = self.retained.earlier.take() {
            self.take_over_deletion(connection, *kept, now);
        }
        if std::mem::take(&mut self.retained.restores_soon) {
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
        let (explored, unknown): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|message| explorer.explores(message.topic.as_str()));
        let (gone, others): (Vec<_>, Vec<_>) = explored.into_iter().partition(|message| is_gone(explorer, message));
        let count = gone.len() + unknown.iter().filter(|message| deleted.contains(&message.number)).count();
        // What became of those that are not explored is found out when they are.
        let restorable = gone.into_iter().chain(unknown).filter(|message| message.restored.is_some());
        self.retained.deleted = restorable.collect();
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
