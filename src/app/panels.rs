//! The panels of a dashboard and their rows. In a grid, a panel has one place, and its rows are drawn there; in a list, each
//! row has a line below the name of the panel. Either way it is a row that is selected, unless the panel has none.

use std::ops::Range;

use super::{form::Form, open_dashboard::OpenDashboard};
use crate::model::{
    grid::{Direction, Grid},
    tile::Tile,
};

impl OpenDashboard {
    /// Returns the number of a row in its panel; `None` if the tile with this index is no row.
    fn row_number(&self, index: usize) -> Option<usize> {
        self.expansion.as_ref()?.origins.get(index)?.row()
    }

    /// Returns whether the tile with this index is a row of a panel.
    pub(crate) fn is_row(&self, index: usize) -> bool {
        self.row_number(index).is_some()
    }

    /// Returns whether the tile with this index is a panel. A dashboard without an expansion has none.
    pub(crate) fn is_panel(&self, index: usize) -> bool {
        self.expansion.as_ref().is_some_and(|expansion| expansion.tiles.get(index).is_some_and(Tile::is_panel))
    }

    /// Returns the index of the panel of a row, or else that of the tile itself.
    pub(crate) fn whole_of(&self, index: usize) -> usize {
        self.row_number(index).map_or(index, |row| index.saturating_sub(row + 1))
    }

    /// Returns the indexes of the rows of a panel. A tile that is no panel has none.
    pub(crate) fn rows_of(&self, index: usize) -> Range<usize> {
        let first = index + 1;
        let count = (0..self.tile_count()).take_while(|row| self.row_number(first + row) == Some(*row)).count();
        first..first + count
    }

    /// Returns the form of a row, which is defined like this.
    pub(super) fn row_form(&self, index: usize, row: &Tile) -> Option<Form> {
        let panel = self.whole_of(index);
        let (tile, _) = self.tile(panel)?;
        let panel = (self.tile_id(panel)?, tile.display_name().to_owned());
        Some(Form::for_row(self.id, self.tile_id(index), row, panel))
    }

    /// Returns the index of the tile in whose place of the grid a tile is.
    fn place_of(&self, index: usize, grid: &Grid) -> usize {
        if grid.is_list() { index } else { self.whole_of(index) }
    }

    /// Returns whether a tile is shown, and can be selected: not a panel, but its rows.
    pub(super) fn can_select(&self, index: usize, grid: &Grid) -> bool {
        grid.has_place(self.place_of(index, grid)) && self.rows_of(index).is_empty()
    }

    /// Returns whether a tile is visible when the grid is scrolled as it is.
    pub(super) fn is_visible_on(&self, grid: &Grid, index: usize) -> bool {
        grid.is_visible(self.place_of(index, grid), self.scroll_row)
    }

    /// Returns the first row of a panel, or the selected one; `index` itself if it is that of another tile.
    pub(super) fn selectable_at(&self, index: usize) -> usize {
        match self.rows_of(index) {
            rows if rows.is_empty() => index,
            rows if rows.contains(&self.selected) => self.selected,
            rows => rows.start,
        }
    }

    /// Selects the next tile in this direction and scrolls to it.
    pub(super) fn move_selection(&mut self, direction: Direction, size: (u16, u16)) {
        let grid = self.grid(size);
        let next =
            if grid.is_list() { self.next_in_list(&grid, direction) } else { self.next_in_grid(&grid, direction) };
        self.select_tile(next, size);
    }

    /// Returns the tile or the row that comes next. Up and down go through the rows of a panel; to the left and to the right,
    /// the selection stays on a row of this number if there is one.
    fn next_in_grid(&self, grid: &Grid, direction: Direction) -> usize {
        let from = self.selected;
        let own_rows = if self.is_row(from) { self.rows_of(self.whole_of(from)) } else { from..from };
        match direction {
            Direction::Up if from > own_rows.start => return from - 1,
            Direction::Down if from + 1 < own_rows.end => return from + 1,
            _ => {}
        }
        let next = grid.neighbor(self.whole_of(from), direction);
        let rows = self.rows_of(next);
        let Some(last) = rows.clone().last() else { return next };
        let stays = rows.contains(&from);
        match direction {
            Direction::Up | Direction::Down | Direction::Left | Direction::Right if stays => from,
            Direction::Up | Direction::Last => last,
            Direction::PageDown if stays => last,
            Direction::Left | Direction::Right => (rows.start + self.row_number(from).unwrap_or_default()).min(last),
            _ => rows.start,
        }
    }

    /// Returns the line that comes next: the name of a panel is passed over.
    fn next_in_list(&self, grid: &Grid, direction: Direction) -> usize {
        let next = grid.neighbor(self.selected, direction);
        let rows = self.rows_of(next);
        if rows.is_empty() {
            return next;
        }
        match direction {
            Direction::Up | Direction::Left => match grid.neighbor(next, direction) {
                above if above == next => self.selected,
                above => above,
            },
            _ => rows.start,
        }
    }

    /// Selects a tile and scrolls to it. Of a panel, a row is selected.
    pub(super) fn select_tile(&mut self, index: usize, size: (u16, u16)) {
        let grid = self.grid(size);
        let index = index.min(self.tile_count().saturating_sub(1));
        let place = self.place_of(index, &grid);
        let shown = grid.nearest_shown(place);
        self.selected = self.selectable_at(if shown == place { index } else { shown });
        let panel = self.whole_of(self.selected);
        if grid.is_list() && self.selected == panel + 1 {
            // The name of the panel is above its first row.
            self.scroll_row = grid.scroll_to(panel, self.scroll_row);
        }
        self.scroll_row = grid.scroll_to(self.place_of(self.selected, &grid), self.scroll_row);
    }
}

#[cfg(test)]
#[path = "panel_tests.rs"]
mod tests;
