//! Forms of tiles that are deleted while the form is open, by an editor outside or by an undo.

use super::{Form, FormSubject, RowOf};
use crate::{app::edit_summary::tile_name, model::id::TileId};

impl Form {
    /// Returns the name of the tile when the form was opened or, if it had none, the one that is typed.
    #[must_use]
    pub(in crate::app) fn tile_name(&self) -> Option<String> {
        match &self.subject {
            FormSubject::Tile { original, .. } if !original.name.is_empty() => Some(tile_name(original)),
            _ => self.draft_tile().map(|(tile, _)| tile_name(&tile)),
        }
    }

    /// Takes into account that these tiles were deleted.
    pub(in crate::app) fn forget_tiles(&mut self, removed: &[TileId]) {
        if let FormSubject::Tile { tile, was_deleted, row_of, template, .. } = &mut self.subject {
            // That of a template is still there for other devices.
            let is_deleted = |tile: &mut TileId| template.is_none() && removed.contains(tile);
            *was_deleted |= tile.take_if(is_deleted).is_some();
            if let Some(RowOf::Form(panel, _)) = row_of {
                panel.forget_tiles(removed);
            }
        }
    }

    /// Returns the form as one of a tile that was deleted since it was opened.
    pub(in crate::app) fn of_deleted_tile(mut self) -> Self {
        if let FormSubject::Tile { was_deleted, .. } = &mut self.subject {
            *was_deleted = true;
        }
        self
    }

    /// Makes the form of a tile that was deleted one of a new tile.
    pub(in crate::app) fn become_new(&mut self) {
        if let FormSubject::Tile { was_deleted, .. } = &mut self.subject {
            *was_deleted = false;
        }
    }
}
