//! Screens as SVG images, for documents. Text is placed in a grid, and block characters are drawn as
//! rectangles, so that no font can leave gaps between them.
//!
//! It is our own because converters read the escape sequences of a recorded terminal and use their own colors;
//! this draws a `Buffer`, with the colors of the theme and without a terminal, in about 200 lines.

use std::fmt::Write;

use ratatui::{
    buffer::Buffer,
    style::{Color as TerminalColor, Modifier, Style},
};

use super::{frame::cell_rows, text::width, theme::xterm_palette::xterm_rgb};
use crate::model::color::Rgb;

/// The width and height of a cell in pixels: those of a monospaced font of 14 pixels.
const CELL_SIZE: (f64, f64) = (8.43, 17.0);
const FONT_FAMILY: &str = "'DejaVu Sans Mono','JetBrains Mono','Cascadia Mono',Menlo,Consolas,monospace";
const FOREGROUND: Rgb = Rgb(0xd8, 0xde, 0xe9);
const BACKGROUND: Rgb = Rgb(0x14, 0x18, 0x1f);
/// The sixteen ANSI colors, softer than xterm's.
const ANSI_COLORS: [u32; 16] = [
    0x14_181f, 0xe0_6c75, 0x8c_c570, 0xe5_c07b, 0x61_afef, 0xc6_78dd, 0x4f_c1d9, 0xd8_dee9, 0x6b_7686, 0xff_7a85,
    0xa5_e075, 0xff_d68a, 0x7c_c4ff, 0xe0_90f5, 0x6f_dcec, 0xff_ffff,
];

