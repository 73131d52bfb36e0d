//! The MQTT client: a [`Client`] keeps a connection to one broker and reconnects when it fails.
//!
//! Each connection has a task. The task creates a new rumqttc client for every network connection, so
//! that no state of a failed one remains. The state that must survive a reconnect is in modules that use
//! no socket.
//!
//! | module | what it does |
//! |---|---|
//! | `reconnect_loop` | the task: connects, runs the network connection, waits, connects again |
//! | `connection_task` | the state that survives reconnects; handles requests while the task waits |
//! | `network_connection` | runs one network connection from CONNACK to its end |
//! | `login` | the client ID, the user name and the secrets, which may be read again before an attempt |
//! | `read_pacing` | pauses between reads under load |
//! | `session` | adapts rumqttc; one file for each version of MQTT |
//! | `outbox` | the publish requests, in order, each with a time to live |
//! | `publish_limits` | what the broker and the profile allow of a publish request |
//! | `subscriptions` | which subscriptions are desired, requested, and rejected |
//! | `incoming_qos2` | the packet IDs of received QoS 2 messages |
//! | `message_consumer` | what gets all messages, before any is coalesced |
//! | `event_sender`, `event_sink`, `coalescing_queue` | the events for the receiver, coalesced under load |
//! | `backoff` | the delay before the next attempt |
//! | `transport`, `tls` | DNS lookup, choice of an address, proxy, TLS and certificates, WebSocket |
//! | `error`, `endpoint`, `tls_error` | why a connection failed, with a message for the user |
//! | `limits` | the timeouts and capacities |

mod backoff;
mod coalescing_queue;
mod connection_task;
mod endpoint;
mod error;
mod event_sender;
mod event_sink;
mod failure_cause;
mod incoming_qos2;
mod limits;
mod login;
mod message_consumer;
mod network_connection;
mod outbox;
mod publish_limits;
mod read_pacing;
mod reconnect_loop;
mod session;
mod subscriptions;
mod tls;
mod tls_error;
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

use crate::model::{
    connection::{
        ConnectionEvent, ConnectionId, PublishId, PublishRequest, PublishStatus, RetainHandling, Subscription,
    },
    profile::{MqttVersion, Profile},
};
use connection_task::{ClientRequest, ConnectionTask};
pub use event_sender::EventSender;
use event_sink::EventSink;
pub use limits::Limits;
pub use login::{Login, SecretReader};
pub use message_consumer::{MessageConsumer, MessageCounter};
pub use subscriptions::KeptSession;
pub use tls::{KeyCache, install_crypto_provider};

/// What a client does when the broker refuses a login that it has never accepted. One that it has accepted before is
/// retried in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnRefusal {
    /// It stops until [`Client::reconnect`]: only an edit helps, and somebody is there to make it.
    #[default]
    Stop,
    /// It retries after [`Limits::max_backoff`], each minute: for a screen without a keyboard, and a service.
    Retry,
}

/// What a client does besides keeping the connection and sending events.
#[derive(Default)]
pub struct ClientOptions {
    /// Timeouts and capacities.
    pub limits: Limits,
    /// What to do when the broker refuses a login that it has never accepted.
    pub on_refusal: OnRefusal,
    /// Whether the broker has accepted this login before: by an earlier client in this run of the program.
    pub login_accepted: bool,
    /// The session that the broker keeps. What is not wanted any more and not protected is unsubscribed.
    pub kept_session: KeptSession,
    /// What gets all messages, before any is coalesced for the receiver of the events.
    pub consumers: Vec<Box<dyn MessageConsumer>>,
}

