//! Picking an action by its name, and what is not done where a dashboard is locked. What the actions are
//! called is the key table's to know.

use tui_input::Input;

use super::{Action, App, Command};
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
    pub fn refuses(&self, action: &Action) -> Option<&'static str> {
        match action {
            Action::Suspend if self.kiosk => Some("This is a kiosk: the terminal is not given back"),
            Action::OpenFile if self.kiosk || self.board().is_some_and(|board| board.dashboard.locked) => {
                Some("This dashboard is locked: nothing is edited from here")
            }
            other => self.refuses_import(other),
        }
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
