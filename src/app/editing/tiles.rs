//! Adding, editing, copying, deleting and moving tiles.

use super::{EditAction, EditEffect, ManageDialog};
use crate::{
    app::{
        App, Effect,
        form::{Form, FormSubject},
    },
    model::{edit::DashboardEdit, grid::Direction, kind, preserved_fields::PreservedFields, tile::Tile, time::Time},
};

impl App {
    pub(super) fn handle_tile_action(&mut self, action: EditAction, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else {
            return Vec::new();
        };
        let (dashboard_index, tile_index) = (self.current_tab, dashboard.selected);
        let Some(path) = dashboard.path.clone() else {
            self.prompt_save_as(dashboard_index, action);
            return Vec::new();
        };
        let tile = dashboard.tile(tile_index).map(|(tile, _)| tile.clone());
        match (action, tile) {
            (EditAction::Add, _) => self.open_manage_dialog(ManageDialog::KindList(0)),
            (EditAction::Edit, Some(tile)) => self.open_manage_dialog(ManageDialog::Form(Box::new(Form::for_tile(
                dashboard_index,
                tile_index,
                false,
                &tile,
            )))),
            (EditAction::Copy, Some(mut copy)) => {
                copy.mqtt_dash = PreservedFields::default();
                let effects = self.edit_dashboard(dashboard_index, DashboardEdit::InsertTile(tile_index + 1, copy));
                self.select_tile(tile_index + 1);
                return effects;
            }
            (EditAction::Delete, Some(_)) => self.confirm_delete_tile(),
            (EditAction::MoveTile, Some(_)) => self.open_manage_dialog(ManageDialog::MoveTile(tile_index)),
            (EditAction::Undo, _) => return vec![self.queue_file_write(&path.clone(), EditEffect::Undo(path))],
            (EditAction::Redo, _) => return vec![self.queue_file_write(&path.clone(), EditEffect::Redo(path))],
            (EditAction::Edit | EditAction::Copy | EditAction::Delete | EditAction::MoveTile, None) => {
                self.notify("There is no tile yet: press a to add one", now);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Opens the form for a new tile of the kind with this index.
    pub(super) fn open_new_tile_form(&mut self, kind_index: usize) {
        if let (Some(kind), Some(dashboard)) = (kind::all().nth(kind_index), self.current_dashboard()) {
            let tile_index = dashboard.definition.tiles.len();
            self.open_manage_dialog(ManageDialog::Form(Box::new(Form::for_tile(
                self.current_tab,
                tile_index,
                true,
                &Tile::new(kind),
            ))));
        }
    }

    /// Accepts the open popup, or saves the form if every field is valid.
    pub(super) fn submit_form(&mut self, mut form: Form, now: Time) -> Vec<Effect> {
        if form.accept_popup() {
            self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
            return Vec::new();
        }
        self.accept_completion_in(&mut form);
        form.validate();
        if let Some((index, error)) = form.errors.first() {
            form.focused = *index;
            let message = error.message.clone();
            self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
            self.notify(format!("Not saved: {message}"), now);
            return Vec::new();
        }
        let base = self.original_of(&form);
        match form.subject {
            FormSubject::Tile { dashboard_index, tile_index, new: is_new, .. } => {
                let Some((tile, _)) = form.draft_tile() else {
                    return Vec::new();
                };
                let edit = if is_new {
                    DashboardEdit::InsertTile(tile_index, tile)
                } else {
                    DashboardEdit::ReplaceTile(tile_index, tile)
                };
                let effects = base.map(|base| self.apply_edit(dashboard_index, base, edit)).unwrap_or_default();
                self.select_tile(tile_index);
                effects
            }
            FormSubject::Dashboard { dashboard_index, .. } => {
                self.save_dashboard_form(dashboard_index, base, form.draft_dashboard().0)
            }
            FormSubject::Profile { saved_name: ref name, ref original, .. } => {
                let current = name.as_ref().and_then(|name| self.editor_state.profiles.by_name(name)).cloned();
                if let Some((name, current)) = name.as_ref().zip(current).filter(|(_, current)| *current != **original)
                {
                    self.notify(
                        format!("{name} was modified outside mqtt-dash: press Enter again to overwrite it"),
                        now,
                    );
                    form.set_original_profile(current);
                    self.open_manage_dialog(ManageDialog::Form(Box::new(form)));
                    return Vec::new();
                }
                self.save_profile(name.clone(), form.draft_profile().0)
            }
        }
    }

    /// Moves the selected tile one step in this direction.
    pub(super) fn move_tile(&mut self, direction: Direction) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else {
            return Vec::new();
        };
        let to = dashboard.grid(self.size).neighbor(dashboard.selected, direction);
        self.move_tile_to(to)
    }

    /// Moves the selected tile to this index, on the screen only. [`App::finish_tile_move`] saves it.
    pub(super) fn move_tile_to(&mut self, to: usize) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else {
            return Vec::new();
        };
        let from = dashboard.selected;
        match DashboardEdit::MoveTile(from, to).apply_to(&dashboard.definition) {
            Some(after) if from != to => {
                let effects = self.replace_definition(self.current_tab, after, self.editor_state.now);
                self.select_tile(to);
                effects
            }
            _ => Vec::new(),
        }
    }

    /// Ends the move of a tile that was at `from`, and saves its new position to the file.
    pub(super) fn finish_tile_move(&mut self, from: usize) -> Vec<Effect> {
        let Some(to) = self.current_dashboard().map(|dashboard| dashboard.selected) else {
            return Vec::new();
        };
        let mut effects = self.move_tile_to(from);
        effects.extend(self.edit_dashboard(self.current_tab, DashboardEdit::MoveTile(from, to)));
        self.select_tile(to);
        effects
    }
}
