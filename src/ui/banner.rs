//! The banner above the tiles. It shows a lasting problem: an error in the dashboard's file, or that the
//! broker's certificate is not verified.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig,
    text::{Alignment, draw_line},
};

/// Draws the banner into this row.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, problem: &str, config: &UiConfig) {
    let style = config.theme.banner();
    buf.set_string(area.x, area.y, " ".repeat(usize::from(area.width)), style);
    let inner = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    draw_line(buf, inner, 0, &format!("! {problem}"), style, Alignment::Left);
}
