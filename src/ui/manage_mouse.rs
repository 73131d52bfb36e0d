//! Mouse input in the management dialogs.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::{form, form_popup, manage_dialogs, mouse};
use crate::app::{Action, App, EditAction, ManageDialog};

/// Returns the action for a mouse event, or `None` if it has no effect.
#[must_use]
pub(crate) fn action_for_mouse(app: &App, dialog: &ManageDialog, event: MouseEvent) -> Option<Action> {
    let is_press_or_drag =
        matches!(event.kind, MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left));
    let clicked = event.kind == MouseEventKind::Down(MouseButton::Left);
    let content_area = super::content_area(Rect::new(0, 0, app.size.0, app.size.1));
    let position = (event.column, event.row);
    match dialog {
        ManageDialog::MoveTile { from, .. } => {
            let dashboard = app.current_dashboard()?;
            let target = dashboard.grid(app.size).tile_at(
                event.column,
                event.row.checked_sub(dashboard.rows_above_grid())?,
                dashboard.scroll_row,
            )?;
            match event.kind {
                _ if is_press_or_drag && target != dashboard.selected => {
                    Some(Action::Edit(EditAction::MoveTileTo(target)))
                }
                MouseEventKind::Up(MouseButton::Left) if dashboard.selected != *from => Some(Action::Accept),
                _ => None,
            }
        }
        ManageDialog::Form(form) if form.popup.is_none() && is_press_or_drag => {
            form::field_at(content_area, form, event.row).map(Action::SelectOption)
        }
        ManageDialog::Form(form) if clicked => form_popup::click_action(content_area, form.popup.as_ref()?, position),
        ManageDialog::KindList(selected) if clicked => {
            manage_dialogs::kind_at(content_area, *selected, position).map(Action::AcceptOption)
        }
        ManageDialog::DashboardList(selected) if clicked => {
            manage_dialogs::dashboard_at(content_area, app, *selected, position).map(Action::AcceptOption)
        }
        ManageDialog::Confirm(_) | ManageDialog::NamePrompt(_) | ManageDialog::PasswordPrompt(..) => None,
        _ => mouse::scroll_action(event.kind),
    }
}
