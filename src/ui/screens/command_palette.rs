//! The command palette: every action by name. The query is matched against the names and help texts of the
//! key bindings.
//!
//! ```text
//! ╭ Command palette ───────────────────╮
//! │ scr                                │
//! │                                    │
//! │ ▸ move one screen up        PageUp │
//! │   move one screen down    PageDown │
//! ╰────────────────────────────────────╯
//! ```

use super::{DrawContext, View, below};
use crate::{
    app::{
        Action, App, move_in_list,
        screens::{
            command_palette::CommandPalette,
            dashboard::{DASHBOARD, WELCOME},
        },
    },
    ui::{
        key_bindings::display_keys,
        keymap::Keymap,
        text::{sanitize, truncate, width},
    },
};

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (64, 16);
/// The rows above the list.
const INPUT_ROWS: u16 = 2;

/// An entry of the palette.
struct PaletteItem {
    name: &'static str,
    help: String,
    keys: String,
    action: Action,
}

/// Returns an entry for each action that is available now.
fn items(app: &App, keymap: &Keymap) -> Vec<PaletteItem> {
    let context = if app.dashboards.is_empty() { WELCOME } else { DASHBOARD };
    let mut items = Vec::new();
    for row in keymap.rows_active_in(context) {
        let name = row.binding.name;
        match (row.binding.action)(0) {
            Action::Cancel | Action::OpenCommandPalette => {}
            Action::ShowTab(_) => {
                items.extend(app.dashboards.iter().enumerate().map(|(index, dashboard)| PaletteItem {
                    name,
                    help: format!("show the dashboard {}", sanitize(dashboard.title())),
                    keys: row.keys.get(index).cloned().unwrap_or_default(),
                    action: Action::ShowTab(index),
                }));
            }
            action if app.refusal_reason(&action).is_some() => {}
            action => {
                let keys = display_keys(&row.keys).join(" ");
                items.push(PaletteItem { name, help: row.binding.help.to_owned(), keys, action });
            }
        }
    }
    items
}

/// Returns how well an entry matches the query: less is better, and `None` is no match.
fn match_rank(item: &PaletteItem, query: &str) -> Option<u8> {
    let help = item.help.to_lowercase();
    if help.starts_with(query) || item.name.starts_with(query) {
        return Some(0);
    }
    if query.split_whitespace().all(|word| help.contains(word) || item.name.contains(word)) {
        return Some(1);
    }
    let mut remaining = help.chars();
    query.chars().filter(|c| !c.is_whitespace()).all(|c| remaining.any(|other| other == c)).then_some(2)
}

/// Returns the entries that match the query, the best first.
fn matching_items(app: &App, palette: &CommandPalette, keymap: &Keymap) -> Vec<PaletteItem> {
    let query = palette.input.value().trim().to_lowercase();
    let mut ranked: Vec<(u8, PaletteItem)> =
        items(app, keymap).into_iter().filter_map(|item| Some((match_rank(&item, &query)?, item))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, item)| item).collect()
}

/// Resolves moving and accepting to actions on the selected row: the app does not know the rows of the
/// palette.
#[must_use]
pub(in crate::ui) fn resolve_action(
    app: &App,
    palette: &CommandPalette,
    keymap: &Keymap,
    action: Action,
) -> Option<Action> {
    let mut matching = matching_items(app, palette, keymap);
    match action {
        Action::MoveInDialog(direction) => {
            Some(Action::SelectOption(move_in_list(palette.selected, matching.len(), direction)))
        }
        Action::Accept if palette.selected < matching.len() => {
            Some(Action::RunFromPalette(Box::new(matching.swap_remove(palette.selected).action)))
        }
        Action::Accept => None,
        other => Some(other),
    }
}

