//! Mouse input: clicks and the wheel act on what is drawn under the pointer.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use ratatui::layout::Rect;

use super::{command_palette, connections, header, keymap::Keymap, manage_mouse, prompt, tile_search};
use crate::{
    app::{Action, App, Focus, HEADER_ROWS},
    model::grid::Direction,
};

/// Returns the action for a mouse event, or `None` if it has no effect.
#[must_use]
pub(crate) fn action_for_mouse(app: &App, keymap: &Keymap, event: MouseEvent) -> Option<Action> {
    let clicked = event.kind == MouseEventKind::Down(MouseButton::Left);
    let content_area = super::content_area(Rect::new(0, 0, app.size.0, app.size.1));
    let position = (event.column, event.row);
    match &app.focus {
        Focus::Dashboard => dashboard_action(app, event),
        Focus::Detail(_) | Focus::Help(_) => match event.kind {
            MouseEventKind::Down(_) => Some(Action::Cancel),
            other => scroll_action(other),
        },
        Focus::Manage(dialog) => manage_mouse::action_for_mouse(app, dialog, event),
        Focus::EnlargedImage => matches!(event.kind, MouseEventKind::Down(_)).then_some(Action::Cancel),
        Focus::Prompt(prompt) => match event.kind {
            MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left) => {
                prompt::click_action(content_area, prompt, event.column, event.row)
            }
            other => scroll_action(other),
        },
        Focus::TileSearch(search) if clicked => {
            tile_search::row_at(content_area, app, search, position).map(Action::AcceptOption)
        }
        Focus::Connections(selected) if clicked => {
            connections::row_at(content_area, app, *selected, position).map(Action::AcceptOption)
        }
        Focus::CommandPalette(palette) if clicked => {
            command_palette::click_action(content_area, app, palette, keymap, position)
        }
        Focus::TileSearch(_)
        | Focus::Connections(_)
        | Focus::Permissions(_)
        | Focus::ConfirmOpenUrl(_)
        | Focus::Import(_) => scroll_action(event.kind),
        Focus::CommandPalette(palette) => {
            command_palette::resolve_action(app, palette, keymap, scroll_action(event.kind)?)
        }
    }
}

pub(super) fn scroll_action(kind: MouseEventKind) -> Option<Action> {
    match kind {
        MouseEventKind::ScrollUp => Some(Action::MoveInDialog(Direction::Up)),
        MouseEventKind::ScrollDown => Some(Action::MoveInDialog(Direction::Down)),
        _ => None,
    }
}

fn dashboard_action(app: &App, event: MouseEvent) -> Option<Action> {
    let dashboard = app.current_dashboard()?;
    let tile_index = event
        .row
        .checked_sub(dashboard.rows_above_grid())
        .and_then(|y| dashboard.grid(app.size).tile_at(event.column, y, dashboard.scroll_row));
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) if event.row < HEADER_ROWS && !dashboard.header_hidden => {
            header::tab_ranges(app, app.size.0)
                .into_iter()
                .find(|(columns, _)| columns.contains(&event.column))
                .map(|(_, index)| Action::ShowTab(index))
        }
        MouseEventKind::Down(MouseButton::Left) => tile_index.map(Action::PressTile),
        MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
            let up = event.kind == MouseEventKind::ScrollUp;
            let steppable =
                tile_index.filter(|index| dashboard.tile(*index).is_some_and(|(tile, _)| tile.is_steppable()));
            Some(match steppable {
                Some(index) => Action::StepTile(index, if up { 1 } else { -1 }),
                None => Action::MoveSelection(if up { Direction::Up } else { Direction::Down }),
            })
        }
        _ => None,
    }
}