impl From<Limits> for ClientOptions {
    fn from(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

/// A connection to a broker that reconnects until it is closed.
///
/// Only [`Client::close`] waits for the network. Dropping a client sends the queued messages and
/// DISCONNECT in the background; [`Client::close`] also waits until that is done. From then on, the client sends no
/// event but the status of publish requests: another client may use its [`ConnectionId`] by now.
#[derive(Debug)]
pub struct Client {
    id: ConnectionId,
    requests: Sender<ClientRequest>,
    desired_subscriptions: watch::Sender<Vec<Subscription>>,
    retry_now: Arc<Notify>,
    events: EventSender,
    task: JoinHandle<()>,
    drain_timeout: Duration,
    protocol: MqttVersion,
    runtime: Handle,
}

impl Client {
    /// Opens a connection, which sends its events, tagged with `id`, to `events`. Must be called within a
    /// tokio runtime.
    ///
    /// One event carries up to 512 messages; a capacity of about 32 events is enough. If the channel is
    /// full, the connection queues events, and beyond a limit only the latest message of each topic.
    #[must_use]
    pub fn open(id: ConnectionId, profile: Profile, login: Login, events: impl Into<EventSender>) -> Self {
        Self::open_with(id, profile, login, events, ClientOptions::default())
    }

    /// Opens a connection like [`Client::open`], with these options.
    #[must_use]
    pub fn open_with(
        id: ConnectionId,
        profile: Profile,
        login: Login,
        events: impl Into<EventSender>,
        options: impl Into<ClientOptions>,
    ) -> Self {
        let (events, options) = (events.into(), options.into());
        let ClientOptions { limits, on_refusal, login_accepted, kept_session, consumers } = options;
        let (drain_timeout, protocol) = (limits.drain_timeout, profile.protocol);
        let (requests, request_receiver) = mpsc::channel(limits::MAX_QUEUED_REQUESTS);
        let (desired_subscriptions, subscriptions_receiver) = watch::channel(Vec::new());
        let retry_now = Arc::new(Notify::new());
        let event_sink = EventSink::new(id, events.clone(), consumers, requests.downgrade());
        let mut connection = ConnectionTask::new(event_sink, (request_receiver, subscriptions_receiver), limits);
        (connection.on_refusal, connection.login_accepted) = (on_refusal, login_accepted);
        if !profile.clean_session {
            connection.subscriptions.keep_session(kept_session);
        }
        let task = tokio::spawn(reconnect_loop::run(connection, profile, login, Arc::clone(&retry_now)));
        let runtime = Handle::current();
        Self { id, requests, desired_subscriptions, retry_now, events, task, drain_timeout, protocol, runtime }
    }

    /// Queues a message to be published. Each request gets at least one [`PublishStatus`]. The last one is
    /// [`PublishStatus::Failed`], [`PublishStatus::Canceled`] or [`PublishStatus::Acknowledged`], or for `QoS` 0
    /// [`PublishStatus::Sent`].
    pub fn publish(&self, request: PublishRequest) {
        self.request_publish(request.id, ClientRequest::Publish(request));
    }

    /// Publishes a message only if it can be sent on the current network connection: it is neither queued while there is
    /// none, nor sent again on the next one.
    pub fn publish_if_connected(&self, request: PublishRequest) {
        self.request_publish(request.id, ClientRequest::PublishIfConnected(request));
    }

    fn request_publish(&self, id: PublishId, request: ClientRequest) {
        let reason = match self.requests.try_send(request) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => "not sent: the outgoing queue is full",
            Err(TrySendError::Closed(_)) => "not sent: the connection is closed",
        };
        let event = ConnectionEvent::PublishStatus(id, PublishStatus::Failed(reason.to_owned()));
        self.events.send((self.id, event), &self.runtime);
    }

    /// Cancels the messages with these IDs that are not sent yet: their last status is [`PublishStatus::Canceled`].
    pub fn cancel(&self, ids: Vec<PublishId>) {
        // If the queue is full, or the connection closed, the requests have another status.
        let _ = self.requests.try_send(ClientRequest::Cancel(ids));
    }

    /// Replaces the set of subscriptions. Only the difference is sent to the broker.
    pub fn set_subscriptions(&self, mut subscriptions: Vec<Subscription>) {
        if self.protocol == MqttVersion::V311 {
            // Retained messages always come: one subscription covers another one whatever their options are.
            for subscription in &mut subscriptions {
                subscription.options.retain_handling = RetainHandling::Always;
            }
        }
        self.desired_subscriptions.send_replace(subscriptions);
    }

    /// Connects now if the task waits for the next attempt or has stopped.
    pub fn reconnect(&self) {
        self.retry_now.notify_one();
    }

    /// Closes the connection: sends queued messages for up to [`Limits::drain_timeout`], then DISCONNECT. The returned
    /// future only waits for that: it need not be polled for the client to close.
    pub fn close(self) -> impl Future<Output = ()> + Send + use<> {
        let Self { task, drain_timeout, .. } = self;
        async move {
            let abort = task.abort_handle();
            if tokio::time::timeout(drain_timeout + Duration::from_secs(1), task).await.is_err() {
                tracing::warn!("the connection did not close in time");
                abort.abort();
            }
        }
    }
}
