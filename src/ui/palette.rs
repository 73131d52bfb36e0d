//! Every action by name: what the person types is looked for in the words of the key table.
//!
//! ```text
//! ╭ Every action ──────────────────────╮
//! │ scr                                │
//! │                                    │
//! │ ▸ a screen up               PageUp │
//! │   a screen down           PageDown │
//! ╰────────────────────────────────────╯
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look, entry,
    keymap::Keymap,
    keys::{Place, shown},
    panel,
    text::{clean, fit, width},
};
use crate::app::{Action, App, CommandPalette, move_in_list};

/// The size of the inside of its panel.
const SIZE: (u16, u16) = (64, 16);
/// The rows above the list.
const HEAD: u16 = 2;

/// An action that can be picked.
struct Item {
    name: &'static str,
    help: String,
    keys: String,
    action: Action,
}

/// What can be done now.
fn items(app: &App, keymap: &Keymap) -> Vec<Item> {
    let place = if app.dashboards.is_empty() { Place::Welcome } else { Place::Board };
    let mut items = Vec::new();
    for row in keymap.rows(place) {
        let name = row.binding.name;
        match (row.binding.act)(0) {
            Action::Cancel | Action::OpenCommandPalette => {}
            Action::ShowTab(_) => items.extend(app.dashboards.iter().enumerate().map(|(index, board)| Item {
                name,
                help: format!("the dashboard {}", clean(board.title())),
                keys: row.keys.get(index).cloned().unwrap_or_default(),
                action: Action::ShowTab(index),
            })),
            action if app.refusal_reason(&action).is_some() => {}
            action => {
                let keys = shown(&row.keys).join(" ");
                items.push(Item { name, help: row.binding.help.to_owned(), keys, action });
            }
        }
    }
    items
}

/// How well an action fits what is looked for: the less the better; `None`: not at all.
fn rank(item: &Item, wanted: &str) -> Option<u8> {
    let help = item.help.to_lowercase();
    if help.starts_with(wanted) || item.name.starts_with(wanted) {
        return Some(0);
    }
    if wanted.split_whitespace().all(|word| help.contains(word) || item.name.contains(word)) {
        return Some(1);
    }
    let mut rest = help.chars();
    wanted.chars().filter(|c| !c.is_whitespace()).all(|c| rest.any(|other| other == c)).then_some(2)
}

/// The actions that fit what is typed, the best first.
fn found(app: &App, palette: &CommandPalette, keymap: &Keymap) -> Vec<Item> {
    let wanted = palette.input.value().trim().to_lowercase();
    let mut found: Vec<(u8, Item)> =
        items(app, keymap).into_iter().filter_map(|item| Some((rank(&item, &wanted)?, item))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, item)| item).collect()
}

/// What a wish means while the palette is open: it alone knows what its rows are.
#[must_use]
pub fn action(app: &App, palette: &CommandPalette, keymap: &Keymap, wish: Action) -> Option<Action> {
    let mut found = found(app, palette, keymap);
    match wish {
        Action::MoveInDialog(way) => Some(Action::SelectOption(move_in_list(palette.selected, found.len(), way))),
        Action::Accept if palette.selected < found.len() => {
            Some(Action::RunFromPalette(Box::new(found.swap_remove(palette.selected).action)))
        }
        Action::Accept => None,
        other => Some(other),
    }
}

fn list(area: Rect) -> Rect {
    Rect { y: area.y + HEAD.min(area.height), height: area.height.saturating_sub(HEAD), ..area }
}

/// What a click at a place of the screen wishes.
#[must_use]
pub fn click(screen: Rect, app: &App, palette: &CommandPalette, keymap: &Keymap, place: (u16, u16)) -> Option<Action> {
    let mut found = found(app, palette, keymap);
    let row = entry::row_at(list(panel::inside(screen, SIZE)), palette.selected, found.len(), place)?;
    Some(Action::RunFromPalette(Box::new(found.swap_remove(row).action)))
}

/// Draws the palette.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, palette: &CommandPalette, look: &Look) {
    let area = panel::open(buf, screen, "Every action", SIZE, look);
    entry::entry(buf, area, &palette.input, true, look);
    let below = list(area);
    let inside = below.width.saturating_sub(2);
    let rows: Vec<String> = found(app, palette, &look.keys)
        .iter()
        .map(|item| {
            let keys = fit(&item.keys, inside / 3);
            let help = fit(&item.help, inside.saturating_sub(width(&keys) + 1));
            let gap = usize::from(inside.saturating_sub(width(&help) + width(&keys)));
            format!("{help}{}{keys}", " ".repeat(gap))
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    entry::list(buf, below, &rows, palette.selected, look);
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    use super::*;
    use crate::{
        app::{Event, Focus},
        model::time::Time,
        ui::keys,
    };

    /// The app after these keys, and how much it owes.
    fn after(keys: &[KeyCode]) -> (App, usize) {
        let (mut app, keymap) = (App::new((80, 24)), Keymap::default());
        app.demo_available = true;
        let mut owed = 0;
        for code in keys {
            if let Some(action) = keys::action(&app, &keymap, &KeyEvent::new(*code, KeyModifiers::NONE)) {
                owed += app.update(Event::Action(action), Time::default()).len();
            }
        }
        (app, owed)
    }

    fn typed(text: &str) -> Vec<KeyCode> {
        text.chars().map(KeyCode::Char).collect()
    }

    #[test]
    fn what_is_typed_and_taken_is_done_and_the_palette_is_gone() {
        let (app, owed) = after(&[typed(":this help"), vec![KeyCode::Enter]].concat());
        assert!(matches!(app.focus, Focus::Help(0)), "{:?}", app.focus);
        assert_eq!(owed, 0);
        let (app, owed) = after(&[typed(":anew"), vec![KeyCode::Enter]].concat());
        assert!(matches!(app.focus, Focus::Dashboard));
        assert_eq!(owed, 1);
    }

    #[test]
    fn the_mark_stays_among_what_is_found() {
        let down = vec![KeyCode::Down; 100];
        let (app, _) = after(&[typed(":quit"), down, vec![KeyCode::Up]].concat());
        let Focus::CommandPalette(palette) = &app.focus else { panic!("{:?}", app.focus) };
        assert_eq!(palette.selected + 2, found(&app, palette, &Keymap::default()).len());
    }

    #[test]
    fn nothing_found_does_nothing_and_escape_leaves() {
        let (app, owed) = after(&[typed(":zzzz"), vec![KeyCode::Enter]].concat());
        assert!(matches!(app.focus, Focus::CommandPalette(_)));
        assert_eq!(owed, 0);
        assert!(matches!(after(&[typed(":zzzz"), vec![KeyCode::Esc]].concat()).0.focus, Focus::Dashboard));
    }

    #[test]
    fn words_are_found_in_any_order_and_letters_with_gaps() {
        let app = App::new((80, 24));
        let first = |text: &str| {
            let palette = CommandPalette { input: text.into(), selected: 0 };
            found(&app, &palette, &Keymap::default()).first().map(|item| item.name)
        };
        assert_eq!(first("terminal give"), Some("suspend"));
        assert_eq!(first("drwanw"), Some("redraw"));
        assert_eq!(first("suspend"), Some("suspend"));
        assert_eq!(first("cancel"), None);
    }

    #[test]
    fn a_kiosk_does_not_offer_what_it_refuses() {
        let mut app = App::new((80, 24));
        app.kiosk = true;
        assert!(items(&app, &Keymap::default()).iter().all(|item| item.name != "suspend"));
    }
}
