//! A button: it can be pressed and has no state.

use ratatui::{buffer::Buffer, layout::Rect};

use super::toggle::draw_pill;
use crate::{
    model::{color::Color, icon::Icon},
    ui::UiConfig,
};

/// Draws a button.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    icon: Option<Icon>,
    color: Option<Color>,
    label: &str,
    config: &UiConfig,
) {
    let glyph = icon.map_or("▸", |icon| config.icon(icon));
    let style = config.theme.custom_color(color, config.theme.accent());
    draw_pill(buf, area, &format!(" {glyph} {label} "), false, style, config);
}
