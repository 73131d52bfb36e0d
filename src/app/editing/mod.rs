//! Editing tiles, dashboards and connection profiles in the terminal. An [`EditAction`] is what the user
//! wants.

mod apply;
mod change;
mod completion;
mod confirm;
mod conflict;
mod connections;
mod dashboards;
mod name_prompt;
mod tiles;

use std::path::PathBuf;

use tui_input::InputRequest;

use super::{App, Effect, Focus, HiddenInput, MqttEffect, form::Form, prompt::move_in_list};
use crate::model::{
    edit::Profiles,
    grid::Direction,
    id::{DashboardId, TileId},
    kind,
    time::Time,
};

pub(crate) use change::{ConnectionTest, DashboardChange, EditConflict, Password};
pub(crate) use completion::Preview;
pub(crate) use confirm::Confirm;
pub(crate) use name_prompt::{NamePrompt, NamePurpose};

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

/// An open dialog of the editor.
#[derive(Debug, Clone)]
pub enum ManageDialog {
    /// A form.
    Form(Box<Form>),
    /// The list of kinds for a new tile, and the index of the selected one.
    KindList(usize),
    /// The list of dashboards, and the index of the selected row.
    DashboardList(usize),
    /// A tile is being moved.
    MoveTile {
        /// The tile.
        tile: TileId,
        /// Its index before the move.
        from: usize,
    },
    /// A yes-or-no question.
    Confirm(Confirm),
    /// The prompt for the name of a dashboard file.
    NamePrompt(NamePrompt),
    /// The prompt for the password of a connection profile: its name and the input.
    PasswordPrompt(String, HiddenInput),
    /// The file of a dashboard was modified outside mqtt-dash.
    Conflict(Box<EditConflict>),
}

/// The state of the editor.
#[derive(Debug, Default)]
pub(crate) struct EditorState {
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
    pending_conflicts: Vec<EditConflict>,
    /// The image in the preview of a form.
    preview_image: Option<completion::PreviewImage>,
    /// The time of the event that is being handled.
    pub(super) now: Time,
    /// The dashboard that waits for its file, and the action to perform after that.
    after_save_as: Option<(DashboardId, EditAction)>,
    /// Whether the list of tile kinds opens with the next empty dashboard.
    add_first_tile: bool,
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

    fn open_manage_dialog(&mut self, dialog: ManageDialog) {
        self.focus = Focus::Manage(Box::new(dialog));
    }

    /// Handles an action according to the focus.
    pub(super) fn handle_edit_action(&mut self, action: EditAction, now: Time) -> Vec<Effect> {
        match std::mem::take(&mut self.focus) {
            Focus::Connections(selected) => self.handle_connection_list_action(&action, selected),
            Focus::Manage(dialog) => match *dialog {
                ManageDialog::DashboardList(selected) => self.handle_dashboard_list_action(&action, selected, now),
                ManageDialog::Form(form) => self.handle_form_action(&action, *form, now),
                ManageDialog::MoveTile { tile, from } => {
                    self.open_manage_dialog(ManageDialog::MoveTile { tile, from });
                    if let EditAction::MoveTileTo(to) = action {
                        return self.move_tile_to(tile, to);
                    }
                    Vec::new()
                }
                ManageDialog::Conflict(conflict) => self.resolve_conflict(&action, *conflict, now),
                other => {
                    self.open_manage_dialog(other);
                    Vec::new()
                }
            },
            _ => self.handle_dashboard_action(action, now),
        }
    }

