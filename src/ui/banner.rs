//! The line above the tiles that says what the person is to know for as long as it is so: what is
//! wrong with the dashboard's file, or that the broker's certificate is not checked.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look,
    text::{Side, line},
};

/// Draws it into this line.
pub fn draw(buf: &mut Buffer, area: Rect, problem: &str, look: &Look) {
    let style = look.theme.banner();
    buf.set_string(area.x, area.y, " ".repeat(usize::from(area.width)), style);
    let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    line(buf, inside, 0, &format!("! {problem}"), style, Side::Left);
}
