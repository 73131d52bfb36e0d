//! The search for tiles by name or topic.

use tui_input::Input;

use super::{Component, Flow};
use crate::{
    app::{
        Action, App, OpenDashboard,
        control_bindings::TEXT_INPUT,
        key_binding::{KeyBinding, KeyContext},
        list::move_in_list,
    },
    model::time::Time,
};

/// The screen has no key bindings of its own.
pub(crate) const BINDINGS: &[KeyBinding] = &[];

/// The open tile search.
#[derive(Debug, Clone, Default)]
pub struct TileSearch {
    /// The search text.
    pub(crate) input: Input,
    /// The index of the selected tile among those that match.
    pub(crate) selected: usize,
}

impl TileSearch {
    /// Returns the indices of the tiles whose name or topic contains the search text, ignoring case.
    #[must_use]
    pub(crate) fn matching_tiles(&self, dashboard: &OpenDashboard) -> Vec<usize> {
        let query = self.input.value().to_lowercase();
        let matches_query = |text: &str| text.to_lowercase().contains(&query);
        dashboard
            .tiles()
            .enumerate()
            .filter(|(_, tile)| {
                matches_query(&tile.name) || tile.topic.as_ref().is_some_and(|topic| matches_query(topic.as_str()))
            })
            .map(|(index, _)| index)
            .collect()
    }
}

impl Component for TileSearch {
    fn key_context(&self, _app: &App) -> KeyContext {
        TEXT_INPUT
    }

    fn update(&mut self, action: Action, app: &mut App, _now: Time) -> Flow {
        let matches = || app.current_dashboard().map(|dashboard| self.matching_tiles(dashboard)).unwrap_or_default();
        match action {
            Action::MoveInDialog(direction) => self.selected = move_in_list(self.selected, matches().len(), direction),
            Action::SelectOption(index) => self.selected = index,
            Action::EditInput(edit) => {
                edit.apply_to(&mut self.input);
                self.selected = 0;
            }
            Action::Accept => {
                if let Some(index) = matches().get(self.selected).copied() {
                    app.select_tile(index);
                }
                return Flow::CLOSE;
            }
            _ => {}
        }
        Flow::STAY
    }

    fn closes_with_dashboard(&self) -> bool {
        true
    }
}
