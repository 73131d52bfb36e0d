//! Picking an action by its name, and what is not done where a dashboard is locked. What the actions are
//! called is the key table's to know.

use tui_input::Input;

use super::{Action, App, Effect, Focus};
use crate::model::time::Time;

/// A palette of actions that is open.
#[derive(Debug, Clone, Default)]
pub struct CommandPalette {
    /// What is looked for.
    pub input: Input,
    /// Which of the actions found is marked.
    pub selected: usize,
}

impl App {
    /// Why an action is not done here, as a sentence; `None`: it is done.
    #[must_use]
    pub fn refusal_reason(&self, action: &Action) -> Option<String> {
        let on_dashboard = matches!(self.focus, Focus::Dashboard | Focus::CommandPalette(_));
        match action {
            Action::Suspend if self.kiosk => Some("This is a kiosk: the terminal is not given back".to_owned()),
            Action::OpenInEditor => self.edit_refusal_reason(),
            Action::ListConnections | Action::Edit(_) if self.kiosk => self.edit_refusal_reason(),
            Action::Edit(edit_action) if on_dashboard && edit_action.modifies_dashboard() => self.edit_refusal_reason(),
            other => self.import_refusal_reason(other),
        }
    }

    /// Why the dashboard that is shown may not be edited, as a sentence.
    pub(super) fn edit_refusal_reason(&self) -> Option<String> {
        if self.kiosk {
            return Some("This is a kiosk: nothing is edited from here".to_owned());
        }
        let dashboard = self.current_dashboard().filter(|dashboard| dashboard.definition.locked)?;
        let file = dashboard.path.as_ref().and_then(|path| path.file_name());
        let file = file.map_or_else(|| "its file".to_owned(), |name| name.to_string_lossy().into_owned());
        Some(format!("This dashboard is locked: unlock it first, or take `locked = true` out of {file}"))
    }

    /// The dashboard's file is opened in an editor, if it has one.
    pub(super) fn open_in_editor(&mut self, now: Time) -> Vec<Effect> {
        let Some((path, selected)) =
            self.current_dashboard().map(|dashboard| (dashboard.path.clone(), dashboard.selected))
        else {
            return Vec::new();
        };
        let Some(path) = path else {
            self.notify("This dashboard lives in the program: it has no file to edit", now);
            return Vec::new();
        };
        vec![Effect::OpenInEditor(path, selected)]
    }
}
