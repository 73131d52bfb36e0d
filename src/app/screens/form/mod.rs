//! Forms for tiles, dashboards and connection profiles: what actions do in them. The fields are in
//! [`app::form`](crate::app::form).

mod bindings;

use tui_input::InputRequest;

pub(crate) use bindings::BINDINGS;
use bindings::{ENUM_FIELD, PANEL_ROWS, ROW_EDITOR, TEXT_FIELD};

pub use crate::app::form::Form;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, EditAction, Effect,
        control_bindings::TEXT_INPUT,
        form::{FormField, FormPopup, FormSubject},
        input_edit::InputEdit,
        key_binding::KeyContext,
    },
    model::{
        connection::{ConnectionId, Subscription},
        grid::Direction,
        id::TileId,
        kind::MAX_ROWS,
        time::Time,
    },
};

impl Component for Form {
    fn key_context(&self, _app: &App) -> KeyContext {
        match &self.popup {
            Some(FormPopup::List(_)) => TEXT_INPUT,
            Some(FormPopup::Color(picker)) => picker.key_context(),
            Some(FormPopup::Rows(_)) => ROW_EDITOR,
            Some(FormPopup::PanelRows(_)) => PANEL_ROWS,
            None if self.focuses_folded_section() => ENUM_FIELD,
            None if self.focused_field().is_some_and(FormField::accepts_text) => TEXT_FIELD,
            None => ENUM_FIELD,
        }
    }

    fn subscriptions(&self, app: &App) -> Option<(ConnectionId, Vec<Subscription>)> {
        app.preview_subscription(self)
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                app.accept_completion(self);
                self.handle_direction(direction);
            }
            // A visible completion is accepted first, so that the field keeps the text that is on the screen.
            Action::CycleFocus(offset) => {
                app.accept_completion(self);
                self.move_focus(offset);
            }
            Action::SelectOption(index) => {
                app.accept_completion(self);
                self.select(index);
            }
            Action::EditInput(edit) => self.edit_or_complete(edit, app),
            Action::Edit(edit_action) => return Flow::Stay(self.handle_edit_action(&edit_action, app, now)),
            Action::Accept => return self.submit(app, now),
            _ => {}
        }
        Flow::STAY
    }

    /// Closes the popup or the form. A changed form asks for confirmation first.
    fn cancel(&mut self, app: &mut App, _now: Time) -> Flow {
        if self.discard_popup() {
            return Flow::STAY;
        }
        if self.changed() && !self.confirming_discard {
            self.confirming_discard = true;
            return Flow::STAY;
        }
        if let Some(panel) = self.panel_form() {
            app.open(panel);
            return Flow::CLOSE;
        }
        if self.is_profile() && !app.editor_state.profiles.profiles.is_empty() {
            app.open_connection_list(self.profile_name());
        }
        Flow::CLOSE
    }

    fn keeps_line_breaks(&self) -> bool {
        self.popup.is_none() && self.focused_field().is_some_and(FormField::is_script)
    }

    fn forget_tiles(&mut self, removed: &[TileId]) -> bool {
        self.forget_tiles(removed);
        true
    }
}

impl Form {
    fn edit_or_complete(&mut self, edit: InputEdit, app: &App) {
        let completion_handled = match edit {
            InputEdit::Key(InputRequest::GoToNextChar | InputRequest::GoToEnd) => {
                app.accept_completion(self) || self.accept_proposed_target()
            }
            InputEdit::Key(InputRequest::DeletePrevChar | InputRequest::DeleteNextChar) => app.dismiss_completion(self),
            _ => false,
        };
        if !completion_handled {
            self.edit(edit);
        }
    }

