//! Tiles: a new one, editing, copying, deleting, carrying.

use super::{Chore, Task, Wish};
use crate::{
    app::{
        App, Effect,
        form::{Form, Subject},
    },
    model::{edit::DashboardEdit, grid::Direction, kind, preserved_fields::PreservedFields, tile::Tile, time::Time},
};

impl App {
    pub(super) fn wish_of_tile(&mut self, wish: Wish, now: Time) -> Vec<Effect> {
        let Some(board) = self.current_dashboard() else {
            return Vec::new();
        };
        let (number, at) = (self.current_tab, board.selected);
        let Some(path) = board.path.clone() else {
            self.save_as(number, wish);
            return Vec::new();
        };
        let tile = board.tile(at).map(|(tile, _)| tile.clone());
        match (wish, tile) {
            (Wish::Add, _) => self.open_task(Task::Kinds(0)),
            (Wish::Edit, Some(tile)) => self.open_task(Task::Form(Box::new(Form::tile(number, at, false, &tile)))),
            (Wish::Copy, Some(mut copy)) => {
                copy.mqtt_dash = PreservedFields::default();
                let commands = self.edit_board(number, DashboardEdit::InsertTile(at + 1, copy));
                self.select_tile(at + 1);
                return commands;
            }
            (Wish::Delete, Some(_)) => self.ask_delete(),
            (Wish::Carry, Some(_)) => self.open_task(Task::Carry(at)),
            (Wish::Undo, _) => return vec![self.owe_file(&path.clone(), Chore::Undo(path))],
            (Wish::Redo, _) => return vec![self.owe_file(&path.clone(), Chore::Redo(path))],
            (Wish::Edit | Wish::Copy | Wish::Delete | Wish::Carry, None) => {
                self.notify("There is no tile yet: a adds one", now);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Opens the form of a new tile of the kind with this number.
    pub(super) fn new_tile(&mut self, number: usize) {
        if let (Some(kind), Some(board)) = (kind::all().nth(number), self.current_dashboard()) {
            let at = board.definition.tiles.len();
            self.open_task(Task::Form(Box::new(Form::tile(self.current_tab, at, true, &Tile::new(kind)))));
        }
    }

    /// Takes what the form has, if all of it is right.
    pub(super) fn take_form(&mut self, mut form: Form, now: Time) -> Vec<Effect> {
        if form.take() {
            self.open_task(Task::Form(Box::new(form)));
            return Vec::new();
        }
        self.complete_in(&mut form);
        form.check();
        if let Some((index, complaint)) = form.wrong.first() {
            form.at = *index;
            let what = complaint.message.clone();
            self.open_task(Task::Form(Box::new(form)));
            self.notify(format!("Not saved: {what}"), now);
            return Vec::new();
        }
        let found = self.found_by(&form);
        match form.subject {
            Subject::Tile { board, at, new, .. } => {
                let Some((tile, _)) = form.draft_tile() else {
                    return Vec::new();
                };
                let edit = if new { DashboardEdit::InsertTile(at, tile) } else { DashboardEdit::ReplaceTile(at, tile) };
                let commands = found.map(|found| self.edit_found(board, found, edit)).unwrap_or_default();
                self.select_tile(at);
                commands
            }
            Subject::Board { board, .. } => self.take_board_form(board, found, form.draft_board().0),
            Subject::Profile { ref name, ref was, .. } => {
                let known = name.as_ref().and_then(|name| self.editor_state.profiles.by_name(name)).cloned();
                if let Some((name, known)) = name.as_ref().zip(known).filter(|(_, known)| *known != **was) {
                    self.notify(
                        format!("{name} was changed in its file meanwhile: Enter again saves this over it"),
                        now,
                    );
                    form.found(known);
                    self.open_task(Task::Form(Box::new(form)));
                    return Vec::new();
                }
                self.take_profile(name.clone(), form.draft_profile().0)
            }
        }
    }

    /// Carries the tile one step.
    pub(super) fn carry(&mut self, way: Direction) -> Vec<Effect> {
        let Some(board) = self.current_dashboard() else {
            return Vec::new();
        };
        let to = board.grid(self.size).neighbor(board.selected, way);
        self.carry_to(to)
    }

    /// Carries the tile to this place, on the screen only.
    pub(super) fn carry_to(&mut self, to: usize) -> Vec<Effect> {
        let Some(board) = self.current_dashboard() else {
            return Vec::new();
        };
        let from = board.selected;
        match DashboardEdit::MoveTile(from, to).apply_to(&board.definition) {
            Some(after) if from != to => {
                let commands = self.replace_definition(self.current_tab, after, self.editor_state.now);
                self.select_tile(to);
                commands
            }
            _ => Vec::new(),
        }
    }

    /// Drops the tile where it is: now the file is to say so.
    pub(super) fn drop_tile(&mut self, from: usize) -> Vec<Effect> {
        let Some(to) = self.current_dashboard().map(|board| board.selected) else {
            return Vec::new();
        };
        let mut commands = self.carry_to(from);
        commands.extend(self.edit_board(self.current_tab, DashboardEdit::MoveTile(from, to)));
        self.select_tile(to);
        commands
    }
}