/// Returns a screen as SVG.
#[must_use]
pub(crate) fn to_svg(buf: &Buffer) -> String {
    let (image_width, image_height) =
        (f64::from(buf.area.width) * CELL_SIZE.0 + 16.0, f64::from(buf.area.height) * CELL_SIZE.1 + 16.0);
    // That of the theme, which fills the last row behind the keys.
    let frame = buf.content.last().map_or(BACKGROUND, |cell| cell_colors(cell.style()).1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {image_width:.1} {image_height:.1}\" width=\"{image_width:.0}\" height=\"{image_height:.0}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{frame}\"/>\n\
         <g font-family=\"{FONT_FAMILY}\" font-size=\"14\" shape-rendering=\"crispEdges\" xml:space=\"preserve\">\n"
    );
    for (row, cells) in (0_u32..).zip(cell_rows(buf)) {
        let y = 8.0 + f64::from(row) * CELL_SIZE.1;
        let mut run = TextRun::default();
        for (column, symbol, style) in cells {
            let x = 8.0 + f64::from(column - buf.area.x) * CELL_SIZE.0;
            let (foreground, background) = cell_colors(style);
            if background != frame {
                let cells = f64::from(width(symbol).max(1));
                out.push_str(&rect_element(x, y, CELL_SIZE.0 * cells, CELL_SIZE.1, background));
            }
            match symbol.chars().next().map(block_parts) {
                Some(Some(parts)) => {
                    run.flush(&mut out, y);
                    for (left, top, part_width, part_height) in parts {
                        out.push_str(&rect_element(
                            x + left * CELL_SIZE.0,
                            y + top * CELL_SIZE.1,
                            part_width * CELL_SIZE.0,
                            part_height * CELL_SIZE.1,
                            foreground,
                        ));
                    }
                }
                _ => run.push(&mut out, y, x, symbol, foreground, style.add_modifier),
            }
        }
        run.flush(&mut out, y);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Consecutive text of the same style in one row.
#[derive(Default)]
struct TextRun {
    text: String,
    x: f64,
    cells: u16,
    style: Option<(Rgb, Modifier)>,
}

impl TextRun {
    fn push(&mut self, out: &mut String, y: f64, x: f64, symbol: &str, color: Rgb, modifier: Modifier) {
        let cell_width = width(symbol);
        // Characters beyond Latin may be wider than their cell in a font, so each one is placed separately.
        let is_separate =
            !symbol.chars().all(|c| c.is_ascii() || matches!(c, '\u{a0}'..='\u{17f}' | '\u{2500}'..='\u{257f}'));
        if self.style != Some((color, modifier)) || is_separate {
            self.flush(out, y);
            self.x = x;
            self.style = Some((color, modifier));
        }
        self.text.push_str(symbol);
        self.cells += cell_width;
        if is_separate {
            self.flush(out, y);
        }
    }

    fn flush(&mut self, out: &mut String, y: f64) {
        let text = std::mem::take(&mut self.text);
        let cells = std::mem::take(&mut self.cells);
        let Some((color, modifier)) = self.style.take() else {
            return;
        };
        if text.trim().is_empty() {
            return;
        }
        let mut attributes = String::new();
        if modifier.contains(Modifier::BOLD) {
            attributes.push_str(" font-weight=\"bold\"");
        }
        if modifier.contains(Modifier::UNDERLINED) {
            attributes.push_str(" text-decoration=\"underline\"");
        }
        if modifier.contains(Modifier::DIM) {
            attributes.push_str(" opacity=\"0.6\"");
        }
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            out,
            "<text x=\"{:.2}\" y=\"{:.2}\" textLength=\"{:.2}\" fill=\"{color}\"{attributes}>{escaped}</text>",
            self.x,
            y + 13.0,
            f64::from(cells) * CELL_SIZE.0
        );
    }
}

fn rect_element(x: f64, y: f64, width: f64, height: f64, fill: Rgb) -> String {
    format!(
        "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{fill}\"/>\n",
        width + 0.05,
        height + 0.05
    )
}

/// Returns the foreground and background color of a cell.
fn cell_colors(style: Style) -> (Rgb, Rgb) {
    let (foreground, background) = (to_rgb(style.fg, FOREGROUND), to_rgb(style.bg, BACKGROUND));
    if style.add_modifier.contains(Modifier::REVERSED) { (background, foreground) } else { (foreground, background) }
}

fn to_rgb(color: Option<TerminalColor>, fallback: Rgb) -> Rgb {
    let index = match color {
        None | Some(TerminalColor::Reset) => return fallback,
        Some(TerminalColor::Rgb(red, green, blue)) => return Rgb(red, green, blue),
        Some(TerminalColor::Indexed(number)) => number,
        Some(TerminalColor::Black) => 0,
        Some(TerminalColor::Red) => 1,
        Some(TerminalColor::Green) => 2,
        Some(TerminalColor::Yellow) => 3,
        Some(TerminalColor::Blue) => 4,
        Some(TerminalColor::Magenta) => 5,
        Some(TerminalColor::Cyan) => 6,
        Some(TerminalColor::Gray) => 7,
        Some(TerminalColor::DarkGray) => 8,
        Some(TerminalColor::LightRed) => 9,
        Some(TerminalColor::LightGreen) => 10,
        Some(TerminalColor::LightYellow) => 11,
        Some(TerminalColor::LightBlue) => 12,
        Some(TerminalColor::LightMagenta) => 13,
        Some(TerminalColor::LightCyan) => 14,
        Some(TerminalColor::White) => 15,
    };
    ANSI_COLORS.get(usize::from(index)).map_or_else(|| xterm_rgb(index), |number| Rgb::from_u32(*number))
}

/// A part of a cell: left, top, width and height, each 0 to 1.
type CellPart = (f64, f64, f64, f64);

/// Returns the parts of a cell that a block character fills (Unicode, block elements, U+2580–U+259F).
fn block_parts(c: char) -> Option<Vec<CellPart>> {
    let code = u32::from(c);
    let quadrants = |mask: u8| {
        let corner = |bit: u8, x: f64, y: f64| (mask & bit != 0).then_some((x, y, 0.5, 0.5));
        [corner(1, 0.0, 0.0), corner(2, 0.5, 0.0), corner(4, 0.0, 0.5), corner(8, 0.5, 0.5)]
            .into_iter()
            .flatten()
            .collect()
    };
    Some(match code {
        0x2580 => vec![(0.0, 0.0, 1.0, 0.5)],
        0x2581..=0x2588 => {
            let height = f64::from(code - 0x2580) / 8.0;
            vec![(0.0, 1.0 - height, 1.0, height)]
        }
        0x2589..=0x258f => vec![(0.0, 0.0, f64::from(0x2590 - code) / 8.0, 1.0)],
        0x2590 => vec![(0.5, 0.0, 0.5, 1.0)],
        0x2594 => vec![(0.0, 0.0, 1.0, 0.125)],
        0x2595 => vec![(0.875, 0.0, 0.125, 1.0)],
        0x2596..=0x259f => {
            const MASKS: [u8; 10] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14];
            quadrants(MASKS[usize::try_from(code - 0x2596).ok()?])
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn svg_escapes_text_and_draws_blocks_as_rectangles() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
        buf.set_string(0, 0, "a<b>&█", Style::new());
        let output = to_svg(&buf);
        assert!(output.contains(">a&lt;b&gt;&amp;</text>"), "{output}");
        assert_eq!(output.matches("<rect").count(), 2);
    }

    #[test]
    fn frame_has_the_background_of_the_screen() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 2));
        buf.set_style(buf.area, Style::new().bg(TerminalColor::Rgb(250, 250, 250)));
        buf.set_string(0, 0, " ", Style::new().bg(TerminalColor::Rgb(20, 24, 31)));
        let output = to_svg(&buf);
        assert!(output.contains("rx=\"8\" fill=\"#FAFAFA\""), "{output}");
        assert_eq!(output.matches("<rect").count(), 2, "{output}");
    }

    #[test]
    fn block_parts_match_unicode_quadrants() {
        assert_eq!(block_parts('▘'), Some(vec![(0.0, 0.0, 0.5, 0.5)]));
        assert_eq!(block_parts('▝'), Some(vec![(0.5, 0.0, 0.5, 0.5)]));
        assert_eq!(block_parts('▙').map(|parts| parts.len()), Some(3));
    }
}
