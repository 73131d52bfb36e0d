//! Where a dashboard is on the screen: the rows above the tiles, the grid, and the part of it that is visible.

use std::borrow::Cow;

use super::{open_dashboard::OpenDashboard, sections::is_folded};
use crate::model::{
    dashboard::{DashboardLayout, DashboardView},
    grid::{Direction, Grid, TileSpan, TileSpans},
    tile::{Tile, is_narrow},
    tile_state::TileState,
};

/// Rows of the screen above the grid of tiles.
pub(crate) const HEADER_ROWS: u16 = 1;
/// The number of rows of the banner about a connection that is down.
pub(crate) const OUTAGE_ROWS: u16 = 2;
/// Rows of the screen below the grid of tiles.
pub(crate) const FOOTER_ROWS: u16 = 1;
/// The minimum screen size on which tiles are readable, in cells.
pub(crate) const MIN_SCREEN_SIZE: (u16, u16) = (14, 6);
/// Narrower screens show one tab and no names in the header, in cells.
pub(crate) const NARROW_HEADER: u16 = 60;
/// Screens of this width show the time in the header, in cells.
pub(crate) const CLOCK_WIDTH: u16 = 120;
/// On a smaller screen, in cells, tiles that do not all fit are a list.
const LIST_BELOW: (u16, u16) = (60, 16);
/// The smallest width of a column of the list: names, values and ages are readable.
const MIN_LIST_WIDTH: u16 = 38;
/// The banner of a dashboard whose connection accepts any certificate.
const INSECURE_BANNER: &str =
    "insecure = true: the broker's certificate is not checked, so traffic can be read and changed";

/// Returns whether no tile is readable on a screen of this size.
#[must_use]
pub(crate) const fn is_too_small(size: (u16, u16)) -> bool {
    size.0 < MIN_SCREEN_SIZE.0 || size.1 < MIN_SCREEN_SIZE.1
}

impl OpenDashboard {
    /// Returns a warning that stays while its cause exists: an error in the file, or a broker
    /// certificate that is not checked.
    #[must_use]
    pub(crate) fn banner(&self) -> Option<Cow<'static, str>> {
        let file_error = self.file_error.as_ref().map(|error| Cow::Owned(error.to_string()));
        file_error.or_else(|| self.insecure.then_some(Cow::Borrowed(INSECURE_BANNER)))
    }

    const fn has_banner(&self) -> bool {
        self.file_error.is_some() || self.insecure
    }

    /// Returns the number of rows above the tiles: the header or the banner about the connection, and the banner about
    /// the dashboard, if shown.
    #[must_use]
    pub(crate) fn rows_above_grid(&self) -> u16 {
        let header_rows = match (self.header_hidden, self.shows_outage()) {
            (false, _) => HEADER_ROWS,
            (true, true) => OUTAGE_ROWS,
            (true, false) => 0,
        };
        header_rows + u16::from(self.has_banner())
    }

    /// Returns whether a banner says that the connection is down, because there is no header that does.
    #[must_use]
    pub(crate) const fn shows_outage(&self) -> bool {
        self.header_hidden && self.connection_down
    }

    /// Returns the layout of the tiles on a screen of this size: in tiles, or in a list of names, values and ages.
    #[must_use]
    pub(crate) fn grid(&self, size: (u16, u16)) -> Grid {
        let is_small = size.0 < LIST_BELOW.0 || size.1 < LIST_BELOW.1;
        let list = || Grid::list(self.grid_area(size), MIN_LIST_WIDTH, &self.tile_spans(size, true));
        match self.definition.view {
            DashboardView::List => list(),
            DashboardView::Tiles => self.tile_grid(size),
            DashboardView::Auto => {
                let tiles = self.tile_grid(size);
                if is_small && !tiles.shows_all() { list() } else { tiles }
            }
        }
    }

    /// Returns the number of rows that the tiles leave free at the bottom of a screen of this size. Neither a list nor a
    /// dashboard without tiles leaves any.
    #[must_use]
    pub(crate) fn free_rows(&self, size: (u16, u16)) -> u16 {
        let grid = self.grid(size);
        if self.is_empty() || grid.is_list() { 0 } else { self.grid_area(size).1.saturating_sub(grid.height()) }
    }

    fn grid_area(&self, (width, height): (u16, u16)) -> (u16, u16) {
        (width, height.saturating_sub(self.rows_above_grid() + FOOTER_ROWS))
    }

    fn tile_grid(&self, (width, height): (u16, u16)) -> Grid {
        let area = self.grid_area((width, height));
        let has_narrow_columns = is_narrow((width, height)) && self.definition.columns_narrow.get() > 0;
        let columns = if has_narrow_columns { self.definition.columns_narrow } else { self.definition.columns };
        let columns = u16::try_from(columns.get()).unwrap_or_default();
        Grid::new(area, self.definition.tile_size.cells(), columns, &self.tile_spans((width, height), false))
    }

    /// Returns what each tile takes of the grid, or of a list, on a screen of this size.
    fn tile_spans(&self, size: (u16, u16), is_list: bool) -> TileSpans {
        if self.layout == DashboardLayout::Plain {
            return TileSpans::Equal(self.tile_count());
        }
        let narrow = is_narrow(size);
        let mut hides_tiles = false;
        let mut shows_rows = false;
        let span_of = |(index, (tile, state)): (usize, (&Tile, &TileState))| {
            if self.is_row(index) {
                return if shows_rows { tile.span() } else { TileSpan::Hidden };
            }
            let section = tile.kind.section();
            if let Some(section) = section {
                hides_tiles = is_folded(section, state);
            }
            let is_shown = tile.is_shown_on(narrow) && (section.is_some() || !hides_tiles);
            shows_rows = is_shown && is_list;
            match is_shown {
                true if is_list && self.is_panel(index) => TileSpan::Line,
                true => tile.span(),
                false => TileSpan::Hidden,
            }
        };
        TileSpans::Different(self.tiles_with_states().enumerate().map(span_of).collect())
    }

    /// Returns the indexes of the tiles that are visible on a screen of this size, with the rows of panels.
    pub(crate) fn visible_tiles(&self, size: (u16, u16)) -> impl Iterator<Item = usize> {
        let grid = (!is_too_small(size)).then(|| self.grid(size));
        let draws_rows = grid.as_ref().is_some_and(|grid| !grid.is_list());
        let tiles = grid.into_iter().flat_map(|grid| grid.into_visible_tiles(self.scroll_row));
        tiles.flat_map(move |index| index..if draws_rows { self.rows_of(index).end } else { index + 1 })
    }

    /// Returns whether a tile is visible on a screen of this size.
    pub(super) fn is_tile_visible(&self, index: usize, size: (u16, u16)) -> bool {
        !is_too_small(size) && self.is_visible_on(&self.grid(size), index)
    }

    /// Scrolls by one row and keeps the selection, which may leave the screen.
    pub(super) fn scroll(&mut self, direction: Direction, size: (u16, u16)) {
        self.scroll_row = match direction {
            Direction::Up => self.scroll_row.saturating_sub(1),
            _ => (self.scroll_row + 1).min(self.grid(size).last_top()),
        };
    }
}
