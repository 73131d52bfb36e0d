//! A value as text: in big letters if they fit, otherwise in as many lines as there are.

use font8x8::{BASIC_FONTS, UnicodeFonts as _};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    model::content::{PrefixSuffix, TextSize},
    ui::{
        UiConfig,
        glyph_set::GlyphSet,
        text::{Alignment, draw_line, sanitize, width, wrap},
    },
};

/// The size of a big letter in cells.
const BIG_LETTER_SIZE: (u16, u16) = (4, 4);
/// A tile has letters of twice the size if a text of this many of them would fit.
const MIN_HUGE_LETTERS: u16 = 5;
/// A tile has big letters if a text of this many of them would fit: 9.9 does not become smaller with 10.0.
const MIN_BIG_LETTERS: u16 = 4;
/// A zero without a stroke, which is read as 8 from a distance.
const OPEN_ZERO: [u8; 8] = [0x3e, 0x63, 0x63, 0x63, 0x63, 0x63, 0x3e, 0x00];
/// The block character for the four pixels of a cell: bit 0 is the upper left pixel, bit 1 the upper right,
/// bit 2 the lower left, bit 3 the lower right.
const QUADRANTS: [char; 16] = [' ', '▘', '▝', '▀', '▖', '▌', '▞', '▛', '▗', '▚', '▐', '▜', '▄', '▙', '▟', '█'];

/// Draws a value with its prefix and postfix.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    prefix_suffix: &PrefixSuffix,
    text: &str,
    size: TextSize,
    style: Style,
    config: &UiConfig,
) {
    let is_single_line = !text.contains('\n');
    if size == TextSize::Large && is_single_line && draw_value(buf, area, prefix_suffix, text, style, config) {
        return;
    }
    let text_style = if size == TextSize::Small { style } else { style.add_modifier(Modifier::BOLD) };
    let full_text = match prefix_suffix.zone.as_str() {
        zone if area.height > 1 && !zone.is_empty() => format!("{}\n{zone}", prefix_suffix.around(text)),
        _ => prefix_suffix.line(text),
    };
    let lines = wrap(&full_text, area.width, usize::from(area.height));
    let count = u16::try_from(lines.len()).unwrap_or(area.height).min(area.height);
    let top = (area.height - count) / 2;
    for (row, text) in (top..).zip(&lines) {
        draw_line(buf, area, row, text, text_style, Alignment::Center);
    }
}

/// Draws a value in big letters, with the word for its zone below, if both fit. Returns whether that is so.
pub(crate) fn draw_value(
    buf: &mut Buffer,
    area: Rect,
    prefix_suffix: &PrefixSuffix,
    text: &str,
    style: Style,
    config: &UiConfig,
) -> bool {
    if prefix_suffix.zone.is_empty() {
        return draw_big_text(buf, area, prefix_suffix, text, style, config);
    }
    let rows = area.height.saturating_sub(1);
    let is_drawn = draw_big_text(buf, Rect { height: rows, ..area }, prefix_suffix, text, style, config);
    if is_drawn {
        draw_line(buf, area, rows, &prefix_suffix.zone, style, Alignment::Center);
    }
    is_drawn
}

/// Draws a value in normal letters in the middle, with the word for its zone in a row of its own if there is one.
pub(crate) fn draw_small_value(buf: &mut Buffer, area: Rect, prefix_suffix: &PrefixSuffix, text: &str, style: Style) {
    let bold = style.add_modifier(Modifier::BOLD);
    let (value, line) = (prefix_suffix.around(text), prefix_suffix.line(text));
    let row = area.height / 2;
    if area.height >= 2 && value.len() < line.len() {
        draw_line(buf, area, row - 1, &value, bold, Alignment::Center);
        draw_line(buf, area, row, &prefix_suffix.zone, style, Alignment::Center);
    } else {
        let fitting = if width(&line) <= area.width { line } else { value };
        draw_line(buf, area, row, &fitting, bold, Alignment::Center);
    }
}

