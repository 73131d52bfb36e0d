//! What goes over the line to a broker and what is known of the line: the words that the socket and
//! the core share.

use std::{sync::Arc, time::Duration};

use super::{
    batch::Batch,
    profile::CertificatePin,
    topic::{Topic, TopicFilter},
};

/// Which of the open lines is meant: one for each profile in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub usize);

/// A number for each thing sent, so that its receipt can be told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PublishId(pub u64);

/// Quality of service (MQTT 3.1.1, section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Qos {
    /// 0: at most once.
    #[default]
    AtMostOnce,
    /// 1: at least once.
    AtLeastOnce,
    /// 2: exactly once.
    ExactlyOnce,
}

impl Qos {
    /// The number that the protocol has for it: 0, 1 or 2.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// The quality that this number stands for.
    #[must_use]
    pub const fn from_i64(number: i64) -> Option<Self> {
        match number {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }
}

/// A message as it came from the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The topic that it came on.
    pub topic: Arc<str>,
    /// Its bytes, whatever they are.
    pub payload: Arc<[u8]>,
    /// The quality of service that it came with.
    pub qos: Qos,
    /// Whether the broker had kept it for new subscribers.
    pub retain: bool,
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishRequest {
    /// Comes back in the receipt.
    pub id: PublishId,
    /// Where to.
    pub topic: Topic,
    /// What.
    pub payload: Arc<[u8]>,
    /// With which quality of service.
    pub qos: Qos,
    /// Whether the broker shall keep it for new subscribers.
    pub retain: bool,
}

/// A filter that is wanted from the broker, with the best quality of service that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// What to subscribe to.
    pub filter: TopicFilter,
    /// How well.
    pub qos: Qos,
}

/// How far an order has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishStatus {
    /// Written to the socket. For [`Qos::AtMostOnce`] there is nothing more to come.
    Sent,
    /// The broker has it. That is not yet the device.
    Acknowledged,
    /// It was given up; a sentence says why.
    Failed(String),
}

/// How the line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// On the way to a session; which attempt since the last good one, from 1.
    Connecting {
        /// From 1.
        attempt: u32,
    },
    /// A session is up and the subscriptions were asked for.
    Connected,
    /// Down, and tried again by itself.
    WaitingToRetry {
        /// Why it is down, as a sentence without its full stop: `refused: bad user name or password`.
        reason: String,
        /// How long until the next attempt, from when this was said.
        retry_in: Duration,
        /// How many attempts have failed since the last good session.
        failed_attempts: u32,
        /// The broker's certificate, if that it is not trusted is what is wrong.
        untrusted_certificate: Option<CertificatePin>,
    },
    /// Down for good, until the person says otherwise: trying again would not help.
    Stopped {
        /// Why, as a sentence without its full stop.
        reason: String,
    },
}

/// What a line has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionEvent {
    /// The line is now like this.
    State(ConnectionState),
    /// Messages, in the order in which they came.
    Messages(Batch),
    /// An order has come this far.
    PublishStatus(PublishId, PublishStatus),
    /// The broker does not give this filter, and why.
    SubscriptionRefused(TopicFilter, String),
    /// Something the person should read once: a message too large, a flood coalesced.
    Notice(String),
}
