//! Editing dashboards: the state of the editor, edits of tiles and their results, and the data that forms show. The
//! dialogs are in [`app::screens`](super::screens). An [`EditAction`] is what the user wants.

mod apply;
mod change;
mod completion;
mod tiles;

use std::path::PathBuf;

use super::{
    App, ConnectionEntry, Effect,
    form::Form,
    screens::{Screen, dashboard_list::DashboardList},
};
use crate::model::{edit::Profiles, id::DashboardId, time::Time};

pub(crate) use change::{ConnectionTest, DashboardChange, EditConflict, Password};
pub(crate) use completion::Preview;

/// A user intent about tiles, dashboards or connections.
#[derive(Debug, Clone, PartialEq)]
pub enum EditAction {
    /// Add a tile, a connection or a dashboard.
    Add,
    /// Edit the selected item.
    Edit,
    /// Copy the selected item.
    Copy,
    /// Delete the selected item.
    Delete,
    /// Rename the file of the selected dashboard.
    Rename,
    /// Lock or unlock the selected dashboard.
    ToggleLock,
    /// Undo the last edit of the dashboard.
    Undo,
    /// Redo the last undone edit.
    Redo,
    /// Start moving the selected tile.
    MoveTile,
    /// Move the tile to this index.
    MoveTileTo(usize),
    /// Delete the retained messages on the topics of the selected tile.
    ClearRetained,
    /// Open the list of dashboards.
    ListDashboards,
    /// Add a connection profile.
    NewConnection,
    /// Make the selected connection the default at startup, or remove it as the default.
    ToggleDefault,
    /// Test the selected connection or the one in the form.
    TestConnection,
    /// Open the popup of the focused field.
    OpenPicker,
    /// Change the focused field to its next value, or open its popup.
    NextValue,
    /// Overwrite the file that was modified outside mqtt-dash.
    Overwrite,
    /// Discard the edit and reload the file.
    Reload,
    /// Ask whether to trust the certificate that failed verification.
    TrustCertificate,
}

impl EditAction {
    /// Returns whether the action, on the dashboard screen, edits the dashboard or the retained messages
    /// of its topics.
    #[must_use]
    pub(crate) const fn modifies_dashboard(&self) -> bool {
        !matches!(self, Self::ListDashboards | Self::NewConnection | Self::TrustCertificate | Self::ToggleLock)
    }
}

/// The state of the editor.
#[derive(Debug, Default)]
pub(crate) struct EditorState {
    /// The connections that can be opened.
    pub connection_entries: Vec<ConnectionEntry>,
    /// All profiles in `profiles.toml`.
    pub profiles: Profiles,
    /// The names of all dashboard files, without `.toml`.
    pub dashboard_files: Vec<String>,
    /// For each dashboard file, how many edits can be undone and redone.
    pub undo_counts: Vec<(PathBuf, usize, usize)>,
    /// The result of the last test of each connection, by name.
    pub connection_tests: Vec<(String, ConnectionTest)>,
    /// The names of the connections that are being tested.
    pub running_tests: Vec<String>,
    /// The dashboard files with unfinished write effects, one entry per effect.
    pub(super) pending_writes: Vec<PathBuf>,
    /// The conflicts that wait until the focus is on the dashboard.
    pub(super) pending_conflicts: Vec<EditConflict>,
    /// The image in the preview of a form.
    preview_image: Option<completion::PreviewImage>,
    /// The time of the event that is being handled.
    pub(super) now: Time,
    /// The dashboard that waits for its file, and the action to perform after that.
    pub(super) after_save_as: Option<(DashboardId, EditAction)>,
    /// Whether the user has done nothing since the last request, so that its result may take the focus.
    pub(super) awaits_result: bool,
    /// Whether the list of tile kinds opens with the next empty dashboard.
    pub(super) add_first_tile: bool,
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
            EditAction::ListDashboards => self.open(DashboardList { selected: self.current_tab() }),
            EditAction::TrustCertificate => return self.confirm_untrusted_certificate(now),
            EditAction::ToggleLock => return self.toggle_lock(self.current_tab(), now),
            EditAction::Undo
            | EditAction::Redo
            | EditAction::Add
            | EditAction::Edit
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
mod tests;
