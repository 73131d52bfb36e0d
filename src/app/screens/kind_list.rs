//! The list of kinds for a new tile.

use super::{Component, Flow};
use crate::{
    app::{
        Action, App,
        control_bindings::LIST,
        key_binding::{KeyBinding, KeyContext},
        list::move_in_list,
    },
    model::{kind, time::Time},
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The list of kinds for a new tile.
#[derive(Debug, Clone, Copy, Default)]
pub struct KindList {
    /// The index of the selected kind.
    pub(crate) selected: usize,
}

impl Component for KindList {
    fn key_context(&self, _app: &App) -> KeyContext {
        LIST
    }

    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, kind::all().count(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::Accept => {
                app.open_new_tile_form(self.selected);
                return Flow::CLOSE;
            }
            _ => {}
        }
        Flow::STAY
    }
}
