//! From keys to actions, and the key bindings as the documentation shows them. The tables are in
//! [`app::screens`](crate::app::screens).

use std::fmt::Write;

use crossterm::event::{KeyEvent, KeyEventKind, KeyModifiers};
use tui_input::InputRequest;

use super::{
    keymap::Keymap,
    keystroke, screens,
    text::{truncate, width},
};
use crate::app::{
    Action, App, Screen, all_bindings,
    key_binding::{KeyBinding, KeyGroup, TextInput},
};

/// Returns the action for a key event, or `None` if the key has no effect in the current context.
#[must_use]
pub(crate) fn action_for_key(app: &App, keymap: &Keymap, key: &KeyEvent) -> Option<Action> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let context = app.key_context();
    let name = keystroke::key_name(key);
    // A key that the screen has itself comes before the shortcuts of a shell, such as Ctrl-E.
    if key.modifiers.contains(KeyModifiers::CONTROL)
        && let Some(action) = name.as_deref().and_then(|name| keymap.action(context, name))
    {
        return resolve_palette_action(app, keymap, action);
    }
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
    let name = name?;
    let action = keymap.action(context, &name).or_else(|| match &app.focus {
        Screen::TileMenu(menu) => screens::action_in_tile_menu(menu, keymap, &name),
        _ => None,
    })?;
    resolve_palette_action(app, keymap, action)
}

/// Resolves an action of the command palette: the app does not know the rows of the palette.
pub(super) fn resolve_palette_action(app: &App, keymap: &Keymap, action: Action) -> Option<Action> {
    match &app.focus {
        Screen::CommandPalette(palette) => screens::resolve_action(app, palette, keymap, action),
        _ => Some(action),
    }
}

/// Returns the heading of a binding in the help.
pub(in crate::ui) fn section_title(binding: &KeyBinding) -> &'static str {
    binding.group.map_or(binding.context.title, KeyGroup::title)
}

/// Returns the headings of the help in their order: the groups, then the other contexts.
pub(in crate::ui) fn section_titles() -> Vec<&'static str> {
    let mut titles = KeyGroup::ALL.map(KeyGroup::title).to_vec();
    for title in all_bindings().map(section_title) {
        if !titles.contains(&title) {
            titles.push(title);
        }
    }
    titles
}

/// Returns the bindings of dashboards and the global bindings as the Markdown tables in `docs/keys.md`.
#[must_use]
pub fn markdown_tables() -> String {
    let mut tables = String::new();
    for group in KeyGroup::ALL {
        let separator = if tables.is_empty() { "" } else { "\n" };
        let _ = write!(tables, "{separator}## {}\n\n| key | does |\n|---|---|\n", group.title());
        for binding in all_bindings().filter(|binding| binding.group == Some(group)) {
            let keys: Vec<String> = display_keys(binding.keys).iter().map(|key| format!("`{key}`")).collect();
            let _ = writeln!(tables, "| {} | {} |", keys.join(" "), binding.help);
        }
    }
    tables
}

/// Returns the row of a list: what an action does, and its keys at the right. Keys take a third of it at most.
#[must_use]
pub(super) fn row_with_keys(help: &str, keys: &str, row_width: u16) -> String {
    let keys = truncate(keys, row_width / 3);
    let help = truncate(help, row_width.saturating_sub(width(&keys) + 1));
    let gap = usize::from(row_width.saturating_sub(width(&help) + width(&keys)));
    format!("{help}{}{keys}", " ".repeat(gap))
}

/// Returns keys for display: the nine digits are abbreviated to `1…9`.
#[must_use]
pub(crate) fn display_keys<T: AsRef<str>>(keys: &[T]) -> Vec<&str> {
    let keys: Vec<&str> = keys.iter().map(AsRef::as_ref).collect();
    if keys == ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { vec!["1…9"] } else { keys }
}
