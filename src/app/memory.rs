//! What is remembered from one run to the next: when it is to be kept, and what is told of it.

use std::time::Duration;

use crate::model::{
    connection::ConnectionId,
    state_cache::{SavedTileState, StateCache, TileKey},
    time::Time,
};

use super::{App, Board, Command};

/// What is known is kept at most once in this time.
const PACE: Duration = Duration::from_secs(10);

impl App {
    /// All that is to be remembered of the tiles of a line; `None` when nothing is.
    #[must_use]
    pub fn memory(&self, line: ConnectionId) -> Option<StateCache> {
        let mut memory = self.lines.get(line.0)?.memory.clone()?;
        for board in self.boards.iter().filter(|board| board.line == line) {
            for index in 0..board.dashboard.tiles.len() {
                if let Some((tile, state)) = board.tile(index)
                    && let Some(kept) = SavedTileState::from_tile_state(tile, state)
                {
                    memory.tiles.insert(TileKey::for_tile(tile), kept);
                }
            }
        }
        memory.evict_oldest();
        Some(memory)
    }

    /// Takes what is remembered of the tiles of a line: it is shown until something newer comes.
    pub(super) fn remember(&mut self, line: ConnectionId, memory: StateCache, now: Time) {
        let Some(known) = self.lines.get_mut(line.0) else {
            return;
        };
        for board in self.boards.iter_mut().filter(|board| board.line == line) {
            recall(board, &memory, now);
        }
        known.memory = Some(memory);
        self.dirty = true;
    }

    /// Gives the tiles of a board that opens what is remembered of them.
    pub(super) fn recall(&self, board: &mut Board, now: Time) {
        if let Some(memory) = self.lines.get(board.line.0).and_then(|line| line.memory.as_ref()) {
            recall(board, memory, now);
        }
    }

    /// Notes that something of a line has changed that is worth keeping.
    pub(super) fn keep_soon(&mut self, line: ConnectionId, now: Time) {
        if let Some(line) = self.lines.get_mut(line.0).filter(|line| line.memory.is_some()) {
            line.keep_at.get_or_insert(now.saturating_add(PACE));
        }
    }

    /// When something is to be kept.
    pub(super) fn next_keep(&self) -> Option<Time> {
        self.lines.iter().filter_map(|line| line.keep_at).min()
    }

    /// What is to be kept before the program ends.
    pub fn leave(&mut self, now: Time) -> Vec<Command> {
        for line in &mut self.lines {
            line.keep_at = line.keep_at.map(|at| at.min(now));
        }
        self.keep(now)
    }

    /// What is to be kept now.
    pub(super) fn keep(&mut self, now: Time) -> Vec<Command> {
        if self.next_keep().is_none_or(|at| at > now) {
            return Vec::new();
        }
        let mut commands = self.settle(now);
        for number in 0..self.lines.len() {
            let line = ConnectionId(number);
            if self.lines[number].keep_at.take_if(|at| *at <= now).is_some()
                && let Some(memory) = self.memory(line)
            {
                commands.push(Command::Keep(line, memory));
            }
        }
        commands
    }
}

fn recall(board: &mut Board, memory: &StateCache, now: Time) {
    for (tile, state) in board.each_mut() {
        if let Some(kept) = memory.tiles.get(&TileKey::for_tile(tile)) {
            kept.restore(tile, state, now);
        }
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
