//! Which tile of the dashboard on the screen is selected.

use super::{App, list};
use crate::model::grid::Direction;

impl App {
    /// Selects the next tile in a direction.
    pub(super) fn move_selection(&mut self, direction: Direction) {
        let (index, size) = (self.current_tab(), self.size);
        if let Some(dashboard) = self.dashboards.get_mut(index) {
            dashboard.move_selection(direction, size);
        }
    }

    /// Selects the tile this number of tiles after the selected one, or before it.
    pub(super) fn cycle_tile(&mut self, offset: isize) {
        if let Some(dashboard) = self.current_dashboard().filter(|dashboard| !dashboard.is_empty()) {
            let (grid, count) = (dashboard.grid(self.size), dashboard.tile_count());
            let wrapped = |index: usize| Some(list::wrap_index(index, offset, count));
            let mut others = std::iter::successors(wrapped(dashboard.selected), |index| wrapped(*index)).take(count);
            // The heading of an open section is no stop: that of a folded one stands for its tiles.
            let is_stop = |index: &usize| dashboard.can_select(*index, &grid) && !dashboard.is_open_heading(*index);
            if let Some(next) = others.find(is_stop) {
                self.select_tile(next);
            }
        }
    }

    /// Selects a tile, and shows its section if that is folded.
    pub(super) fn select_tile(&mut self, index: usize) {
        let (tab, size) = (self.current_tab(), self.size);
        if let Some(dashboard) = self.dashboards.get_mut(tab) {
            dashboard.unfold_section_of(index);
            dashboard.select_tile(index, size);
        }
    }
}
