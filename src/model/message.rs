//! Messages and their quality of service, on which profiles, batches and connections depend.

use std::sync::Arc;

use super::message_properties::MessageProperties;
use serde::{Deserialize, Serialize};

/// Quality of service (MQTT 3.1.1, section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
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
    /// Returns the number in the protocol: 0, 1 or 2.
    #[must_use]
    pub const fn as_u8(self) -> u8 {
        self as u8
    }

    /// Returns the quality of service with this number.
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

/// A message received from the broker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The topic.
    pub topic: Arc<str>,
    /// The payload; any bytes.
    pub payload: Arc<[u8]>,
    /// The quality of service.
    pub qos: Qos,
    /// Whether the broker sent it as a retained message.
    pub retain: bool,
    /// Its properties of MQTT 5, if it has any that are shown.
    pub properties: Option<Arc<MessageProperties>>,
}

impl Message {
    /// Creates a message of `QoS` 0 that is not retained and has no properties.
    #[must_use]
    pub fn new(topic: impl Into<Arc<str>>, payload: impl Into<Arc<[u8]>>) -> Self {
        Self { topic: topic.into(), payload: payload.into(), qos: Qos::AtMostOnce, retain: false, properties: None }
    }
}
