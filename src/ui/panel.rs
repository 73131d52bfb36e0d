//! The box that questions and texts open in: the one box that may lie over another.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    symbols::border,
    widgets::{Block, Clear, Widget},
};

use super::{
    Look,
    text::{Side, fit, line, wrap},
};

/// Where a box with an inside of this size is, in the middle of the screen.
fn outline(screen: Rect, size: (u16, u16)) -> Rect {
    let (width, height) = (size.0.saturating_add(4).min(screen.width), size.1.saturating_add(2).min(screen.height));
    Rect::new(screen.x + (screen.width - width) / 2, screen.y + (screen.height - height) / 2, width, height)
}

/// The inside of a box, without a cell of air on either side.
#[must_use]
pub fn inside(screen: Rect, size: (u16, u16)) -> Rect {
    let inside = Block::bordered().inner(outline(screen, size));
    Rect { x: inside.x + 1.min(inside.width), width: inside.width.saturating_sub(2), ..inside }
}

/// Clears a place in the middle of the screen and draws a box with this title there; gives its inside.
pub fn open(buf: &mut Buffer, screen: Rect, title: &str, size: (u16, u16), look: &Look) -> Rect {
    let area = outline(screen, size);
    Clear.render(area, buf);
    buf.set_style(area, look.theme.base());
    let title = format!(" {} ", fit(title, area.width.saturating_sub(6)));
    let block = Block::bordered().border_set(border::ROUNDED).border_style(look.theme.accent()).title(title);
    block.render(area, buf);
    inside(screen, size)
}

/// Draws lines from the one after `top` on; gives back how far `top` may go at most.
pub fn lines(buf: &mut Buffer, area: Rect, lines: &[(String, ratatui::style::Style)], top: usize, look: &Look) {
    let most = lines.len().saturating_sub(usize::from(area.height));
    let top = top.min(most);
    for (row, (text, style)) in (0..area.height).zip(lines.iter().skip(top)) {
        line(buf, area, row, text, *style, Side::Left);
    }
    if top < most && area.height > 0 {
        line(buf, area, area.height - 1, "▼", look.theme.accent(), Side::Right);
    }
    if top > 0 {
        line(buf, area, 0, "▲", look.theme.accent(), Side::Right);
    }
}

/// A sentence in the middle of an area, on as many rows as it needs.
pub fn sentence(buf: &mut Buffer, area: Rect, text: &str, style: ratatui::style::Style) {
    let lines = wrap(text, area.width, usize::from(area.height));
    let count = u16::try_from(lines.len()).unwrap_or(area.height);
    for (row, text) in ((area.height - count.min(area.height)) / 2..).zip(&lines) {
        line(buf, area, row, text, style, Side::Middle);
    }
}
