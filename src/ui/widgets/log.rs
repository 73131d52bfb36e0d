//! A log: aligned columns, the newest line at the bottom. The last column has what the others leave.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::cells::{CellPainter, GAP, VisibleColumn};
use crate::{
    model::{
        text_table::{TextTable, TextTableRow},
        time::Time,
    },
    ui::UiConfig,
};

/// The room that the last column needs. Where it has less, columns are left out from the left: what is said matters more
/// than when and where.
const MIN_LAST_WIDTH: u16 = 12;

/// Draws the last lines of a log that fit.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, log: &TextTable, config: &UiConfig, now: Time, dimmed: bool) {
    let painter = CellPainter { config, now, dimmed, missing: "" };
    let lines = lines_before(log, 0, area);
    draw_lines(buf, area, log, lines.clone(), log.rows[lines].iter(), &painter);
}

/// Draws the lines of a log that fit, the newest at the top, after skipping some.
pub(crate) fn draw_newest_first(
    buf: &mut Buffer,
    area: Rect,
    log: &TextTable,
    skipped: usize,
    config: &UiConfig,
    now: Time,
) {
    let painter = CellPainter { config, now, dimmed: false, missing: "" };
    let lines = lines_before(log, skipped, area);
    draw_lines(buf, area, log, lines.clone(), log.rows[lines].iter().rev(), &painter);
}

/// Returns the lines that fit, without some of the newest ones.
fn lines_before(log: &TextTable, skipped: usize, area: Rect) -> Range<usize> {
    let end = log.rows.len().saturating_sub(skipped);
    end.saturating_sub(area.height.into())..end
}

/// Draws these lines, which are `rows`, from the top.
fn draw_lines<'a>(
    buf: &mut Buffer,
    area: Rect,
    log: &TextTable,
    lines: Range<usize>,
    rows: impl Iterator<Item = &'a TextTableRow>,
    painter: &CellPainter<'_>,
) {
    let columns = visible_columns(painter, log, lines, area.width);
    for (y, row) in (0..area.height).zip(rows) {
        painter.draw_row(buf, area, y, (log, row), &columns, row_style(row, painter.config, painter.dimmed));
    }
}

/// Returns the style of a line. A highlighted one is bold, too: not every terminal has colors.
fn row_style(row: &TextTableRow, config: &UiConfig, dimmed: bool) -> Style {
    let theme = config.theme;
    let plain = if dimmed { theme.dim() } else { theme.text() };
    match row.is_highlighted {
        false => plain,
        true if dimmed => plain.add_modifier(Modifier::BOLD),
        true => theme.custom_color(row.color, plain).add_modifier(Modifier::BOLD),
    }
}

/// Returns the columns that fit next to the last one.
fn visible_columns(
    painter: &CellPainter<'_>,
    log: &TextTable,
    lines: Range<usize>,
    area_width: u16,
) -> Vec<VisibleColumn> {
    let Some(last) = log.columns.len().checked_sub(1) else { return Vec::new() };
    let most = (area_width / 3).max(8);
    let widths: Vec<u16> = (0..last).map(|column| painter.width(log, column, lines.clone()).min(most)).collect();
    let is_shown = |width: &u16| *width > 0;
    let total =
        |widths: &[u16]| -> u16 { widths.iter().filter(|width| is_shown(width)).map(|width| width + GAP).sum() };
    let first = (0..=last).find(|first| total(&widths[*first..]) + MIN_LAST_WIDTH <= area_width).unwrap_or(last);
    let mut columns = Vec::new();
    let mut x = 0;
    for (index, width) in widths.into_iter().enumerate().skip(first).filter(|(_, width)| is_shown(width)) {
        columns.push(VisibleColumn { index, x, width });
        x += width + GAP;
    }
    columns.push(VisibleColumn { index: last, x, width: area_width.saturating_sub(x) });
    columns
}
