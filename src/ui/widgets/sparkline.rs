//! The recent past of a number as a row of small bars.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{sparkline::Sparkline, time::Time},
    ui::{UiConfig, glyph_set::GlyphSet},
};

/// The bars, from the lowest to the highest number.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Those for terminals without them, which include the Linux console: the more of the cell is filled, the higher.
const ASCII_BARS: [char; 6] = ['_', '.', '-', '=', '*', '#'];

/// Draws the row. Where nothing came, it is blank.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, sparkline: &Sparkline, config: &UiConfig, dimmed: bool, now: Time) {
    if area.height == 0 {
        return;
    }
    let style = if dimmed { config.theme.dim() } else { config.theme.accent() };
    let bars: &[char] = if config.glyphs == GlyphSet::Full { &BARS } else { &ASCII_BARS };
    let positions = sparkline.positions(area.width.into(), now);
    for (x, position) in (area.x..area.right()).zip(positions) {
        let Some(position) = position else { continue };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
        let level = (position * f64::from(u32::try_from(bars.len()).unwrap_or(1))) as usize;
        buf[(x, area.y)].set_char(bars[level.min(bars.len() - 1)]).set_style(style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{frame::to_plain_text, theme::ColorDepth};

    #[test]
    fn bars_are_blocks_or_ascii_and_blank_where_nothing_came() {
        let at = |seconds: u64| Time::from_millis(1_000_000 + seconds * 1_000);
        let mut sparkline = Sparkline::new(0.0, at(0));
        for (seconds, number) in (1..8).zip([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]) {
            sparkline.add(number, at(seconds));
        }
        let drawn = |glyphs: GlyphSet| {
            let area = Rect::new(0, 0, 12, 1);
            let mut buf = Buffer::empty(area);
            let config = UiConfig { glyphs, ..UiConfig::new(ColorDepth::None) };
            draw(&mut buf, area, &sparkline, &config, false, at(11));
            to_plain_text(&buf).trim_end().to_owned()
        };
        assert_eq!(drawn(GlyphSet::Full), "▁▂▃▄▅▆▇███");
        assert_eq!(drawn(GlyphSet::Basic), "__.-=*####");
        assert_eq!(drawn(GlyphSet::Ascii), drawn(GlyphSet::Basic));
    }
}
