//! An interface to rumqttc that is the same for both versions of MQTT. Each version is one file.
//!
//! An [`EventSource`] is polled and returns what happened; a [`Requester`] sends packets. They are two
//! objects so that requests can be made while the event source is being polled. An event source is not
//! used again after an error.

pub(super) mod v3;
pub(super) mod v5;
mod v5_options;
mod v5_reasons;

use std::{borrow::Cow, future::Future, str, sync::Arc, time::Duration};

use bytes::Bytes;

use super::{error::MqttError, subscriptions::SubscribePacket};
use crate::model::{
    connection::{PublishRequest, Qos},
    message_properties::MessageProperties,
    topic::TopicFilter,
};

/// The capacity of rumqttc's request channel.
const REQUEST_CAPACITY: usize = 128;

/// The in-flight limit of rumqttc. It also bounds the packet IDs. The outbox allows fewer unacknowledged
/// messages.
const MAX_INFLIGHT: u16 = 100;

/// Something that happened on the network connection.
#[derive(Debug)]
pub(super) enum SessionEvent {
    /// The broker sent CONNACK and accepted the connection.
    Connected(ConnAckInfo),
    /// The broker sent a PUBLISH packet.
    PublishReceived(IncomingPublish),
    /// The next requested PUBLISH packet was written, with this packet ID; 0 for `QoS` 0.
    PublishWritten(u16),
    /// The broker sent PUBREC for this packet ID, and has accepted the message.
    PublishAccepted(u16),
    /// The broker sent PUBACK or PUBCOMP for this packet ID; with a reason if it rejected the message.
    PublishAcknowledged(u16, Option<String>),
    /// The broker rejected a `QoS` 2 message with PUBREC, or sent PUBCOMP with an error. rumqttc does not
    /// free the in-flight slot of this packet ID.
    InflightLeaked(u16, String),
    /// The next requested SUBSCRIBE packet was written, with this packet ID.
    SubscribeWritten(u16),
    /// The broker sent SUBACK for this packet ID: for each topic filter `None`, or why it was rejected.
    SubscribeAcknowledged(u16, Vec<Option<String>>),
    /// The broker sent PUBREL for this packet ID.
    PublishReleased(u16),
    /// The PINGREQ packet was written.
    PingWritten,
    /// The broker sent PINGRESP.
    PingAnswered,
    /// The DISCONNECT packet was written.
    DisconnectWritten,
    /// An event that needs no action.
    Other,
}

/// A received PUBLISH packet. Its topic and payload share rumqttc's read buffer.
#[derive(Debug)]
pub(super) struct IncomingPublish {
    /// The topic, which may be invalid UTF-8.
    pub topic: Bytes,
    /// The payload.
    pub payload: Bytes,
    /// The `QoS`.
    pub qos: Qos,
    /// The RETAIN flag.
    pub retain: bool,
    /// The packet ID; 0 for `QoS` 0.
    pub packet_id: u16,
    /// The identifiers of the subscriptions that it is sent for; empty in MQTT 3.1.1.
    pub subscription_ids: Vec<usize>,
    /// The other properties that are shown to the user, if it has any.
    pub properties: Option<Arc<MessageProperties>>,
}

impl IncomingPublish {
    /// Returns the topic. What is invalid UTF-8 is replaced.
    pub(super) fn topic(&self) -> Cow<'_, str> {
        str::from_utf8(&self.topic).map_or_else(|_| String::from_utf8_lossy(&self.topic), Cow::Borrowed)
    }
}

/// What the broker's CONNACK packet contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConnAckInfo {
    /// Whether the broker has session state from an earlier network connection.
    pub session_present: bool,
    /// The keep alive in effect.
    pub keep_alive: Duration,
    /// The maximum `QoS` of published messages.
    pub max_qos: Qos,
    /// Whether the broker supports retained messages.
    pub retain_available: bool,
    /// The maximum size of a packet sent to the broker, in bytes.
    pub max_packet_size: Option<u32>,
    /// Whether the broker says which subscriptions a message matches.
    pub has_subscription_ids: bool,
    /// Notices for the user.
    pub notices: Vec<String>,
}

/// The half of an MQTT client that is polled for events.
pub(super) trait EventSource: Send {
    /// Waits for the next event. Not cancel safe.
    ///
    /// # Errors
    /// When the network connection failed or the broker closed it.
    fn poll(&mut self) -> impl Future<Output = Result<SessionEvent, MqttError>> + Send;
}

/// The half of an MQTT client that sends packets. Each method returns `false` if rumqttc's request channel
/// is full.
pub(super) trait Requester: Send + Sync {
    /// Requests a PUBLISH packet with this `QoS` and RETAIN flag, which may be less than requested by the user.
    fn publish(&self, request: &PublishRequest, qos: Qos, retain: bool) -> bool;
    /// Requests a SUBSCRIBE packet.
    fn subscribe(&self, packet: &SubscribePacket) -> bool;
    /// Requests an UNSUBSCRIBE packet.
    fn unsubscribe(&self, filter: &TopicFilter) -> bool;
    /// Requests a DISCONNECT packet.
    fn disconnect(&self) -> bool;
}
