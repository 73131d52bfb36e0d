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
        text::{Alignment, draw_line, sanitize, width, wrap},
    },
};

/// The size of a big letter in cells.
const BIG_LETTER_SIZE: (u16, u16) = (4, 4);
/// A tile has letters of twice the size if a text of this many of them would fit.
const MIN_HUGE_LETTERS: u16 = 5;
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
    if size == TextSize::Large && is_single_line && draw_big_text(buf, area, prefix_suffix, text, style, config) {
        return;
    }
    let text_style = if size == TextSize::Small { style } else { style.add_modifier(Modifier::BOLD) };
    let full_text = format!("{}{text}{}", prefix_suffix.prefix, prefix_suffix.suffix);
    let lines = wrap(&full_text, area.width, usize::from(area.height));
    let count = u16::try_from(lines.len()).unwrap_or(area.height).min(area.height);
    let top = (area.height - count) / 2;
    for (row, text) in (top..).zip(&lines) {
        draw_line(buf, area, row, text, text_style, Alignment::Center);
    }
}

/// Draws a value in big letters if they fit and the font has the blocks for them. Returns whether that is so.
pub(crate) fn draw_big_text(
    buf: &mut Buffer,
    area: Rect,
    prefix_suffix: &PrefixSuffix,
    text: &str,
    style: Style,
    config: &UiConfig,
) -> bool {
    if config.console_font {
        return false;
    }
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
        () if fits(1, letters) => 1,
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

/// Draws a letter of 8×8 pixels, one pixel to a cell.
fn draw_huge_letter(buf: &mut Buffer, left: u16, top: u16, letter: char, style: Style) {
    let rows = BASIC_FONTS.get(letter).unwrap_or_default();
    for (y, row) in (top..).zip(rows) {
        for (x, shift) in (left..).zip(0..8) {
            let symbol = if row >> shift & 1 == 1 { '█' } else { ' ' };
            buf[(x, y)].set_char(symbol).set_style(style);
        }
    }
}

/// Draws a letter of 8×8 pixels, four pixels to a cell.
fn draw_big_letter(buf: &mut Buffer, left: u16, top: u16, letter: char, style: Style) {
    let rows = BASIC_FONTS.get(letter).unwrap_or_default();
    for (y, rows) in (top..).zip(rows.chunks_exact(2)) {
        for (x, shift) in (left..).zip([0, 2, 4, 6]) {
            // The lowest bit of a row is its leftmost pixel.
            let pixels = (rows[0] >> shift & 0b11) | (rows[1] >> shift & 0b11) << 2;
            buf[(x, y)].set_char(QUADRANTS[usize::from(pixels)]).set_style(style);
        }
    }
}
