//! A table: a header and rows. Columns that do not fit are left out from the right, and the last line says how many rows
//! are not shown.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::cells::{CellPainter, GAP, VisibleColumn, alignment};
use crate::{
    model::{text_table::TextTable, time::Time},
    ui::{
        UiConfig,
        text::{Alignment, draw_line, width},
    },
};

/// Below the mark in the header are the columns that are left out.
const MORE_COLUMNS: &str = "…";
/// The first column, which says what the row is about, is cut to no less than this part of the width, and no less than
/// this width, to make room for others.
const FIRST_PART: u16 = 3;
const MIN_FIRST_WIDTH: u16 = 8;

/// Draws a table after skipping rows.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    table: &TextTable,
    skipped: usize,
    config: &UiConfig,
    now: Time,
    dimmed: bool,
) {
    let painter = CellPainter::for_table(config, now, dimmed);
    let columns = visible_columns(&painter, table, area.width);
    let header_rows = u16::from(area.height > 1);
    if header_rows > 0 {
        draw_header(buf, area, table, &columns, config);
    }
    let rows = Rect { y: area.y + header_rows, height: area.height - header_rows, ..area };
    let remaining = (table.rows.len() + table.left_out).saturating_sub(skipped);
    let says_more = remaining > usize::from(rows.height) && rows.height > 0;
    let visible = usize::from(rows.height - u16::from(says_more));
    let style = if dimmed { config.theme.dim() } else { config.theme.text() };
    for (y, row) in (0..).zip(table.rows.iter().skip(skipped).take(visible)) {
        painter.draw_row(buf, rows, y, (table, row), &columns, style);
    }
    if says_more {
        let drawn = visible.min(table.rows.len().saturating_sub(skipped));
        let text = format!("+{}", remaining - drawn);
        draw_line(buf, rows, rows.height - 1, &text, config.theme.dim(), Alignment::Left);
    }
}

fn draw_header(buf: &mut Buffer, area: Rect, table: &TextTable, columns: &[VisibleColumn], config: &UiConfig) {
    let style: Style = config.theme.dim().add_modifier(Modifier::UNDERLINED);
    for column in columns {
        let head = &table.columns[column.index];
        let cell = Rect { x: area.x + column.x, width: column.width, ..area };
        draw_line(buf, cell, 0, &head.name, style, alignment(head.alignment));
    }
    if columns.len() < table.columns.len() {
        draw_line(buf, area, 0, MORE_COLUMNS, config.theme.dim(), Alignment::Right);
    }
}

/// Returns the columns that fit, from the left. If some do not, there is room for the mark that says so.
fn visible_columns(painter: &CellPainter<'_>, table: &TextTable, area_width: u16) -> Vec<VisibleColumn> {
    let full_width = |column: usize| {
        let cells = painter.width(table, column, 0..table.rows.len());
        cells.max(width(&table.columns[column].name)).max(1)
    };
    let widths: Vec<u16> = (0..table.columns.len()).map(full_width).collect();
    let Some((first, others)) = widths.split_first() else { return Vec::new() };
    let others_width = others.iter().fold(0_u16, |sum, width| sum.saturating_add(width + GAP));
    let least = (*first).min((area_width / FIRST_PART).max(MIN_FIRST_WIDTH));
    let cut_first = (*first).min(area_width.saturating_sub(others_width)).max(least).min(area_width);
    // Without the mark, if all fit.
    let mark_width = if cut_first.saturating_add(others_width) > area_width { GAP } else { 0 };
    let mut used = cut_first;
    let fits = |width: &&u16| {
        used = used.saturating_add(**width + GAP);
        used.saturating_add(mark_width) <= area_width
    };
    let others: Vec<u16> = others.iter().take_while(fits).copied().collect();
    let others_width: u16 = others.iter().map(|width| width + GAP).sum();
    // The first column gets what those that are left out would have taken.
    let first = (*first).min(area_width.saturating_sub(others_width + mark_width)).max(cut_first);
    let mut x = 0;
    let columns = (0..).zip([first].into_iter().chain(others)).map(|(index, width)| {
        let column = VisibleColumn { index, x, width };
        x += width + GAP;
        column
    });
    columns.collect()
}
