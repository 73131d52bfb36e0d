//! What the broker and the profile allow of a publish request.

use super::{error::format_bytes, session::ConnAckInfo};
use crate::model::{
    connection::{PublishRequest, Qos},
    profile::ByteSize,
};

/// The limits of publish requests on a network connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublishLimits {
    max_qos: Qos,
    retain_available: bool,
    /// The largest packet that the broker accepts, in bytes.
    broker_packet_size: Option<u32>,
    /// The largest packet that the profile allows.
    profile_packet_size: ByteSize,
}

impl PublishLimits {
    /// Returns the limits that the broker has announced in CONNACK, and that of the profile.
    pub(super) const fn new(connack: &ConnAckInfo, profile_packet_size: ByteSize) -> Self {
        Self {
            max_qos: connack.max_qos,
            retain_available: connack.retain_available,
            broker_packet_size: connack.max_packet_size,
            profile_packet_size,
        }
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
        // Fixed header: 5 bytes, topic length and packet ID: 4, property length: 1.
        let size = request.topic.as_str().len() + request.payload.len() + 10;
        let profile_limit = usize::try_from(self.profile_packet_size.bytes()).unwrap_or(usize::MAX);
        let broker_limit = self.broker_packet_size.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
        if size > broker_limit {
            Some(format!("not sent: it has {}, the broker allows {}", format_bytes(size), format_bytes(broker_limit)))
        } else if size > profile_limit {
            Some(format!(
                "not sent: it has {}, `max_packet_size` of the profile allows {}",
                format_bytes(size),
                self.profile_packet_size
            ))
        } else {
            None
        }
    }
}
