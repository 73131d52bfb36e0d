//! A payload with what stands above and below it, in the tile in full and in the explorer: the selected part has a mark in
//! front, other parts one behind.

use std::{borrow::Cow, collections::BTreeMap};

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    dialog::{self, Lines},
    layout::MouseTarget,
    payload_lines::PayloadLines,
    screens::DrawContext,
    text::{Alignment, draw_line, truncate, width},
};
use crate::{
    app::{Action, ScrollExtent, payload_cursor::PayloadCursor},
    model::error::format_bytes,
};

/// The cells for the mark of the selected part.
pub(super) const MARK_WIDTH: u16 = 2;
/// The least cells for a part of a mark.
const MIN_MARK_WIDTH: u16 = 4;

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
    /// What stands behind something folded with so many marks in it.
    pub folded_mark: fn(usize) -> String,
}

impl PayloadView<'_> {
    /// Draws it, from its scroll position or so that the selected part is visible. The mark of that is drawn to the left of
    /// the area. Returns how far it can be scrolled.
    pub fn draw(&self, context: &mut DrawContext<'_>, area: Rect) -> ScrollExtent {
        let config = context.config;
        let lines =
            Lines { head: self.head, body: &self.payload.lines, body_style: config.theme.text(), tail: self.tail };
        let cursor = self.cursor.path.as_deref().and_then(|path| self.payload.line_of(path));
        let cursor = cursor.map(|line| self.head.len() + line);
        let rows = usize::from(area.height);
        let row_of_cursor = self.cursor.row.map_or(rows / 2, |row| row.min(rows.saturating_sub(1)));
        let scroll = cursor.map_or(self.cursor.scroll.lines, |line| line.saturating_sub(row_of_cursor));
        let extent = dialog::draw_lines(context.buf, area, &lines, scroll, config);
        let first = scroll.min(extent.max);
        let row_of = |line: usize| {
            let row = u16::try_from(line.checked_sub(first)?).ok()?;
            (row < area.height).then_some(Rect { y: area.y + row, height: 1, ..area })
        };
        if let (Some(row), Some(line)) = (cursor.and_then(row_of), cursor) {
            let text = &self.payload.lines[line - self.head.len()];
            let margin = Rect { x: row.x - MARK_WIDTH, width: MARK_WIDTH, ..row };
            draw_line(context.buf, margin, 0, "›", config.theme.highlight(), Alignment::Left);
            draw_line(context.buf, row, 0, text, config.theme.highlight(), Alignment::Left);
        }
        for line in self.cursor.marked.iter().filter_map(|path| self.payload.line_of(path)) {
            if let Some(row) = row_of(self.head.len() + line) {
                let mark = Rect { x: row.x - 1, width: 1, ..row };
                draw_line(context.buf, mark, 0, "•", config.theme.accent(), Alignment::Left);
            }
        }
        for (line, mark) in self.marks_by_line() {
            if let Some(row) = row_of(self.head.len() + line) {
                draw_mark(context, row, &self.payload.lines[line], &mark);
            }
        }
        self.add_targets(context, area, first);
        extent
    }

    /// Returns the marks with the lines behind which they stand.
    fn marks_by_line(&self) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
        let mut folded: BTreeMap<usize, usize> = BTreeMap::new();
        let mut marks = Vec::new();
        for (path, mark) in self.marks {
            if let Some(line) = self.payload.line_of(path) {
                marks.push((line, Cow::Borrowed(mark.as_str())));
            } else if let Some(line) = self.payload.folded_line_of(path) {
                *folded.entry(line).or_default() += 1;
            }
        }
        marks.into_iter().chain(folded.into_iter().map(|(line, count)| (line, Cow::Owned((self.folded_mark)(count)))))
    }

    /// Lets clicks select the parts whose lines are visible.
    fn add_targets(&self, context: &mut DrawContext<'_>, area: Rect, first: usize) {
        for row in 0..area.height {
            let line = (first + usize::from(row)).checked_sub(self.head.len());
            if let Some(path) =
                line.and_then(|line| self.payload.path_at(line).filter(|_| line < self.payload.lines.len()))
            {
                let action = Action::SelectPart(path.to_owned(), row.into());
                let row_area = Rect { y: area.y + row, height: 1, ..area };
                context.layout.add(row_area, MouseTarget::Click(action));
            }
        }
    }
}

/// Returns that only the first bytes of a payload are shown.
pub(super) fn cut_text(shown_bytes: usize, all_bytes: usize) -> String {
    format!("* cut: these are the first {} of {}", format_bytes(shown_bytes), format_bytes(all_bytes))
}

/// Draws a mark behind the text of a part, as far as there is room: what the part is now counts more.
fn draw_mark(context: &mut DrawContext<'_>, row: Rect, line: &str, mark: &str) {
    let x = width(line).saturating_add(2);
    let room = row.width.saturating_sub(x);
    if room < MIN_MARK_WIDTH.min(width(mark)) {
        return;
    }
    let area = Rect { x: row.x + x, width: room, ..row };
    let style = context.config.theme.accent().patch(Style::new().add_modifier(Modifier::BOLD));
    draw_line(context.buf, area, 0, &truncate(mark, room), style, Alignment::Left);
}
