//! Working out what tiles show of the messages that have come: once for each tile and frame, however
//! many came.

use std::{cmp::Ordering, ptr};

use crate::model::{error::TileError, json_path::find_all, time::Time};

use super::{App, Command, TileAt, pictures::pictured};

impl App {
    /// Works out what only the last message of each tile decides: its text, its faults. To be called
    /// before a frame is drawn.
    pub fn settle(&mut self, now: Time) -> Vec<Command> {
        let mut pending = Vec::new();
        for (board, known) in self.boards.iter_mut().enumerate() {
            pending.extend(known.take_pending().into_iter().map(|tile| TileAt { board, tile }));
        }
        let found = self.look_up(&pending);
        let mut commands = Vec::new();
        for (at, found) in pending.iter().zip(found) {
            let Some((tile, state)) = self.boards.get_mut(at.board).and_then(|board| board.tile_mut(at.tile)) else {
                continue;
            };
            state.resolve_value(tile, found);
            commands.extend(pictured(tile, state).map(|bytes| Command::Decode(*at, bytes)));
        }
        commands.extend(self.preview_picture());
        commands.extend(pending.into_iter().filter_map(|at| self.ask_display(at, now)).collect::<Vec<_>>());
        commands
    }

    /// What the paths of these tiles give, for those that have one. A payload is read once for all of
    /// the tiles that it waits at.
    fn look_up(&self, pending: &[TileAt]) -> Vec<Option<Result<String, TileError>>> {
        let seeks = |at: &TileAt| {
            let (tile, state) = self.boards.get(at.board)?.tile(at.tile)?;
            state.pending_extraction(tile)
        };
        let mut sought: Vec<_> =
            pending.iter().enumerate().filter_map(|(number, at)| Some((number, seeks(at)?))).collect();
        let order = |one: &[u8], other: &[u8]| if ptr::eq(one, other) { Ordering::Equal } else { one.cmp(other) };
        sought.sort_by(|(_, (one, _)), (_, (other, _))| order(one, other));
        let mut found = vec![None; pending.len()];
        for shared in sought.chunk_by(|(_, (one, _)), (_, (other, _))| order(one, other).is_eq()) {
            let paths: Vec<_> = shared.iter().map(|(_, (_, path))| *path).collect();
            let (_, (payload, _)) = shared[0];
            for ((number, _), text) in shared.iter().zip(find_all(payload, &paths)) {
                found[*number] = Some(text);
            }
        }
        found
    }
}
