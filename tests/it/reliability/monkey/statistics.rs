//! What the monkey has done.

use std::{fmt, time::Duration};

/// Figures of a run.
#[derive(Debug, Default)]
pub struct Statistics {
    /// Sessions: starts of the program.
    pub sessions: u64,
    /// Bytes of keys.
    pub keys: u64,
    /// Pastes, and their bytes.
    pub pastes: (u64, u64),
    /// Mouse events.
    pub mouse_events: u64,
    /// Sizes of the terminal.
    pub resizes: u64,
    /// Changes of files from outside.
    pub file_edits: u64,
    /// Versions of files that the program has written.
    pub files_written: u64,
    /// How often the broker was killed, ended or frozen.
    pub broker_ends: u64,
    /// How often the program was stopped and continued.
    pub stops: u64,
    /// Messages from the other client.
    pub messages: u64,
    /// Messages from the program that were checked.
    pub publishes: u64,
    /// Those that no file explains, in sessions in which the user may have edited another version of a file.
    pub unverified: u64,
    /// Phases with nothing but navigation.
    pub navigation_phases: u64,
    /// Questions answered with yes while they were on the screen.
    pub confirmations: u64,
    /// Probes that the program answered, and the slowest answer.
    pub probes: (u64, Duration),
    /// The largest resident memory in KiB.
    pub memory: usize,
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} sessions; {} bytes of keys, {} pastes with {} KiB, {} mouse events, {} resizes, {} stops; {} files changed \
            from outside, {} versions written by the program; {} broker ends, {} messages to it; {} publishes checked, \
            {} of them unverified, {} navigation phases, {} questions answered; {} probes, the slowest after {:?}; memory at most {} KiB",
            self.sessions,
            self.keys,
            self.pastes.0,
            self.pastes.1 >> 10,
            self.mouse_events,
            self.resizes,
            self.stops,
            self.file_edits,
            self.files_written,
            self.broker_ends,
            self.messages,
            self.publishes,
            self.unverified,
            self.navigation_phases,
            self.confirmations,
            self.probes.0,
            self.probes.1,
            self.memory
        )
    }
}
