//! Publish requests, subscriptions and events of a connection: with messages, the types that `mqtt` and the core
//! share.

use std::{sync::Arc, time::Duration};

use super::{
    batch::Batch,
    profile::{CertificatePin, SecretKey},
    publish_properties::PublishProperties,
    topic::{Topic, TopicFilter},
};

pub use super::{
    id::ConnectionId,
    message::{Message, Qos},
    subscription::{RetainHandling, Subscription, SubscriptionOptions},
};

/// The ID of a publish request, by which its status is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PublishId(pub u64);

/// A message that the user wants to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishRequest {
    /// The ID, by which its status is reported.
    pub id: PublishId,
    /// The topic.
    pub topic: Topic,
    /// The payload.
    pub payload: Arc<[u8]>,
    /// The quality of service.
    pub qos: Qos,
    /// Whether the broker retains it.
    pub retain: bool,
    /// Its properties, which only MQTT 5 has.
    pub properties: Option<Arc<PublishProperties>>,
}

/// How far a publish request got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishStatus {
    /// Written to the socket. For [`Qos::AtMostOnce`] this is the final status.
    Sent,
    /// Acknowledged by the broker, which does not mean that the device has received it.
    Acknowledged,
    /// Failed; a sentence says why.
    Failed(String),
    /// Canceled by the user before it was sent.
    Canceled,
}

/// Why a connection is down, in few words. The whole reason is a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureCause {
    /// The DNS knows no such host name.
    UnknownHost,
    /// The DNS does not answer.
    LookupFailed,
    /// Nothing listens on the port.
    PortClosed,
    /// There is no route to the host.
    NoRoute,
    /// There is no answer in time.
    TimedOut,
    /// The other end closes the network connection.
    Closed,
    /// TLS fails, but not because of a certificate.
    Tls,
    /// A certificate is not accepted, or missing.
    Certificate,
    /// The other end uses another protocol than MQTT, or violates it.
    NotMqtt,
    /// The web server of a WebSocket refuses.
    WebServer,
    /// The proxy refuses or fails.
    Proxy,
    /// The broker refuses.
    Refused,
    /// The user name or the password is not accepted.
    LoginRefused,
    /// A password is not available, or does not decrypt the private key.
    Password,
    /// A setting of the profile cannot be used.
    Setting,
    /// Another client uses the same client ID.
    TakenOver,
    /// An established network connection fails.
    Lost,
    /// A packet is too large.
    PacketTooLarge,
}

impl FailureCause {
    /// Returns the cause in few words.
    #[must_use]
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::UnknownHost => "unknown host",
            Self::LookupFailed => "no DNS",
            Self::PortClosed => "port closed",
            Self::NoRoute => "no route",
            Self::TimedOut => "timed out",
            Self::Closed => "closed",
            Self::Tls => "TLS failed",
            Self::Certificate => "certificate",
            Self::NotMqtt => "not MQTT",
            Self::WebServer => "web server",
            Self::Proxy => "proxy",
            Self::Refused => "refused",
            Self::LoginRefused => "login refused",
            Self::Password => "password",
            Self::Setting => "bad setting",
            Self::TakenOver => "taken over",
            Self::Lost => "lost",
            Self::PacketTooLarge => "large packet",
        }
    }
}

/// The state of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// Establishing a session.
    Connecting {
        /// The number of this attempt since the last session, from 1.
        attempt: u32,
    },
    /// A session is established and the subscriptions are requested.
    Connected,
    /// Disconnected; the client retries after a delay.
    WaitingToRetry {
        /// The reason, a sentence without a final period: `refused: bad user name or password`.
        reason: String,
        /// The reason in few words.
        cause: FailureCause,
        /// The time until the next attempt, from when this event was sent.
        retry_in: Duration,
        /// The number of failed attempts since the last session.
        failed_attempts: u32,
        /// The certificate of the broker, if the reason is that it is not trusted.
        untrusted_certificate: Option<CertificatePin>,
        /// Whether the reason is that the session was taken over: perhaps another client uses the same client ID.
        session_taken_over: bool,
        /// The secret that was not accepted, if that is the reason.
        refused_secret: Option<SecretKey>,
    },
    /// Disconnected until the user reconnects, because retrying would not help: the broker refuses a login that it has
    /// never accepted, or a setting cannot be used.
    Stopped {
        /// The reason, a sentence without a final period.
        reason: String,
        /// The reason in few words.
        cause: FailureCause,
        /// The secret that was not accepted, if that is the reason.
        refused_secret: Option<SecretKey>,
    },
}

impl ConnectionState {
    /// Returns why the connection is down, in few words, if it is known.
    #[must_use]
    pub(crate) const fn failure_cause(&self) -> Option<FailureCause> {
        match self {
            Self::WaitingToRetry { cause, .. } | Self::Stopped { cause, .. } => Some(*cause),
            Self::Connecting { .. } | Self::Connected => None,
        }
    }

    /// Returns how urgently the connection needs attention: the higher, the more.
    #[must_use]
    pub(crate) const fn urgency(&self) -> u8 {
        match self {
            Self::Stopped { .. } => 3,
            Self::WaitingToRetry { .. } => 2,
            Self::Connecting { .. } => 1,
            Self::Connected => 0,
        }
    }
}

/// An event of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// The state has changed.
    State(ConnectionState),
    /// The broker answered PINGREQ after this time.
    RoundTrip(Duration),
    /// Messages, in the order of their arrival.
    Messages(Arc<Batch>),
    /// The status of a publish request has changed.
    PublishStatus(PublishId, PublishStatus),
    /// The broker rejected this subscription or did not answer, with the reason.
    SubscriptionRefused(TopicFilter, String),
    /// The broker has granted this subscription after it was reported that it did not answer.
    SubscriptionGranted(TopicFilter),
    /// The topic filters that the session which the broker keeps has, or is about to have.
    SessionSubscriptions(Vec<TopicFilter>),
    /// So many messages arrived faster than they could be processed and were dropped. A notice follows.
    MessagesDropped(u64),
    /// A notice for the user: a message was too large, messages were coalesced.
    Notice(String),
}

impl ConnectionEvent {
    /// Returns the event that these messages have arrived.
    pub fn messages(messages: impl IntoIterator<Item = Message>) -> Self {
        Self::Messages(Arc::new(messages.into_iter().collect()))
    }
}
