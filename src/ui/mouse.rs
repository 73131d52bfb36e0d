//! Mouse input: clicks and the wheel act on what the last frame has drawn under the pointer.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{
    key_bindings,
    keymap::Keymap,
    layout::{MouseTarget, ScreenLayout},
};
use crate::{
    app::{Action, App, EditAction, Screen},
    model::{grid::Direction, id::TileId},
};

/// Returns the action for a mouse event, or `None` if it has no effect.
#[must_use]
pub(crate) fn action_for_mouse(app: &App, layout: &ScreenLayout, keymap: &Keymap, event: MouseEvent) -> Option<Action> {
    if !layout.is_of(app) {
        // The user has not seen yet what a click would act on.
        return None;
    }
    let position = Position::new(event.column, event.row);
    let target = layout.target_at(position);
    let action = match event.kind {
        MouseEventKind::ScrollUp => wheel_action(app, target, Direction::Up),
        MouseEventKind::ScrollDown => wheel_action(app, target, Direction::Down),
        MouseEventKind::Up(MouseButton::Left) if matches!(&app.focus, Screen::MoveTile(moving) if moving.is_dragged) => {
            Some(Action::Accept)
        }
        MouseEventKind::Drag(MouseButton::Left) if app.dashboard_has_focus() && tile_index(app, target).is_none() => {
            Some(Action::DragTile(None))
        }
        MouseEventKind::Up(MouseButton::Left) if app.dashboard_has_focus() => {
            Some(Action::PointerUp(tile_index(app, target)))
        }
        kind => match (&app.focus, target) {
            (Screen::MoveTile(moving), Some((_, MouseTarget::Tile(tile)))) => {
                drag_tile_action(app, moving.from, *tile, kind)
            }
            (_, Some((area, target))) => target_action(app, *area, target, kind, position),
            (_, None) => layout.click_anywhere.clone().filter(|_| matches!(kind, MouseEventKind::Down(_))),
        },
    };
    let action = key_bindings::resolve_palette_action(app, keymap, action?)?;
    let is_click = event.kind == MouseEventKind::Down(MouseButton::Left)
        && matches!(target, None | Some((_, MouseTarget::Click(_) | MouseTarget::Tab(_))));
    Some(if is_click { Action::Click(Box::new(action)) } else { action })
}

/// Returns the index of a tile on the dashboard that is shown.
fn index_of_tile(app: &App, tile: TileId) -> Option<usize> {
    app.current_dashboard()?.index_of(tile)
}

/// Returns the index of the tile that is this target.
fn tile_index(app: &App, target: Option<&(Rect, MouseTarget)>) -> Option<usize> {
    match target? {
        (_, MouseTarget::Tile(tile)) => index_of_tile(app, *tile),
        _ => None,
    }
}

/// Scrolls, or steps the selected tile. Has no effect on screens without anything to scroll.
fn wheel_action(app: &App, target: Option<&(Rect, MouseTarget)>, direction: Direction) -> Option<Action> {
    match app.focus {
        Screen::Dashboard(_) => Some(Action::TurnWheel(tile_index(app, target), direction)),
        Screen::MoveTile(_)
        | Screen::Confirm(_)
        | Screen::NamePrompt(_)
        | Screen::PasswordPrompt(_)
        | Screen::EnlargedImage(_) => None,
        _ => Some(Action::MoveInDialog(direction)),
    }
}

fn target_action(
    app: &App,
    area: Rect,
    target: &MouseTarget,
    kind: MouseEventKind,
    position: Position,
) -> Option<Action> {
    let is_click = kind == MouseEventKind::Down(MouseButton::Left);
    let is_right_click = kind == MouseEventKind::Down(MouseButton::Right);
    let is_drag = kind == MouseEventKind::Drag(MouseButton::Left);
    match target {
        MouseTarget::Tile(tile) if is_click => index_of_tile(app, *tile).map(Action::PointerDown),
        MouseTarget::Tile(tile) if is_right_click => {
            index_of_tile(app, *tile).map(|index| Action::OpenTileMenu(Some(index)))
        }
        MouseTarget::Tile(tile) if is_drag => index_of_tile(app, *tile).map(|index| Action::DragTile(Some(index))),
        MouseTarget::Tab(id) if is_click => {
            app.dashboards.iter().position(|dashboard| dashboard.id == *id).map(Action::ShowTab)
        }
        MouseTarget::Click(action) if is_click => Some(action.clone()),
        MouseTarget::Drag(action) if is_click || is_drag => Some(action.clone()),
        MouseTarget::Slider if is_click || is_drag => {
            // The first and the last cell of the bar are its limits.
            let steps = area.width.saturating_sub(3).max(1);
            Some(Action::SetSlider(f64::from((position.x - area.x).saturating_sub(1)) / f64::from(steps)))
        }
        _ => None,
    }
}

/// Moves the tile that is being moved to the place of another one, and drops it when the button is released.
fn drag_tile_action(app: &App, from: usize, target: TileId, kind: MouseEventKind) -> Option<Action> {
    let dashboard = app.current_dashboard()?;
    let index = index_of_tile(app, target)?;
    match kind {
        MouseEventKind::Down(MouseButton::Left) | MouseEventKind::Drag(MouseButton::Left)
            if dashboard.whole_of(index) != dashboard.whole_of(dashboard.selected) =>
        {
            Some(Action::Edit(EditAction::MoveTileTo(index)))
        }
        MouseEventKind::Up(MouseButton::Left) if dashboard.definition_index(dashboard.selected) != Some(from) => {
            Some(Action::Accept)
        }
        _ => None,
    }
}
