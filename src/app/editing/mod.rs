//! Editing dashboards: the state of the editor, edits of tiles and their results, and the data that forms show. The
//! dialogs are in [`app::screens`](super::screens).

mod apply;
mod completion;
mod first_tile;
mod live_form;
mod payload_proposal;
mod preview;
mod tiles;
mod undo;

pub(in crate::app) use undo::KEY_REPEAT_LIMIT;

use std::path::PathBuf;

use super::{
    App, ConnectionEntry, ConnectionTest, EditAction, EditConflict, Effect, FileError, form::Form, screens::Screen,
    unsaved_input::UnsavedInputs,
};
use crate::model::{
    dashboard::Dashboard, decoder_rule_entry::DecoderRuleEntry, edit::Profiles, id::DashboardId, time::Time,
};

use first_tile::FirstTile;
pub(crate) use preview::{PanelPreview, Preview};

/// The state of the editor.
#[derive(Debug, Default)]
pub(crate) struct EditorState {
    /// The connections that can be opened.
    pub connection_entries: Vec<ConnectionEntry>,
    /// All profiles in `profiles.toml`.
    pub profiles: Profiles,
    /// The names of all dashboard files, without `.toml`.
    pub dashboard_files: Vec<String>,
    /// What was found when the dashboard files were read for the list: the profile that each one names, or what is wrong.
    pub(super) dashboard_checks: Vec<(String, Result<Option<String>, FileError>)>,
    /// The rules in `decoders.toml`, as they are written there.
    pub decoder_rules: Vec<DecoderRuleEntry>,
    /// For each dashboard file, how many edits can be undone and redone.
    pub undo_counts: Vec<(PathBuf, usize, usize)>,
    /// The result of the last test of each connection, by name.
    pub connection_tests: Vec<(String, ConnectionTest)>,
    /// The name of the connection whose topics are being collected.
    pub(super) collecting: Option<String>,
    /// The names of the connections that are being tested.
    pub running_tests: Vec<String>,
    /// The dashboard files with unfinished write effects, one entry per effect.
    pub(super) pending_writes: Vec<PathBuf>,
    /// The input that is not saved yet.
    pub(super) unsaved: UnsavedInputs,
    /// The conflicts that wait until the focus is on the dashboard.
    pub(super) pending_conflicts: Vec<EditConflict>,
    /// The image in the preview of a form.
    preview_image: Option<preview::PreviewImage>,
    /// The time of the event that is being handled.
    pub(super) now: Time,
    /// The last use of undo or redo.
    undo_state: Option<undo::UndoState>,
    /// The dashboard that waits for its file, and the action to perform after that.
    pub(super) after_save_as: Option<(DashboardId, EditAction)>,
    /// The dashboard files whose connection changes with the write that is pending.
    pub(super) reopen_when_saved: Vec<PathBuf>,
    /// Whether the user has done nothing since the last request, so that its result may take the focus.
    pub(super) awaits_result: bool,
    /// The dashboard of the tile that is being moved, as it was before.
    before_move: Option<Dashboard>,
    /// Whether the list of tile kinds opens for the first tile of a new dashboard.
    first_tile: FirstTile,
}

impl App {
    /// Returns whether the current dashboard can be edited.
    #[must_use]
    pub(crate) fn editable(&self) -> bool {
        self.current_dashboard().is_some() && self.edit_refusal_reason().is_none()
    }

    /// Returns how many edits of the current dashboard can be undone and redone.
    #[must_use]
    pub(crate) fn undo_counts(&self) -> (usize, usize) {
        let path = self.current_dashboard().and_then(|dashboard| dashboard.path.as_ref());
        let counts = path.and_then(|path| self.editor_state.undo_counts.iter().find(|(file, ..)| file == path));
        counts.map_or((0, 0), |(_, undo_count, redo_count)| (*undo_count, *redo_count))
    }

    /// Handles an action on the dashboard that is shown.
    pub(super) fn handle_dashboard_action(&mut self, action: EditAction, now: Time) -> Vec<Effect> {
        match action {
            EditAction::NewConnection => self.open_new_profile_form(),
            EditAction::ListDashboards => return self.open_dashboard_list(self.current_tab()),
            EditAction::TrustCertificate => return self.confirm_untrusted_certificate(now),
            EditAction::ChooseLock => self.open_lock_list(self.current_tab(), now),
            EditAction::Undo
            | EditAction::Redo
            | EditAction::Add
            | EditAction::Edit
            | EditAction::EditPanel
            | EditAction::Copy
            | EditAction::Delete
            | EditAction::MoveTile => {
                return self.handle_tile_action(action, now);
            }
            EditAction::ClearRetained => return self.confirm_clear_retained(now),
            _ => {}
        }
        Vec::new()
    }

    /// Returns the open form.
    #[must_use]
    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.focus {
            Screen::Form(form) => Some(form),
            _ => None,
        }
    }
}

#[cfg(test)]
mod conflict_tests;
#[cfg(test)]
mod live_form_tests;
#[cfg(test)]
mod row_form_tests;
#[cfg(test)]
mod tests;
