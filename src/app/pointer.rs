//! The mouse on the tiles. The first click selects a tile. A click on the selected tile presses it, once the button is
//! released on it. The wheel scrolls, except over the selected tile if that has steps.

use std::time::Duration;

use super::{App, EditAction, Effect, held_press::HeldPress, screens::move_tile::MoveTile};
use crate::model::{grid::Direction, id::TileId, press::PressConfirmation, time::Time};

/// A click that gives the terminal the focus arrives within this time after the focus.
const FOCUS_CLICK_TIME: Duration = Duration::from_millis(300);
/// While the wheel turns, its ticks follow each other within this time. Those after a tick that scrolled scroll too:
/// another tile has come under the pointer.
const WHEEL_PAUSE: Duration = Duration::from_millis(500);

/// The state of the mouse.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    /// The tile on which the button was pressed, and whether it was selected before.
    pressed: Option<(TileId, bool)>,
    focused_at: Option<Time>,
    scrolled_at: Option<Time>,
}

impl App {
    /// Takes into account that the terminal has got the focus, perhaps by a click on a tile.
    pub(super) fn on_focus_gained(&mut self, now: Time) {
        self.pressing.pointer.focused_at = Some(now);
    }

    /// The button was pressed on this tile.
    pub(super) fn pointer_down(&mut self, index: usize, now: Time) {
        let focused_at = self.pressing.pointer.focused_at.take();
        let gives_focus = focused_at.is_some_and(|focused_at| now.since(focused_at) < FOCUS_CLICK_TIME);
        let Some(id) = self.current_dashboard().and_then(|dashboard| dashboard.tile_id(index)) else { return };
        let was_selected = self.selected_id() == Some(id) && !gives_focus;
        self.select_tile(index);
        self.pressing.pointer.pressed = Some((id, was_selected));
        let must_hold = self.press_confirmation(id) == Some(PressConfirmation::Hold);
        let is_control = self.tile(id).is_some_and(|(tile, _)| tile.is_control());
        self.pressing.held = (was_selected && must_hold && is_control).then(|| HeldPress::of_button(id, now));
    }

    /// Forgets the button that is pressed: what follows is about something else.
    pub(super) fn release_pointer(&mut self) {
        self.pressing.pointer.pressed = None;
        self.pressing.held = None;
    }

    /// The button was released on this tile, or outside of the tiles.
    pub(super) fn pointer_up(&mut self, index: Option<usize>, now: Time) -> Vec<Effect> {
        let pressed = self.pressing.pointer.pressed.take();
        let released_on = index.and_then(|index| self.current_dashboard()?.tile_id(index));
        let effects = match pressed {
            Some((id, true)) if released_on == Some(id) && self.selected_id() == Some(id) => self.press_selected(now),
            _ => Vec::new(),
        };
        self.pressing.held.take_if(|held| held.is_button());
        effects
    }

    /// The pointer was dragged to this tile with the button pressed: moves the tile on which it was pressed.
    pub(super) fn drag_tile(&mut self, to: usize) {
        let Some((id, _)) = self.pressing.pointer.pressed else { return };
        let Some((dashboard, from)) = self.dashboard_of(id) else { return };
        let can_move = self.refusal_reason(&super::Action::Edit(EditAction::MoveTile)).is_none();
        if from == to || !can_move || dashboard.path.is_none() {
            return;
        }
        self.release_pointer();
        self.move_tile_to(id, to);
        self.open(MoveTile { tile: id, from, is_dragged: true });
    }

    /// The wheel was turned over this tile, or elsewhere.
    pub(super) fn turn_wheel(&mut self, index: Option<usize>, direction: Direction, now: Time) -> Vec<Effect> {
        let selected = self.current_dashboard().map(|dashboard| dashboard.selected);
        let scrolled_at = self.pressing.pointer.scrolled_at;
        let is_scrolling = scrolled_at.is_some_and(|scrolled_at| now.since(scrolled_at) < WHEEL_PAUSE);
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
        if self.pressing.held.take_if(|held| !held.is_button() && held.is_over(now)).is_some() {
            self.display.dirty = true;
        }
        let held = self.pressing.held.as_mut().and_then(|held| held.finish_button(now));
        held.filter(|_| self.dashboard_has_focus()).map(|id| self.press_tile(id, now)).unwrap_or_default()
    }
}
