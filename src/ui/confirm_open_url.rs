//! The dialog that asks whether to open a URL outside the terminal.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig, dialog,
    text::{Alignment, draw_line, wrap},
};

/// The maximum number of lines that a URL takes.
const MAX_URL_LINES: usize = 8;

/// Draws the dialog.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, url: &str, config: &UiConfig) {
    let width = screen.width.saturating_sub(8).min(70);
    let lines = wrap(url, width, MAX_URL_LINES);
    let height = u16::try_from(lines.len()).unwrap_or_default();
    let area = dialog::draw_frame(buf, screen, "Open in the browser?", (width, height), config);
    for (row, text) in (0..area.height).zip(&lines) {
        draw_line(buf, area, row, text, config.theme.text(), Alignment::Left);
    }
}
