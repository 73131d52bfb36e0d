//! The mouse on the tiles. The first click selects a tile. A click on the selected tile presses it, once the button is
//! released on it. The wheel scrolls, except over the selected tile if that has steps.

use std::time::Duration;

use super::{Action, App, EditAction, Effect, OpenDashboard, held_press::HeldPress};
use crate::model::{grid::Direction, id::TileId, time::Time};

/// A click that gives the terminal the focus arrives within this time after the focus.
const FOCUS_CLICK_TIME: Duration = Duration::from_millis(300);
/// While the wheel turns, its ticks follow each other within this time. Those after a tick that scrolled scroll too:
/// another tile has come under the pointer.
const WHEEL_PAUSE: Duration = Duration::from_millis(500);

/// A second click so soon after a dialog has opened or closed was meant for what was there before.
const DOUBLE_CLICK_TIME: Duration = Duration::from_millis(400);

/// The state of the mouse.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    /// The tile on which the button was pressed, and whether it was selected before.
    pressed: Option<(TileId, bool)>,
    focused_at: Option<Time>,
    scrolled_at: Option<Time>,
    screen_changed_at: Option<Time>,
}

/// Returns whether something has happened, and no longer ago than this.
fn is_within(limit: Duration, at: Option<Time>, now: Time) -> bool {
    at.is_some_and(|at| now.since(at) < limit)
}

impl App {
    /// Takes into account that the terminal has got the focus, perhaps by a click.
    pub(super) fn on_focus_gained(&mut self, now: Time) {
        self.pressing.pointer.focused_at = Some(now);
    }

    /// Takes into account that another screen has got the focus. `Enter` closes some, and one `Enter` too many must not
    /// press the tile behind it.
    pub(super) fn on_screen_changed(&mut self, now: Time) {
        self.pressing.pointer.screen_changed_at = Some(now);
        if self.dashboard_has_focus() && self.pressing.last_key.is_none() {
            self.ignore_next_key(now);
        }
    }

    /// Forgets that the button is pressed: its release may never be reported, or was meant for something else.
    pub(super) fn release_pointer(&mut self) {
        self.pressing.pointer.pressed = None;
        self.pressing.held.take_if(|held| held.is_button());
    }

    /// Handles a click on something else than a tile.
    pub(super) fn click(&mut self, action: Action, now: Time) -> Vec<Effect> {
        let pointer = &self.pressing.pointer;
        if is_within(FOCUS_CLICK_TIME, pointer.focused_at, now)
            || is_within(DOUBLE_CLICK_TIME, pointer.screen_changed_at, now)
        {
            return Vec::new();
        }
        self.handle_single_action(action, now)
    }

    /// The button was pressed on this tile. Returns whether a click presses it: it was selected before.
    pub(super) fn pointer_down_on_tile(&mut self, index: usize, now: Time) -> bool {
        let focused_at = self.pressing.pointer.focused_at.take();
        let gives_focus = is_within(FOCUS_CLICK_TIME, focused_at, now);
        let Some(id) = self.current_dashboard().and_then(|dashboard| dashboard.tile_id(index)) else { return false };
        let was_selected = self.selected_id() == Some(id) && !gives_focus;
        self.select_tile(index);
        self.pressing.pointer.pressed = Some((id, was_selected));
        self.pressing.held = (was_selected && self.must_hold(id)).then(|| HeldPress::of_button(id, now));
        was_selected
    }

    /// The button was released on this tile, or outside of the tiles.
    pub(super) fn pointer_up(&mut self, index: Option<usize>, now: Time) -> Vec<Effect> {
        let pressed = self.pressing.pointer.pressed.take();
        let held = self.pressing.held.take_if(|held| held.is_button());
        let released_on = index.and_then(|index| self.current_dashboard()?.tile_id(index));
        match pressed {
            Some((id, true)) if released_on == Some(id) && self.selected_id() == Some(id) => {
                if held.is_none() {
                    return self.press_selected(now);
                }
                self.notify("Hold the button for a second", now);
            }
            _ => {}
        }
        Vec::new()
    }

    /// The pointer was dragged to this tile, or off the tiles, with the button pressed: moves the tile on which it was
    /// pressed.
    pub(super) fn drag_tile(&mut self, to: Option<usize>) {
        let Some((id, _)) = self.pressing.pointer.pressed else { return };
        let is_on_itself = |dashboard: &OpenDashboard| {
            let (from, to) = (dashboard.index_of(id)?, to?);
            Some(dashboard.whole_of(from) == dashboard.whole_of(to))
        };
        if self.current_dashboard().and_then(is_on_itself) == Some(true) {
            return;
        }
        self.release_pointer();
        if self.must_hold(id) {
            return;
        }
        let can_move = self.refusal_reason(&Action::Edit(EditAction::MoveTile)).is_none();
        let has_file = self.current_dashboard().is_some_and(|dashboard| dashboard.path.is_some());
        if let Some(to) = to.filter(|_| can_move && has_file) {
            self.begin_tile_move(id, Some(to));
        }
    }

    /// The wheel was turned over this tile, or elsewhere.
    pub(super) fn turn_wheel(&mut self, index: Option<usize>, direction: Direction, now: Time) -> Vec<Effect> {
        let selected = self.current_dashboard().map(|dashboard| dashboard.selected);
        let is_scrolling = is_within(WHEEL_PAUSE, self.pressing.pointer.scrolled_at, now);
        if index.is_some() && index == selected && self.can_step() && !is_scrolling {
            return self.step_selected(if direction == Direction::Up { 1 } else { -1 }, now);
        }
        self.pressing.pointer.scrolled_at = Some(now);
        let (tab, size) = (self.current_tab(), self.size);
        if let Some(dashboard) = self.dashboards.get_mut(tab) {
            dashboard.scroll(direction, size);
        }
        Vec::new()
    }

    /// Presses the tile on which the mouse button has been held long enough.
    pub(super) fn press_held_tile(&mut self, now: Time) -> Vec<Effect> {
        let Some(held) = self.pressing.held else { return Vec::new() };
        if !held.is_button() {
            self.display.dirty |= self.pressing.held.take_if(|held| held.is_over(now)).is_some();
            return Vec::new();
        }
        self.display.dirty = true;
        let Some(id) = held.pressed_by_button(now) else { return Vec::new() };
        self.release_pointer();
        let is_seen = self.dashboard_has_focus() && self.selected_id() == Some(id) && self.is_tile_visible(id);
        if is_seen { self.press_tile(id, now) } else { Vec::new() }
    }
}
