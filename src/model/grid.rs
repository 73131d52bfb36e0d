//! Where tiles sit: whole cells, integer arithmetic.

/// A place in cells, from the upper left corner of the grid's area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: u16,
    /// From the top.
    pub y: u16,
    /// Width.
    pub width: u16,
    /// Height.
    pub height: u16,
}

/// A way to go on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// One to the left; before the first of a row, the last of the row above.
    Left,
    /// One to the right; behind the last of a row, the first of the row below.
    Right,
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// As many rows up as are seen.
    PageUp,
    /// As many rows down as are seen.
    PageDown,
    /// The first tile.
    First,
    /// The last tile.
    Last,
}

/// Tiles in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    width: u16,
    height: u16,
    columns: u16,
    tile_height: u16,
    tiles: usize,
}

/// The least width of a tile in which anything can be read.
const LEAST_WIDTH: u16 = 10;

impl Grid {
    /// A grid of so many tiles of this size (width and height in cells) on an area of this size;
    /// `columns` is how many are wished side by side, 0 for as many as fit.
    #[must_use]
    pub fn new(area: (u16, u16), tile: (u16, u16), columns: u16, tiles: usize) -> Self {
        let (width, height) = area;
        let fit = (width / tile.0.max(1)).max(1);
        let columns = if columns == 0 { fit } else { columns.min((width / LEAST_WIDTH).max(1)) };
        Self { width, height, columns, tile_height: tile.1.clamp(1, height.max(1)), tiles }
    }

    fn columns(self) -> usize {
        usize::from(self.columns)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(self) -> usize {
        self.tiles.div_ceil(self.columns())
    }

    /// How many rows are seen at once; at least one.
    #[must_use]
    pub fn rows_seen(self) -> usize {
        usize::from(self.height / self.tile_height).max(1)
    }

    /// The tiles that are seen when this row is the topmost.
    #[must_use]
    pub fn seen(self, top: usize) -> std::ops::Range<usize> {
        let first = (top * self.columns()).min(self.tiles);
        first..(first + self.rows_seen() * self.columns()).min(self.tiles)
    }

    /// Where a tile sits when this row is the topmost; `None` when it is not seen.
    #[must_use]
    pub fn place(self, index: usize, top: usize) -> Option<Place> {
        if !self.seen(top).contains(&index) || self.width == 0 || self.height == 0 {
            return None;
        }
        let column = u16::try_from(index % self.columns()).ok()?;
        let row = u16::try_from(index / self.columns() - top).ok()?;
        let left = |column: u16| {
            u16::try_from(u32::from(self.width) * u32::from(column) / u32::from(self.columns)).unwrap_or(self.width)
        };
        Some(Place {
            x: left(column),
            y: row * self.tile_height,
            width: left(column + 1) - left(column),
            height: self.tile_height,
        })
    }

    /// The tile at a place in the area, when this row is the topmost.
    #[must_use]
    pub fn at(self, x: u16, y: u16, top: usize) -> Option<usize> {
        self.seen(top).find(|index| {
            self.place(*index, top).is_some_and(|place| {
                (place.x..place.x + place.width).contains(&x) && (place.y..place.y + place.height).contains(&y)
            })
        })
    }

    /// The topmost row that shows this tile with the least scrolling from `top`.
    #[must_use]
    pub fn reveal(self, index: usize, top: usize) -> usize {
        let row = index / self.columns();
        let top = if row < top { row } else { top.max((row + 1).saturating_sub(self.rows_seen())) };
        top.min(self.rows().saturating_sub(self.rows_seen()))
    }

    /// The tile that lies this way from a tile.
    #[must_use]
    pub fn go(self, index: usize, way: Way) -> usize {
        let last = self.tiles.saturating_sub(1);
        let page = self.rows_seen() * self.columns();
        let down = |by: usize| {
            if index + by <= last {
                index + by
            } else if index / self.columns() < last / self.columns() {
                last
            } else {
                index
            }
        };
        let up = |by: usize| if index >= by { index - by } else { index % self.columns() };
        match way {
            Way::Left => index.saturating_sub(1),
            Way::Right => (index + 1).min(last),
            Way::Up => up(self.columns()),
            Way::Down => down(self.columns()),
            Way::PageUp => up(page),
            Way::PageDown => down(page),
            Way::First => 0,
            Way::Last => last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_are_filled_to_the_last_cell() {
        let grid = Grid::new((80, 21), (24, 7), 0, 7);
        let places: Vec<_> = (0..4).filter_map(|index| grid.place(index, 0)).map(|p| (p.x, p.y, p.width)).collect();
        assert_eq!(places, [(0, 0, 26), (26, 0, 27), (53, 0, 27), (0, 7, 26)]);
    }

    #[test]
    fn going_down_from_the_last_full_row_reaches_the_last_tile() {
        let grid = Grid::new((80, 21), (24, 7), 0, 7);
        assert_eq!(grid.go(5, Way::Down), 6);
        assert_eq!(grid.go(6, Way::Down), 6);
        assert_eq!(grid.go(1, Way::Up), 1);
    }

    proptest! {
        #[test]
        fn every_tile_can_be_reached_seen_and_clicked(
            width in 1_u16..400, height in 1_u16..200, tile in prop::sample::select(vec![(16, 5), (24, 7), (32, 9)]),
            columns in 0_u16..12, tiles in 1_usize..200, index in 0_usize..200, top in 0_usize..50,
        ) {
            let grid = Grid::new((width, height), tile, columns, tiles);
            let index = index % tiles;
            let top = grid.reveal(index, top);
            let place = grid.place(index, top).unwrap();
            prop_assert!(place.x + place.width <= width && place.y + place.height <= height);
            prop_assert_eq!(grid.at(place.x, place.y, top), Some(index));
            for way in [Way::Left, Way::Right, Way::Up, Way::Down, Way::PageUp, Way::PageDown, Way::First, Way::Last] {
                prop_assert!(grid.go(index, way) < tiles);
            }
        }
    }
}
