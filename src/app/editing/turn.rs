//! Edits of a board: at once on the screen, then in its file; and what came of that.

use std::path::Path;

use super::{Change, Chore, Done, Task};
use crate::{
    app::{App, Effect, Focus, TilePosition},
    model::{connection::ConnectionId, dashboard::Dashboard, edit::DashboardEdit, time::Time},
};

impl App {
    /// Makes an edit of a board: at once on the screen, and a chore for its file.
    pub(super) fn edit_board(&mut self, number: usize, edit: DashboardEdit) -> Vec<Effect> {
        match self.dashboards.get(number).map(|board| board.definition.clone()) {
            Some(before) => self.edit_found(number, before, edit),
            None => Vec::new(),
        }
    }

    /// Makes an edit of a board that was found so; where it is another one now, its file decides.
    pub(super) fn edit_found(&mut self, number: usize, before: Dashboard, edit: DashboardEdit) -> Vec<Effect> {
        let Some(path) = self.dashboards.get(number).and_then(|board| board.path.clone()) else {
            return Vec::new();
        };
        let Some(after) = edit.apply_to(&before).filter(|after| *after != before) else {
            return Vec::new();
        };
        let own = self.dashboards[number].trusted.then(|| self.trust_own_dashboard(&after)).flatten();
        let now = self.editor_state.now;
        let mut commands = self.replace_definition(number, after, now);
        commands.extend(own);
        let change = Change { path: path.clone(), before, edit, over: None };
        commands.push(self.owe_file(&path, Chore::Edit(Box::new(change))));
        commands
    }

    /// The board of a file goes back to what it was.
    pub(super) fn put_back(&mut self, path: &Path, before: Dashboard) -> Vec<Effect> {
        match self.board_of(path) {
            Some(number) => self.replace_definition(number, before, self.editor_state.now),
            None => Vec::new(),
        }
    }

    fn board_of(&self, path: &Path) -> Option<usize> {
        self.dashboards.iter().position(|board| board.path.as_deref() == Some(path))
    }

    /// Takes note of what came of a chore.
    pub(in crate::app) fn done(&mut self, done: Done, now: Time) -> Vec<Effect> {
        self.dirty = true;
        match done {
            Done::Saved { path, dashboard, past, future } => {
                self.has_done(&path);
                self.editor_state.edits.retain(|(file, ..)| *file != path);
                self.editor_state.edits.push((path.clone(), past, future));
                match dashboard {
                    Some(dashboard) => self.put_back(&path, dashboard),
                    None => Vec::new(),
                }
            }
            Done::Unsaved { path, before, why } => {
                self.has_done(&path);
                self.notify(why, now);
                before.map(|before| self.put_back(&path, before)).unwrap_or_default()
            }
            Done::Clash(clash) => {
                self.has_done(&clash.change.path);
                self.notice = None;
                self.open_task(Task::Clash(clash));
                Vec::new()
            }
            Done::Created(path) => self.created(path, now),
            Done::Renamed(from, to) => self.renamed(&from, &to),
            Done::Removed(path) => match self.board_of(&path) {
                Some(number) => self.close_board(number),
                None => Vec::new(),
            },
            Done::Files(files) => {
                self.editor_state.files = files;
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
            Done::Came(name, messages) => {
                self.came(&name, &messages, now);
                Vec::new()
            }
            Done::Tried(name, trial) => {
                self.tried(name, trial, now);
                Vec::new()
            }
        }
    }

    /// Closes the tab of a board.
    pub(super) fn close_board(&mut self, number: usize) -> Vec<Effect> {
        if number >= self.dashboards.len() {
            return Vec::new();
        }
        let id = self.dashboards.remove(number).connection;
        if self.current_tab > number || self.current_tab == self.dashboards.len() {
            self.current_tab = self.current_tab.saturating_sub(1);
        }
        let follow = |at: TilePosition| match at.dashboard {
            board if board == number => None,
            board => Some(TilePosition { dashboard: board - usize::from(board > number), ..at }),
        };
        self.pending_publishes =
            self.pending_publishes.drain().filter_map(|(order, at)| follow(at).map(|at| (order, at))).collect();
        self.publish_throttle.remap_positions(follow);
        let mut commands = self.script_registry.remap_positions(follow);
        // The numbers of boards on all lines have changed.
        for line in 0..self.connections.len() {
            let wants = self.rebuild_routes(ConnectionId(line));
            if ConnectionId(line) == id {
                commands.extend(wants);
            }
        }
        if matches!(self.focus, Focus::Prompt(_) | Focus::TileSearch(_)) {
            self.focus = Focus::Dashboard;
        }
        commands
    }
}
