//! What the mouse means while something is managed.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{form, form_over, hit, manage};
use crate::app::{Action, App, EditAction, ManageDialog};

/// What the mouse wishes; `None`: nothing.
#[must_use]
pub fn action(app: &App, task: &ManageDialog, mouse: MouseEvent) -> Option<Action> {
    let held = matches!(mouse.kind, MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left));
    let clicked = mouse.kind == MouseEventKind::Down(MouseButton::Left);
    let middle = super::middle(Rect::new(0, 0, app.size.0, app.size.1));
    let place = (mouse.column, mouse.row);
    match task {
        ManageDialog::MoveTile(from) => {
            let board = app.current_dashboard()?;
            let to = board.grid(app.size).tile_at(
                mouse.column,
                mouse.row.checked_sub(board.rows_above_grid())?,
                board.scroll_row,
            )?;
            match mouse.kind {
                _ if held && to != board.selected => Some(Action::Edit(EditAction::MoveTileTo(to))),
                MouseEventKind::Up(MouseButton::Left) if board.selected != *from => Some(Action::Accept),
                _ => None,
            }
        }
        ManageDialog::Form(open) if open.popup.is_none() && held => {
            form::field_at(middle, open, mouse.row).map(Action::SelectOption)
        }
        ManageDialog::Form(open) if clicked => form_over::click(middle, open.popup.as_ref()?, place),
        ManageDialog::KindList(at) if clicked => manage::kind_at(middle, *at, place).map(Action::AcceptOption),
        ManageDialog::DashboardList(at) if clicked => {
            manage::board_at(middle, app, *at, place).map(Action::AcceptOption)
        }
        ManageDialog::Confirm(_) | ManageDialog::NamePrompt(_) | ManageDialog::PasswordPrompt(..) => None,
        _ => hit::wheel(mouse.kind),
    }
}
