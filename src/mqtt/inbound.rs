//! Which messages of "exactly once" have come already: a broker that has not heard that they did
//! sends them again, and what they set off must happen once.

use std::collections::HashSet;

/// The packet ids that have come and are not released yet.
#[derive(Debug, Default)]
pub(super) struct Inbound(HashSet<u16>);

impl Inbound {
    /// A session is up; where the broker has not kept the old one, nothing is left of it.
    pub(super) fn session(&mut self, kept: bool) {
        if !kept {
            self.0.clear();
        }
    }

    /// A message has come: whether for the first time.
    pub(super) fn came(&mut self, packet: u16) -> bool {
        self.0.insert(packet)
    }

    /// The broker will not send it again; the next one with this packet id is a new one.
    pub(super) fn released(&mut self, packet: u16) {
        self.0.remove(&packet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_is_once() {
        let mut inbound = Inbound::default();
        assert!(inbound.came(1));
        assert!(!inbound.came(1));
        inbound.session(true);
        assert!(!inbound.came(1), "also over a break of the line");
        inbound.released(1);
        assert!(inbound.came(1));
        inbound.session(false);
        assert!(inbound.came(1));
    }
}
