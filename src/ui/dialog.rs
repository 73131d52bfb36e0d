//! The bordered box of dialogs, popups and read-only views.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    symbols::border,
    widgets::{Block, Clear, Widget},
};

use super::{
    UiConfig,
    text::{Alignment, draw_line, truncate, wrap},
};
use crate::app::ScrollExtent;

/// Returns the outer area of a box with this inner size, centered on the screen.
fn outer_area(screen: Rect, size: (u16, u16)) -> Rect {
    let (width, height) = (size.0.saturating_add(4).min(screen.width), size.1.saturating_add(2).min(screen.height));
    Rect::new(screen.x + (screen.width - width) / 2, screen.y + (screen.height - height) / 2, width, height)
}

/// Returns the inner area of a box, without one column of padding on each side.
#[must_use]
pub(crate) fn inner_area(screen: Rect, size: (u16, u16)) -> Rect {
    let inner = Block::bordered().inner(outer_area(screen, size));
    Rect { x: inner.x + 1.min(inner.width), width: inner.width.saturating_sub(2), ..inner }
}

/// Clears the area of a box, draws the box with this title, and returns its inner area.
pub(crate) fn draw_frame(buf: &mut Buffer, screen: Rect, title: &str, size: (u16, u16), config: &UiConfig) -> Rect {
    let area = outer_area(screen, size);
    Clear.render(area, buf);
    buf.set_style(area, config.theme.base());
    let title = format!(" {} ", truncate(title, area.width.saturating_sub(6)));
    let block = Block::bordered().border_set(border::ROUNDED).border_style(config.theme.accent()).title(title);
    block.render(area, buf);
    inner_area(screen, size)
}

/// The lines of a text, of which only the visible ones are looked at: it may have a hundred thousand.
pub(crate) struct Lines<'a> {
    /// The first lines.
    pub head: &'a [(String, Style)],
    /// The lines in the middle, all of the same style.
    pub body: &'a [String],
    /// Their style.
    pub body_style: Style,
    /// The last lines.
    pub tail: &'a [(String, Style)],
}

impl<'a> Lines<'a> {
    /// Creates a text of these lines.
    #[must_use]
    pub fn new(head: &'a [(String, Style)]) -> Self {
        Self { head, body: &[], body_style: Style::new(), tail: &[] }
    }

    /// Returns the number of lines.
    #[must_use]
    pub fn len(&self) -> usize {
        self.head.len() + self.body.len() + self.tail.len()
    }

    fn get(&self, index: usize) -> Option<(&'a str, Style)> {
        let styled = |(text, style): &'a (String, Style)| (text.as_str(), *style);
        let after_head = index.checked_sub(self.head.len());
        let after_body = after_head.and_then(|index| index.checked_sub(self.body.len()));
        match (after_head, after_body) {
            (None, _) => self.head.get(index).map(styled),
            (Some(index), None) => self.body.get(index).map(|text| (text.as_str(), self.body_style)),
            (Some(_), Some(index)) => self.tail.get(index).map(styled),
        }
    }
}

/// Draws lines after skipping `scroll` of them, at most until the last line is visible. Arrows show where
/// more lines are hidden. Returns how far the lines can be scrolled.
pub(crate) fn draw_lines(
    buf: &mut Buffer,
    area: Rect,
    lines: &Lines<'_>,
    scroll: usize,
    config: &UiConfig,
) -> ScrollExtent {
    let max_scroll = lines.len().saturating_sub(usize::from(area.height));
    let scroll = scroll.min(max_scroll);
    for (row, (text, style)) in (0..area.height).zip((scroll..).map_while(|index| lines.get(index))) {
        draw_line(buf, area, row, text, style, Alignment::Left);
    }
    draw_scroll_marks(buf, area, scroll, max_scroll, config);
    ScrollExtent { max: max_scroll, rows: usize::from(area.height) }
}

/// Draws arrows where more lines are hidden.
pub(crate) fn draw_scroll_marks(buf: &mut Buffer, area: Rect, scroll: usize, max_scroll: usize, config: &UiConfig) {
    if scroll < max_scroll && area.height > 0 {
        draw_line(buf, area, area.height - 1, "▼", config.theme.accent(), Alignment::Right);
    }
    if scroll > 0 {
        draw_line(buf, area, 0, "▲", config.theme.accent(), Alignment::Right);
    }
}

/// Draws wrapped text in the middle of an area.
pub(crate) fn draw_centered_text(buf: &mut Buffer, area: Rect, text: &str, style: Style) {
    let lines = wrap(text, area.width, usize::from(area.height));
    let count = u16::try_from(lines.len()).unwrap_or(area.height);
    for (row, text) in ((area.height - count.min(area.height)) / 2..).zip(&lines) {
        draw_line(buf, area, row, text, style, Alignment::Center);
    }
}
