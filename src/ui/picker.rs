//! The colour picker: palette, three sliders, six digits, and the colour itself.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    Look, entry, face,
    text::{Side, line},
    theme::Depth,
};
use crate::{
    app::{COLOR_PALETTE, COLOR_PALETTE_COLUMNS, ColorPicker, ColorPickerPart},
    model::color::Rgb,
};

/// The rows of a picker.
pub const HEIGHT: u16 = 10;
/// Cells that a colour of the palette takes.
const CELL: u16 = 4;

/// Draws a colour picker.
pub fn draw(buf: &mut Buffer, area: Rect, picker: &ColorPicker, look: &Look) {
    palette(buf, area, picker, look);
    let (hue, saturation, value) = picker.hsv;
    slider(buf, area, 4, "Hue", hue / 360.0, picker.part == ColorPickerPart::Hue, look);
    slider(buf, area, 5, "Saturation", saturation, picker.part == ColorPickerPart::Saturation, look);
    slider(buf, area, 6, "Value", value, picker.part == ColorPickerPart::Value, look);
    let active = picker.part == ColorPickerPart::Hex;
    label(buf, area, 8, "Hex", active, look);
    if area.height > 8 {
        let digits = Rect { x: area.x + 13, y: area.y + 8, width: 10.min(area.width.saturating_sub(13)), height: 1 };
        entry::entry(buf, digits, &picker.hex_input, active, look);
        if look.theme.depth != Depth::None && area.width > 26 {
            let sample = Rect { x: area.x + 24, y: area.y + 8, width: area.width - 24, height: 1 };
            buf.set_style(sample, Style::new().bg(look.theme.shade(picker.rgb())));
        }
    }
}

fn palette(buf: &mut Buffer, area: Rect, picker: &ColorPicker, look: &Look) {
    for (index, number) in COLOR_PALETTE.iter().enumerate() {
        let (Ok(row), Ok(column)) =
            (u16::try_from(index / COLOR_PALETTE_COLUMNS), u16::try_from(index % COLOR_PALETTE_COLUMNS))
        else {
            continue;
        };
        let at = Rect::new(area.x + column * CELL, area.y + row, CELL, 1).intersection(area);
        let rgb = Rgb::from_u32(*number);
        let marked = index == picker.palette_index && picker.part == ColorPickerPart::Palette;
        let style = if look.theme.depth == Depth::None { Style::new() } else { Style::new().fg(look.theme.shade(rgb)) };
        line(buf, at, 0, if marked { "▐██▌" } else { " ■■ " }, style, Side::Left);
        if marked {
            line(buf, Rect { width: 1, ..at }, 0, "▸", look.theme.selected(), Side::Left);
        }
    }
}

fn label(buf: &mut Buffer, area: Rect, row: u16, name: &str, active: bool, look: &Look) {
    let (mark, style) = if active { ("▸", look.theme.selected()) } else { (" ", look.theme.dim()) };
    line(buf, Rect { width: area.width.min(12), ..area }, row, &format!("{mark} {name}"), style, Side::Left);
}

fn slider(buf: &mut Buffer, area: Rect, row: u16, name: &str, ratio: f64, active: bool, look: &Look) {
    label(buf, area, row, name, active, look);
    if row < area.height && area.width > 16 {
        let at = Rect { x: area.x + 13, y: area.y + row, width: area.width - 13, height: 1 };
        let fill = if active { look.theme.accent() } else { look.theme.dim() };
        face::bar(buf, at, ratio, fill, look.theme.dim());
    }
}

/// The colour of the palette at a place in the picker.
#[must_use]
pub fn palette_at(x: u16, y: u16) -> Option<usize> {
    let (column, row) = (usize::from(x / CELL), usize::from(y));
    let index = row * COLOR_PALETTE_COLUMNS + column;
    (column < COLOR_PALETTE_COLUMNS && index < COLOR_PALETTE.len()).then_some(index)
}
