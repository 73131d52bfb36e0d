//! Which messages of "exactly once" have come already: a broker that has not heard that they did
//! sends them again, and what they set off must happen once.

use std::collections::HashSet;

/// The packet ids that have come and are not released yet.
#[derive(Debug, Default)]
pub(super) struct IncomingQos2(HashSet<u16>);

impl IncomingQos2 {
    /// A session is up; where the broker has not kept the old one, nothing is left of it.
    pub(super) fn begin_session(&mut self, session_present: bool) {
        if !session_present {
            self.0.clear();
        }
    }

    /// A message has come: whether for the first time.
    pub(super) fn insert(&mut self, packet_id: u16) -> bool {
        self.0.insert(packet_id)
    }

    /// The broker will not send it again; the next one with this packet id is a new one.
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
        assert!(!incoming.insert(1), "also over a break of the line");
        incoming.release(1);
        assert!(incoming.insert(1));
        incoming.begin_session(false);
        assert!(incoming.insert(1));
    }
}
