//! Conflicts with changes made outside mqtt-dash. Open dialogs follow the new content of the file; when
//! the user and the other program have changed the same thing, the user decides.

use std::path::Path;

use super::{DashboardChange, EditAction, EditConflict, ManageDialog};
use crate::{
    app::{
        App, Effect, FilesEffect, Focus,
        form::{Form, FormSubject},
    },
    model::{dashboard::Dashboard, edit::DashboardEdit, kind, tile::Tile, time::Time},
};

impl App {
    /// Overwrites or reloads a file that was modified outside mqtt-dash.
    pub(super) fn resolve_conflict(&mut self, action: &EditAction, conflict: EditConflict, now: Time) -> Vec<Effect> {
        match (action, conflict.theirs.clone()) {
            (EditAction::Overwrite, _) => {
                let change = DashboardChange { overwrite: Some(conflict.file_text), ..conflict.change };
                vec![self.queue_file_write(&change.path.clone(), FilesEffect::EditDashboard(Box::new(change)))]
            }
            (EditAction::Reload, Some(theirs)) => {
                self.notify("The file was reloaded", now);
                self.restore_dashboard(&conflict.change.path.clone(), theirs)
            }
            _ => {
                self.open_manage_dialog(ManageDialog::Conflict(Box::new(conflict)));
                Vec::new()
            }
        }
    }

    /// Shows the oldest conflict that waits, if the focus is on the dashboard.
    pub(in crate::app) fn show_pending_conflict(&mut self) {
        if matches!(self.focus, Focus::Dashboard) && !self.editor_state.pending_conflicts.is_empty() {
            let conflict = self.editor_state.pending_conflicts.remove(0);
            self.open_manage_dialog(ManageDialog::Conflict(Box::new(conflict)));
        }
    }

    /// Keeps the file as it is. The input of an edited tile is shown in a form again.
    pub(super) fn cancel_conflict(&mut self, conflict: EditConflict, now: Time) -> Vec<Effect> {
        self.notify("Not saved: the file keeps the changes made outside mqtt-dash", now);
        let EditConflict { change, theirs, .. } = conflict;
        let still_applies = theirs.as_ref().is_some_and(|theirs| change.edit.still_applies(&change.before, theirs));
        let effects = self.restore_dashboard(&change.path, theirs.unwrap_or(change.before));
        let open = self.dashboards.iter().find(|dashboard| dashboard.path.as_ref() == Some(&change.path));
        let Some(dashboard) = open else {
            return effects;
        };
        let form = match change.edit {
            DashboardEdit::ReplaceTile(tile_index, tile) if still_applies => {
                dashboard.tile(tile_index).map(|(current_tile, _)| {
                    Form::for_tile(dashboard.id, dashboard.tile_id(tile_index), current_tile).with_tile(&tile)
                })
            }
            DashboardEdit::ReplaceTile(_, tile) | DashboardEdit::InsertTile(_, tile) => {
                let blank = kind::from_name(tile.kind.name()).map(Tile::new);
                blank.ok().map(|blank| Form::for_tile(dashboard.id, None, &blank).with_tile(&tile))
            }
            _ => None,
        };
        if let Some(form) = form {
            self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
        }
        effects
    }

    /// Returns whether the file of the open conflict dialog can be reloaded.
    #[must_use]
    pub(crate) fn conflict_can_reload(&self) -> bool {
        match &self.focus {
            Focus::Manage(dialog) => matches!(&**dialog, ManageDialog::Conflict(conflict) if conflict.theirs.is_some()),
            _ => false,
        }
    }

    /// Returns an effect that writes a dashboard file, and marks the file as pending: until the effect is
    /// finished, content that the file watcher reads from it is outdated.
    pub(super) fn queue_file_write(&mut self, path: &Path, effect: FilesEffect) -> Effect {
        self.editor_state.pending_writes.push(path.to_owned());
        Effect::Files(effect)
    }

    /// Marks one write effect for this file as finished.
    pub(super) fn finish_file_write(&mut self, path: &Path) {
        if let Some(index) = self.editor_state.pending_writes.iter().position(|pending| pending == path) {
            self.editor_state.pending_writes.swap_remove(index);
        }
    }

    /// Returns whether to ignore a change of a dashboard file: a write of it is pending, the content only
    /// lacks the tile move in progress, or a conflict dialog about the file is open. The dialog then takes
    /// over the new content.
    pub(in crate::app) fn is_own_write(&mut self, path: &Path, reloaded: &Result<Dashboard, String>) -> bool {
        if self.editor_state.pending_writes.iter().any(|pending| pending == path) {
            return true;
        }
        let mut pending = self.editor_state.pending_conflicts.iter_mut();
        if let Some(conflict) = pending.find(|conflict| conflict.change.path == path) {
            conflict.theirs = reloaded.as_ref().ok().cloned();
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
            ManageDialog::MoveTile { tile, from } => {
                let (tile, from) = (*tile, *from);
                let moving = self.dashboard_of(tile).filter(|(dashboard, _)| dashboard.path.as_deref() == Some(path));
                let restored = moving.and_then(|(dashboard, index)| {
                    DashboardEdit::MoveTile(index, from).apply_to(&dashboard.definition)
                });
                restored.is_some() && restored.as_ref() == reloaded.as_ref().ok()
            }
            _ => false,
        }
    }

    /// Cancels a tile move in a dashboard whose file was modified outside mqtt-dash.
    pub(in crate::app) fn cancel_tile_move(&mut self, index: usize, now: Time) {
        let moving = match &self.focus {
            Focus::Manage(dialog) => match **dialog {
                ManageDialog::MoveTile { tile, .. } => Some(tile),
                _ => None,
            },
            _ => None,
        };
        if moving.is_some_and(|tile| self.dashboards[index].index_of(tile).is_some()) {
            self.focus = Focus::Dashboard;
            self.notify("Move canceled: the file was modified outside mqtt-dash", now);
        }
    }

    /// Returns the dashboard with the content that the form was opened with. The file may have been modified
    /// outside mqtt-dash since then.
    pub(super) fn original_of(&self, form: &Form) -> Option<Dashboard> {
        match &form.subject {
            FormSubject::Tile { dashboard, tile, original } => {
                let dashboard = self.dashboard(*dashboard)?;
                let mut definition = dashboard.definition.clone();
                if let Some(index) = tile.and_then(|tile| dashboard.index_of(tile)) {
                    (**original).clone_into(&mut definition.tiles[index]);
                }
                Some(definition)
            }
            FormSubject::Dashboard { dashboard, original } => {
                let tiles = self.dashboard(*dashboard)?.definition.tiles.clone();
                Some(Dashboard { tiles, ..original.clone() })
            }
            FormSubject::Profile { .. } => None,
        }
    }
}
