//! A note: lines of text from the top, with a space at the sides if there is room.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::ui::{
    UiConfig,
    text::{Alignment, draw_line, wrap},
};

/// Draws a note.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, text: &str, config: &UiConfig) {
    let inset = u16::from(area.width > 12);
    let area = Rect { x: area.x + inset, width: area.width - 2 * inset, ..area };
    for (row, line) in (0..area.height).zip(wrap(text, area.width, area.height.into())) {
        draw_line(buf, area, row, &line, config.theme.text(), Alignment::Left);
    }
}