    fn handle_dashboard_action(&mut self, action: EditAction, now: Time) -> Vec<Effect> {
        match action {
            EditAction::NewConnection => self.open_new_profile_form(),
            EditAction::ListDashboards => self.open_manage_dialog(ManageDialog::DashboardList(self.current_tab)),
            EditAction::TrustCertificate => return self.confirm_untrusted_certificate(now),
            EditAction::ToggleLock => return self.toggle_lock(self.current_tab, now),
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

    /// Closes the dialog. A changed form asks for confirmation first.
    pub(super) fn cancel_manage_dialog(&mut self, dialog: ManageDialog, now: Time) -> Vec<Effect> {
        match dialog {
            ManageDialog::Form(mut form) => {
                if form.popup.take().is_some() {
                    self.open_manage_dialog(ManageDialog::Form(form));
                } else if form.changed() && !form.confirming_discard {
                    form.confirming_discard = true;
                    self.open_manage_dialog(ManageDialog::Form(form));
                } else if form.is_profile() && !self.editor_state.profiles.profiles.is_empty() {
                    let name = form.profile_name().map(str::to_owned);
                    self.open_connection_list(name.as_deref());
                }
            }
            ManageDialog::MoveTile { tile, from } => return self.move_tile_to(tile, from),
            ManageDialog::Conflict(conflict) => return self.cancel_conflict(*conflict, now),
            ManageDialog::Confirm(confirm) if confirm.profile_to_delete().is_some() => {
                self.open_connection_list(confirm.profile_to_delete());
            }
            ManageDialog::NamePrompt(_) => self.editor_state.after_save_as = None,
            _ => {}
        }
        Vec::new()
    }

    /// Accepts the input or the selection of the dialog.
    pub(super) fn accept_manage_dialog(&mut self, dialog: ManageDialog, now: Time) -> Vec<Effect> {
        match dialog {
            ManageDialog::Form(form) => self.submit_form(*form, now),
            ManageDialog::KindList(selected) => {
                self.open_new_tile_form(selected);
                Vec::new()
            }
            ManageDialog::DashboardList(selected) => self.open_selected_dashboard(selected),
            ManageDialog::MoveTile { tile, from } => self.finish_tile_move(tile, from),
            ManageDialog::Confirm(confirm) => self.accept_confirmation(confirm, now),
            ManageDialog::NamePrompt(prompt) => self.accept_name(prompt, now),
            ManageDialog::PasswordPrompt(name, HiddenInput(input)) => {
                vec![Effect::Mqtt(MqttEffect::OpenWithPassword(name, Password(input.value().to_owned())))]
            }
            ManageDialog::Conflict(conflict) => {
                self.open_manage_dialog(ManageDialog::Conflict(conflict));
                Vec::new()
            }
        }
    }

    pub(super) fn navigate_manage_dialog(&mut self, direction: Direction) -> Vec<Effect> {
        self.accept_completion();
        let (kind_count, dashboard_count) = (kind::all().count(), self.dashboard_rows().len());
        let scroll_position_count = self.scroll_position_count();
        let Focus::Manage(dialog) = &mut self.focus else {
            return Vec::new();
        };
        match &mut **dialog {
            ManageDialog::Form(form) => form.handle_direction(direction),
            ManageDialog::KindList(selected) => *selected = move_in_list(*selected, kind_count, direction),
            ManageDialog::DashboardList(selected) => *selected = move_in_list(*selected, dashboard_count, direction),
            ManageDialog::Conflict(conflict) => {
                conflict.scroll = move_in_list(conflict.scroll, scroll_position_count, direction);
            }
            ManageDialog::MoveTile { tile, .. } => {
                let tile = *tile;
                return self.move_tile(tile, direction);
            }
            ManageDialog::Confirm(_) | ManageDialog::NamePrompt(_) | ManageDialog::PasswordPrompt(..) => {}
        }
        Vec::new()
    }

    pub(super) fn handle_manage_dialog_input(&mut self, request: InputRequest) {
        let completion_handled = match request {
            InputRequest::GoToNextChar | InputRequest::GoToEnd => self.accept_completion(),
            InputRequest::DeletePrevChar | InputRequest::DeleteNextChar => self.dismiss_completion(),
            _ => false,
        };
        if completion_handled {
            return;
        }
        let Focus::Manage(dialog) = &mut self.focus else {
            return;
        };
        match &mut **dialog {
            ManageDialog::Form(form) => form.handle_input(request),
            ManageDialog::NamePrompt(prompt) => prompt.edit(request),
            ManageDialog::PasswordPrompt(_, HiddenInput(input)) => drop(input.handle(request)),
            _ => {}
        }
    }

    pub(super) fn select_in_manage_dialog(&mut self, index: usize) {
        self.accept_completion();
        let Focus::Manage(dialog) = &mut self.focus else {
            return;
        };
        match &mut **dialog {
            ManageDialog::Form(form) => form.select(index),
            ManageDialog::KindList(selected) | ManageDialog::DashboardList(selected) => *selected = index,
            _ => {}
        }
    }

    /// Moves the focus within a form. Accepts a visible completion first, so that the field keeps the text
    /// that is on the screen.
    pub(super) fn move_manage_dialog_focus(&mut self, offset: isize) {
        self.accept_completion();
        if let Focus::Manage(dialog) = &mut self.focus
            && let ManageDialog::Form(form) = &mut **dialog
        {
            form.move_focus(offset);
        }
    }

    /// Returns the open form.
    #[must_use]
    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.focus {
            Focus::Manage(dialog) => match &**dialog {
                ManageDialog::Form(form) => Some(form),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod conflict_tests;
#[cfg(test)]
mod tests;
