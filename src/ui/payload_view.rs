//! A payload with what stands above and below it, in the tile in full and in the explorer: the selected part has a mark in
//! front, other parts one behind.

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    dialog::{self, Lines},
    payload_lines::PayloadLines,
    screens::DrawContext,
    text::{Alignment, draw_line, width},
};
use crate::{
    app::{ScrollExtent, payload_cursor::PayloadCursor},
    model::error::format_bytes,
};

/// The cells for the mark of the selected part.
pub(super) const MARK_WIDTH: u16 = 2;

/// A payload, and what is shown with it.
pub(super) struct PayloadView<'a> {
    /// The lines above the payload.
    pub head: &'a [(String, Style)],
    pub payload: &'a PayloadLines,
    /// The lines below it.
    pub tail: &'a [(String, Style)],
    pub cursor: &'a PayloadCursor,
    /// Paths of parts, and what stands behind them.
    pub marks: &'a [(String, String)],
}

impl PayloadView<'_> {
    /// Draws it, from its scroll position or so that the selected part is visible. The mark of that is drawn to the left of
    /// the area. Returns how far it can be scrolled.
    pub fn draw(&self, context: &mut DrawContext<'_>, area: Rect) -> ScrollExtent {
        let config = context.config;
        let lines =
            Lines { head: self.head, body: &self.payload.lines, body_style: config.theme.text(), tail: self.tail };
        let line_of = |path: &str| self.payload.line_of(path).map(|line| self.head.len() + line);
        let cursor = self.cursor.path.as_deref().and_then(line_of);
        let rows = usize::from(area.height);
        let scroll = cursor.map_or(self.cursor.scroll.lines, |line| line.saturating_sub(rows / 2));
        let extent = dialog::draw_lines(context.buf, area, &lines, scroll, config);
        let first = scroll.min(extent.max);
        let row_of = |line: usize| {
            let row = u16::try_from(line.checked_sub(first)?).ok()?;
            (row < area.height).then_some(Rect { y: area.y + row, height: 1, ..area })
        };
        if let (Some(row), Some(line)) = (cursor.and_then(row_of), cursor) {
            let text = &self.payload.lines[line - self.head.len()];
            let margin = Rect { x: row.x - MARK_WIDTH, width: MARK_WIDTH, ..row };
            draw_line(context.buf, margin, 0, "▸", config.theme.highlight(), Alignment::Left);
            draw_line(context.buf, row, 0, text, config.theme.highlight(), Alignment::Left);
        }
        for (path, mark) in self.marks {
            if let Some(line) = line_of(path)
                && let Some(row) = row_of(line)
            {
                draw_mark(context, row, &self.payload.lines[line - self.head.len()], mark);
            }
        }
        extent
    }
}

/// Returns that only the first bytes of a payload are shown.
pub(super) fn cut_text(shown_bytes: usize, all_bytes: usize) -> String {
    format!("* cut: these are the first {} of {}", format_bytes(shown_bytes), format_bytes(all_bytes))
}

/// Draws a mark on the line of a part, after its text or over the end of it.
fn draw_mark(context: &mut DrawContext<'_>, row: Rect, line: &str, mark: &str) {
    let mark_width = width(mark);
    let after_text = width(line).saturating_add(2);
    let x = after_text.min(row.width.saturating_sub(mark_width + 1));
    let area = Rect { x: row.x + x, width: row.width - x, ..row };
    let style = context.config.theme.accent().patch(Style::new().add_modifier(Modifier::BOLD));
    draw_line(context.buf, area, 0, mark, style, Alignment::Left);
}
