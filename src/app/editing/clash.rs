//! Another hand at the same file: what is open follows what the file says now, and where both have
//! changed the same, the person is asked.

use std::path::Path;

use super::{Change, Chore, Clash, Task, Wish};
use crate::{
    app::{
        App, Effect, Focus, TilePosition,
        form::{Form, Subject},
    },
    model::{dashboard::Dashboard, edit::DashboardEdit, kind, tile::Tile, time::Time},
};

impl App {
    /// What is done about a file that another hand has changed.
    pub(super) fn settle_clash(&mut self, wish: &Wish, clash: Clash, now: Time) -> Vec<Effect> {
        match (wish, clash.theirs.clone()) {
            (Wish::Overwrite, _) => {
                let change = Change { over: Some(clash.text), ..clash.change };
                vec![self.owe_file(&change.path.clone(), Chore::Edit(Box::new(change)))]
            }
            (Wish::Reload, Some(theirs)) => {
                self.notify("The file was read again", now);
                self.put_back(&clash.change.path.clone(), theirs)
            }
            _ => {
                self.open_task(Task::Clash(Box::new(clash)));
                Vec::new()
            }
        }
    }

    /// Leaves the file as the other hand has left it. What was written in a form is in a form again.
    pub(super) fn leave_clash(&mut self, clash: Clash, now: Time) -> Vec<Effect> {
        self.notify("Not saved: the file is as the other hand left it", now);
        let Clash { change, theirs, .. } = clash;
        let fits = theirs.as_ref().is_some_and(|theirs| change.edit.still_applies(&change.before, theirs));
        let commands = self.put_back(&change.path, theirs.unwrap_or(change.before));
        let board = self.dashboards.iter().position(|board| board.path.as_ref() == Some(&change.path));
        let Some((number, board)) = board.map(|number| (number, &self.dashboards[number])) else {
            return commands;
        };
        let form = match change.edit {
            DashboardEdit::ReplaceTile(at, tile) if fits => {
                board.tile(at).map(|(found, _)| Form::tile(number, at, false, found).with(&tile))
            }
            DashboardEdit::ReplaceTile(_, tile) | DashboardEdit::InsertTile(_, tile) => {
                let blank = kind::from_name(tile.kind.name()).map(Tile::new);
                let end = board.definition.tiles.len();
                blank.ok().map(|blank| Form::tile(number, end, true, &blank).with(&tile))
            }
            _ => None,
        };
        if let Some(form) = form {
            self.open_task(Task::Form(Box::new(form)));
        }
        commands
    }

    /// Whether the file that another hand has changed can be read again.
    #[must_use]
    pub fn clash_can_reload(&self) -> bool {
        match &self.focus {
            Focus::Manage(task) => matches!(&**task, Task::Clash(clash) if clash.theirs.is_some()),
            _ => false,
        }
    }

    /// A chore that changes the file of a dashboard: until it is done, what is read from there is old.
    pub(super) fn owe_file(&mut self, path: &Path, chore: Chore) -> Effect {
        self.editor_state.owed.push(path.to_owned());
        Effect::Edit(chore)
    }

    /// A chore for this file was done.
    pub(super) fn has_done(&mut self, path: &Path) {
        if let Some(at) = self.editor_state.owed.iter().position(|owed| owed == path) {
            self.editor_state.owed.swap_remove(at);
        }
    }

    /// Whether what a file says now is no news for its board: an edit of it is on its way, it is what
    /// the board is without what is being carried, or it is asked about.
    pub(in crate::app) fn expects(&mut self, path: &Path, said: &Result<Dashboard, String>) -> bool {
        if self.editor_state.owed.iter().any(|owed| owed == path) {
            return true;
        }
        let Focus::Manage(task) = &mut self.focus else {
            return false;
        };
        match &mut **task {
            Task::Clash(clash) if clash.change.path == path => {
                clash.theirs = said.as_ref().ok().cloned();
                true
            }
            Task::Carry(from) => {
                let from = *from;
                let board = self.current_dashboard().filter(|board| board.path.as_deref() == Some(path));
                let back =
                    board.and_then(|board| DashboardEdit::MoveTile(board.selected, from).apply_to(&board.definition));
                back.is_some() && back.as_ref() == said.as_ref().ok()
            }
            _ => false,
        }
    }

    /// What is open for a tile goes where the tile is now; `moved` tells where.
    pub(in crate::app) fn follow_task(&mut self, index: usize, moved: impl Fn(TilePosition) -> Option<TilePosition>) {
        let tiles = self.dashboards.get(index).map_or(0, |board| board.definition.tiles.len());
        let Focus::Manage(task) = &mut self.focus else {
            return;
        };
        let gone = match &mut **task {
            Task::Form(form) => {
                form.follow(index, tiles, moved);
                false
            }
            Task::Confirm(confirm) => confirm.follow(moved).is_none(),
            _ => false,
        };
        if gone {
            self.focus = Focus::Dashboard;
        }
    }

    /// A carried tile whose dashboard was changed by another hand is let go.
    pub(in crate::app) fn let_go(&mut self, index: usize, now: Time) {
        let carries = matches!(&self.focus, Focus::Manage(task) if matches!(**task, Task::Carry(_)));
        if carries && index == self.current_tab {
            self.focus = Focus::Dashboard;
            self.notify("The file was changed meanwhile: the tile is where that says", now);
        }
    }

    /// The dashboard as the form has found it: another hand may have changed the same since then.
    pub(super) fn found_by(&self, form: &Form) -> Option<Dashboard> {
        match &form.subject {
            Subject::Tile { board, at, new: false, was } => {
                let mut dashboard = self.dashboards.get(*board)?.definition.clone();
                (**was).clone_into(dashboard.tiles.get_mut(*at)?);
                Some(dashboard)
            }
            Subject::Tile { board, .. } => Some(self.dashboards.get(*board)?.definition.clone()),
            Subject::Board { board, was } => {
                let tiles = self.dashboards.get(*board)?.definition.tiles.clone();
                Some(Dashboard { tiles, ..was.clone() })
            }
            Subject::Profile { .. } => None,
        }
    }
}

impl Form {
    /// The tiles of a board are somewhere else now. One that is gone becomes a new one.
    fn follow(&mut self, index: usize, tiles: usize, moved: impl Fn(TilePosition) -> Option<TilePosition>) {
        if let Subject::Tile { board, at, new, .. } = &mut self.subject
            && *board == index
        {
            let there = moved(TilePosition { dashboard: index, tile: *at }).filter(|_| !*new);
            *new = there.is_none();
            *at = there.map_or(tiles, |there| there.tile);
        }
    }
}
