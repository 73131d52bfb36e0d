//! Edits of a board: at once on the screen, then in its file; and what came of that.

use std::path::Path;

use super::{Change, Chore, Clash, Done, Task, Wish};
use crate::{
    app::{App, Command, Mode, TileAt},
    model::{dashboard::Dashboard, edit::Edit, line::LineId, time::Time},
};

impl App {
    /// Makes an edit of a board: at once on the screen, and a chore for its file.
    pub(super) fn edit_board(&mut self, number: usize, edit: Edit) -> Vec<Command> {
        let Some(board) = self.boards.get(number) else {
            return Vec::new();
        };
        let (before, path) = (board.dashboard.clone(), board.path.clone());
        let (Some(after), Some(path)) = (edit.of(&before), path) else {
            return Vec::new();
        };
        if after == before {
            return Vec::new();
        }
        let own = self.boards[number].trusted.then(|| self.agree_to_own(&after)).flatten();
        let now = self.desk.now;
        let mut commands = self.replace(number, after, now);
        commands.extend(own);
        let change = Change { path, before, edit, force: false };
        commands.push(Command::Manage(Chore::Edit(Box::new(change))));
        commands
    }

    /// The board of a file goes back to what it was.
    pub(super) fn put_back(&mut self, path: &Path, before: Dashboard) -> Vec<Command> {
        match self.board_of(path) {
            Some(number) => self.replace(number, before, self.desk.now),
            None => Vec::new(),
        }
    }

    fn board_of(&self, path: &Path) -> Option<usize> {
        self.boards.iter().position(|board| board.path.as_deref() == Some(path))
    }

    /// Takes note of what came of a chore.
    pub(in crate::app) fn done(&mut self, done: Done, now: Time) -> Vec<Command> {
        self.dirty = true;
        match done {
            Done::Saved { path, dashboard, past, future } => {
                self.desk.edits.retain(|(file, ..)| *file != path);
                self.desk.edits.push((path.clone(), past, future));
                match dashboard {
                    Some(dashboard) => self.put_back(&path, dashboard),
                    None => Vec::new(),
                }
            }
            Done::Unsaved { path, before, why } => {
                self.say(why, now);
                before.map(|before| self.put_back(&path, before)).unwrap_or_default()
            }
            Done::Clash(clash) => {
                self.open_task(Task::Clash(clash));
                Vec::new()
            }
            Done::Created(path) => self.created(path, now),
            Done::Removed(path) => match self.board_of(&path) {
                Some(number) => self.close_board(number),
                None => Vec::new(),
            },
            Done::Files(files) => {
                self.desk.files = files;
                Vec::new()
            }
            Done::Profiles(edit, profiles) => self.profiles_changed(&edit, profiles),
            Done::Asks(name) => {
                self.open_task(Task::Password(name, tui_input::Input::default()));
                Vec::new()
            }
            Done::Bare(name) => {
                self.ask_first(name);
                Vec::new()
            }
            Done::Tried(name, trial) => {
                self.tried(name, trial, now);
                Vec::new()
            }
        }
    }

    /// What is done about a file that another hand has changed.
    pub(super) fn settle_clash(&mut self, wish: &Wish, clash: Clash, now: Time) -> Vec<Command> {
        match (wish, clash.theirs.clone()) {
            (Wish::Overwrite, _) => {
                let change = Change { force: true, ..clash.change };
                vec![Command::Manage(Chore::Edit(Box::new(change)))]
            }
            (Wish::Reload, Some(theirs)) => {
                self.say("The file was read again", now);
                self.put_back(&clash.change.path.clone(), theirs)
            }
            _ => {
                self.open_task(Task::Clash(Box::new(clash)));
                Vec::new()
            }
        }
    }

    /// Whether the file that another hand has changed can be read again.
    #[must_use]
    pub fn clash_can_reload(&self) -> bool {
        match &self.mode {
            Mode::Manage(task) => matches!(&**task, Task::Clash(clash) if clash.theirs.is_some()),
            _ => false,
        }
    }

    /// Closes the tab of a board.
    pub(super) fn close_board(&mut self, number: usize) -> Vec<Command> {
        if number >= self.boards.len() {
            return Vec::new();
        }
        let id = self.boards.remove(number).line;
        if self.current > number || self.current == self.boards.len() {
            self.current = self.current.saturating_sub(1);
        }
        let follow = |at: TileAt| match at.board {
            board if board == number => None,
            board => Some(TileAt { board: board - usize::from(board > number), ..at }),
        };
        self.orders = self.orders.drain().filter_map(|(order, at)| follow(at).map(|at| (order, at))).collect();
        self.held.follow(follow);
        let mut commands = self.scripted.follow(follow);
        // The numbers of boards on all lines have changed.
        for line in 0..self.lines.len() {
            let wants = self.lead_anew(LineId(line));
            if LineId(line) == id {
                commands.extend(wants);
            }
        }
        if matches!(self.mode, Mode::Prompt(_) | Mode::Find(_)) {
            self.mode = Mode::Board;
        }
        commands
    }
}
