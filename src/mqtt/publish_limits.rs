//! What the broker and the profile allow of a publish request.

use super::{error::format_bytes, session::ConnAckInfo};
use crate::model::{
    connection::{PublishRequest, Qos},
    profile::ByteSize,
};

/// The largest packet that may be sent. Without limits, any.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PacketLimits {
    /// What the broker accepts, in bytes.
    broker: Option<u32>,
    /// What the profile allows.
    profile: Option<ByteSize>,
}

impl PacketLimits {
    /// Returns the limit that the broker has announced in CONNACK, and that of the profile.
    pub(super) const fn new(connack: &ConnAckInfo, profile: ByteSize) -> Self {
        Self { broker: connack.max_packet_size, profile: Some(profile) }
    }

    fn broker_bytes(&self) -> usize {
        self.broker.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX)
    }

    fn profile_bytes(&self) -> usize {
        self.profile.and_then(|size| usize::try_from(size.bytes()).ok()).unwrap_or(usize::MAX)
    }

    /// Returns the maximum number of bytes of a packet.
    pub(super) fn max_bytes(&self) -> usize {
        self.broker_bytes().min(self.profile_bytes())
    }

    /// Returns why a packet of this many bytes is too large to be sent, if it is.
    pub(super) fn size_error(&self, size: usize) -> Option<String> {
        let has_size = format!("it has {}", format_bytes(size));
        if size > self.broker_bytes() {
            Some(format!("{has_size}, the broker allows {}", format_bytes(self.broker_bytes())))
        } else {
            let limit = self.profile.filter(|_| size > self.profile_bytes())?;
            Some(format!("{has_size}, `max_packet_size` of the profile allows {limit}"))
        }
    }
}

/// The limits of publish requests on a network connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublishLimits {
    max_qos: Qos,
    retain_available: bool,
    packet_limits: PacketLimits,
}

impl PublishLimits {
    /// Returns the limits that the broker has announced in CONNACK, with those of packets.
    pub(super) const fn new(connack: &ConnAckInfo, packet_limits: PacketLimits) -> Self {
        Self { max_qos: connack.max_qos, retain_available: connack.retain_available, packet_limits }
    }

    /// Returns the `QoS` and the retain flag that a request can be sent with.
    pub(super) fn lowered(&self, request: &PublishRequest) -> (Qos, bool) {
        (request.qos.min(self.max_qos), request.retain && self.retain_available)
    }

    /// Returns the notice that requests are sent with a lower `QoS` or without the retain flag.
    pub(super) fn lowered_notice(&self) -> String {
        if self.retain_available {
            format!("the broker supports QoS {} at most: messages are sent with that", self.max_qos.as_u8())
        } else {
            "the broker does not support retained messages: messages are sent without `retain`".to_owned()
        }
    }

    /// Returns why a request is too large to be sent, if it is.
    pub(super) fn size_error(&self, request: &PublishRequest) -> Option<String> {
        // The length of the properties has up to 4 bytes.
        let properties = request.properties.as_ref().map_or(0, |properties| properties.packet_bytes() + 3);
        // Fixed header: 5 bytes, topic length and packet ID: 4, property length: 1.
        let size = request.topic.as_str().len() + request.payload.len() + properties + 10;
        self.packet_limits.size_error(size).map(|reason| format!("not sent: {reason}"))
    }
}

#[cfg(test)]
impl PacketLimits {
    /// Creates the limits that a broker has announced.
    pub(super) const fn with_broker_limit(bytes: u32) -> Self {
        Self { broker: Some(bytes), profile: None }
    }
}
