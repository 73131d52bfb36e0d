//! One connection, in words that are the same for every version of MQTT. Each version is one file.
//!
//! A [`Wire`] is polled and says what happened; a [`Hand`] gives it things to do. They are two so
//! that something can be given while the wire is waiting. A wire is never used again after it broke.

pub(super) mod v3;
pub(super) mod v5;

use std::{future::Future, time::Duration};

use bytes::Bytes;

use super::error::MqttError;
use crate::model::{
    connection::{PublishRequest, Qos, Subscription},
    topic::TopicFilter,
};

/// How much the client takes before it must be polled.
const REQUEST_CAPACITY: usize = 128;

/// The most publishes that the client keeps unacknowledged; what the outbox allows is less. Packet
/// ids go round within it.
const MAX_INFLIGHT: u16 = 100;

/// What has happened on the wire.
#[derive(Debug)]
pub(super) enum SessionEvent {
    /// The session is up.
    Connected(ConnAckInfo),
    /// A message has come.
    PublishReceived(IncomingPublish),
    /// The next of the publishes given is written out, with this packet id, 0 for at most once.
    PublishWritten(u16),
    /// The broker has a publish, or says why it does not take it.
    PublishAcknowledged(u16, Option<String>),
    /// The broker refused a publish of "exactly once"; the client forgets to count that one down.
    InflightLeaked(u16, String),
    /// The next of the requests to subscribe is written out, with this packet id.
    SubscribeWritten(u16),
    /// The broker's answer to such a request: for each filter nothing, or why not.
    SubscribeAcknowledged(u16, Vec<Option<String>>),
    /// The broker will not send the message with this packet id again.
    PublishReleased(u16),
    /// The goodbye is written out.
    DisconnectWritten,
    /// Something that concerns nobody.
    Other,
}

/// A message as it came, before it is copied out of the client's buffer.
#[derive(Debug)]
pub(super) struct IncomingPublish {
    /// The topic, which may be no UTF-8.
    pub topic: Bytes,
    /// The payload.
    pub payload: Bytes,
    /// With which quality of service.
    pub qos: Qos,
    /// Whether the broker had kept it.
    pub retain: bool,
    /// The packet id.
    pub packet_id: u16,
}

/// What the broker grants this session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConnAckInfo {
    /// Whether it has kept the session from before.
    pub session_present: bool,
    /// After how much silence the line is tested.
    pub keep_alive: Duration,
    /// The best quality of service for publishes.
    pub max_qos: Qos,
    /// Whether it keeps messages for new subscribers.
    pub retain_available: bool,
    /// The largest packet that it takes.
    pub max_packet_size: Option<u32>,
    /// What the person should know of it.
    pub notice: Option<String>,
}

/// The side that is polled.
pub(super) trait EventSource: Send {
    /// What happens next. To be polled to its end: what it has begun is lost when it is dropped.
    fn poll(&mut self) -> impl Future<Output = Result<SessionEvent, MqttError>> + Send;
}

/// The side that gives the wire things to do. Each says whether there was room.
pub(super) trait Requester: Send + Sync {
    /// Publishes, with this quality of service and with or without being kept.
    fn publish(&self, request: &PublishRequest, qos: Qos, retain: bool) -> bool;
    /// Subscribes.
    fn subscribe(&self, subscriptions: &[Subscription]) -> bool;
    /// Unsubscribes.
    fn unsubscribe(&self, filter: &TopicFilter) -> bool;
    /// Says goodbye.
    fn disconnect(&self) -> bool;
}
