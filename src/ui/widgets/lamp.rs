//! A lamp and the word for its state: filled if it is lit, an outline if not, a question mark for an unknown payload.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    model::{color::Color, icon::Icon},
    ui::{
        UiConfig,
        glyph_set::GlyphSet,
        text::{Alignment, draw_line, wrap},
    },
};

/// The size of a large lamp, which needs half blocks.
const LAMP_SIZE: (u16, u16) = (4, 2);

/// Draws a lamp.
#[expect(clippy::too_many_arguments, reason = "the parts of the content, and where to draw them")]
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    lit: Option<bool>,
    icon: Option<Icon>,
    color: Option<Color>,
    text: &str,
    config: &UiConfig,
    dimmed: bool,
) {
    let theme = config.theme;
    let Some(lit) = lit else {
        draw_line(buf, area, area.height.saturating_sub(1) / 2, &format!("? {text}"), theme.dim(), Alignment::Center);
        return;
    };
    let plain = if lit { theme.accent() } else { theme.text() };
    let style = if dimmed { theme.dim() } else { theme.custom_color(color, plain) };
    let word_style = style.add_modifier(Modifier::BOLD);
    let is_large =
        icon.is_none() && config.glyphs == GlyphSet::Full && area.width >= LAMP_SIZE.0 && area.height > LAMP_SIZE.1;
    if !is_large {
        let glyph = icon.map_or(if lit { "●" } else { "○" }, |icon| config.icon(icon));
        draw_line(
            buf,
            area,
            area.height.saturating_sub(1) / 2,
            &format!("{glyph} {text}"),
            word_style,
            Alignment::Center,
        );
        return;
    }
    let lines = wrap(text, area.width, usize::from(area.height - LAMP_SIZE.1));
    let word_rows = u16::try_from(lines.len()).unwrap_or(1);
    let gap = u16::from(area.height > LAMP_SIZE.1 + word_rows + 1);
    let top = (area.height - LAMP_SIZE.1 - word_rows - gap) / 2;
    draw_large(buf, (area.x + (area.width - LAMP_SIZE.0) / 2, area.y + top), lit, style);
    for (row, line) in (top + LAMP_SIZE.1 + gap..).zip(&lines) {
        draw_line(buf, area, row, line, word_style, Alignment::Center);
    }
}

fn draw_large(buf: &mut Buffer, (x, y): (u16, u16), lit: bool, style: Style) {
    let (top, bottom) = if lit { ("▗██▖", "▝██▘") } else { ("╭──╮", "╰──╯") };
    buf.set_string(x, y, top, style);
    buf.set_string(x, y + 1, bottom, style);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{frame::to_plain_text, theme::ColorDepth};

    fn drawn(height: u16, lit: Option<bool>, glyphs: GlyphSet) -> String {
        let area = Rect::new(0, 0, 8, height);
        let mut buf = Buffer::empty(area);
        let config = UiConfig { glyphs, ..UiConfig::new(ColorDepth::None) };
        draw(&mut buf, area, lit, None, None, "Open", &config, false);
        config.glyphs.replace_missing(&mut buf);
        to_plain_text(&buf).lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn lit_lamp_differs_from_one_that_is_not_without_color() {
        assert_eq!(drawn(3, Some(true), GlyphSet::Full), "  ▗██▖\n  ▝██▘\n  Open");
        assert_eq!(drawn(3, Some(false), GlyphSet::Full), "  ╭──╮\n  ╰──╯\n  Open");
        for glyphs in [GlyphSet::Full, GlyphSet::Basic, GlyphSet::Ascii] {
            let [lit, dark, unknown] = [Some(true), Some(false), None].map(|lit| drawn(1, lit, glyphs));
            assert!(lit != dark && dark != unknown && unknown.trim() == "? Open", "{lit} {dark} {unknown}");
        }
    }
}
