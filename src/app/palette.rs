//! Picking an action by its name. What the actions are called is the key table's to know.

use tui_input::Input;

use super::{Action, App};

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
            _ => None,
        }
    }
}
