//! A color: a swatch, and its hexadecimal digits.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color as TerminalColor, Modifier, Style},
};

use crate::{
    model::{color::Rgb, icon::Icon},
    ui::{
        UiConfig,
        text::{Alignment, draw_line},
        theme::ColorDepth,
    },
};

/// Draws a color.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, rgb: Rgb, icon: Option<Icon>, config: &UiConfig) {
    let theme = config.theme;
    let digits = rgb.to_string();
    let last_row = area.height.saturating_sub(1);
    if theme.depth == ColorDepth::None {
        let text = icon.map_or_else(|| digits.clone(), |icon| format!("{} {digits}", config.icon(icon)));
        draw_line(buf, area, last_row / 2, &text, Style::new().add_modifier(Modifier::BOLD), Alignment::Center);
        return;
    }
    let background = theme.nearest_color(rgb);
    let inset = if area.width > 12 { 2 } else { 0 };
    let swatch_area = Rect::new(area.x + inset, area.y, area.width - 2 * inset, last_row.max(1).min(area.height));
    buf.set_style(swatch_area, Style::new().bg(background));
    if let Some(icon) = icon {
        let bright = 2 * u32::from(rgb.0) + 5 * u32::from(rgb.1) + u32::from(rgb.2) > 8 * 128;
        let icon_color = if bright { TerminalColor::Black } else { TerminalColor::White };
        draw_line(
            buf,
            swatch_area,
            swatch_area.height / 2,
            config.icon(icon),
            Style::new().fg(icon_color).bg(background),
            Alignment::Center,
        );
    }
    if area.height > 1 {
        draw_line(buf, area, last_row, &digits, theme.text(), Alignment::Center);
    }
}
