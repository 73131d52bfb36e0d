//! Managing on the screen: tiles, dashboards, connections. What is wished is a [`Wish`], what the
//! outside owes for it a [`EditEffect`], what it has done [`Done`].

mod apply;
mod completion;
mod confirm;
mod conflict;
mod connections;
mod dashboards;
mod effect;
mod name_prompt;
mod tiles;

use std::path::PathBuf;

use tui_input::{Input, InputRequest};

use super::{App, Effect, Focus, form::Form, prompt::move_in_list};
use crate::model::{edit::Profiles, grid::Direction, kind, time::Time};

pub use completion::Preview;
pub use confirm::Confirm;
pub use dashboards::DashboardRow;
pub use effect::{ConnectionTest, DashboardChange, EditConflict, EditEffect, EditResult, Password};
pub use name_prompt::{NamePrompt, NamePurpose};

/// A wish about what is managed.
#[derive(Debug, Clone, PartialEq)]
pub enum EditAction {
    /// A new tile, connection or dashboard.
    Add,
    /// Edit the selected one.
    Edit,
    /// Copy the selected one.
    Copy,
    /// Delete the selected one.
    Delete,
    /// Give the file of the selected dashboard another name.
    Rename,
    /// Lock the selected dashboard, or take its lock off.
    ToggleLock,
    /// Take the last edit of the dashboard back.
    Undo,
    /// Make the edit again that was taken back.
    Redo,
    /// Carry the selected tile to another place.
    MoveTile,
    /// Carry it to this place.
    MoveTileTo(usize),
    /// Delete the retained messages of the selected tile.
    ClearRetained,
    /// List the dashboards.
    ListDashboards,
    /// A new connection.
    NewConnection,
    /// Connect at start with the selected connection, or with none.
    ToggleDefault,
    /// Test the selected connection, or the one in the form.
    TestConnection,
    /// Choose what the field is filled with.
    OpenPicker,
    /// The next value of the field.
    NextValue,
    /// What the form has, without looking at what lies over it.
    Overwrite,
    /// Take the file as it is now.
    Reload,
    /// Decide about the certificate that is not trusted.
    TrustCertificate,
}

impl EditAction {
    /// Whether it changes the dashboard that is shown, or what the broker keeps for it.
    #[must_use]
    pub const fn modifies_dashboard(&self) -> bool {
        !matches!(self, Self::ListDashboards | Self::NewConnection | Self::TrustCertificate | Self::ToggleLock)
    }
}

/// What is open for managing.
#[derive(Debug, Clone)]
pub enum ManageDialog {
    /// A form.
    Form(Box<Form>),
    /// The list of kinds for a new tile; which one is marked.
    KindList(usize),
    /// The list of dashboards; which one is marked.
    DashboardList(usize),
    /// A tile is carried; where it was.
    MoveTile(usize),
    /// A question that is answered by yes or no.
    Confirm(Confirm),
    /// A name is asked for.
    NamePrompt(NamePrompt),
    /// The password of a connection is asked for.
    PasswordPrompt(String, Input),
    /// The file of a dashboard was changed by another hand.
    Conflict(Box<EditConflict>),
}

/// What is known for managing.
#[derive(Debug, Default)]
pub struct EditorState {
    /// All profiles, as their file says.
    pub profiles: Profiles,
    /// The names of all files of dashboards.
    pub dashboard_files: Vec<String>,
    /// Edits that can be taken back and made again, by the file of the dashboard.
    pub undo_counts: Vec<(PathBuf, usize, usize)>,
    /// What the last test of each connection found.
    pub connection_tests: Vec<(String, ConnectionTest)>,
    /// The connections that are being tested.
    pub running_tests: Vec<String>,
    /// The files that chores are on their way to, one for each.
    pub(super) pending_writes: Vec<PathBuf>,
    /// The picture that a form shows.
    preview_picture: Option<completion::PreviewPicture>,
    /// The time of the event that is being taken.
    pub(super) now: Time,
    /// What is done when a board has its file.
    after_save_as: Option<(usize, EditAction)>,
    /// Whether the next empty board that opens asks for its first tile.
    add_first_tile: bool,
}

impl App {
    /// Whether the dashboard that is shown can be edited.
    #[must_use]
    pub fn editable(&self) -> bool {
        self.current_dashboard().is_some() && self.edit_refusal_reason().is_none()
    }

