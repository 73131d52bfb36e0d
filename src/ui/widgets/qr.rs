//! A QR code in half blocks, dark on light in all themes; with the fonts of the console, a module is two cells wide.
//! Without colors, the light modules are drawn in the color of the text, so they are light on a dark screen.

use std::{cell::RefCell, collections::VecDeque};

use qrcodegen::{QrCode, QrCodeEcc};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use crate::{
    model::{color::Rgb, tile::MAX_SPAN},
    ui::{UiConfig, dialog::draw_centered_text, glyph_set::GlyphSet, theme::ColorDepth},
};

/// The light modules around the code: as the standard wants it, and the least with which cameras still find it.
const QUIET_ZONES: [u16; 2] = [4, 2];
/// Longer texts fit into no code, in bytes: the most digits of the largest one (ISO/IEC 18004, table 7).
const MAX_TEXT_BYTES: usize = 7_089;
/// The limit for the codes that are kept, in bytes: some hundreds of the usual size.
const MAX_KEPT_BYTES: usize = 512 << 10;

/// The codes of the last frames, so that the next one does not compute them again, from the one that was drawn last to the
/// one that was not drawn for the longest time.
#[derive(Default)]
struct KeptCodes {
    codes: VecDeque<(String, Option<QrCode>)>,
    bytes: usize,
}

impl KeptCodes {
    /// Returns the code of a text; `None` if it is too long for one.
    fn code_of(&mut self, text: &str) -> Option<&QrCode> {
        if text.len() > MAX_TEXT_BYTES {
            return None;
        }
        let kept = self.codes.iter().position(|(other, _)| other == text).and_then(|index| self.codes.remove(index));
        let code = kept.unwrap_or_else(|| {
            let new = (text.to_owned(), QrCode::encode_text(text, QrCodeEcc::Low).ok());
            self.bytes += size_in_bytes(&new);
            new
        });
        self.codes.push_front(code);
        while self.bytes > MAX_KEPT_BYTES
            && self.codes.len() > 1
            && let Some(oldest) = self.codes.pop_back()
        {
            self.bytes -= size_in_bytes(&oldest);
        }
        self.codes.front()?.1.as_ref()
    }
}

/// Returns about how many bytes a code takes: each module is a byte, and another one says whether it is fixed.
fn size_in_bytes((text, code): &(String, Option<QrCode>)) -> usize {
    let modules = code.as_ref().map_or(0, |code| usize::try_from(code.size()).unwrap_or_default().pow(2));
    size_of::<(String, Option<QrCode>)>() + text.len() + 2 * modules
}

thread_local! {
    static KEPT: RefCell<KeptCodes> = RefCell::default();
}

/// Draws the QR code of a text.
///
/// `span` is how many columns and rows of the dashboard its tile takes, if it is on one.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, text: &str, span: Option<(i64, i64)>, config: &UiConfig) {
    KEPT.with_borrow_mut(|kept| match kept.code_of(text) {
        Some(code) => draw_code(buf, area, code, span, config),
        None => draw_centered_text(buf, area, "too long for a QR code", config.theme.dim()),
    });
}

fn draw_code(buf: &mut Buffer, area: Rect, code: &QrCode, span: Option<(i64, i64)>, config: &UiConfig) {
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
        let text = needed_size(area, size(QUIET_ZONES[1]), span);
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

/// Returns a sentence about the size that a code needs: in columns and rows of the dashboard if a tile can have so many.
fn needed_size(area: Rect, (width, height): (u16, u16), span: Option<(i64, i64)>) -> String {
    // The border of the tile is one cell on each side.
    let count = |needed: u16, cells: u16, span: i64| {
        let (needed, cells) = (i64::from(needed) + 2, i64::from(cells) + 2);
        ((needed * span + cells - 1) / cells).max(span)
    };
    let of_tile = span.map(|(columns, rows)| (count(width, area.width, columns), count(height, area.height, rows)));
    let is_possible = |(columns, rows): &(i64, i64)| (*columns).max(*rows) <= i64::from(MAX_SPAN);
    match of_tile.filter(is_possible) {
        Some((columns, rows)) => format!("QR code: set width = {columns}, height = {rows}"),
        None => format!("the QR code needs {width} columns and {height} rows of the terminal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::frame::to_plain_text;

    fn drawn(size: (u16, u16), text: &str, glyphs: GlyphSet) -> String {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buf = Buffer::empty(area);
        draw(&mut buf, area, text, Some((1, 2)), &UiConfig { glyphs, ..UiConfig::new(ColorDepth::TrueColor) });
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
        assert_eq!(sentence((24, 12), "MQTT", GlyphSet::Full), "QR code: set width = 2, height = 3");
        assert_eq!(sentence((24, 12), "MQTT", GlyphSet::Basic), "QR code: set width = 2, height = 4");
        assert_eq!(
            needed_size(Rect::new(0, 0, 20, 8), (25, 13), None),
            "the QR code needs 25 columns and 13 rows of the terminal"
        );
        assert_eq!(sentence((40, 12), &"x".repeat(4_000), GlyphSet::Full), "too long for a QR code");
    }

    #[test]
    fn codes_are_kept_for_the_next_frame_within_a_number_of_bytes() {
        let mut kept = KeptCodes::default();
        let texts: Vec<String> = (0..100).map(|number| format!("https://example.org/{number}")).collect();
        for text in &texts {
            assert!(kept.code_of(text).is_some());
        }
        let all = |kept: &KeptCodes| texts.iter().all(|text| kept.codes.iter().any(|(other, _)| other == text));
        assert!(all(&kept), "a screen full of codes");
        for number in 0..100 {
            assert!(kept.code_of(&format!("{number}{}", "x".repeat(2_000))).is_some());
            assert!(kept.bytes <= MAX_KEPT_BYTES, "{}", kept.bytes);
        }
        assert_eq!(kept.bytes, kept.codes.iter().map(size_in_bytes).sum::<usize>());
        assert!(!all(&kept));
        assert!(kept.code_of(&"1".repeat(MAX_TEXT_BYTES + 1)).is_none());
        assert!(kept.code_of(&"1".repeat(MAX_TEXT_BYTES)).is_some(), "the largest code");
    }
}
