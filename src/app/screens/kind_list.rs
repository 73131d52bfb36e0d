//! The list of kinds for a new tile.

use super::{Component, Flow, Screen};
use crate::{
    app::{
        Action, App,
        key_binding::{KeyBinding, KeyContext, key_bindings},
        list::move_in_list,
    },
    model::{kind, time::Time},
};

/// The list of kinds.
const KIND_LIST: KeyContext = KeyContext::new("In the list of tile kinds").with_list_keys();

/// Returns the hint for what the key would make of the tile.
fn role_hint(app: &App) -> Option<&'static str> {
    let Screen::KindList(list) = &app.focus else { return None };
    Some(if list.controls()? { "only show" } else { "set, too" })
}

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    KIND_LIST {
        "kind-role" ["Tab", "Left", "Right"] |_| Action::CycleFocus(1), "let the tile only show, or set, too",
            (role_hint);
    }
};

/// The list of kinds for a new tile.
#[derive(Debug, Clone, Copy, Default)]
pub struct KindList {
    /// The index of the selected kind.
    pub(crate) selected: usize,
    /// Whether the tile controls something; `None`: as most tiles of its kind do.
    controls: Option<bool>,
}

impl KindList {
    /// Returns whether the tile controls something, if there is a choice: an image only shows.
    #[must_use]
    pub(crate) fn controls(self) -> Option<bool> {
        let kind = kind::all().nth(self.selected)?;
        kind.publishes_by_default().then(|| self.controls.unwrap_or(!kind.is_mostly_read_only()))
    }
}

impl Component for KindList {
    fn key_context(&self, _app: &App) -> KeyContext {
        KIND_LIST
    }

    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => {
                self.selected = move_in_list(self.selected, kind::all().count(), direction);
            }
            Action::SelectOption(index) => self.selected = index,
            Action::CycleFocus(_) => self.controls = self.controls().map(|controls| !controls),
            Action::Accept => {
                app.open_new_tile_form(self.selected, self.controls());
                return Flow::CLOSE;
            }
            _ => {}
        }
        Flow::STAY
    }
}
