//! Conflicts with changes made outside mqtt-dash. Open dialogs follow the new content of the file; when
//! the user and the other program have changed the same thing, the user decides.

use std::path::Path;

use super::{Component, Flow, Screen, move_tile::MoveTile};
use crate::{
    app::{
        Action, App, DashboardChange, EditAction, EditConflict, Effect, FileError, FilesEffect,
        form::{Form, FormSubject},
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::Scroll,
    },
    model::{
        dashboard::Dashboard, edit::DashboardEdit, expansion::TileOrigin, grid::Direction, id::DashboardId, kind,
        tile::Tile, time::Time,
    },
};

/// A file that was modified outside mqtt-dash.
const EDIT_CONFLICT: KeyContext = KeyContext::new("When a file was modified outside mqtt-dash");

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    EDIT_CONFLICT {
        "conflict-overwrite" ["o"] |_| Action::Edit(EditAction::Overwrite), "overwrite the file", "overwrite";
        "conflict-reload" ["r"] |_| Action::Edit(EditAction::Reload), "reload the file",
            (|app| app.conflict_can_reload().then_some("reload"));
        "conflict-up" ["Up", "k"] |_| Action::MoveInDialog(Direction::Up), "scroll one line up";
        "conflict-down" ["Down", "j"] |_| Action::MoveInDialog(Direction::Down), "scroll one line down";
    }
};

/// The question what to do about a change that was not saved.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// The conflict.
    pub(crate) conflict: EditConflict,
    /// The scroll position of the diff.
    pub(crate) scroll: Scroll,
}

impl Component for Conflict {
    fn key_context(&self, _app: &App) -> KeyContext {
        EDIT_CONFLICT
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        let EditConflict { change, theirs, file_text, .. } = &self.conflict;
        match (&action, theirs) {
            (Action::Edit(EditAction::Overwrite), _) => {
                let change = DashboardChange { overwrite: Some(file_text.clone()), ..change.clone() };
                let path = change.path.clone();
                let effects = vec![app.queue_file_write(&path, FilesEffect::EditDashboard(Box::new(change)))];
                // If it cannot be written, the question still has what was typed.
                app.keep_until_saved(self.clone(), &effects);
                Flow::Close(effects)
            }
            (Action::Edit(EditAction::Reload), Some(theirs)) => {
                app.notify("The file was reloaded", now);
                Flow::Close(app.restore_dashboard(&change.path, theirs.clone()))
            }
            _ => {
                self.scroll.update(&action);
                Flow::STAY
            }
        }
    }

    fn cancel(&mut self, app: &mut App, now: Time) -> Flow {
        Flow::Close(app.cancel_conflict(self.conflict.clone(), now))
    }

    fn scroll(&mut self) -> Option<&mut Scroll> {
        Some(&mut self.scroll)
    }
}

/// Returns a form for a new tile, filled with this one.
fn new_tile_form(dashboard: DashboardId, tile: &Tile) -> Option<Form> {
    let blank = Tile::new(kind::from_name(tile.kind.name()).ok()?);
    Some(Form::for_tile(dashboard, None, &blank).with_tile(tile))
}

impl App {
    /// Shows the oldest conflict that waits, if the focus is on the dashboard.
    pub(in crate::app) fn show_pending_conflict(&mut self) {
        if self.dashboard_has_focus() && !self.editor_state.pending_conflicts.is_empty() {
            let conflict = self.editor_state.pending_conflicts.remove(0);
            self.open(Conflict { conflict, scroll: Scroll::default() });
        }
    }

