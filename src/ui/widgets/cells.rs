//! What logs and tables have in common: the texts of their cells, and the width of their columns.

use std::{borrow::Cow, ops::Range};

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    model::{
        text_table::{Cell, CellAlignment, CellText, TextTable, TextTableRow},
        time::Time,
    },
    ui::{
        UiConfig,
        text::{Alignment, draw_line, sanitize, width},
    },
};

/// The cells between two columns.
pub(super) const GAP: u16 = 2;
/// What a cell says whose row has no such value.
const MISSING: &str = "–";
/// What the time or the age of a message says that the broker had kept for an unknown time.
const RETAINED: &str = "retained";

/// Draws cells with this configuration at this time.
#[derive(Clone, Copy)]
pub(super) struct CellPainter<'a> {
    /// The configuration.
    pub config: &'a UiConfig,
    /// The current time.
    pub now: Time,
    /// Whether the values may be outdated.
    pub dimmed: bool,
    /// What stands for a missing value.
    pub missing: &'static str,
}

/// A visible column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VisibleColumn {
    /// Its index.
    pub index: usize,
    /// Its first cell in the area.
    pub x: u16,
    /// Its width.
    pub width: u16,
}

impl CellPainter<'_> {
    /// Creates a painter for tables, which have a mark for missing values.
    pub(super) const fn for_table(config: &UiConfig, now: Time, dimmed: bool) -> CellPainter<'_> {
        CellPainter { config, now, dimmed, missing: MISSING }
    }

    /// Returns the text of a cell.
    pub(super) fn text<'c>(&self, cell: &'c Cell) -> Cow<'c, str> {
        match &cell.text {
            CellText::Missing => self.missing.into(),
            CellText::Text(text) => sanitize(text),
            CellText::Time(age) | CellText::Age(age) if age.is_unknown => RETAINED.into(),
            CellText::Time(age) => self.config.local_time(age.since, "%H:%M:%S").into(),
            CellText::Age(age) => age.short_text(self.now).into(),
        }
    }

    /// Returns the greatest width of the cells of a column in these rows.
    pub(super) fn width(&self, table: &TextTable, column: usize, rows: Range<usize>) -> u16 {
        let cells = table.rows.get(rows).into_iter().flatten().filter_map(|row| row.cells.get(column));
        cells.map(|cell| width(&self.text(cell))).max().unwrap_or(0)
    }

    /// Draws the cells of a row.
    pub(super) fn draw_row(
        &self,
        buf: &mut Buffer,
        area: Rect,
        y: u16,
        (table, row): (&TextTable, &TextTableRow),
        columns: &[VisibleColumn],
        style: Style,
    ) {
        for column in columns {
            let (Some(cell), Some(head)) = (row.cells.get(column.index), table.columns.get(column.index)) else {
                continue;
            };
            let theme = self.config.theme;
            let style = match cell.text {
                CellText::Missing => theme.dim(),
                _ if self.dimmed => style,
                _ => theme.custom_color(cell.color, style),
            };
            let cell_area = Rect { x: area.x + column.x, width: column.width, ..area };
            draw_line(buf, cell_area, y, &self.text(cell), style, alignment(head.alignment));
        }
    }
}

/// Returns how a text is drawn on this side.
pub(super) const fn alignment(alignment: CellAlignment) -> Alignment {
    match alignment {
        CellAlignment::Auto | CellAlignment::Left => Alignment::Left,
        CellAlignment::Right => Alignment::Right,
        CellAlignment::Center => Alignment::Center,
    }
}
