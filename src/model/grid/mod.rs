//! The layout of tiles in rows and columns: whole cells, integer arithmetic.
//!
//! Tiles are placed in their order, each at the first free place after the one before it. A tile may take several rows
//! and columns, and a line takes a whole row that is one cell high. Rows and columns are stretched to fill the area.

mod columns;
mod packing;
#[cfg(test)]
mod tests;

pub(crate) use packing::{TileSpan, TileSpans};

use columns::best_columns;
use packing::{Packing, Place};

/// A rectangle in cells, relative to the upper left corner of the grid's area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CellRect {
    /// The left edge.
    pub x: u16,
    /// The top edge.
    pub y: u16,
    /// The width.
    pub width: u16,
    /// The height.
    pub height: u16,
}

/// A direction to move the selection on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// One tile to the left; from the first of a row, to the last of the row above.
    Left,
    /// One tile to the right; from the last of a row, to the first of the row below.
    Right,
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// Up by the number of visible rows.
    PageUp,
    /// Down by the number of visible rows.
    PageDown,
    /// The first tile.
    First,
    /// The last tile.
    Last,
}

/// A grid of tiles in rows. The tiles fill the area: rows and columns are stretched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grid {
    width: u16,
    height: u16,
    /// The height of a row of tiles that is not stretched.
    row_height: u16,
    /// How many times its height a row is stretched at most.
    max_stretch: u16,
    is_list: bool,
    packing: Packing,
}

/// Consecutive rows that are visible at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// The first row.
    top: usize,
    /// The row after the last one.
    bottom: usize,
    /// The number of rows that are lines.
    lines: u16,
    /// The height of the other rows together.
    blocks_height: u16,
}

/// The smallest width in which the content of a tile is readable.
const MIN_TILE_WIDTH: u16 = 10;
/// How many times its height a tile is stretched at most: the content does not grow with it.
const MAX_STRETCH: u16 = 2;

impl Grid {
    /// Creates a grid of tiles on an area. Sizes are width and height in cells. `columns` is the number of tiles per row, 0
    /// for as many as fit.
    #[must_use]
    pub fn new(area: (u16, u16), tile_size: (u16, u16), columns: u16, spans: &TileSpans) -> Self {
        let (width, height) = area;
        let tile_size = (tile_size.0.max(1), tile_size.1.clamp(1, height.max(1)));
        let columns = match columns {
            0 => best_columns(area, tile_size, spans),
            columns => columns.min((width / MIN_TILE_WIDTH).max(1)),
        };
        let packing = Packing::new(spans, columns);
        Self { width, height, row_height: tile_size.1, max_stretch: MAX_STRETCH, is_list: false, packing }
    }

    /// Creates a list: a grid of rows that are one cell high, in columns of at least this width.
    #[must_use]
    pub fn list(area: (u16, u16), min_width: u16, spans: &TileSpans) -> Self {
        let (width, height) = area;
        let fitting_columns = (width / min_width.max(1)).max(1);
        let spans = spans.with_single_rows();
        let packed = |columns: u16| Packing::new(&spans, columns);
        let is_high_enough = |packing: &Packing| packing.row_count() <= usize::from(height);
        let packing = (1..fitting_columns).map(packed).find(is_high_enough).unwrap_or_else(|| packed(fitting_columns));
        Self { width, height, row_height: 1, max_stretch: 1, is_list: true, packing }
    }

