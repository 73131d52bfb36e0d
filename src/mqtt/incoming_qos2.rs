//! The packet IDs of incoming `QoS` 2 messages, to deliver each message once (MQTT specification, section
//! 4.3.3).
//!
//! A broker that has not received PUBREC sends the PUBLISH packet again after a reconnect.

use std::collections::HashSet;

/// The packet IDs of the received `QoS` 2 messages that the broker has not released with PUBREL yet.
#[derive(Debug, Default)]
pub(super) struct IncomingQos2(HashSet<u16>);

impl IncomingQos2 {
    /// Starts a network connection. Forgets all packet IDs if the broker has no session state.
    pub(super) fn begin_session(&mut self, session_present: bool) {
        if !session_present {
            self.0.clear();
        }
    }

    /// Records a received message. Returns whether it is not a duplicate.
    pub(super) fn insert(&mut self, packet_id: u16) -> bool {
        self.0.insert(packet_id)
    }

    /// Handles PUBREL: the next message with this packet ID is a new one.
    pub(super) fn release(&mut self, packet_id: u16) {
        self.0.remove(&packet_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incoming_qos2_rejects_duplicate_until_released() {
        let mut incoming = IncomingQos2::default();
        assert!(incoming.insert(1));
        assert!(!incoming.insert(1));
        incoming.begin_session(true);
        assert!(!incoming.insert(1), "the packet ID must survive a reconnect with session state");
        incoming.release(1);
        assert!(incoming.insert(1));
        incoming.begin_session(false);
        assert!(incoming.insert(1));
    }
}
