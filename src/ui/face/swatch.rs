//! A colour: a field of it, and its six digits.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color as Shade, Modifier, Style},
};

use crate::{
    model::{color::Rgb, icon::Icon},
    ui::{
        Look,
        text::{Side, line},
        theme::Depth,
    },
};

/// Draws a colour.
pub fn draw(buf: &mut Buffer, area: Rect, rgb: Rgb, icon: Option<Icon>, look: &Look) {
    let theme = look.theme;
    let digits = rgb.to_string();
    let bottom = area.height.saturating_sub(1);
    if theme.depth == Depth::None {
        let text = icon.map_or_else(|| digits.clone(), |icon| format!("{} {digits}", look.icon(icon)));
        line(buf, area, bottom / 2, &text, Style::new().add_modifier(Modifier::BOLD), Side::Middle);
        return;
    }
    let shade = theme.shade(rgb);
    let inset = if area.width > 12 { 2 } else { 0 };
    let field = Rect::new(area.x + inset, area.y, area.width - 2 * inset, bottom.max(1).min(area.height));
    buf.set_style(field, Style::new().bg(shade));
    if let Some(icon) = icon {
        let bright = 2 * u32::from(rgb.0) + 5 * u32::from(rgb.1) + u32::from(rgb.2) > 8 * 128;
        let ink = if bright { Shade::Black } else { Shade::White };
        line(buf, field, field.height / 2, look.icon(icon), Style::new().fg(ink).bg(shade), Side::Middle);
    }
    if area.height > 1 {
        line(buf, area, bottom, &digits, theme.text(), Side::Middle);
    }
}
