//! A tile that is being moved: the screen shows it in its new place, and the file is saved when it is dropped.

use super::{Component, Flow};
use crate::{
    app::{Action, App, EditAction},
    model::{id::TileId, time::Time},
};

/// A tile that is being moved.
#[derive(Debug, Clone, Copy)]
pub struct MoveTile {
    /// The tile.
    pub(crate) tile: TileId,
    /// Its index before the move.
    pub(crate) from: usize,
}

impl Component for MoveTile {
    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => Flow::Stay(app.move_tile(self.tile, direction)),
            Action::Edit(EditAction::MoveTileTo(to)) => Flow::Stay(app.move_tile_to(self.tile, to)),
            Action::Accept => Flow::Close(app.finish_tile_move(self.tile, self.from)),
            Action::Cancel => Flow::Close(app.move_tile_to(self.tile, self.from)),
            _ => Flow::STAY,
        }
    }

    fn forget_tiles(&mut self, removed: &[TileId]) -> bool {
        !removed.contains(&self.tile)
    }
}
