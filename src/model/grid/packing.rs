//! Where each tile of a grid is, in rows and columns.

/// What a tile takes of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TileSpan {
    /// Nothing: it is not shown.
    Hidden,
    /// A row of its own, which is one cell high.
    Line,
    /// A number of columns and rows. More columns than the grid has are cut.
    Block {
        /// The number of columns, at least one.
        columns: u16,
        /// The number of rows, at least one.
        rows: u16,
    },
}

/// What the tiles of a grid take of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TileSpans {
    /// This number of tiles, each of one column and one row.
    Equal(usize),
    /// Tiles of different spans.
    Different(Vec<TileSpan>),
}

/// Where a tile is on a grid, in rows and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The first row.
    pub row: usize,
    /// The first column.
    pub column: u16,
    /// The number of columns.
    pub columns: u16,
    /// The number of rows.
    pub rows: u16,
}

impl Place {
    /// Returns the row after the last one.
    pub(super) fn row_end(self) -> usize {
        self.row + usize::from(self.rows)
    }
}

/// The places of the tiles of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packing {
    columns: u16,
    row_count: usize,
    places: Places,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Places {
    /// This number of tiles, each in one column and one row. Their places are computed.
    Equal(usize),
    /// The place of each tile that has one, and the rows that are lines, in their order.
    Different { tiles: Vec<Option<Place>>, lines: Vec<usize> },
}

/// How much of a grid its tiles take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The number of rows that are not lines.
    pub rows: usize,
    /// The number of rows that are lines.
    pub lines: usize,
    /// The number of cells of rows and columns that a tile takes.
    pub cells: usize,
}

impl TileSpans {
    /// Returns the spans of a list, in which each tile has one row of one column.
    pub(super) fn with_single_rows(&self) -> Self {
        let single = |span: &TileSpan| match span {
            TileSpan::Block { .. } => TileSpan::Block { columns: 1, rows: 1 },
            other => *other,
        };
        match self {
            Self::Equal(count) => Self::Equal(*count),
            Self::Different(spans) => Self::Different(spans.iter().map(single).collect()),
        }
    }

    /// Returns the largest number of columns of a tile, at least one.
    pub(super) fn widest(&self) -> u16 {
        let columns = |span: &TileSpan| if let TileSpan::Block { columns, .. } = span { *columns } else { 1 };
        match self {
            Self::Equal(_) => 1,
            Self::Different(spans) => spans.iter().map(columns).max().unwrap_or(1).max(1),
        }
    }
}

impl Packing {
    /// Places tiles in this number of columns.
    pub(super) fn new(spans: &TileSpans, columns: u16) -> Self {
        let columns = columns.max(1);
        match spans {
            TileSpans::Equal(count) => {
                let row_count = count.div_ceil(columns.into());
                Self { columns, row_count, places: Places::Equal(*count) }
            }
            TileSpans::Different(spans) => {
                let mut packer = Packer::new(columns);
                let tiles: Vec<_> = spans.iter().map(|span| packer.place(*span)).collect();
                let is_line = |(span, place): (&TileSpan, &Option<Place>)| {
                    place.filter(|_| *span == TileSpan::Line).map(|place| place.row)
                };
                let lines = spans.iter().zip(&tiles).filter_map(is_line).collect();
                Self { columns, row_count: packer.row_count(), places: Places::Different { tiles, lines } }
            }
        }
    }

    pub(super) const fn columns(&self) -> u16 {
        self.columns
    }

    pub(super) const fn row_count(&self) -> usize {
        self.row_count
    }

    /// Returns the number of tiles, with those that are not shown.
    pub(super) fn tile_count(&self) -> usize {
        match &self.places {
            Places::Equal(count) => *count,
            Places::Different { tiles, .. } => tiles.len(),
        }
    }

    /// Returns the place of a tile; `None` if it is not shown.
    pub(super) fn place(&self, index: usize) -> Option<Place> {
        match &self.places {
            Places::Equal(count) => (index < *count).then(|| {
                let column = index % usize::from(self.columns);
                let column = u16::try_from(column).unwrap_or(u16::MAX);
                Place { row: index / usize::from(self.columns), column, columns: 1, rows: 1 }
            }),
            Places::Different { tiles, .. } => tiles.get(index).copied().flatten(),
        }
    }

