//! The layout of tiles in rows: whole cells, integer arithmetic.

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    width: u16,
    /// The height of the visible rows together.
    height: u16,
    columns: u16,
    visible_rows: u16,
    tile_count: usize,
    is_list: bool,
}

/// The smallest width in which the content of a tile is readable.
const MIN_TILE_WIDTH: u16 = 10;
/// How many times its height a tile is stretched at most: the content does not grow with it.
const MAX_STRETCH: u16 = 2;

impl Grid {
    /// Creates a grid of `tile_count` tiles on an area. Sizes are width and height in cells. `columns` is the
    /// number of tiles per row, 0 for as many as fit.
    #[must_use]
    pub fn new(area: (u16, u16), tile_size: (u16, u16), columns: u16, tile_count: usize) -> Self {
        let (width, height) = area;
        let tile_size = (tile_size.0.max(1), tile_size.1.clamp(1, height.max(1)));
        let columns = match columns {
            0 => best_columns(area, tile_size, tile_count),
            columns => columns.min((width / MIN_TILE_WIDTH).max(1)),
        };
        let fitting_rows = (height / tile_size.1).max(1);
        let visible_rows = count_rows(tile_count, columns).min(fitting_rows);
        let max_height = visible_rows.saturating_mul(tile_size.1).saturating_mul(MAX_STRETCH);
        Self { width, height: height.min(max_height), columns, visible_rows, tile_count, is_list: false }
    }

    /// Creates a list: a grid of rows that are one cell high, in columns of at least this width.
    #[must_use]
    pub fn list(area: (u16, u16), min_width: u16, tile_count: usize) -> Self {
        let (width, height) = area;
        let fitting_columns = (width / min_width.max(1)).max(1);
        let columns =
            (1..=fitting_columns).find(|columns| count_rows(tile_count, *columns) <= height).unwrap_or(fitting_columns);
        let visible_rows = count_rows(tile_count, columns).min(height.max(1));
        Self { width, height: visible_rows.min(height), columns, visible_rows, tile_count, is_list: true }
    }

    /// Returns the height of the visible rows together.
    #[must_use]
    pub fn height(self) -> u16 {
        self.height
    }

    /// Returns whether it is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        self.is_list
    }

    /// Returns whether all tiles are visible at once.
    #[must_use]
    pub fn shows_all(self) -> bool {
        self.row_count() <= self.visible_rows()
    }

    fn column_count(self) -> usize {
        usize::from(self.columns)
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn row_count(self) -> usize {
        self.tile_count.div_ceil(self.column_count())
    }

    /// Returns the number of rows that are visible at once; at least one.
    #[must_use]
    pub fn visible_rows(self) -> usize {
        self.visible_rows.into()
    }

    /// Returns the tiles that are visible when row `top` is the first visible row.
    #[must_use]
    pub fn visible_tiles(self, top: usize) -> std::ops::Range<usize> {
        let first = (top * self.column_count()).min(self.tile_count);
        first..(first + self.visible_rows() * self.column_count()).min(self.tile_count)
    }

    /// Returns the area of a tile when row `top` is the first visible row; `None` if the tile is not visible.
    #[must_use]
    pub fn rect(self, index: usize, top: usize) -> Option<CellRect> {
        if !self.visible_tiles(top).contains(&index) || self.width == 0 || self.height == 0 {
            return None;
        }
        let column = u16::try_from(index % self.column_count()).ok()?;
        let row = u16::try_from(index / self.column_count() - top).ok()?;
        let left_edge = |column: u16| edge(self.width, column, self.columns);
        let top_edge = |row: u16| edge(self.height, row, self.visible_rows);
        Some(CellRect {
            x: left_edge(column),
            y: top_edge(row),
            width: left_edge(column + 1) - left_edge(column),
            height: top_edge(row + 1) - top_edge(row),
        })
    }

    /// Returns the first visible row that shows this tile with the least scrolling from `top`.
    #[must_use]
    pub fn scroll_to(self, index: usize, top: usize) -> usize {
        let row = index / self.column_count();
        let top = if row < top { row } else { top.max((row + 1).saturating_sub(self.visible_rows())) };
        top.min(self.last_top())
    }

    /// Returns the first visible row when the last row is visible.
    #[must_use]
    pub fn last_top(self) -> usize {
        self.row_count().saturating_sub(self.visible_rows())
    }

    /// Returns the tile in this direction from a tile.
    #[must_use]
    pub fn neighbor(self, index: usize, direction: Direction) -> usize {
        let last = self.tile_count.saturating_sub(1);
        let page = self.visible_rows() * self.column_count();
        let down = |by: usize| {
            if index + by <= last {
                index + by
            } else if index / self.column_count() < last / self.column_count() {
                last
            } else {
                index
            }
        };
        let up = |by: usize| if index >= by { index - by } else { index % self.column_count() };
        match direction {
            Direction::Left => index.saturating_sub(1),
            Direction::Right => (index + 1).min(last),
            Direction::Up => up(self.column_count()),
            Direction::Down => down(self.column_count()),
            Direction::PageUp => up(page),
            Direction::PageDown => down(page),
            Direction::First => 0,
            Direction::Last => last,
        }
    }
}

/// Returns the number of rows of tiles in this number of columns; at least one.
fn count_rows(tile_count: usize, columns: u16) -> u16 {
    u16::try_from(tile_count.div_ceil(columns.into())).unwrap_or(u16::MAX).max(1)
}