/// Draws a value in big letters if they fit and there are the blocks for them. Returns whether that is so.
fn draw_big_text(
    buf: &mut Buffer,
    area: Rect,
    prefix_suffix: &PrefixSuffix,
    text: &str,
    style: Style,
    config: &UiConfig,
) -> bool {
    let text = text.trim();
    let Ok(letters) = u16::try_from(text.chars().count()) else {
        return false;
    };
    // The font covers ASCII only; other text is drawn in normal letters.
    let drawable = text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
    let (prefix, suffix) = (sanitize(&prefix_suffix.prefix), sanitize(&prefix_suffix.suffix));
    let affixes_width = width(&prefix).saturating_add(width(&suffix));
    if letters == 0 || !drawable {
        return false;
    }
    let fits = |scale: u16, letters: u16| {
        let letters_width = letters.saturating_mul(BIG_LETTER_SIZE.0 * scale);
        letters_width.saturating_add(affixes_width) <= area.width && BIG_LETTER_SIZE.1 * scale <= area.height
    };
    // The size depends on the tile, not on a digit more or less.
    let scale = match () {
        () if fits(2, letters.max(MIN_HUGE_LETTERS)) => 2,
        // Smaller letters are made of quadrants.
        () if config.glyphs == GlyphSet::Full && fits(1, letters.max(MIN_BIG_LETTERS)) => 1,
        () => return false,
    };
    let letter_size = (BIG_LETTER_SIZE.0 * scale, BIG_LETTER_SIZE.1 * scale);
    let letters_width = letters * letter_size.0;
    let left = area.x + (area.width - letters_width - affixes_width) / 2;
    let top = area.y + (area.height - letter_size.1) / 2;
    let letters_x = left + width(&prefix);
    for (x, letter) in (letters_x..).step_by(letter_size.0.into()).zip(text.chars()) {
        if scale == 1 {
            draw_big_letter(buf, x, top, letter, style);
        } else {
            draw_huge_letter(buf, x, top, letter, style);
        }
    }
    // The baseline is above the last pixel row, which is for descenders.
    let baseline = top + letter_size.1 - 2;
    buf.set_string(left, baseline, &prefix, config.theme.dim());
    buf.set_string(letters_x + letters_width, baseline, &suffix, config.theme.dim());
    true
}

/// Returns the rows of pixels of a letter.
fn letter_rows(letter: char) -> [u8; 8] {
    if letter == '0' { OPEN_ZERO } else { BASIC_FONTS.get(letter).unwrap_or_default() }
}

/// Draws a letter of 8×8 pixels, one pixel to a cell.
fn draw_huge_letter(buf: &mut Buffer, left: u16, top: u16, letter: char, style: Style) {
    for (y, row) in (top..).zip(letter_rows(letter)) {
        for (x, shift) in (left..).zip(0..8) {
            let symbol = if row >> shift & 1 == 1 { '█' } else { ' ' };
            buf[(x, y)].set_char(symbol).set_style(style);
        }
    }
}

/// Draws a letter of 8×8 pixels, four pixels to a cell.
fn draw_big_letter(buf: &mut Buffer, left: u16, top: u16, letter: char, style: Style) {
    for (y, rows) in (top..).zip(letter_rows(letter).chunks_exact(2)) {
        for (x, shift) in (left..).zip([0, 2, 4, 6]) {
            // The lowest bit of a row is its leftmost pixel.
            let pixels = (rows[0] >> shift & 0b11) | (rows[1] >> shift & 0b11) << 2;
            buf[(x, y)].set_char(QUADRANTS[usize::from(pixels)]).set_style(style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::ColorDepth;

    /// Draws a value. Returns the number of rows with something, and the text.
    fn drawn(area: Rect, text: &str, glyphs: GlyphSet) -> (usize, String) {
        let mut buf = Buffer::empty(area);
        let config = UiConfig { glyphs, ..UiConfig::new(ColorDepth::None) };
        let prefix_suffix = PrefixSuffix { suffix: " C".to_owned(), ..PrefixSuffix::default() };
        draw(&mut buf, area, &prefix_suffix, text, TextSize::Large, Style::new(), &config);
        config.glyphs.replace_missing(&mut buf);
        let text = crate::ui::frame::to_plain_text(&buf);
        (text.lines().filter(|line| !line.trim().is_empty()).count(), text)
    }

    #[test]
    fn size_of_short_values_depends_on_the_tile_only() {
        let mut sizes = std::collections::BTreeSet::new();
        for width in 6..60 {
            for height in 1..10 {
                let area = Rect::new(0, 0, width, height);
                let rows = ["9", "10", "9.9", "10.0"].map(|text| drawn(area, text, GlyphSet::Full).0);
                assert!(rows.iter().all(|count| *count == rows[0]), "{area}: {rows:?}");
                sizes.insert(rows[0]);
            }
        }
        assert_eq!(sizes.len(), 3, "as text, big and huge: {sizes:?}");
    }

    #[test]
    fn zero_is_open_and_as_wide_as_the_other_digits() {
        let (_, text) = drawn(Rect::new(0, 0, 60, 8), "0", GlyphSet::Ascii);
        let rows: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(rows[0], "#####");
        assert!(rows[1..6].iter().all(|row| row.trim_end_matches(" C") == "##   ##"), "{text}");
        let widths: Vec<u32> = ('0'..='9')
            .map(|digit| letter_rows(digit).into_iter().fold(0, |columns, row| columns | row).leading_zeros())
            .collect();
        assert!(widths.iter().all(|free| *free >= 1), "a free column between digits: {widths:?}");
    }

    #[test]
    fn huge_letters_need_no_quadrants() {
        let area = Rect::new(0, 0, 60, 8);
        for glyphs in [GlyphSet::Basic, GlyphSet::Ascii] {
            assert_eq!(drawn(area, "21", glyphs).0, 7);
            assert_eq!(drawn(Rect { height: 5, ..area }, "21", glyphs).0, 1);
        }
    }
}
