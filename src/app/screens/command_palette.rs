//! The command palette, and the check whether an action is allowed: kiosk mode and locked dashboards refuse
//! some. The names of the actions are in the table of key bindings.

use tui_input::Input;

use super::{Component, Flow, Screen};
use crate::{
    app::{
        Action, App, Effect, ShellEffect,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext},
        palette_entry::PaletteEntry,
    },
    model::{expansion::TileOrigin, time::Time},
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The open command palette.
#[derive(Debug, Clone, Default)]
pub struct CommandPalette {
    /// The search text.
    pub(crate) input: Input,
    /// The entry that the user has selected among those that match; `None` while the best one is selected.
    pub(crate) selected: Option<PaletteEntry>,
}

impl Component for CommandPalette {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_INPUT
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::EditInput(edit) => {
                edit.apply_to(&mut self.input);
                self.selected = None;
            }
            Action::SelectInPalette(entry) => self.selected = Some(entry),
            Action::RunFromPalette(action) => return Flow::Close(app.handle_action(*action, now)),
            _ => {}
        }
        Flow::STAY
    }
}

impl App {
    /// Returns the notice that explains why an action is refused; `None` if it is allowed.
    #[must_use]
    pub(crate) fn refusal_reason(&self, action: &Action) -> Option<String> {
        let on_dashboard = matches!(
            self.focus,
            Screen::Dashboard(_) | Screen::CommandPalette(_) | Screen::TileMenu(_) | Screen::Detail(_)
        );
        match action {
            Action::Suspend if self.environment.kiosk => Some("Kiosk mode: suspending is disabled".to_owned()),
            Action::QuitFromDashboard if self.environment.kiosk => Some("Kiosk mode: only Ctrl-C quits".to_owned()),
            Action::EditText if self.environment.kiosk => Some("Kiosk mode: no editor is opened".to_owned()),
            Action::Explore(_) if self.environment.kiosk => Some("Kiosk mode: the explorer is disabled".to_owned()),
            Action::OpenInEditor => self.edit_refusal_reason(),
            Action::ListConnections | Action::CloseTab | Action::MoveTab(_) | Action::Edit(_)
                if self.environment.kiosk =>
            {
                self.edit_refusal_reason()
            }
            Action::Edit(edit_action) if on_dashboard && edit_action.modifies_dashboard() => self.edit_refusal_reason(),
            other => self.import_refusal_reason(other),
        }
    }

    /// Returns the notice that explains why the current dashboard cannot be edited; `None` if it can.
    pub(in crate::app) fn edit_refusal_reason(&self) -> Option<String> {
        if self.environment.kiosk {
            return Some("Kiosk mode: editing is disabled".to_owned());
        }
        let dashboard = self.current_dashboard().filter(|dashboard| dashboard.definition.locked.locks_layout())?;
        let file = dashboard.path.as_ref().and_then(|path| path.file_name());
        let file = file.map_or_else(|| "its file".to_owned(), |name| name.to_string_lossy().into_owned());
        Some(format!("This dashboard is locked: unlock it first, or remove `locked` from {file}"))
    }

    /// Opens the file of the current dashboard in the user's editor, or explains that it has none.
    pub(in crate::app) fn open_in_editor(&mut self, now: Time) -> Vec<Effect> {
        let Some(dashboard) = self.current_dashboard() else { return Vec::new() };
        let origin = dashboard.origin_of(dashboard.selected).unwrap_or(TileOrigin::Tile(0));
        let Some(path) = dashboard.path.clone() else {
            self.notify("This dashboard has no file: it exists only in memory", now);
            return Vec::new();
        };
        vec![Effect::Shell(ShellEffect::OpenInEditor(path, origin))]
    }
}
