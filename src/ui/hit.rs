//! What a click or a turn of the wheel means, by what is drawn under it.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use ratatui::layout::Rect;

use super::{connections, find, keymap::Keymap, manage_hit, palette, prompt, top};
use crate::{
    app::{Action, App, Focus, HEADER_ROWS},
    model::grid::Direction,
};

/// What the mouse wishes; `None`: nothing.
#[must_use]
pub fn action(app: &App, keymap: &Keymap, mouse: MouseEvent) -> Option<Action> {
    let clicked = mouse.kind == MouseEventKind::Down(MouseButton::Left);
    let middle = super::middle(Rect::new(0, 0, app.size.0, app.size.1));
    let place = (mouse.column, mouse.row);
    match &app.focus {
        Focus::Dashboard => on_board(app, mouse),
        Focus::Detail(_) | Focus::Help(_) => match mouse.kind {
            MouseEventKind::Down(_) => Some(Action::Cancel),
            other => wheel(other),
        },
        Focus::Manage(task) => manage_hit::action(app, task, mouse),
        Focus::EnlargedPicture => matches!(mouse.kind, MouseEventKind::Down(_)).then_some(Action::Cancel),
        Focus::Prompt(open) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left) => {
                prompt::click(middle, open, mouse.column, mouse.row)
            }
            other => wheel(other),
        },
        Focus::TileSearch(open) if clicked => find::row_at(middle, app, open, place).map(Action::AcceptOption),
        Focus::Connections(at) if clicked => connections::row_at(middle, app, *at, place).map(Action::AcceptOption),
        Focus::CommandPalette(open) if clicked => palette::click(middle, app, open, keymap, place),
        Focus::TileSearch(_)
        | Focus::Connections(_)
        | Focus::Permissions(_)
        | Focus::ConfirmOpenUrl(_)
        | Focus::Import(_) => wheel(mouse.kind),
        Focus::CommandPalette(open) => palette::action(app, open, keymap, wheel(mouse.kind)?),
    }
}

pub(super) fn wheel(kind: MouseEventKind) -> Option<Action> {
    match kind {
        MouseEventKind::ScrollUp => Some(Action::MoveInDialog(Direction::Up)),
        MouseEventKind::ScrollDown => Some(Action::MoveInDialog(Direction::Down)),
        _ => None,
    }
}

fn on_board(app: &App, mouse: MouseEvent) -> Option<Action> {
    let board = app.current_dashboard()?;
    let under = mouse
        .row
        .checked_sub(board.rows_above_grid())
        .and_then(|y| board.grid(app.size).tile_at(mouse.column, y, board.scroll_row));
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) if mouse.row < HEADER_ROWS && !board.header_hidden => {
            top::tabs(app, app.size.0)
                .into_iter()
                .find(|(place, _)| place.contains(&mouse.column))
                .map(|(_, index)| Action::ShowTab(index))
        }
        MouseEventKind::Down(MouseButton::Left) => under.map(Action::PressTile),
        MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
            let up = mouse.kind == MouseEventKind::ScrollUp;
            let steps = under.filter(|index| board.tile(*index).is_some_and(|(tile, _)| tile.is_steppable()));
            Some(match steps {
                Some(index) => Action::StepTile(index, if up { 1 } else { -1 }),
                None => Action::MoveSelection(if up { Direction::Up } else { Direction::Down }),
            })
        }
        _ => None,
    }
}
