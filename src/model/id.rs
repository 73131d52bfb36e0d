//! Identifiers of what is open. Each is used once in a run of the program, so that a late result never reaches
//! something else.

use serde::{Deserialize, Serialize};

/// Identifies a tile of an open dashboard. It stays the same when the tile moves or its file is reloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TileId(pub u32);

/// Identifies an open dashboard. The default one is no dashboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct DashboardId(pub u32);

/// Identifies a connection to a broker. There is one connection for each profile in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// Numbers tiles, dashboards and connections.
#[derive(Debug, Default)]
pub(crate) struct IdSequence {
    next: u32,
}

impl IdSequence {
    /// Returns an identifier that no other tile has.
    pub fn next_tile(&mut self) -> TileId {
        TileId(self.next_number())
    }

    /// Returns an identifier that no other dashboard has.
    pub fn next_dashboard(&mut self) -> DashboardId {
        DashboardId(self.next_number())
    }

    /// Returns an identifier that no other connection has.
    pub fn next_connection(&mut self) -> ConnectionId {
        ConnectionId(self.next_number())
    }

    fn next_number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}
