//! Picking an action by its name, and what is not done where a dashboard is locked. What the actions are
//! called is the key table's to know.

use tui_input::Input;

use super::{Action, App, Command, Mode};
use crate::model::time::Time;

/// A palette of actions that is open.
#[derive(Debug, Clone, Default)]
pub struct Palette {
    /// What is looked for.
    pub input: Input,
    /// Which of the actions found is marked.
    pub at: usize,
}

impl App {
    /// Why an action is not done here, as a sentence; `None`: it is done.
    #[must_use]
    pub fn refuses(&self, action: &Action) -> Option<String> {
        let on_board = matches!(self.mode, Mode::Board | Mode::Palette(_));
        match action {
            Action::Suspend if self.kiosk => Some("This is a kiosk: the terminal is not given back".to_owned()),
            Action::OpenFile => self.sealed(),
            Action::Connections | Action::Manage(_) if self.kiosk => self.sealed(),
            Action::Manage(wish) if on_board && wish.edits() => self.sealed(),
            other => self.refuses_import(other),
        }
    }

    /// Why the dashboard that is shown may not be edited, as a sentence.
    pub(super) fn sealed(&self) -> Option<String> {
        if self.kiosk {
            return Some("This is a kiosk: nothing is edited from here".to_owned());
        }
        let board = self.board().filter(|board| board.dashboard.locked)?;
        let file = board.path.as_ref().and_then(|path| path.file_name());
        let file = file.map_or_else(|| "its file".to_owned(), |name| name.to_string_lossy().into_owned());
        Some(format!("This dashboard is locked: unlock it first, or take `locked = true` out of {file}"))
    }

    /// The dashboard's file is opened in an editor, if it has one.
    pub(super) fn open_file(&mut self, now: Time) -> Vec<Command> {
        let Some((path, selected)) = self.board().map(|board| (board.path.clone(), board.selected)) else {
            return Vec::new();
        };
        let Some(path) = path else {
            self.say("This dashboard lives in the program: it has no file to edit", now);
            return Vec::new();
        };
        vec![Command::OpenFile(path, selected)]
    }
}
