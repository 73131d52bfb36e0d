//! The socket: a [`Link`] is a line to a broker that stays open.
//!
//! One task owns a line and does nothing else. It makes a fresh client for every connection
//! (`session`: one file for each version of MQTT), so that nothing of a broken connection lives
//! on in the next one; what must live on is here, in parts that know no socket and no clock:
//!
//! | file | what it holds |
//! |---|---|
//! | `outbox` | what is to be sent, in order, each with a time to live |
//! | `wants` | which subscriptions are wanted, asked for, refused |
//! | `inbound` | which messages of "exactly once" have come |
//! | `spool`, `outlet` | what nobody has taken yet; bounded, by the last value of each topic |
//! | `backoff` | how long to wait before the next attempt |
//! | `fault`, `reason` | why a line is down, as a sentence |
//! | `reach`, `detour`, `tls` | the way to the broker and whom to trust |
//! | `line` | what all of that is together, and what it does while it waits |
//! | `task` | connecting, again and again |
//! | `talk` | one connection, from its first packet to its last |

mod backoff;
mod detour;
mod fault;
mod inbound;
mod limits;
mod line;
mod outbox;
mod outlet;
mod reach;
mod reason;
mod session;
mod spool;
mod talk;
mod task;
mod tls;
mod wants;

use std::{sync::Arc, time::Duration};

use tokio::{
    runtime::Handle,
    sync::{
        Notify,
        mpsc::{self, Sender, error::TrySendError},
        watch,
    },
    task::JoinHandle,
};

pub use self::{
    fault::{Distrust, Fault},
    limits::Limits,
    tls::install_crypto,
};
use crate::model::{
    connection::{ConnectionEvent, ConnectionId, PublishRequest, PublishStatus, Subscription},
    profile::Profile,
};

/// Who logs in. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Login {
    /// The name by which the broker knows this client.
    pub client_id: String,
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let password = self.password.as_ref().map(|_| "…");
        f.debug_struct("Login")
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("password", &password)
            .finish()
    }
}

/// A line that stays open: it connects, and again whenever it breaks, until it is closed.
///
/// Nothing here waits for the network. Dropping a link closes the line politely in the background;
/// [`Link::close`] also waits until that is done.
#[derive(Debug)]
pub struct Link {
    id: ConnectionId,
    orders: Sender<PublishRequest>,
    wanted: watch::Sender<Vec<Subscription>>,
    nudge: Arc<Notify>,
    events: Sender<(ConnectionId, ConnectionEvent)>,
    task: JoinHandle<()>,
    drain: Duration,
    runtime: Handle,
}

impl Link {
    /// Opens the line; it reports on `events`, tagged with `id`. To be called within a tokio
    /// runtime.
    ///
    /// One event carries up to 512 messages; a channel for some 32 events is right. When it is full
    /// the line keeps the last message of each topic and everything that is not a message.
    #[must_use]
    pub fn open(
        id: ConnectionId,
        profile: Profile,
        login: Login,
        events: Sender<(ConnectionId, ConnectionEvent)>,
    ) -> Self {
        Self::open_with(id, profile, login, events, Limits::default())
    }

    /// [`Link::open`] with other limits than the usual ones.
    #[must_use]
    pub fn open_with(
        id: ConnectionId,
        profile: Profile,
        login: Login,
        events: Sender<(ConnectionId, ConnectionEvent)>,
        limits: Limits,
    ) -> Self {
        let (orders, ordered) = mpsc::channel(limits::ORDERS);
        let (wanted, wants) = watch::channel(Vec::new());
        let nudge = Arc::new(Notify::new());
        let line = line::Line::new(id, events.clone(), (ordered, wants), limits);
        let task = tokio::spawn(task::run(line, profile, login, Arc::clone(&nudge)));
        Self { id, orders, wanted, nudge, events, task, drain: limits.drain, runtime: Handle::current() }
    }

    /// Sends a message as soon as it can go. Each order gets at least one receipt; the last one is
    /// [`Receipt::Dropped`], [`Receipt::Acknowledged`], or [`Receipt::Sent`] for "at most once".
    pub fn publish(&self, order: PublishRequest) {
        let (order, why) = match self.orders.try_send(order) {
            Ok(()) => return,
            Err(TrySendError::Full(order)) => (order, "not sent: too much waits to be sent already"),
            Err(TrySendError::Closed(order)) => (order, "not sent: the line is closed"),
        };
        let receipt = ConnectionEvent::PublishStatus(order.id, PublishStatus::Failed(why.to_owned()));
        if let Err(TrySendError::Full(receipt)) = self.events.try_send((self.id, receipt)) {
            let events = self.events.clone();
            self.runtime.spawn(async move { events.send(receipt).await });
        }
    }

    /// From now on exactly these subscriptions are wanted; the difference is asked of the broker.
    pub fn want(&self, wanted: Vec<Subscription>) {
        self.wanted.send_replace(wanted);
    }

    /// Tries at once instead of waiting on, also when the line has stopped.
    pub fn reconnect(&self) {
        self.nudge.notify_one();
    }

    /// Closes the line: what was ordered may still go out for two seconds, then comes the goodbye.
    pub async fn close(self) {
        let Self { orders, task, drain, .. } = self;
        drop(orders);
        let abort = task.abort_handle();
        if tokio::time::timeout(drain + Duration::from_secs(1), task).await.is_err() {
            tracing::warn!("the line did not close in time");
            abort.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let login = Login { client_id: "me".into(), username: Some("ann".into()), password: Some("s3cret".into()) };
        let shown = format!("{login:?}");
        assert!(shown.contains("ann") && !shown.contains("s3cret"), "{shown}");
    }
}