    /// How many edits of the dashboard that is shown can be taken back, and made again.
    #[must_use]
    pub fn undo_counts(&self) -> (usize, usize) {
        let path = self.current_dashboard().and_then(|dashboard| dashboard.path.as_ref());
        let known = path.and_then(|path| self.editor_state.undo_counts.iter().find(|(file, ..)| file == path));
        known.map_or((0, 0), |(_, undo_count, redo_count)| (*undo_count, *redo_count))
    }

    fn open_manage_dialog(&mut self, dialog: ManageDialog) {
        self.focus = Focus::Manage(Box::new(dialog));
    }

    /// Does what is wished.
    pub(super) fn handle_edit_action(&mut self, action: EditAction, now: Time) -> Vec<Effect> {
        match std::mem::take(&mut self.focus) {
            Focus::Connections(selected) => self.handle_connection_list_action(&action, selected),
            Focus::Manage(dialog) => match *dialog {
                ManageDialog::DashboardList(selected) => self.handle_dashboard_list_action(&action, selected, now),
                ManageDialog::Form(form) => self.handle_form_action(&action, *form, now),
                ManageDialog::MoveTile(from) => {
                    self.open_manage_dialog(ManageDialog::MoveTile(from));
                    if let EditAction::MoveTileTo(to) = action {
                        return self.move_tile_to(to);
                    }
                    Vec::new()
                }
                ManageDialog::Conflict(clash) => self.resolve_conflict(&action, *clash, now),
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
            EditAction::TrustCertificate => return self.confirm_untrusted_certificate(),
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

    /// Leaves what is open; a form that was changed asks first.
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
            ManageDialog::MoveTile(from) => return self.move_tile_to(from),
            ManageDialog::Conflict(clash) => return self.cancel_conflict(*clash, now),
            ManageDialog::Confirm(confirm) if confirm.profile_to_delete().is_some() => {
                self.open_connection_list(confirm.profile_to_delete())
            }
            ManageDialog::NamePrompt(_) => self.editor_state.after_save_as = None,
            _ => {}
        }
        Vec::new()
    }

    /// Takes what is entered or marked.
    pub(super) fn accept_manage_dialog(&mut self, dialog: ManageDialog, now: Time) -> Vec<Effect> {
        match dialog {
            ManageDialog::Form(form) => self.submit_form(*form, now),
            ManageDialog::KindList(selected) => {
                self.open_new_tile_form(selected);
                Vec::new()
            }
            ManageDialog::DashboardList(selected) => self.open_selected_dashboard(selected),
            ManageDialog::MoveTile(from) => self.finish_tile_move(from),
            ManageDialog::Confirm(confirm) => self.accept_confirmation(confirm, now),
            ManageDialog::NamePrompt(prompt) => self.accept_name(prompt, now),
            ManageDialog::PasswordPrompt(name, input) => {
                vec![Effect::Edit(EditEffect::OpenWithPassword(name, Password(input.value().to_owned())))]
            }
            ManageDialog::Conflict(clash) => {
                self.open_manage_dialog(ManageDialog::Conflict(clash));
                Vec::new()
            }
        }
    }

    pub(super) fn navigate_manage_dialog(&mut self, direction: Direction) -> Vec<Effect> {
        self.accept_completion();
        let (kind_count, dashboard_count) = (kind::all().count(), self.dashboard_rows().len());
        let Focus::Manage(dialog) = &mut self.focus else {
            return Vec::new();
        };
        match &mut **dialog {
            ManageDialog::Form(form) => form.handle_direction(direction),
            ManageDialog::KindList(selected) => *selected = move_in_list(*selected, kind_count, direction),
            ManageDialog::DashboardList(selected) => *selected = move_in_list(*selected, dashboard_count, direction),
            ManageDialog::Conflict(clash) => clash.scroll = move_in_list(clash.scroll, clash.diff.len(), direction),
            ManageDialog::MoveTile(_) => return self.move_tile(direction),
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
            ManageDialog::PasswordPrompt(_, input) => drop(input.handle(request)),
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

    /// Goes to the next part. What is shown as completed is taken with it: what is seen is what is got.
    pub(super) fn move_manage_dialog_focus(&mut self, offset: isize) {
        self.accept_completion();
        if let Focus::Manage(dialog) = &mut self.focus
            && let ManageDialog::Form(form) = &mut **dialog
        {
            form.move_focus(offset);
        }
    }

    /// The form that is open.
    #[must_use]
    pub fn form(&self) -> Option<&Form> {
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