    /// Returns the height of all rows together if they fit into the area, and of those that fit otherwise.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.window(0).height()
    }

    /// Returns whether it is a list.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }

    /// Returns whether all tiles are visible at once.
    #[must_use]
    pub fn shows_all(&self) -> bool {
        self.window(0).bottom >= self.row_count()
    }

    /// Returns whether there is anything below the rows that are visible when row `top` is the first one.
    #[must_use]
    pub fn continues_below(&self, top: usize) -> bool {
        self.window(top).bottom < self.row_count()
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.packing.row_count()
    }

    /// Returns the tiles that are visible, in part at least, when row `top` is the first visible row.
    pub fn visible_tiles(&self, top: usize) -> impl Iterator<Item = usize> + use<'_> {
        let window = self.window(top);
        self.packing.tiles_in_rows(window.top, window.bottom).filter(move |index| self.is_in(window, *index))
    }

    /// The same, without the grid afterwards.
    pub fn into_visible_tiles(self, top: usize) -> impl Iterator<Item = usize> {
        let window = self.window(top);
        self.packing.tiles_in_rows(window.top, window.bottom).filter(move |index| self.is_in(window, *index))
    }

    /// Returns whether a tile is visible, in part at least, when row `top` is the first visible row.
    #[must_use]
    pub fn is_visible(&self, index: usize, top: usize) -> bool {
        self.is_in(self.window(top), index)
    }

    fn is_in(&self, window: Window, index: usize) -> bool {
        self.packing.place(index).is_some_and(|place| window.shows(place))
    }

    /// Returns whether the grid has a place for a tile.
    #[must_use]
    pub fn has_place(&self, index: usize) -> bool {
        self.packing.place(index).is_some()
    }

    /// Returns the area of the visible part of a tile when row `top` is the first visible row; `None` if the tile is not
    /// visible.
    #[must_use]
    pub fn rect(&self, index: usize, top: usize) -> Option<CellRect> {
        let window = self.window(top);
        let place = self.packing.place(index).filter(|place| window.shows(*place))?;
        if self.width == 0 || window.height() == 0 {
            return None;
        }
        let columns = self.packing.columns();
        let left_edge = |column: u16| edge(self.width, column, columns);
        let (x, y) = (left_edge(place.column), self.row_edge(window, place.row));
        let right = left_edge(place.column + place.columns);
        let bottom = self.row_edge(window, place.row_end());
        Some(CellRect { x, y, width: right - x, height: bottom - y })
    }

    /// Returns the first visible row that shows this tile with the least scrolling from `top`.
    #[must_use]
    pub fn scroll_to(&self, index: usize, top: usize) -> usize {
        let Some(place) = self.packing.place(index) else { return top.min(self.last_top()) };
        let top =
            if place.row < top { place.row } else { top.max(self.top_that_shows(place.row_end())).min(place.row) };
        top.min(self.last_top())
    }

    /// Returns the first visible row when the last row is visible.
    #[must_use]
    pub fn last_top(&self) -> usize {
        self.top_that_shows(self.row_count())
    }

    /// Returns the tile in this direction from a tile.
    #[must_use]
    pub fn neighbor(&self, index: usize, direction: Direction) -> usize {
        let Some(place) = self.packing.place(index) else { return self.nearest_shown(index) };
        let last_row = self.row_count().saturating_sub(1);
        let has_place = |index: &usize| self.has_place(*index);
        let nearest = |row: usize| self.packing.nearest_in_row(row, place.column).filter(|other| *other != index);
        let neighbor = match direction {
            Direction::Left => (0..index).rev().find(has_place),
            Direction::Right => (index + 1..self.packing.tile_count()).find(has_place),
            Direction::First => (0..index).find(has_place),
            Direction::Last => (index + 1..self.packing.tile_count()).rev().find(has_place),
            Direction::Up => place.row.checked_sub(1).and_then(nearest),
            Direction::Down => (place.row_end() <= last_row).then(|| nearest(place.row_end())).flatten(),
            Direction::PageUp => nearest(self.top_that_shows(place.row_end()).min(place.row)),
            Direction::PageDown => {
                nearest(self.window(place.row).bottom.clamp(place.row + 1, last_row + 1).min(last_row))
            }
        };
        neighbor.unwrap_or(index)
    }

    /// Returns the tile itself or, if the grid has no place for it, the nearest one before it that has one, else the first
    /// one.
    #[must_use]
    pub fn nearest_shown(&self, index: usize) -> usize {
        let has_place = |index: &usize| self.has_place(*index);
        let before = (0..=index).rev().find(has_place);
        before.or_else(|| (index..self.packing.tile_count()).find(has_place)).unwrap_or(0)
    }

    /// Returns the rows that are visible when `top` is the first one: at least one.
    fn window(&self, top: usize) -> Window {
        let rows = self.row_count();
        let top = top.min(rows.saturating_sub(1));
        let (mut bottom, mut lines, mut blocks) = (top, 0_u16, 0_u16);
        if self.packing.has_lines() {
            while bottom < rows {
                let is_line = self.packing.is_line(bottom);
                let used = lines + blocks * self.row_height + if is_line { 1 } else { self.row_height };
                if used > self.height && bottom > top {
                    break;
                }
                *(if is_line { &mut lines } else { &mut blocks }) += 1;
                bottom += 1;
            }
        } else {
            blocks = u16::try_from(rows - top).unwrap_or(u16::MAX).min((self.height / self.row_height).max(1));
            bottom = top + usize::from(blocks);
        }
        let max_height = blocks.saturating_mul(self.row_height).saturating_mul(self.max_stretch);
        Window { top, bottom, lines, blocks_height: self.height.saturating_sub(lines).min(max_height) }
    }

    /// Returns the smallest first row with which the row before `bottom` is visible.
    fn top_that_shows(&self, bottom: usize) -> usize {
        if !self.packing.has_lines() {
            return bottom.saturating_sub(usize::from((self.height / self.row_height).max(1)));
        }
        let row_height = |row: usize| if self.packing.is_line(row) { 1 } else { self.row_height };
        let mut free = self.height;
        let fits = |row: &usize| match free.checked_sub(row_height(*row)) {
            Some(rest) => {
                free = rest;
                true
            }
            None => false,
        };
        (0..bottom).rev().take_while(fits).last().unwrap_or_else(|| bottom.saturating_sub(1))
    }

    /// Returns the top edge of a row, or the edge of the window if the row is outside of it.
    fn row_edge(&self, window: Window, row: usize) -> u16 {
        let row = row.clamp(window.top, window.bottom);
        let lines = self.packing.count_lines(window.top, row);
        let count = |rows: usize| u16::try_from(rows).unwrap_or(u16::MAX);
        let blocks = count(row - window.top) - lines;
        lines + edge(window.blocks_height, blocks, count(window.bottom - window.top) - window.lines)
    }
}

impl Window {
    fn height(self) -> u16 {
        self.lines + self.blocks_height
    }

    fn shows(self, place: Place) -> bool {
        place.row < self.bottom && place.row_end() > self.top
    }
}

/// Returns the beginning of a part of a length that is divided into equal parts.
fn edge(length: u16, part: u16, parts: u16) -> u16 {
    u16::try_from(u32::from(length) * u32::from(part) / u32::from(parts.max(1))).unwrap_or(length)
}
