//! Whether it is known what the broker has retained: only then can be told whether a message is gone.

use std::time::Duration;

use super::RetainedEdits;
use crate::{
    app::App,
    model::{batch::Batch, connection::ConnectionId, time::Time},
};

/// For how long no retained message may have come: the end of what a broker has retained has no sign in MQTT.
const QUIET_TIME: Duration = Duration::from_secs(2);

/// Why it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Retained messages may still come.
    NotYet,
    /// Some of them have not reached the explorer, or have no room in it.
    Incomplete,
}

impl RetainedEdits {
    /// Takes into account that the broker is asked for what it has retained.
    pub(in crate::app) fn expect_messages(&mut self, now: Time) {
        self.quiet_since = now;
    }

    /// Takes messages into account that the explorer has received.
    pub(in crate::app) fn note_messages(&mut self, messages: &Batch, now: Time) {
        if messages.iter().any(|message| message.retain) {
            self.quiet_since = now;
        }
    }
}

impl App {
    /// Returns whether the broker has sent what it has retained since the connection is up and the explorer listens.
    pub(super) fn has_sent_retained(&self, connection: ConnectionId, now: Time) -> bool {
        self.connection(connection).is_some_and(|open| {
            open.is_connected() && [open.since, self.retained.quiet_since].iter().all(|at| now.since(*at) >= QUIET_TIME)
        })
    }

    /// Returns whether it is known what the broker has retained of what is explored.
    ///
    /// # Errors
    /// Why it is not known.
    pub(super) fn knows_retained(&self, connection: ConnectionId, now: Time) -> Result<(), Unknown> {
        if !self.has_sent_retained(connection, now) {
            return Err(Unknown::NotYet);
        }
        let explorer = self.explorer.as_ref().filter(|explorer| explorer.connection == connection);
        let explorer = explorer.ok_or(Unknown::NotYet)?;
        let is_refused = |filter| self.subscription_refusal(connection, filter).is_some();
        let is_complete =
            explorer.tree.left_out() == 0 && explorer.dropped == 0 && !explorer.filters().iter().any(is_refused);
        if is_complete { Ok(()) } else { Err(Unknown::Incomplete) }
    }
}
