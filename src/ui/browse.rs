//! The question whether an address may be opened outside of the terminal.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look, panel,
    text::{Side, line, wrap},
};

/// The most lines of an address that are shown.
const MOST: usize = 8;

/// Draws the question.
pub fn draw(buf: &mut Buffer, screen: Rect, address: &str, look: &Look) {
    let width = screen.width.saturating_sub(8).min(70);
    let lines = wrap(address, width, MOST);
    let height = u16::try_from(lines.len()).unwrap_or_default();
    let area = panel::open(buf, screen, "Open in the browser?", (width, height), look);
    for (row, text) in (0..area.height).zip(&lines) {
        line(buf, area, row, text, look.theme.text(), Side::Left);
    }
}
