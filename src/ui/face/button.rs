//! Something to press that has no state.

use ratatui::{buffer::Buffer, layout::Rect};

use super::toggle::pill;
use crate::{
    model::{color::Color, icon::Icon},
    ui::Look,
};

/// Draws a button.
pub fn draw(buf: &mut Buffer, area: Rect, icon: Option<Icon>, color: Option<Color>, look: &Look) {
    let glyph = icon.map_or("▸", |icon| look.icon(icon));
    let style = look.theme.chosen(color, look.theme.accent());
    pill(buf, area, &format!(" {glyph} press "), false, style, look);
}