/// Returns the beginning of a part of a length that is divided into equal parts.
fn edge(length: u16, part: u16, parts: u16) -> u16 {
    u16::try_from(u32::from(length) * u32::from(part) / u32::from(parts.max(1))).unwrap_or(length)
}

/// Returns the number of columns in which the tiles are largest, if all of them are visible then; otherwise as many as
/// fit. Both sizes are width and height in cells.
fn best_columns(area: (u16, u16), tile_size: (u16, u16), tile_count: usize) -> u16 {
    /// Tiles that fill the area to a hundredth of it.
    const PRECISION: usize = 100;
    let fitting_columns = (area.0 / tile_size.0).max(1);
    let stretch = |length: u16, size: u16, parts: usize| {
        let limit = PRECISION * usize::from(MAX_STRETCH);
        (PRECISION * usize::from(length) / (usize::from(size) * parts.max(1))).min(limit)
    };
    let fill = |columns: u16| {
        let rows = tile_count.div_ceil(columns.into()).max(1);
        let scale = stretch(area.0, tile_size.0, columns.into()).min(stretch(area.1, tile_size.1, rows));
        // Places without a tile are not filled.
        (rows * usize::from(tile_size.1) <= usize::from(area.1))
            .then(|| scale * tile_count / (rows * usize::from(columns)))
    };
    let filled = (1..=fitting_columns).filter_map(|columns| Some((fill(columns)?, columns)));
    filled.max().map_or(fitting_columns, |(_, columns)| columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn grid_row_fills_the_full_width() {
        let grid = Grid::new((80, 21), (24, 7), 0, 7);
        let rects: Vec<_> =
            (0..4).filter_map(|index| grid.rect(index, 0)).map(|rect| (rect.x, rect.y, rect.width)).collect();
        assert_eq!(rects, [(0, 0, 26), (26, 0, 27), (53, 0, 27), (0, 7, 26)]);
    }

    #[test]
    fn grid_rows_fill_the_height_up_to_twice_their_own() {
        let heights = |height: u16, tiles: usize| -> Vec<u16> {
            let grid = Grid::new((80, height), (24, 7), 3, tiles);
            (0..grid.visible_rows()).filter_map(|row| grid.rect(row * 3, 0)).map(|rect| rect.height).collect()
        };
        assert_eq!(heights(22, 30), [7, 7, 8], "no row stays empty");
        assert_eq!(heights(22, 6), [11, 11]);
        assert_eq!(heights(22, 3), [14]);
        assert_eq!(heights(5, 3), [5], "less than a tile");
        assert_eq!(heights(100, 9), [14, 14, 14]);
    }

    #[test]
    fn few_tiles_on_a_large_screen_get_the_columns_that_fill_it() {
        let columns = |area, tiles| Grid::new(area, (24, 7), 0, tiles).columns;
        assert_eq!(columns((200, 57), 8), 4);
        assert_eq!(columns((200, 57), 1), 1);
        assert_eq!(columns((80, 22), 2), 2);
        assert_eq!(columns((80, 22), 4), 2);
        assert_eq!(columns((80, 22), 9), 3);
        assert_eq!(columns((80, 22), 50), 3, "they do not all fit");
        assert_eq!(columns((200, 57), 64), 8);
        assert_eq!(columns((10, 4), 3), 1);
        assert_eq!(columns((0, 0), 0), 1);
    }

    #[test]
    fn list_uses_more_columns_only_if_it_needs_them() {
        let shape = |area, tiles| {
            let grid = Grid::list(area, 36, tiles);
            (grid.columns, grid.visible_rows(), grid.shows_all())
        };
        assert_eq!(shape((40, 10), 6), (1, 6, true));
        assert_eq!(shape((40, 10), 20), (1, 10, false));
        assert_eq!(shape((120, 10), 20), (2, 10, true));
        assert_eq!(shape((120, 10), 50), (3, 10, false));
        assert_eq!(shape((5, 0), 50), (1, 1, false));
    }

    #[test]
    fn grid_down_from_last_full_row_selects_last_tile() {
        let grid = Grid::new((80, 21), (24, 7), 0, 7);
        assert_eq!(grid.neighbor(5, Direction::Down), 6);
        assert_eq!(grid.neighbor(6, Direction::Down), 6);
        assert_eq!(grid.neighbor(1, Direction::Up), 1);
    }

    proptest! {
        #[test]
        fn grid_tiles_are_reachable_and_visible(
            width in 1_u16..400, height in 1_u16..200, tile in prop::sample::select(vec![(16, 5), (24, 7), (32, 9)]),
            columns in 0_u16..12, tiles in 1_usize..200, index in 0_usize..200, top in 0_usize..50,
        ) {
            let grid = Grid::new((width, height), tile, columns, tiles);
            let index = index % tiles;
            let top = grid.scroll_to(index, top);
            let rect = grid.rect(index, top).unwrap();
            prop_assert!(rect.x + rect.width <= width && rect.y + rect.height <= height);
            prop_assert!(grid.visible_tiles(top).any(|visible| visible == index));
            for direction in [Direction::Left, Direction::Right, Direction::Up, Direction::Down, Direction::PageUp, Direction::PageDown, Direction::First, Direction::Last] {
                prop_assert!(grid.neighbor(index, direction) < tiles);
            }
        }
    }
}
