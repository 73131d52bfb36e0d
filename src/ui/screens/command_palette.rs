//! The command palette: every action by name. The query is matched against the names and descriptions of the
//! key bindings, see [`word_match`](crate::ui::word_match).
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
        palette_entry::PaletteEntry,
        screens::{
            command_palette::CommandPalette,
            dashboard::{DASHBOARD, WELCOME},
        },
    },
    ui::{
        key_bindings::{display_keys, row_with_keys},
        keymap::Keymap,
        text::{Alignment, draw_line, sanitize, truncate, width},
        word_match::{MatchRank, WordQuery},
    },
};

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (64, 16);
/// The rows above the list.
const INPUT_ROWS: u16 = 2;
/// How much is shown of a query that matches nothing.
const MAX_SHOWN_QUERY_WIDTH: u16 = 24;

/// An entry of the palette.
struct PaletteItem {
    entry: PaletteEntry,
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
                    entry: PaletteEntry { name, dashboard: Some(dashboard.id) },
                    help: format!("show the dashboard {}", sanitize(dashboard.title())),
                    keys: row.keys.get(index).cloned().unwrap_or_default(),
                    action: Action::ShowTab(index),
                }));
            }
            action if !app.is_available(&action) => {}
            action => {
                let keys = display_keys(&row.keys).join(" ");
                let entry = PaletteEntry { name, dashboard: None };
                items.push(PaletteItem { entry, help: row.binding.help.to_owned(), keys, action });
            }
        }
    }
    items
}

/// The entries that match a query, the best first.
struct Matches {
    items: Vec<PaletteItem>,
    /// Whether the first one must be selected before it runs: the user may have meant something else.
    first_needs_selection: bool,
}

impl Matches {
    /// Returns the entries that match what is typed. What is risky comes last, unless its name is typed.
    fn find(app: &App, palette: &CommandPalette, keymap: &Keymap) -> Self {
        let query = WordQuery::new(palette.input.value());
        let mut ranked: Vec<((bool, MatchRank), PaletteItem)> = items(app, keymap)
            .into_iter()
            .filter_map(|item| {
                let rank = query.rank(item.entry.name, &item.help)?;
                Some(((item.action.is_risky() && !rank.is_exact(), rank), item))
            })
            .collect();
        ranked.sort_by_key(|(order, _)| *order);
        Self {
            first_needs_selection: ranked.first().is_some_and(|((is_uncertain, _), _)| *is_uncertain),
            items: ranked.into_iter().map(|(_, item)| item).collect(),
        }
    }

    /// Returns the index of the selected entry. If what the user has selected is gone, nothing is selected.
    fn selected(&self, palette: &CommandPalette) -> Option<usize> {
        match palette.selected {
            Some(entry) => self.items.iter().position(|item| item.entry == entry),
            None => (!self.first_needs_selection && !self.items.is_empty()).then_some(0),
        }
    }
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
    let mut matches = Matches::find(app, palette, keymap);
    let selected = matches.selected(palette);
    match action {
        Action::MoveInDialog(direction) => {
            let index = selected.map_or(0, |selected| move_in_list(selected, matches.items.len(), direction));
            Some(Action::SelectInPalette(matches.items.get(index)?.entry))
        }
        Action::Accept => Some(Action::RunFromPalette(Box::new(matches.items.swap_remove(selected?).action))),
        other => Some(other),
    }
}

impl View for CommandPalette {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let area = context.draw_dialog("Command palette", DIALOG_SIZE);
        context.draw_input(area, &self.input);
        let list_area = below(area, INPUT_ROWS);
        let inner_width = list_area.width.saturating_sub(2);
        let matches = Matches::find(context.app, self, &context.config.keymap);
        let dim = context.config.theme.dim();
        if matches.items.is_empty() {
            let text = |query: &str| format!("no action named \"{query}\"");
            let query_width = list_area.width.saturating_sub(width(&text(""))).min(MAX_SHOWN_QUERY_WIDTH);
            let text = text(&truncate(self.input.value().trim(), query_width));
            draw_line(context.buf, list_area, 0, &text, dim, Alignment::Left);
            return;
        }
        let selected = matches.selected(self);
        if selected.is_none() {
            let text = format!("press {} to select it", context.config.keymap.first_key("line-down"));
            draw_line(context.buf, area, INPUT_ROWS - 1, &text, dim, Alignment::Left);
        }
        let rows: Vec<String> =
            matches.items.iter().map(|item| row_with_keys(&item.help, &item.keys, inner_width)).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        context.draw_list(list_area, &rows, selected, |index| {
            Action::RunFromPalette(Box::new(matches.items[index].action.clone()))
        });
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use tui_input::Input;

