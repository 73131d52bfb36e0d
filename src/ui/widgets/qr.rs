//! A QR code in half blocks, dark on light in all themes; with the fonts of the console, a module is two cells wide.
//! Without colors, the light modules are drawn in the color of the text, so they are light on a dark screen.

use std::cell::RefCell;

use qrcodegen::{QrCode, QrCodeEcc};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    model::color::Rgb,
    ui::{UiConfig, dialog::draw_centered_text, glyph_set::GlyphSet, theme::ColorDepth},
};

/// The light modules around the code: as the standard wants it, and the least with which cameras still find it.
const QUIET_ZONES: [u16; 2] = [4, 2];
/// How many codes are kept, so that a frame does not compute them again.
const MAX_KEPT: usize = 8;

thread_local! {
    static KEPT: RefCell<Vec<(String, Option<QrCode>)>> = const { RefCell::new(Vec::new()) };
}

/// Draws the QR code of a text.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, text: &str, config: &UiConfig) {
    KEPT.with_borrow_mut(|kept| {
        if !kept.iter().any(|(other, _)| other == text) {
            if kept.len() >= MAX_KEPT {
                kept.remove(0);
            }
            kept.push((text.to_owned(), QrCode::encode_text(text, QrCodeEcc::Low).ok()));
        }
        match kept.iter().find(|(other, _)| other == text) {
            Some((_, Some(code))) => draw_code(buf, area, code, config),
            _ => draw_centered_text(buf, area, "too long for a QR code", config.theme.dim()),
        }
    });
}

fn draw_code(buf: &mut Buffer, area: Rect, code: &QrCode, config: &UiConfig) {
    let modules = u16::try_from(code.size()).unwrap_or(u16::MAX);
    let has_half_blocks = config.glyphs == GlyphSet::Full;
    let size = |quiet: u16| {
        let modules = modules + 2 * quiet;
        if has_half_blocks { (modules, modules.div_ceil(2)) } else { (2 * modules, modules) }
    };
    let fitting = QUIET_ZONES.into_iter().find(|quiet| {
        let (width, height) = size(*quiet);
        width <= area.width && height <= area.height
    });
    let Some(quiet) = fitting else {
        let (width, height) = size(QUIET_ZONES[1]);
        // The border of the tile is one cell on each side.
        let text = format!("the QR code needs a tile of {} × {}", width + 2, height + 2);
        return draw_centered_text(buf, area, &text, config.theme.dim());
    };
    let (width, height) = size(quiet);
    let (left, top) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
    let style = if config.theme.depth == ColorDepth::None {
        Style::new()
    } else {
        let color = |rgb| config.theme.nearest_color(rgb);
        Style::new().fg(color(Rgb(255, 255, 255))).bg(color(Rgb(0, 0, 0)))
    };
    let is_light = |x: u16, y: u16| {
        let module = |at: u16| i32::from(at) - i32::from(quiet);
        y < modules + 2 * quiet && !code.get_module(module(x), module(y))
    };
    for row in 0..height {
        for column in 0..width {
            let symbol = if has_half_blocks {
                match (is_light(column, 2 * row), is_light(column, 2 * row + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }
            } else if is_light(column / 2, row) {
                '█'
            } else {
                ' '
            };
            buf[(left + column, top + row)].set_char(symbol).set_style(style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::frame::to_plain_text;

    fn drawn(size: (u16, u16), text: &str, glyphs: GlyphSet) -> String {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buf = Buffer::empty(area);
        draw(&mut buf, area, text, &UiConfig { glyphs, ..UiConfig::new(ColorDepth::TrueColor) });
        to_plain_text(&buf)
    }

    #[test]
    fn code_has_its_corners_and_a_quiet_zone() {
        let text = drawn((29, 15), "MQTT", GlyphSet::Full);
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!((rows[0], rows[1]), ("█".repeat(29).as_str(), "█".repeat(29).as_str()));
        assert!(rows[2].starts_with("████ ▄▄▄▄▄ █") && rows[2].ends_with("█ ▄▄▄▄▄ ████"), "{text}");
        assert!(drawn((25, 13), "MQTT", GlyphSet::Full).starts_with(&"█".repeat(25)), "a narrower zone");
    }

    #[test]
    fn code_that_does_not_fit_says_what_it_needs() {
        let sentence =
            |size, text: &str, glyphs| drawn(size, text, glyphs).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(sentence((24, 12), "MQTT", GlyphSet::Full), "the QR code needs a tile of 27 × 15");
        assert_eq!(sentence((24, 12), "MQTT", GlyphSet::Basic), "the QR code needs a tile of 52 × 27");
        assert_eq!(sentence((40, 12), &"x".repeat(4_000), GlyphSet::Full), "too long for a QR code");
    }
}
