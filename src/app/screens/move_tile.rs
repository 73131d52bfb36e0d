//! A tile that is being moved or resized: the screen shows it in its new place, and the file is saved when it is dropped.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, EditAction,
        key_binding::{KeyBinding, KeyContext, key_bindings},
    },
    model::{edit::DashboardEdit, grid::Direction, id::TileId, time::Time},
};

/// A tile that is being moved.
const MOVE_TILE: KeyContext = KeyContext::new("While a tile is moved");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    MOVE_TILE {
        "move-left" ["Left", "h"] |_| Action::MoveInDialog(Direction::Left), "move the tile to the left", "move";
        "move-right" ["Right", "l"] |_| Action::MoveInDialog(Direction::Right), "move the tile to the right", "move";
        "move-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "move the tile one row up", "move";
        "move-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "move the tile one row down", "move";
        "move-first" ["Home", "g"] |_| Action::MoveInDialog(Direction::First), "move the tile to the beginning";
        "move-last" ["End", "G"] |_| Action::MoveInDialog(Direction::Last), "move the tile to the end";
        "move-page-up" ["PageUp"] |_| Action::MoveInDialog(Direction::PageUp), "move the tile one screen up";
        "move-page-down" ["PageDown"] |_| Action::MoveInDialog(Direction::PageDown), "move the tile one screen down";
        "move-place" ["Enter", "m", "Space"] |_| Action::Accept, "place the tile here", "place";
        "move-narrower" ["Ctrl-Left", "H"] |_| Action::Edit(EditAction::GrowTile(-1, 0)), "make the tile one column narrower", "size";
        "move-wider" ["Ctrl-Right", "L"] |_| Action::Edit(EditAction::GrowTile(1, 0)), "make the tile one column wider", "size";
        "move-lower" ["Ctrl-Up", "K"] |_| Action::Edit(EditAction::GrowTile(0, -1)), "make the tile one row lower";
        "move-higher" ["Ctrl-Down", "J"] |_| Action::Edit(EditAction::GrowTile(0, 1)), "make the tile one row higher";
    }
};

/// A tile that is being moved.
#[derive(Debug, Clone, Copy)]
pub struct MoveTile {
    /// The tile.
    pub(crate) tile: TileId,
    /// Its index before the move.
    pub(crate) from: usize,
    /// How many tiles move: those of a folded section with its heading, or only the tile.
    pub(crate) count: usize,
    /// Whether a folded section moves, with its templates.
    pub(crate) is_section: bool,
    /// How many columns and rows it took before.
    pub(crate) size: (i64, i64),
    /// The heading of the folded section in which the tile is at the moment, and which is shown therefore.
    pub(crate) unfolded: Option<TileId>,
    /// Whether it is moved by a drag, which ends when the mouse button is released.
    pub(crate) is_dragged: bool,
}

impl MoveTile {
    /// Returns the edit that moves what is being moved from one index of the definition to another one.
    pub(in crate::app) const fn edit(&self, from: usize, to: usize) -> DashboardEdit {
        if self.is_section {
            DashboardEdit::MoveSection { from, len: self.count, to }
        } else {
            DashboardEdit::MoveTile(from, to)
        }
    }
}

impl Component for MoveTile {
    fn key_context(&self, _app: &App) -> KeyContext {
        MOVE_TILE
    }

    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => app.move_tile(self, direction),
            Action::Edit(EditAction::MoveTileTo(to)) => app.move_tile_to(self, to),
            Action::Edit(EditAction::GrowTile(columns, rows)) if !self.is_section => {
                app.grow_tile(self.tile, columns, rows);
            }
            Action::Accept => return Flow::Close(app.finish_tile_move(*self)),
            _ => {}
        }
        Flow::STAY
    }

    fn cancel(&mut self, app: &mut App, _now: Time) -> Flow {
        app.cancel_tile_move_of(self);
        Flow::CLOSE
    }

    fn tile(&self) -> Option<TileId> {
        Some(self.tile)
    }
}
