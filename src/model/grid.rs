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

/// A grid of tiles in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    width: u16,
    height: u16,
    columns: u16,
    tile_height: u16,
    tile_count: usize,
}

/// The smallest width in which the content of a tile is readable.
const MIN_TILE_WIDTH: u16 = 10;

impl Grid {
    /// Creates a grid of `tile_count` tiles on an area. Sizes are width and height in cells. `columns` is the
    /// number of tiles per row, 0 for as many as fit.
    #[must_use]
    pub fn new(area: (u16, u16), tile_size: (u16, u16), columns: u16, tile_count: usize) -> Self {
        let (width, height) = area;
        let fitting_columns = (width / tile_size.0.max(1)).max(1);
        let columns = if columns == 0 { fitting_columns } else { columns.min((width / MIN_TILE_WIDTH).max(1)) };
        Self { width, height, columns, tile_height: tile_size.1.clamp(1, height.max(1)), tile_count }
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
        usize::from(self.height / self.tile_height).max(1)
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
        let left_edge = |column: u16| {
            u16::try_from(u32::from(self.width) * u32::from(column) / u32::from(self.columns)).unwrap_or(self.width)
        };
        Some(CellRect {
            x: left_edge(column),
            y: row * self.tile_height,
            width: left_edge(column + 1) - left_edge(column),
            height: self.tile_height,
        })
    }

    /// Returns the first visible row that shows this tile with the least scrolling from `top`.
    #[must_use]
    pub fn scroll_to(self, index: usize, top: usize) -> usize {
        let row = index / self.column_count();
        let top = if row < top { row } else { top.max((row + 1).saturating_sub(self.visible_rows())) };
        top.min(self.row_count().saturating_sub(self.visible_rows()))
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
