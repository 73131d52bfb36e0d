//! What the mouse means while something is managed.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{form, form_over, hit, manage};
use crate::app::{Action, App, Task, Wish};

/// What the mouse wishes; `None`: nothing.
#[must_use]
pub fn action(app: &App, task: &Task, mouse: MouseEvent) -> Option<Action> {
    let held = matches!(mouse.kind, MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left));
    let clicked = mouse.kind == MouseEventKind::Down(MouseButton::Left);
    let middle = super::middle(Rect::new(0, 0, app.size.0, app.size.1));
    let place = (mouse.column, mouse.row);
    match task {
        Task::Carry(from) => {
            let board = app.current_dashboard()?;
            let to = board.grid(app.size).tile_at(
                mouse.column,
                mouse.row.checked_sub(board.rows_above_grid())?,
                board.scroll_row,
            )?;
            match mouse.kind {
                _ if held && to != board.selected => Some(Action::Edit(Wish::CarryTo(to))),
                MouseEventKind::Up(MouseButton::Left) if board.selected != *from => Some(Action::Accept),
                _ => None,
            }
        }
        Task::Form(open) if open.over.is_none() && held => {
            form::field_at(middle, open, mouse.row).map(Action::SelectOption)
        }
        Task::Form(open) if clicked => form_over::click(middle, open.over.as_ref()?, place),
        Task::Kinds(at) if clicked => manage::kind_at(middle, *at, place).map(Action::AcceptOption),
        Task::Boards(at) if clicked => manage::board_at(middle, app, *at, place).map(Action::AcceptOption),
        Task::Confirm(_) | Task::Naming(_) | Task::Password(..) => None,
        _ => hit::wheel(mouse.kind),
    }
}
