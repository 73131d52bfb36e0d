//! Another hand at the same file: what is open follows what the file says now, and where both have
//! changed the same, the person is asked.

use std::path::Path;

use super::{DashboardChange, EditAction, EditConflict, EditEffect, ManageDialog};
use crate::{
    app::{
        App, Effect, Focus, TilePosition,
        form::{Form, FormSubject},
    },
    model::{dashboard::Dashboard, edit::DashboardEdit, kind, tile::Tile, time::Time},
};

impl App {
    /// What is done about a file that another hand has changed.
    pub(super) fn resolve_conflict(&mut self, action: &EditAction, conflict: EditConflict, now: Time) -> Vec<Effect> {
        match (action, conflict.theirs.clone()) {
            (EditAction::Overwrite, _) => {
                let change = DashboardChange { overwrite: Some(conflict.file_text), ..conflict.change };
                vec![self.queue_file_write(&change.path.clone(), EditEffect::EditDashboard(Box::new(change)))]
            }
            (EditAction::Reload, Some(theirs)) => {
                self.notify("The file was read again", now);
                self.restore_dashboard(&conflict.change.path.clone(), theirs)
            }
            _ => {
                self.open_manage_dialog(ManageDialog::Conflict(Box::new(conflict)));
                Vec::new()
            }
        }
    }

    /// Leaves the file as the other hand has left it. What was written in a form is in a form again.
    pub(super) fn cancel_conflict(&mut self, conflict: EditConflict, now: Time) -> Vec<Effect> {
        self.notify("Not saved: the file is as the other hand left it", now);
        let EditConflict { change, theirs, .. } = conflict;
        let still_applies = theirs.as_ref().is_some_and(|theirs| change.edit.still_applies(&change.before, theirs));
        let effects = self.restore_dashboard(&change.path, theirs.unwrap_or(change.before));
        let position = self.dashboards.iter().position(|dashboard| dashboard.path.as_ref() == Some(&change.path));
        let Some((dashboard_index, dashboard)) =
            position.map(|dashboard_index| (dashboard_index, &self.dashboards[dashboard_index]))
        else {
            return effects;
        };
        let form = match change.edit {
            DashboardEdit::ReplaceTile(tile_index, tile) if still_applies => {
                dashboard.tile(tile_index).map(|(current_tile, _)| {
                    Form::for_tile(dashboard_index, tile_index, false, current_tile).with_tile(&tile)
                })
            }
            DashboardEdit::ReplaceTile(_, tile) | DashboardEdit::InsertTile(_, tile) => {
                let blank = kind::from_name(tile.kind.name()).map(Tile::new);
                let end = dashboard.definition.tiles.len();
                blank.ok().map(|blank| Form::for_tile(dashboard_index, end, true, &blank).with_tile(&tile))
            }
            _ => None,
        };
        if let Some(form) = form {
            self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
        }
        effects
    }

    /// Whether the file that another hand has changed can be read again.
    #[must_use]
    pub fn conflict_can_reload(&self) -> bool {
        match &self.focus {
            Focus::Manage(dialog) => matches!(&**dialog, ManageDialog::Conflict(conflict) if conflict.theirs.is_some()),
            _ => false,
        }
    }

    /// A chore that changes the file of a dashboard: until it is done, what is read from there is old.
    pub(super) fn queue_file_write(&mut self, path: &Path, effect: EditEffect) -> Effect {
        self.editor_state.pending_writes.push(path.to_owned());
        Effect::Edit(effect)
    }

    /// A chore for this file was done.
    pub(super) fn finish_file_write(&mut self, path: &Path) {
        if let Some(index) = self.editor_state.pending_writes.iter().position(|pending| pending == path) {
            self.editor_state.pending_writes.swap_remove(index);
        }
    }

    /// Whether what a file says now is no news for its board: an edit of it is on its way, it is what
    /// the board is without what is being carried, or it is asked about.
    pub(in crate::app) fn is_own_write(&mut self, path: &Path, reloaded: &Result<Dashboard, String>) -> bool {
        if self.editor_state.pending_writes.iter().any(|pending| pending == path) {
            return true;
        }
        let Focus::Manage(dialog) = &mut self.focus else {
            return false;
        };
        match &mut **dialog {
            ManageDialog::Conflict(conflict) if conflict.change.path == path => {
                conflict.theirs = reloaded.as_ref().ok().cloned();
                true
            }
            ManageDialog::MoveTile(from) => {
                let from = *from;
                let dashboard = self.current_dashboard().filter(|dashboard| dashboard.path.as_deref() == Some(path));
                let restored = dashboard.and_then(|dashboard| {
                    DashboardEdit::MoveTile(dashboard.selected, from).apply_to(&dashboard.definition)
                });
                restored.is_some() && restored.as_ref() == reloaded.as_ref().ok()
            }
            _ => false,
        }
    }

    /// What is open for a tile goes where the tile is now; `moved` tells where.
    pub(in crate::app) fn remap_manage_dialog(
        &mut self,
        index: usize,
        remap: impl Fn(TilePosition) -> Option<TilePosition>,
    ) {
        let tile_count = self.dashboards.get(index).map_or(0, |dashboard| dashboard.definition.tiles.len());
        let Focus::Manage(dialog) = &mut self.focus else {
            return;
        };
        let gone = match &mut **dialog {
            ManageDialog::Form(form) => {
                form.remap_tile(index, tile_count, remap);
                false
            }
            ManageDialog::Confirm(confirm) => confirm.remap_tile(remap).is_none(),
            _ => false,
        };
        if gone {
            self.focus = Focus::Dashboard;
        }
    }

    /// A carried tile whose dashboard was changed by another hand is let go.
    pub(in crate::app) fn cancel_tile_move(&mut self, index: usize, now: Time) {
        let is_moving = matches!(&self.focus, Focus::Manage(dialog) if matches!(**dialog, ManageDialog::MoveTile(_)));
        if is_moving && index == self.current_tab {
            self.focus = Focus::Dashboard;
            self.notify("The file was changed meanwhile: the tile is where that says", now);
        }
    }

    /// The dashboard as the form has found it: another hand may have changed the same since then.
    pub(super) fn original_of(&self, form: &Form) -> Option<Dashboard> {
        match &form.subject {
            FormSubject::Tile { dashboard_index, tile_index, new: false, original } => {
                let mut definition = self.dashboards.get(*dashboard_index)?.definition.clone();
                (**original).clone_into(definition.tiles.get_mut(*tile_index)?);
                Some(definition)
            }
            FormSubject::Tile { dashboard_index, .. } => {
                Some(self.dashboards.get(*dashboard_index)?.definition.clone())
            }
            FormSubject::Dashboard { dashboard_index, original } => {
                let tiles = self.dashboards.get(*dashboard_index)?.definition.tiles.clone();
                Some(Dashboard { tiles, ..original.clone() })
            }
            FormSubject::Profile { .. } => None,
        }
    }
}

impl Form {
    /// The tiles of a board are somewhere else now. One that is gone becomes a new one.
    fn remap_tile(&mut self, index: usize, tile_count: usize, remap: impl Fn(TilePosition) -> Option<TilePosition>) {
        if let FormSubject::Tile { dashboard_index, tile_index, new: is_new, .. } = &mut self.subject
            && *dashboard_index == index
        {
            let position = remap(TilePosition { dashboard: index, tile: *tile_index }).filter(|_| !*is_new);
            *is_new = position.is_none();
            *tile_index = position.map_or(tile_count, |position| position.tile);
        }
    }
}