    use super::*;
    use crate::{
        app::{DashboardFile, MqttEvent, OpenedDashboards},
        app::{Event, Screen},
        model::{
            connection::ConnectionId,
            dashboard::Dashboard,
            press::{Lock, LockLevel},
            profile::Profile,
            time::Time,
        },
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
        let matches = Matches::find(&app, palette, &Keymap::default());
        assert_eq!(matches.selected(palette).unwrap() + 2, matches.items.len());
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

    /// Returns an app with two tabs and an edit to undo and one to redo.
    fn app_where_all_is_of_use() -> App {
        let mut app = crate::ui::tests::app_with_values((80, 24));
        let second = DashboardFile { name: "second".into(), path: None, definition: Dashboard::default() };
        let profile = Profile { name: "hub".into(), ..Profile::default() };
        let opened = OpenedDashboards { connection: ConnectionId(0), profile, files: vec![second], explore: None };
        app.update(Event::Mqtt(MqttEvent::DashboardsOpened(Box::new(opened))), Time::default());
        app.update(Event::Action(Action::ShowTab(0)), Time::default());
        app.dashboards[0].path = Some("/bench.toml".into());
        app.editor_state.undo_counts = vec![("/bench.toml".into(), 1, 1)];
        app
    }

    /// Returns the names of the matching actions on a dashboard, and which of them is selected.
    fn matches_for(text: &str) -> (Vec<&'static str>, Option<usize>) {
        let mut app = app_where_all_is_of_use();
        app.update(Event::Action(Action::SelectTile(1)), Time::default());
        let palette = CommandPalette { input: text.into(), selected: None };
        let matches = Matches::find(&app, &palette, &Keymap::default());
        (matches.items.iter().map(|item| item.entry.name).collect(), matches.selected(&palette))
    }

    #[test]
    fn palette_selects_the_best_match() {
        for (text, name) in [
            ("nt", "next-tab"),
            ("show next", "next-tab"),
            ("shell suspend", "suspend"),
            ("duplicate", "clone"),
            ("undo", "undo"),
            ("delete", "delete"),
            ("quit", "quit"),
            ("press", "press"),
        ] {
            let (names, selected) = matches_for(text);
            assert_eq!((names[0], selected), (name, Some(0)), "{text} {names:?}");
        }
        // Only a whole name selects what deletes, quits or acts on a device.
        for (text, name) in [("delete ret", "clear-retained"), ("q", "quit"), ("decr", "step-down"), ("pre", "press")] {
            let (names, selected) = matches_for(text);
            assert!(names.contains(&name) && selected.is_none_or(|index| names[index] != name), "{text} {names:?}");
        }
        for text in ["chart", "rdrwscrn", "cancel", "tle", "\u{1b}[31m"] {
            assert_eq!(matches_for(text), (vec![], None), "{text}");
        }
    }

    #[test]
    fn risky_actions_never_rank_first_on_a_weak_match() {
        let app = crate::ui::tests::app_with_values((80, 24));
        let letters = ('a'..='z').map(String::from);
        let texts = ["", "the", "tile", "last", "edit", "from any", "asks", "remove", "board", "retained messages"];
        for text in letters.chain(texts.map(str::to_owned)) {
            let palette = CommandPalette { input: text.as_str().into(), selected: None };
            let matches = Matches::find(&app, &palette, &Keymap::default());
            let query = WordQuery::new(&text);
            let is_weak = |item: &PaletteItem| !query.rank(item.entry.name, &item.help).unwrap().is_exact();
            let mut uncertain = matches.items.iter().map(|item| item.action.is_risky() && is_weak(item));
            assert!(uncertain.by_ref().skip_while(|uncertain| !uncertain).all(|uncertain| uncertain), "{text}");
            let first_is_uncertain = matches.items.first().is_some_and(|item| item.action.is_risky() && is_weak(item));
            assert_eq!(matches.selected(&palette).is_none(), first_is_uncertain || matches.items.is_empty(), "{text}");
        }
        assert_eq!(matches_for("retained messages"), (vec!["clear-retained"], None));
    }

    #[test]
    fn only_a_risky_match_must_be_selected_before_it_runs() {
        let mut app = app_where_all_is_of_use();
        app.open(CommandPalette { input: "undone".into(), selected: None });
        let keymap = Keymap::default();
        let press = |app: &mut App, code: KeyCode| {
            let key = KeyEvent::new(code, KeyModifiers::NONE);
            let action = key_bindings::action_for_key(app, &keymap, &key);
            if let Some(action) = action.clone() {
                app.update(Event::Action(action), Time::default());
            }
            action
        };
        assert_eq!(press(&mut app, KeyCode::Enter), None);
        let entry = PaletteEntry { name: "redo", dashboard: None };
        assert_eq!(press(&mut app, KeyCode::Down), Some(Action::SelectInPalette(entry)));
        let redo = Action::Edit(crate::app::EditAction::Redo);
        assert_eq!(press(&mut app, KeyCode::Enter), Some(Action::RunFromPalette(Box::new(redo))));
    }

    #[test]
    fn selection_stays_with_its_action_when_the_list_changes() {
        let mut app = crate::ui::tests::app_with_values((80, 24));
        let keymap = Keymap::default();
        let selected_name = |app: &App, palette: &CommandPalette| {
            let matches = Matches::find(app, palette, &keymap);
            matches.selected(palette).map(|index| matches.items[index].entry.name)
        };
        let entry = |name| Some(PaletteEntry { name, dashboard: None });
        let palette = CommandPalette { input: Input::default(), selected: entry("quit") };
        let undo = CommandPalette { input: Input::default(), selected: entry("suspend") };
        let before = Matches::find(&app, &palette, &keymap).selected(&palette);
        assert_eq!(selected_name(&app, &palette), Some("quit"));
        assert_eq!(selected_name(&app, &undo), Some("suspend"));
        app.dashboards[0].definition.locked = Lock(LockLevel::Layout);
        assert_ne!(Matches::find(&app, &palette, &keymap).selected(&palette), before, "the list has changed");
        assert_eq!(selected_name(&app, &palette), Some("quit"));
        app.environment.kiosk = true;
        assert_eq!(selected_name(&app, &undo), None, "nothing else is selected instead of what is gone");
    }

    #[test]
    fn palette_lists_only_what_applies_to_the_selected_tile_and_place() {
        let mut app = crate::ui::tests::app_with_values((80, 24));
        let mut has = |index, name: &str| {
            app.update(Event::Action(Action::SelectTile(index)), Time::default());
            items(&app, &Keymap::default()).iter().any(|item| item.entry.name == name)
        };
        // A switch, a range, and a text that only shows.
        assert_eq!([0, 1, 2].map(|index| has(index, "press")), [true, true, false]);
        assert_eq!([0, 1, 2].map(|index| has(index, "step-up")), [false, true, false]);
        assert!(has(0, "detail") && has(0, "tile-menu") && !has(0, "certificate") && !has(0, "button"));
        app.dashboards[0].definition.tiles.clear();
        let names: Vec<_> = items(&app, &Keymap::default()).iter().map(|item| item.entry.name).collect();
        assert!(names.contains(&"add") && !names.contains(&"edit") && !names.contains(&"detail"), "{names:?}");
    }

    #[test]
    fn palette_lists_no_action_that_has_nothing_to_act_on() {
        let names = ["undo", "redo", "next-tab", "previous-tab"];
        for (app, is_listed) in
            [(app_where_all_is_of_use(), true), (crate::ui::tests::app_with_values((80, 24)), false)]
        {
            let items = items(&app, &Keymap::default());
            for name in names {
                assert_eq!(items.iter().any(|item| item.entry.name == name), is_listed, "{name}");
            }
        }
    }

    #[test]
    fn palette_hides_actions_refused_in_kiosk_mode() {
        let mut app = App::new((80, 24));
        app.environment.kiosk = true;
        assert!(items(&app, &Keymap::default()).iter().all(|item| item.entry.name != "suspend"));
    }
}
