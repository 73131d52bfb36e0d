//! A picture of the screen as SVG, for documents: text in a grid, block characters as the rectangles
//! that they are, so that no font can leave gaps in them.

use std::fmt::Write;

use ratatui::{
    buffer::Buffer,
    style::{Color as Shade, Modifier, Style},
};

use super::{screen::rows, text::width, theme::xterm};
use crate::model::color::Rgb;

/// Width and height of a cell in pixels: those of a monospaced font of 14 pixels.
const CELL: (f64, f64) = (8.43, 17.0);
const FONT: &str = "'DejaVu Sans Mono','JetBrains Mono','Cascadia Mono',Menlo,Consolas,monospace";
const INK: Rgb = Rgb(0xd8, 0xde, 0xe9);
const PAPER: Rgb = Rgb(0x14, 0x18, 0x1f);
/// The sixteen colours, softer than xterm's.
const SIXTEEN: [u32; 16] = [
    0x14_181f, 0xe0_6c75, 0x8c_c570, 0xe5_c07b, 0x61_afef, 0xc6_78dd, 0x4f_c1d9, 0xd8_dee9, 0x6b_7686, 0xff_7a85,
    0xa5_e075, 0xff_d68a, 0x7c_c4ff, 0xe0_90f5, 0x6f_dcec, 0xff_ffff,
];

/// Draws a picture of the screen.
#[must_use]
pub fn svg(buf: &Buffer) -> String {
    let (wide, high) = (f64::from(buf.area.width) * CELL.0 + 16.0, f64::from(buf.area.height) * CELL.1 + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.1} {high:.1}\" width=\"{wide:.0}\" height=\"{high:.0}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{PAPER}\"/>\n\
         <g font-family=\"{FONT}\" font-size=\"14\" shape-rendering=\"crispEdges\" xml:space=\"preserve\">\n"
    );
    for (row, cells) in (0_u32..).zip(rows(buf)) {
        let y = 8.0 + f64::from(row) * CELL.1;
        let mut run = Run::default();
        for (column, symbol, style) in cells {
            let x = 8.0 + f64::from(column - buf.area.x) * CELL.0;
            let (ink, paper) = inks(style);
            if paper != PAPER {
                let cells = f64::from(width(symbol).max(1));
                out.push_str(&rect(x, y, CELL.0 * cells, CELL.1, paper));
            }
            match symbol.chars().next().map(blocks) {
                Some(Some(parts)) => {
                    run.end(&mut out, y);
                    for (left, top, wide, high) in parts {
                        out.push_str(&rect(x + left * CELL.0, y + top * CELL.1, wide * CELL.0, high * CELL.1, ink));
                    }
                }
                _ => run.add(&mut out, y, x, symbol, ink, style.add_modifier),
            }
        }
        run.end(&mut out, y);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Text of one look in one row.
#[derive(Default)]
struct Run {
    text: String,
    x: f64,
    cells: u16,
    look: Option<(Rgb, Modifier)>,
}

impl Run {
    fn add(&mut self, out: &mut String, y: f64, x: f64, symbol: &str, ink: Rgb, modifier: Modifier) {
        let wide = width(symbol);
        // Signs beyond Latin may be wider in a font than their cell: each is placed by itself.
        let alone =
            !symbol.chars().all(|c| c.is_ascii() || matches!(c, '\u{a0}'..='\u{17f}' | '\u{2500}'..='\u{257f}'));
        if self.look != Some((ink, modifier)) || alone {
            self.end(out, y);
            self.x = x;
            self.look = Some((ink, modifier));
        }
        self.text.push_str(symbol);
        self.cells += wide;
        if alone {
            self.end(out, y);
        }
    }

    fn end(&mut self, out: &mut String, y: f64) {
        let text = std::mem::take(&mut self.text);
        let cells = std::mem::take(&mut self.cells);
        let Some((ink, modifier)) = self.look.take() else {
            return;
        };
        if text.trim().is_empty() {
            return;
        }
        let mut more = String::new();
        if modifier.contains(Modifier::BOLD) {
            more.push_str(" font-weight=\"bold\"");
        }
        if modifier.contains(Modifier::UNDERLINED) {
            more.push_str(" text-decoration=\"underline\"");
        }
        if modifier.contains(Modifier::DIM) {
            more.push_str(" opacity=\"0.6\"");
        }
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            out,
            "<text x=\"{:.2}\" y=\"{:.2}\" textLength=\"{:.2}\" fill=\"{ink}\"{more}>{escaped}</text>",
            self.x,
            y + 13.0,
            f64::from(cells) * CELL.0
        );
    }
}

fn rect(x: f64, y: f64, wide: f64, high: f64, fill: Rgb) -> String {
    format!(
        "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{:.2}\" height=\"{:.2}\" fill=\"{fill}\"/>\n",
        wide + 0.05,
        high + 0.05
    )
}

/// The colours of text and ground.
fn inks(style: Style) -> (Rgb, Rgb) {
    let (ink, paper) = (rgb(style.fg, INK), rgb(style.bg, PAPER));
    if style.add_modifier.contains(Modifier::REVERSED) { (paper, ink) } else { (ink, paper) }
}

fn rgb(shade: Option<Shade>, otherwise: Rgb) -> Rgb {
    let number = match shade {
        None | Some(Shade::Reset) => return otherwise,
        Some(Shade::Rgb(red, green, blue)) => return Rgb(red, green, blue),
        Some(Shade::Indexed(number)) => number,
        Some(Shade::Black) => 0,
        Some(Shade::Red) => 1,
        Some(Shade::Green) => 2,
        Some(Shade::Yellow) => 3,
        Some(Shade::Blue) => 4,
        Some(Shade::Magenta) => 5,
        Some(Shade::Cyan) => 6,
        Some(Shade::Gray) => 7,
        Some(Shade::DarkGray) => 8,
        Some(Shade::LightRed) => 9,
        Some(Shade::LightGreen) => 10,
        Some(Shade::LightYellow) => 11,
        Some(Shade::LightBlue) => 12,
        Some(Shade::LightMagenta) => 13,
        Some(Shade::LightCyan) => 14,
        Some(Shade::White) => 15,
    };
    SIXTEEN.get(usize::from(number)).map_or_else(|| xterm(number), |number| Rgb::from_u32(*number))
}

/// A part of a cell: left, top, width, height, each 0 to 1.
type Part = (f64, f64, f64, f64);

/// The parts of a cell that a block character fills (Unicode, block elements, U+2580–U+259F).
fn blocks(c: char) -> Option<Vec<Part>> {
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
            let high = f64::from(code - 0x2580) / 8.0;
            vec![(0.0, 1.0 - high, 1.0, high)]
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
    fn text_is_escaped_and_blocks_are_rectangles() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
        buf.set_string(0, 0, "a<b>&█", Style::new());
        let picture = svg(&buf);
        assert!(picture.contains(">a&lt;b&gt;&amp;</text>"), "{picture}");
        assert_eq!(picture.matches("<rect").count(), 2);
    }

    #[test]
    fn quadrants_are_where_unicode_has_them() {
        assert_eq!(blocks('▘'), Some(vec![(0.0, 0.0, 0.5, 0.5)]));
        assert_eq!(blocks('▝'), Some(vec![(0.5, 0.0, 0.5, 0.5)]));
        assert_eq!(blocks('▙').map(|parts| parts.len()), Some(3));
    }
}