impl View for CommandPalette {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let area = context.draw_dialog("Command palette", DIALOG_SIZE);
        context.draw_input(area, &self.input);
        let list_area = below(area, INPUT_ROWS);
        let inner_width = list_area.width.saturating_sub(2);
        let items = matching_items(context.app, self, &context.config.keymap);
        let rows: Vec<String> = items
            .iter()
            .map(|item| {
                let keys = truncate(&item.keys, inner_width / 3);
                let help = truncate(&item.help, inner_width.saturating_sub(width(&keys) + 1));
                let gap = usize::from(inner_width.saturating_sub(width(&help) + width(&keys)));
                format!("{help}{}{keys}", " ".repeat(gap))
            })
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        context.draw_matches(list_area, &rows, self.selected, |index| {
            Action::RunFromPalette(Box::new(items[index].action.clone()))
        });
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::{
        app::{Event, Screen},
        model::time::Time,
        ui::key_bindings,
    };

    /// Returns the app after these keys, and the number of effects.
    fn app_after_keys(keys: &[KeyCode]) -> (App, usize) {
        let (mut app, keymap) = (App::new((80, 24)), Keymap::default());
        app.environment.demo_available = true;
        let mut effect_count = 0;
        for code in keys {
            if let Some(action) = key_bindings::action_for_key(&app, &keymap, &KeyEvent::new(*code, KeyModifiers::NONE))
            {
                effect_count += app.update(Event::Action(action), Time::default()).len();
            }
        }
        (app, effect_count)
    }

    fn key_codes(text: &str) -> Vec<KeyCode> {
        text.chars().map(KeyCode::Char).collect()
    }

    #[test]
    fn palette_accept_runs_action_and_closes() {
        let (app, effect_count) = app_after_keys(&[key_codes(":show this help"), vec![KeyCode::Enter]].concat());
        assert!(matches!(app.focus, Screen::Help(_)), "{:?}", app.focus);
        assert_eq!(effect_count, 0);
        let (app, effect_count) = app_after_keys(&[key_codes(":redraw"), vec![KeyCode::Enter]].concat());
        assert!(matches!(app.focus, Screen::Dashboard(_)));
        assert_eq!(effect_count, 1);
    }

    #[test]
    fn palette_selection_stays_within_matches() {
        let down = vec![KeyCode::Down; 100];
        let (app, _) = app_after_keys(&[key_codes(":quit"), down, vec![KeyCode::Up]].concat());
        let Screen::CommandPalette(palette) = &app.focus else { panic!("{:?}", app.focus) };
        assert_eq!(palette.selected + 2, matching_items(&app, palette, &Keymap::default()).len());
    }

    #[test]
    fn palette_without_match_ignores_enter_and_closes_on_escape() {
        let (app, effect_count) = app_after_keys(&[key_codes(":zzzz"), vec![KeyCode::Enter]].concat());
        assert!(matches!(app.focus, Screen::CommandPalette(_)));
        assert_eq!(effect_count, 0);
        assert!(matches!(
            app_after_keys(&[key_codes(":zzzz"), vec![KeyCode::Esc]].concat()).0.focus,
            Screen::Dashboard(_)
        ));
    }

    #[test]
    fn palette_matches_words_in_any_order_and_letters_with_gaps() {
        let app = App::new((80, 24));
        let first_match = |text: &str| {
            let palette = CommandPalette { input: text.into(), selected: 0 };
            matching_items(&app, &palette, &Keymap::default()).first().map(|item| item.name)
        };
        assert_eq!(first_match("shell suspend"), Some("suspend"));
        assert_eq!(first_match("rdrwscrn"), Some("redraw"));
        assert_eq!(first_match("suspend"), Some("suspend"));
        assert_eq!(first_match("cancel"), None);
    }

    #[test]
    fn palette_hides_actions_refused_in_kiosk_mode() {
        let mut app = App::new((80, 24));
        app.environment.kiosk = true;
        assert!(items(&app, &Keymap::default()).iter().all(|item| item.name != "suspend"));
    }
}