    /// Returns tiles among which are all that begin in these rows or reach into them.
    pub(super) fn tiles_in_rows(&self, top: usize, bottom: usize) -> std::ops::Range<usize> {
        let columns = usize::from(self.columns);
        match &self.places {
            Places::Equal(count) => (top * columns).min(*count)..(bottom * columns).min(*count),
            Places::Different { tiles, .. } => 0..tiles.len(),
        }
    }

    /// Returns the tile of a row that is nearest to a column, the left one of two.
    pub(super) fn nearest_in_row(&self, row: usize, column: u16) -> Option<usize> {
        // A tall tile of an earlier row reaches into the row.
        let rows_before = 8;
        let tiles = self.tiles_in_rows(row.saturating_sub(rows_before), row + 1);
        let distance = |place: Place| {
            let last = place.column + place.columns - 1;
            if column < place.column { place.column - column } else { column.saturating_sub(last) }
        };
        let in_row = tiles.filter_map(|index| Some((self.place(index)?, index)));
        in_row
            .filter(|(place, _)| place.row <= row && row < place.row_end())
            .min_by_key(|(place, _)| (distance(*place), place.column))
            .map(|(_, index)| index)
    }

    pub(super) fn has_lines(&self) -> bool {
        matches!(&self.places, Places::Different { lines, .. } if !lines.is_empty())
    }

    /// Returns whether a row is a line.
    pub(super) fn is_line(&self, row: usize) -> bool {
        matches!(&self.places, Places::Different { lines, .. } if lines.binary_search(&row).is_ok())
    }

    /// Returns the number of lines among the rows from `top` to the one before `bottom`.
    pub(super) fn count_lines(&self, top: usize, bottom: usize) -> u16 {
        let Places::Different { lines, .. } = &self.places else { return 0 };
        let before = |row: usize| lines.partition_point(|line| *line < row);
        u16::try_from(before(bottom) - before(top)).unwrap_or(u16::MAX)
    }
}

/// Returns how much of a grid of this number of columns the tiles take.
pub(super) fn shape(spans: &TileSpans, columns: u16) -> Shape {
    let columns = columns.max(1);
    match spans {
        TileSpans::Equal(count) => Shape { rows: count.div_ceil(columns.into()).max(1), lines: 0, cells: *count },
        TileSpans::Different(spans) => {
            let mut packer = Packer::new(columns);
            let (mut lines, mut cells) = (0, 0);
            for span in spans {
                match (span, packer.place(*span)) {
                    (TileSpan::Line, _) => lines += 1,
                    (_, Some(place)) => cells += usize::from(place.columns) * usize::from(place.rows),
                    (_, None) => {}
                }
            }
            Shape { rows: (packer.row_count() - lines).max(1), lines, cells }
        }
    }
}

/// Places tiles one after the other, without going back.
struct Packer {
    /// The first row of each column below all tiles.
    free_from: Vec<usize>,
    row: usize,
    column: u16,
}

impl Packer {
    fn new(columns: u16) -> Self {
        Self { free_from: vec![0; columns.into()], row: 0, column: 0 }
    }

    fn row_count(&self) -> usize {
        self.free_from.iter().copied().max().unwrap_or(0)
    }

    /// Returns the first free place for a tile that is not before the last tile; `None` if it is not shown.
    fn place(&mut self, span: TileSpan) -> Option<Place> {
        let all_columns = u16::try_from(self.free_from.len()).unwrap_or(u16::MAX);
        let (columns, rows) = match span {
            TileSpan::Hidden => return None,
            TileSpan::Line => {
                (self.row, self.column) = (self.row_count(), 0);
                (all_columns, 1)
            }
            TileSpan::Block { columns, rows } => (columns.clamp(1, all_columns), rows.max(1)),
        };
        while !self.is_free(columns) {
            self.column += 1;
            if self.column + columns > all_columns {
                (self.row, self.column) = (self.row + 1, 0);
            }
        }
        let place = Place { row: self.row, column: self.column, columns, rows };
        self.column += columns;
        for free_from in &mut self.free_from[usize::from(place.column)..usize::from(self.column)] {
            *free_from = place.row_end();
        }
        Some(place)
    }

    fn is_free(&self, columns: u16) -> bool {
        let first = usize::from(self.column);
        let columns = self.free_from.get(first..first + usize::from(columns));
        columns.is_some_and(|columns| columns.iter().all(|free_from| *free_from <= self.row))
    }
}
