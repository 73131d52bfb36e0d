//! A value as text: big letters where they fit, else as many lines as there are.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::Widget,
};
use tui_big_text::{BigText, PixelSize};

use crate::{
    model::content::{PrefixSuffix, TextSize},
    ui::{
        text::{Side, clean, line, width, wrap},
        theme::Theme,
    },
};

/// Cells that a big letter takes.
const BIG: (u16, u16) = (4, 4);

/// Draws a value with what stands before and behind it.
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    affixes: &PrefixSuffix,
    text: &str,
    size: TextSize,
    style: Style,
    theme: Theme,
) {
    let single = !text.contains('\n');
    if size == TextSize::Large && single && big(buf, area, affixes, text, style, theme) {
        return;
    }
    let weight = if size == TextSize::Small { style } else { style.add_modifier(Modifier::BOLD) };
    let whole = format!("{}{text}{}", affixes.prefix, affixes.suffix);
    let lines = wrap(&whole, area.width, usize::from(area.height));
    let count = u16::try_from(lines.len()).unwrap_or(area.height).min(area.height);
    let top = (area.height - count) / 2;
    for (row, text) in (top..).zip(&lines) {
        line(buf, area, row, text, weight, Side::Middle);
    }
}

/// Draws a value in big letters if they fit; whether they did.
pub fn big(buf: &mut Buffer, area: Rect, affixes: &PrefixSuffix, text: &str, style: Style, theme: Theme) -> bool {
    let text = text.trim();
    let Ok(letters) = u16::try_from(text.chars().count()) else {
        return false;
    };
    // The font has what Latin scripts need; anything else is drawn as it is.
    let drawable = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    let (before, behind) = (clean(&affixes.prefix), clean(&affixes.suffix));
    let wide = letters.saturating_mul(BIG.0);
    let total = wide.saturating_add(width(&before)).saturating_add(width(&behind));
    if letters == 0 || !drawable || total > area.width || area.height < BIG.1 {
        return false;
    }
    let left = area.x + (area.width - total) / 2;
    let top = area.y + (area.height - BIG.1) / 2;
    let letters_at = left + width(&before);
    BigText::builder()
        .pixel_size(PixelSize::Quadrant)
        .style(style)
        .lines([text.into()])
        .build()
        .render(Rect::new(letters_at, top, wide, BIG.1), buf);
    // The foot of the letters is one row above the last, which is for descenders.
    let foot = top + BIG.1 - 2;
    buf.set_string(left, foot, &before, theme.dim());
    buf.set_string(letters_at + wide, foot, &behind, theme.dim());
    true
}