    /// Keeps the file as it is. The input of an edited tile is shown in a form again.
    fn cancel_conflict(&mut self, conflict: EditConflict, now: Time) -> Vec<Effect> {
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
                let id = dashboard.index_of_origin(&TileOrigin::Tile(tile_index));
                let id = id.and_then(|index| dashboard.tile_id(index));
                let current = dashboard.definition.tiles.get(tile_index);
                current.map(|current| Form::for_tile(dashboard.id, id, current).with_tile(&tile))
            }
            DashboardEdit::ReplaceTile(_, tile) => new_tile_form(dashboard.id, &tile).map(Form::of_deleted_tile),
            DashboardEdit::InsertTile(_, tile) => new_tile_form(dashboard.id, &tile),
            DashboardEdit::InsertTileBehind { tile, .. } => new_tile_form(dashboard.id, &tile),
            _ => None,
        };
        if let Some(form) = form {
            self.open(form);
        }
        effects
    }

    /// Returns whether the file of the open conflict dialog can be reloaded.
    #[must_use]
    pub(crate) fn conflict_can_reload(&self) -> bool {
        matches!(&self.focus, Screen::Conflict(screen) if screen.conflict.theirs.is_some())
    }

    /// Returns an effect that writes a dashboard file, and marks the file as pending: until the effect is
    /// finished, content that the file watcher reads from it is outdated.
    pub(in crate::app) fn queue_file_write(&mut self, path: &Path, effect: FilesEffect) -> Effect {
        self.editor_state.pending_writes.push(path.to_owned());
        Effect::Files(effect)
    }

    /// Marks one write effect for this file as finished.
    pub(in crate::app) fn finish_file_write(&mut self, path: &Path) {
        if let Some(index) = self.editor_state.pending_writes.iter().position(|pending| pending == path) {
            self.editor_state.pending_writes.swap_remove(index);
        }
    }

    /// Returns whether to ignore a change of a dashboard file: a write of it is pending, the content only
    /// lacks the tile move in progress, or a conflict dialog about the file is open. The dialog then takes
    /// over the new content.
    pub(in crate::app) fn is_own_write(&mut self, path: &Path, reloaded: &Result<Dashboard, FileError>) -> bool {
        if self.editor_state.pending_writes.iter().any(|pending| pending == path) {
            return true;
        }
        let mut pending = self.editor_state.pending_conflicts.iter_mut();
        if let Some(conflict) = pending.find(|conflict| conflict.change.path == path) {
            conflict.theirs = reloaded.as_ref().ok().cloned();
            return true;
        }
        match &mut self.focus {
            Screen::Conflict(screen) if screen.conflict.change.path == path => {
                screen.conflict.theirs = reloaded.as_ref().ok().cloned();
                true
            }
            Screen::MoveTile(screen) => {
                let moving: MoveTile = **screen;
                let is_of_file = self
                    .dashboard_of(moving.tile)
                    .is_some_and(|(dashboard, _)| dashboard.path.as_deref() == Some(path));
                let restored = is_of_file.then(|| self.dashboard_before_move(moving)).flatten();
                restored.is_some() && restored.as_ref() == reloaded.as_ref().ok()
            }
            _ => false,
        }
    }

    /// Cancels a tile move in a dashboard whose file was modified outside mqtt-dash.
    pub(in crate::app) fn cancel_tile_move(&mut self, index: usize, now: Time) {
        let Screen::MoveTile(moving) = &self.focus else {
            return;
        };
        if self.dashboards[index].index_of(moving.tile).is_some() {
            self.close_screen();
            self.notify("Move canceled: the file was modified outside mqtt-dash", now);
        }
    }

    /// Returns the dashboard with the content that the form was opened with. The file may have been modified
    /// outside mqtt-dash since then.
    pub(in crate::app) fn original_of(&self, form: &Form) -> Option<Dashboard> {
        match &form.subject {
            FormSubject::Tile { dashboard, tile, original, .. } => {
                let dashboard = self.dashboard(*dashboard)?;
                let mut definition = dashboard.definition.clone();
                let origin = dashboard.origin_in_form(form, *tile);
                let edit = origin.and_then(|origin| definition.replace_at(&origin, (**original).clone()));
                if let Some(original) = edit.and_then(|edit| edit.apply_to(&definition)) {
                    definition = original;
                }
                Some(definition)
            }
            FormSubject::Dashboard { dashboard, original } => {
                let Dashboard { templates, tiles, .. } = self.dashboard(*dashboard)?.definition.clone();
                Some(Dashboard { templates, tiles, ..(**original).clone() })
            }
            FormSubject::Profile { .. } => None,
        }
    }
}
