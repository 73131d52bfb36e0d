//! Applies edits of a dashboard: immediately on the screen, then to its file. Handles the results.

use std::path::{Path, PathBuf};

use crate::{
    app::{
        App, DashboardChange, EditConflict, EditSummary, Effect, FilesEffect, UndoneEdit,
        activity::{ActivityEvent, cut},
        subscriptions::SubscriptionOwner,
    },
    model::{
        dashboard::Dashboard,
        edit::{DashboardEdit, ProfileEdit},
        time::Time,
    },
};

impl App {
    /// Applies an edit on the screen and returns the effects that write it to the file.
    pub(in crate::app) fn edit_dashboard(&mut self, dashboard_index: usize, edit: DashboardEdit) -> Vec<Effect> {
        match self.dashboards.get(dashboard_index).map(|dashboard| dashboard.definition.clone()) {
            Some(before) => self.apply_edit(dashboard_index, before, edit),
            None => Vec::new(),
        }
    }

    /// Applies an edit that is based on `before`. If the file no longer matches `before`, the file writer
    /// reports a conflict.
    pub(in crate::app) fn apply_edit(
        &mut self,
        dashboard_index: usize,
        before: Dashboard,
        edit: DashboardEdit,
    ) -> Vec<Effect> {
        let summary = EditSummary::of(&edit, &before);
        self.apply_edit_as(dashboard_index, before, edit, summary)
    }

    /// The same, for an edit whose summary says more than the edit itself.
    pub(in crate::app) fn apply_edit_as(
        &mut self,
        dashboard_index: usize,
        before: Dashboard,
        edit: DashboardEdit,
        summary: EditSummary,
    ) -> Vec<Effect> {
        let Some(path) = self.dashboards.get(dashboard_index).and_then(|dashboard| dashboard.path.clone()) else {
            return Vec::new();
        };
        let Some(after) = edit.apply_to(&before).filter(|after| *after != before) else {
            return Vec::new();
        };
        let grant_effects = self.grant_own_edit(dashboard_index, &before, &after);
        let now = self.editor_state.now;
        self.record_dashboard(dashboard_index, ActivityEvent::Edited(summary.clone()), now);
        let mut effects = self.replace_definition(dashboard_index, after, now);
        effects.extend(grant_effects);
        let change = DashboardChange { path: path.clone(), before, edit, summary, overwrite: None };
        effects.push(self.queue_file_write(&path, FilesEffect::EditDashboard(Box::new(change))));
        effects
    }

    /// Sets the open dashboard of a file back to `before`.
    pub(in crate::app) fn restore_dashboard(&mut self, path: &Path, before: Dashboard) -> Vec<Effect> {
        self.take_reopening(path);
        match self.dashboard_index_of(path) {
            Some(dashboard_index) => self.replace_definition(dashboard_index, before, self.editor_state.now),
            None => Vec::new(),
        }
    }

    /// Takes over what was saved to a dashboard file, and how many edits can be undone and redone.
    pub(in crate::app) fn on_dashboard_saved(
        &mut self,
        path: PathBuf,
        dashboard: Option<Box<Dashboard>>,
        (undo_count, redo_count): (usize, usize),
        undone: Option<UndoneEdit>,
    ) -> Vec<Effect> {
        self.finish_file_write(&path);
        self.clear_file_error(&path);
        self.take_form_of_write(&path);
        if let Some(UndoneEdit { direction, summary }) = undone {
            self.record_undone(self.dashboard_index_of(&path), direction, &summary);
            self.show_undone(direction, summary, (undo_count, redo_count));
        }
        self.editor_state.undo_counts.retain(|(file, ..)| *file != path);
        let reopens = self.take_reopening(&path);
        let mut effects = dashboard.map(|dashboard| self.restore_dashboard(&path, *dashboard)).unwrap_or_default();
        if reopens && let Some(index) = self.dashboard_index_of(&path) {
            effects.extend(self.close_dashboard(index));
            effects.push(self.open_file_effect(path.clone()));
        }
        self.editor_state.undo_counts.push((path, undo_count, redo_count));
        effects
    }

