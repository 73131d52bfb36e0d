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
    if let Screen::Steer(steered) = &app.focus {
        // The release of the button must not be missed, whatever was drawn.
        return steering_action(app, layout, steered.tile, event);
    }
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
            (Screen::MoveTile(moving), Some((_, MouseTarget::Tile(tile) | MouseTarget::Pad(tile)))) => {
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
        (_, MouseTarget::Tile(tile) | MouseTarget::Pad(tile)) => index_of_tile(app, *tile),
        _ => None,
    }
}

/// Returns what part of the width and of the height of a field a position is at, from the left and from the bottom.
fn part_of(field: Rect, position: Position) -> (f64, f64) {
    let part = |at: u16, start: u16, cells: u16| {
        let steps = cells.saturating_sub(1).max(1);
        f64::from(at.saturating_sub(start).min(steps)) / f64::from(steps)
    };
    (part(position.x, field.x, field.width), 1.0 - part(position.y, field.y, field.height))
}

/// The mouse while a pad is steered. A click beside it ends that.
fn steering_action(app: &App, layout: &ScreenLayout, tile: TileId, event: MouseEvent) -> Option<Action> {
    let position = Position::new(event.column, event.row);
    let field = layout.pad_field(tile);
    let steer = |field: Rect| {
        let (x, y) = part_of(field, position);
        Action::SteerTo(x, y)
    };
    match event.kind {
        MouseEventKind::Up(MouseButton::Left) => Some(Action::PointerUp(None)),
        // The release was not reported.
        MouseEventKind::Moved if app.is_pad_dragged() => Some(Action::PointerUp(None)),
        MouseEventKind::Drag(MouseButton::Left) if app.is_pad_dragged() => field.map(steer),
        MouseEventKind::Down(MouseButton::Left) => match layout.target_at(position) {
            Some((_, MouseTarget::Click(action))) => Some(action.clone()),
            Some((_, MouseTarget::Nothing)) => None,
            _ => Some(field.filter(|field| field.contains(position)).map_or(Action::Accept, steer)),
        },
        _ => None,
    }
}

/// Scrolls, or steps the selected tile. Has no effect on screens without anything to scroll.
fn wheel_action(app: &App, target: Option<&(Rect, MouseTarget)>, direction: Direction) -> Option<Action> {
    match app.focus {
        Screen::Dashboard(_) => Some(Action::TurnWheel(tile_index(app, target), direction)),
        Screen::MoveTile(_)
        | Screen::Steer(_)
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
        MouseTarget::Pad(tile) if is_click => {
            let (x, y) = part_of(area, position);
            index_of_tile(app, *tile).map(|index| Action::PressPad(index, x, y))
        }
        MouseTarget::Tile(tile) | MouseTarget::Pad(tile) if is_right_click => {
            index_of_tile(app, *tile).map(|index| Action::OpenTileMenu(Some(index)))
        }
        MouseTarget::Tile(tile) | MouseTarget::Pad(tile) if is_drag => {
            index_of_tile(app, *tile).map(|index| Action::DragTile(Some(index)))
        }
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
