//! The list of dashboards: those that are open, then the other files.

use std::path::PathBuf;

use super::{Chore, Task, Wish};
use crate::{
    app::{App, Effect, form::Form},
    model::{dashboard::Dashboard, edit::DashboardEdit, time::Time},
};

/// A row of the list of dashboards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// What is shown.
    pub title: String,
    /// What is shown beside it.
    pub note: String,
    /// The number of its tab, if it is open.
    pub open: Option<usize>,
    /// The name of its file, if it has one below the folder of dashboards.
    pub file: Option<String>,
}

impl App {
    /// The rows of the list of dashboards.
    #[must_use]
    pub fn board_rows(&self) -> Vec<BoardRow> {
        let open = self.dashboards.iter().enumerate().map(|(number, board)| {
            let tiles = board.definition.tiles.len();
            let locked = if board.definition.locked { ", locked" } else { "" };
            let line = self.connections.get(board.connection.0).map(|line| line.name.as_str()).unwrap_or_default();
            BoardRow {
                title: board.title().to_owned(),
                note: format!("{tiles} tiles on {line}{locked}"),
                open: Some(number),
                file: board.path.as_ref().map(|_| board.name.clone()),
            }
        });
        let shown: Vec<BoardRow> = open.collect();
        let closed =
            self.editor_state.files.iter().filter(|name| shown.iter().all(|row| row.file.as_ref() != Some(name)));
        let closed = closed.map(|name| BoardRow {
            title: name.clone(),
            note: "not open".to_owned(),
            open: None,
            file: Some(name.clone()),
        });
        let closed: Vec<BoardRow> = closed.collect();
        shown.into_iter().chain(closed).collect()
    }

    /// The wish to open a file, on the line that is shown if it names none.
    pub(super) fn open_path(&self, path: PathBuf) -> Effect {
        let name = self.current_connection().map(|line| line.name.clone());
        Effect::Edit(Chore::OpenFile(path, name.filter(|name| self.editor_state.profiles.by_name(name).is_some())))
    }

    /// Shows the marked dashboard.
    pub(super) fn take_board(&mut self, at: usize) -> Vec<Effect> {
        match self.board_rows().get(at) {
            Some(BoardRow { open: Some(number), .. }) => self.show_tab(*number),
            Some(BoardRow { file: Some(file), .. }) => {
                return vec![self.open_path(PathBuf::from(file))];
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn wish_in_boards(&mut self, wish: &Wish, at: usize, now: Time) -> Vec<Effect> {
        if *wish == Wish::Add {
            self.new_board();
            return Vec::new();
        }
        self.open_task(Task::Boards(at));
        let row = self.board_rows().get(at).cloned();
        let Some(number) = row.as_ref().and_then(|row| row.open) else {
            if row.is_some() {
                self.notify("Open it first, with Enter", now);
            }
            return Vec::new();
        };
        match wish {
            Wish::Copy => self.copy_board(number),
            Wish::Lock => return self.turn_lock(number, now),
            Wish::Edit if self.dashboards.get(number).is_some_and(|board| board.definition.locked) => {
                return self.turn_lock(number, now);
            }
            Wish::Edit | Wish::Delete | Wish::Rename => {
                self.current_tab = number;
                if let Some(why) = self.edit_refusal_reason() {
                    self.notify(why, now);
                    return Vec::new();
                }
                match (wish, self.dashboards.get(number).and_then(|board| board.path.clone())) {
                    (Wish::Edit, Some(_)) => {
                        let form = Form::board(number, &self.dashboards[number].definition);
                        self.open_task(Task::Form(Box::new(form)));
                    }
                    (Wish::Delete, Some(path)) => self.ask_remove(path),
                    (Wish::Rename, Some(path)) => self.ask_rename(path),
                    (Wish::Edit | Wish::Rename, None) => self.save_as(number, Wish::Boards),
                    _ => self.notify("This dashboard has no file: it is gone when the program ends", now),
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Locks a dashboard; one that is locked is asked about first.
    pub(super) fn turn_lock(&mut self, number: usize, now: Time) -> Vec<Effect> {
        let Some(board) = self.dashboards.get(number) else {
            return Vec::new();
        };
        if board.path.is_none() {
            self.notify("This dashboard has no file that a lock could be kept in", now);
        } else if board.definition.locked {
            self.ask_unlock(number);
        } else {
            self.notify("Locked: nothing of this dashboard can be edited until the lock is taken off", now);
            return self.lock(number, true);
        }
        Vec::new()
    }

    /// Puts a dashboard's lock on or takes it off.
    pub(super) fn lock(&mut self, number: usize, locked: bool) -> Vec<Effect> {
        let keys = self.dashboards.get(number).map(|board| Dashboard { tiles: Vec::new(), ..board.definition.clone() });
        let edit = |keys| self.edit_board(number, DashboardEdit::SetFields(Dashboard { locked, ..keys }));
        keys.map(edit).unwrap_or_default()
    }

    /// Saves the keys of a dashboard; on another profile it is opened anew.
    pub(super) fn take_board_form(&mut self, number: usize, found: Option<Dashboard>, keys: Dashboard) -> Vec<Effect> {
        let Some(board) = self.dashboards.get(number) else {
            return Vec::new();
        };
        let (path, line) = (board.path.clone(), self.connections.get(board.connection.0).map(|line| line.name.clone()));
        let moves = keys.profile.is_some() && keys.profile != line && keys.profile != board.definition.profile;
        let found = found.unwrap_or_default();
        let mut commands = self.edit_found(number, found, DashboardEdit::SetFields(keys));
        if let Some(path) = path.filter(|_| moves) {
            commands.extend(self.close_board(number));
            commands.push(self.open_path(path));
        }
        commands
    }
}