    /// Returns whether the dashboard of a file waited for its write to be opened on another connection.
    fn take_reopening(&mut self, path: &Path) -> bool {
        let waiting = self.editor_state.reopen_when_saved.len();
        self.editor_state.reopen_when_saved.retain(|file| file != path);
        self.editor_state.reopen_when_saved.len() < waiting
    }

    /// Restores the dashboard of a file that was not saved, and opens the form or the prompt again with what was typed.
    pub(in crate::app) fn on_write_failed(
        &mut self,
        path: &Path,
        before: Option<Box<Dashboard>>,
        reason: String,
        now: Time,
    ) -> Vec<Effect> {
        self.finish_file_write(path);
        let screen = match before {
            Some(_) => self.take_form_of_write(path),
            None => self.take_prompt_of_rename(path).or_else(|| self.take_prompt_of_file(path)),
        };
        self.take_reopening(path);
        self.editor_state.after_save_as = None;
        if let Some(index) = self.dashboard_index_of(path) {
            self.record_dashboard(index, ActivityEvent::NotSaved(cut(&reason)), now);
        }
        self.report_failure(reason, now);
        let effects = before.map(|before| self.restore_dashboard(path, *before)).unwrap_or_default();
        self.reopen_unsaved(screen);
        effects
    }

    /// Opens the form of a profile that was not saved again.
    pub(in crate::app) fn on_profiles_not_saved(&mut self, edit: &ProfileEdit, reason: String, now: Time) {
        let screen = self.take_form_of_profile(edit);
        self.report_failure(reason, now);
        self.reopen_unsaved(screen);
    }

    /// Asks what to do about a conflict, as soon as no dialog is open.
    pub(in crate::app) fn on_edit_conflict(&mut self, conflict: EditConflict, now: Time) -> Vec<Effect> {
        self.finish_file_write(&conflict.change.path);
        // The question about the conflict knows what was typed.
        self.take_form_of_write(&conflict.change.path);
        self.display.notices.forget_notice();
        if !self.dashboard_has_focus() {
            let file = conflict.change.path.display();
            self.notify(format!("{file} was modified outside mqtt-dash: close this to decide"), now);
        }
        self.editor_state.pending_conflicts.push(conflict);
        self.show_pending_conflict();
        Vec::new()
    }

    /// Closes the dashboard of a file that was deleted.
    pub(in crate::app) fn on_dashboard_deleted(&mut self, path: &Path) -> Vec<Effect> {
        match self.dashboard_index_of(path) {
            Some(dashboard_index) => {
                let mut effects = self.forget_permissions(self.dashboards[dashboard_index].id);
                effects.extend(self.close_dashboard(dashboard_index));
                effects
            }
            None => Vec::new(),
        }
    }

    /// Closes the tab of a dashboard.
    pub(in crate::app) fn close_dashboard(&mut self, dashboard_index: usize) -> Vec<Effect> {
        if dashboard_index >= self.dashboards.len() {
            return Vec::new();
        }
        // Other dashboards, or this one on another connection, may have tiles with the same values.
        let mut effects = self.resolve_values(self.editor_state.now);
        self.keep_state(self.dashboards[dashboard_index].connection);
        effects.extend(self.remember(dashboard_index));
        let closed = self.dashboards.remove(dashboard_index);
        let was_shown = self.current == Some(closed.id);
        if was_shown {
            let neighbor = self.dashboards.get(dashboard_index).or_else(|| self.dashboards.last());
            self.current = neighbor.map(|dashboard| dashboard.id);
        }
        effects.extend(self.forget_tiles(closed.tile_ids()));
        if let Some(connection) = self.connection_mut(closed.connection) {
            connection.subscriptions.remove(SubscriptionOwner::Dashboard(closed.id));
        }
        self.rebuild_all_routes();
        if was_shown {
            self.close_screen_of_dashboard();
        }
        effects
    }
}
