//! A number between two limits: the value, with a bar below it.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::text::{draw_small_value, draw_value};
use crate::{
    model::{
        color::Color,
        content::{Overflow, PrefixSuffix},
    },
    ui::{UiConfig, glyph_set::GlyphSet},
};

/// Draws a number and its bar, with a mark at the end beyond which the number is.
#[expect(clippy::too_many_arguments, reason = "the parts of the content, and where to draw them")]
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    prefix_suffix: &PrefixSuffix,
    (ratio, overflow): (f64, Option<Overflow>),
    text: &str,
    color: Option<Color>,
    config: &UiConfig,
    dimmed: bool,
) {
    let theme = config.theme;
    let (text_style, fill_style) =
        if dimmed { (theme.dim(), theme.dim()) } else { (theme.text(), theme.custom_color(color, theme.accent())) };
    let bar_row = area.height.saturating_sub(1);
    if area.height > 1 {
        let text_area = Rect { height: bar_row, ..area };
        if !draw_value(buf, text_area, prefix_suffix, text, text_style, config) {
            draw_small_value(buf, text_area, prefix_suffix, text, text_style);
        }
    }
    let inset = u16::from(area.width > 8);
    let bar_area = Rect::new(area.x + inset, area.y + bar_row, area.width - 2 * inset, area.height.min(1));
    draw_bar(buf, bar_area, ratio, fill_style, config);
    if let Some(overflow) = overflow.filter(|_| !bar_area.is_empty()) {
        let (x, mark) = match overflow {
            Overflow::Below => (bar_area.x, overflow_mark(overflow)),
            Overflow::Above => (bar_area.right() - 1, overflow_mark(overflow)),
        };
        buf.set_string(x, bar_area.y, mark, theme.warning());
    }
}

/// Returns the mark of a number that is outside its limits.
pub(crate) const fn overflow_mark(overflow: Overflow) -> &'static str {
    match overflow {
        Overflow::Below => "▼",
        Overflow::Above => "▲",
    }
}

/// Draws a bar between two edges. `ratio` is the filled part, 0 to 1, drawn in steps of an eighth of a cell,
/// or of a third with fewer glyphs.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "eight times the width of a bar at most, and not negative"
)]
pub(crate) fn draw_bar(buf: &mut Buffer, area: Rect, ratio: f64, fill_style: Style, config: &UiConfig) {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    const SHADED_EIGHTHS: [&str; 8] = ["", "", "░", "░", "░", "▒", "▒", "▒"];
    if area.width < 3 || area.height == 0 {
        return;
    }
    let eighths = (ratio.clamp(0.0, 1.0) * f64::from(area.width - 2) * 8.0).round() as usize;
    let partial_blocks = if config.glyphs < GlyphSet::Full { SHADED_EIGHTHS } else { EIGHTHS };
    let filled = format!("{}{}", "█".repeat(eighths / 8), partial_blocks[eighths % 8]);
    let edge_style = config.theme.dim();
    buf.set_string(area.x, area.y, "▕", edge_style);
    buf.set_string(area.x + 1, area.y, filled, fill_style);
    buf.set_string(area.right() - 1, area.y, "▏", edge_style);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_outside_its_limits_has_a_mark_at_that_end_of_the_bar() {
        let area = Rect::new(0, 0, 12, 1);
        let row = |ratio, overflow| {
            let mut buf = Buffer::empty(area);
            let affixes = PrefixSuffix::default();
            draw(&mut buf, area, &affixes, (ratio, overflow), "7", None, &UiConfig::detect(false, |_| None), false);
            (0..12).map(|x| buf[(x, 0)].symbol().to_owned()).collect::<String>()
        };
        assert_eq!(row(1.0, None), " ▕████████▏ ");
        assert_eq!(row(1.0, Some(Overflow::Above)), " ▕████████▲ ");
        assert_eq!(row(0.0, Some(Overflow::Below)), " ▼        ▏ ");
    }
}
