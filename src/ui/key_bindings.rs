//! From keys to actions, and the key bindings as the documentation shows them. The tables are in
//! [`app::screens`](crate::app::screens).

use std::fmt::Write;

use crossterm::event::{KeyEvent, KeyEventKind};
use tui_input::InputRequest;

use super::{keymap::Keymap, keystroke, screens};
use crate::app::{
    Action, App, Screen, all_bindings, control_bindings::GLOBAL, key_binding::TextInput, screens::dashboard::DASHBOARD,
};

/// Returns the action for a key event, or `None` if the key has no effect in the current context.
#[must_use]
pub(crate) fn action_for_key(app: &App, keymap: &Keymap, key: &KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let context = app.key_context();
    if context.accepts_text()
        && let Some(request) = keystroke::input_request(key)
    {
        let moves_cursor = matches!(
            request,
            InputRequest::GoToPrevChar | InputRequest::GoToNextChar | InputRequest::GoToStart | InputRequest::GoToEnd
        );
        if context.text_input == TextInput::Line || !moves_cursor {
            return Some(Action::EditInput(request.into()));
        }
    }
    let action = keymap.action(context, &keystroke::key_name(key)?)?;
    resolve_palette_action(app, keymap, action)
}

/// Resolves an action of the command palette: the app does not know the rows of the palette.
pub(super) fn resolve_palette_action(app: &App, keymap: &Keymap, action: Action) -> Option<Action> {
    match &app.focus {
        Screen::CommandPalette(palette) => screens::resolve_action(app, palette, keymap, action),
        _ => Some(action),
    }
}

/// Returns the bindings of dashboards and the global bindings as the Markdown table in `docs/keys.md`.
#[must_use]
pub fn markdown_table() -> String {
    let mut table = String::from("| key | does |\n|---|---|\n");
    for context in [DASHBOARD, GLOBAL] {
        for binding in all_bindings().filter(|binding| binding.context == context) {
            let keys: Vec<String> = display_keys(binding.keys).iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(table, "| {} | {} |", keys.join(" "), binding.help);
        }
    }
    table
}

/// Returns keys for display: the nine digits are abbreviated to `1…9`.
#[must_use]
pub(crate) fn display_keys<T: AsRef<str>>(keys: &[T]) -> Vec<&str> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    if keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { vec!["1…9"] } else { keys }
}
