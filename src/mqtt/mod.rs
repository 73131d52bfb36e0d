//! The socket: a [`Client`] is a line to a broker that stays open.
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
mod coalescing_queue;
mod connect_proxy;
mod connection_task;
mod endpoint;
mod error;
mod event_sink;
mod incoming_qos2;
mod limits;
mod network_connection;
mod outbox;
mod reconnect_loop;
mod session;
mod subscriptions;
mod tls;
mod transport;

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
    error::{CertError, MqttError},
    limits::Limits,
    tls::install_crypto_provider,
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
/// [`Client::close`] also waits until that is done.
#[derive(Debug)]
pub struct Client {
    id: ConnectionId,
    requests: Sender<PublishRequest>,
    desired_subscriptions: watch::Sender<Vec<Subscription>>,
    retry_now: Arc<Notify>,
    events: Sender<(ConnectionId, ConnectionEvent)>,
    task: JoinHandle<()>,
    drain_timeout: Duration,
    runtime: Handle,
}

impl Client {
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
        Self::open_with_limits(id, profile, login, events, Limits::default())
    }

    /// [`Client::open`] with other limits than the usual ones.
    #[must_use]
    pub fn open_with_limits(
        id: ConnectionId,
        profile: Profile,
        login: Login,
        events: Sender<(ConnectionId, ConnectionEvent)>,
        limits: Limits,
    ) -> Self {
        let (requests, request_receiver) = mpsc::channel(limits::MAX_QUEUED_REQUESTS);
        let (desired_subscriptions, subscriptions_receiver) = watch::channel(Vec::new());
        let retry_now = Arc::new(Notify::new());
        let connection = connection_task::ConnectionTask::new(
            id,
            events.clone(),
            (request_receiver, subscriptions_receiver),
            limits,
        );
        let task = tokio::spawn(reconnect_loop::run(connection, profile, login, Arc::clone(&retry_now)));
        Self {
            id,
            requests,
            desired_subscriptions,
            retry_now,
            events,
            task,
            drain_timeout: limits.drain_timeout,
            runtime: Handle::current(),
        }
    }

    /// Sends a message as soon as it can go. Each order gets at least one receipt; the last one is
    /// [`PublishStatus::Failed`], [`PublishStatus::PublishAcknowledged`], or [`PublishStatus::UnconfirmedPublish`] for "at most once".
    pub fn publish(&self, request: PublishRequest) {
        let (request, reason) = match self.requests.try_send(request) {
            Ok(()) => return,
            Err(TrySendError::Full(request)) => (request, "not sent: too much waits to be sent already"),
            Err(TrySendError::Closed(request)) => (request, "not sent: the line is closed"),
        };
        let event = ConnectionEvent::PublishStatus(request.id, PublishStatus::Failed(reason.to_owned()));
        if let Err(TrySendError::Full(event)) = self.events.try_send((self.id, event)) {
            let events = self.events.clone();
            self.runtime.spawn(async move { events.send(event).await });
        }
    }

    /// From now on exactly these subscriptions are wanted; the difference is asked of the broker.
    pub fn set_subscriptions(&self, subscriptions: Vec<Subscription>) {
        self.desired_subscriptions.send_replace(subscriptions);
    }

    /// Tries at once instead of waiting on, also when the line has stopped.
    pub fn reconnect(&self) {
        self.retry_now.notify_one();
    }

    /// Closes the line: what was ordered may still go out for two seconds, then comes the goodbye.
    pub async fn close(self) {
        let Self { requests, task, drain_timeout, .. } = self;
        drop(requests);
        let abort = task.abort_handle();
        if tokio::time::timeout(drain_timeout + Duration::from_secs(1), task).await.is_err() {
            tracing::warn!("the line did not close in time");
            abort.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_debug_hides_password() {
        let login = Login { client_id: "me".into(), username: Some("ann".into()), password: Some("s3cret".into()) };
        let debug_text = format!("{login:?}");
        assert!(debug_text.contains("ann") && !debug_text.contains("s3cret"), "{debug_text}");
    }
}