    fn handle_edit_action(&mut self, action: &EditAction, app: &mut App, now: Time) -> Vec<Effect> {
        if matches!(self.popup, Some(FormPopup::PanelRows(_))) {
            self.handle_row_action(action, app, now);
            return Vec::new();
        }
        match action {
            EditAction::NextValue | EditAction::OpenPicker if self.popup.is_none() && self.unfold_focused() => {}
            EditAction::NextValue if self.popup.is_none() && self.focuses_preset() => self.open_pick_list(app, now),
            EditAction::NextValue if self.popup.is_none() && !self.open_popup() => {
                self.handle_direction(Direction::Right);
            }
            EditAction::OpenPicker if self.popup.is_none() && !self.open_popup() => {
                self.open_pick_list(app, now);
            }
            EditAction::TestConnection if self.is_profile() => {
                let (profile, errors) = self.draft_profile();
                if let Some((_, error)) = errors.first() {
                    app.notify(error.message.clone(), now);
                } else {
                    app.notify("Testing the connection…", now);
                    return app.test_connection(profile);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Handles an action in the list of the rows of a panel.
    fn handle_row_action(&mut self, action: &EditAction, app: &mut App, now: Time) {
        match action {
            EditAction::Add if self.has_room_for_row() => {
                self.select(self.row_tables().len());
                self.open_selected_row(app);
            }
            EditAction::Add => app.notify(format!("A panel has at most {MAX_ROWS} rows"), now),
            EditAction::Delete => self.delete_selected_row(),
            EditAction::MoveRow(offset) => self.move_selected_row(*offset),
            _ => {}
        }
    }

    /// Opens the form of the row that is selected in the list, or of a new row.
    fn open_selected_row(&self, app: &mut App) {
        if let Some(form) = self.form_of_selected_row() {
            app.open(form);
        }
    }

    /// Opens the list of values of the focused field. Topics are collected for as long as their list is open.
    fn open_pick_list(&mut self, app: &mut App, now: Time) {
        match app.pick_list_for(self) {
            Ok(list) => self.popup = Some(FormPopup::List(list)),
            Err(error) => return app.notify(error.to_string(), now),
        }
        if self.lists_topics() {
            app.notify("Collecting topics from the broker while this list is open…", now);
        }
    }

    /// Accepts the open popup or the completion that is shown, opens the folded section that has the focus, or saves the
    /// form if every field is valid and nothing is missing. Otherwise goes to the first field that is wrong or missing.
    fn submit(&mut self, app: &mut App, now: Time) -> Flow {
        if matches!(self.popup, Some(FormPopup::PanelRows(_))) {
            self.open_selected_row(app);
            return Flow::STAY;
        }
        if self.popup.is_some() {
            let had_rows = self.focuses_rows();
            if let Some(filled) = self.accept_popup() {
                app.notify(filled, now);
            }
            if had_rows {
                // Enter would open them again.
                self.move_focus(1);
            }
            return Flow::STAY;
        }
        if self.unfold_focused() || self.open_focused_rows() {
            return Flow::STAY;
        }
        // The user has not seen the whole topic in the field before.
        if app.accept_completion(self) {
            return Flow::STAY;
        }
        self.validate();
        if let Some((index, error)) = self.first_problem() {
            // The form cannot be saved without a target, and the field with the focus shows this one.
            if index == self.focused && self.accept_proposed_target() {
                return Flow::STAY;
            }
            let result = if self.is_new() { "Not saved yet" } else { "Not saved" };
            // What is wrong is said at the field, which gets the focus.
            app.notify(format!("{result}: look at the field {}", self.fields[index].label), now);
            self.show_problem(index, error);
            return Flow::STAY;
        }
        if let Some(panel) = self.panel_form_with_row() {
            app.open(panel);
            return Flow::CLOSE;
        }
        let id = match &self.subject {
            FormSubject::Profile { .. } => return self.submit_profile(app, now),
            FormSubject::Tile { dashboard, .. } | FormSubject::Dashboard { dashboard, .. } => *dashboard,
        };
        let Some((dashboard_index, base)) = app.index_of_dashboard(id).zip(app.original_of(self)) else {
            app.notify("Not saved: the dashboard of this form was closed; press Esc twice to discard it", now);
            return Flow::STAY;
        };
        if self.template().is_some_and(|template| base.tile_at(&template.origin).is_none()) {
            app.notify("Not saved: its template is gone from the file; press Esc twice to discard it", now);
            return Flow::STAY;
        }
        if matches!(self.subject, FormSubject::Tile { was_deleted: true, .. }) {
            app.confirm_add_deleted_tile(self.clone());
            return Flow::CLOSE;
        }
        let effects = match &self.subject {
            FormSubject::Tile { tile, .. } => app.save_tile_form(dashboard_index, *tile, base, self),
            _ => app.save_dashboard_form(dashboard_index, base, self.draft_dashboard().0),
        };
        app.keep_until_saved(self.clone(), &effects);
        Flow::Close(effects)
    }

    /// Saves the profile, unless it was modified outside mqtt-dash since the form was opened.
    fn submit_profile(&mut self, app: &mut App, now: Time) -> Flow {
        let name = self.profile_name().map(str::to_owned);
        let current = name.as_ref().and_then(|name| app.editor_state.profiles.by_name(name)).cloned();
        if let Some((name, current)) = name.as_ref().zip(current)
            && self.set_original_profile(current)
        {
            app.notify(format!("{name} was modified outside mqtt-dash: press Enter again to overwrite it"), now);
            return Flow::STAY;
        }
        let effects = app.save_profile(name, self.draft_profile().0);
        app.keep_until_saved(self.clone(), &effects);
        Flow::Close(effects)
    }
}

impl App {
    /// Saves a form whose tile was deleted since it was opened: adds the tile.
    pub(in crate::app) fn add_deleted_tile(&mut self, mut form: Form, now: Time) -> Vec<Effect> {
        form.become_new();
        match form.submit(self, now) {
            Flow::Close(effects) => effects,
            Flow::Stay(effects) => {
                self.open(form);
                effects
            }
        }
    }
}
