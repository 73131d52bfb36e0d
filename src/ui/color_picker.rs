//! The color picker: a palette, three sliders, a hexadecimal input, and a sample of the color.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};

use super::{
    UiConfig, controls,
    layout::{MouseTarget, ScreenLayout},
    text::{Alignment, draw_line},
    theme::ColorDepth,
    widgets,
};
use crate::{
    app::{Action, COLOR_PALETTE, COLOR_PALETTE_COLUMNS, ColorPicker, ColorPickerPart},
    model::color::Rgb,
};

/// The height of a color picker in rows.
pub(crate) const HEIGHT: u16 = 10;
/// The width of a palette color in cells.
const SWATCH_WIDTH: u16 = 4;

/// Draws a color picker. Returns where the cursor is in its text input, if that has the focus.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, picker: &ColorPicker, config: &UiConfig) -> Option<Position> {
    draw_palette(buf, area, picker, config);
    let (hue, saturation, value) = picker.hsv;
    draw_slider(buf, area, 4, "Hue", hue / 360.0, picker.part == ColorPickerPart::Hue, config);
    draw_slider(buf, area, 5, "Saturation", saturation, picker.part == ColorPickerPart::Saturation, config);
    draw_slider(buf, area, 6, "Value", value, picker.part == ColorPickerPart::Value, config);
    let active = picker.part == ColorPickerPart::Hex;
    draw_label(buf, area, 8, "Hex", active, config);
    let mut cursor = None;
    if area.height > 8 {
        let hex_area = Rect { x: area.x + 13, y: area.y + 8, width: 10.min(area.width.saturating_sub(13)), height: 1 };
        cursor = controls::draw_text_input(buf, hex_area, &picker.hex_input).filter(|_| active);
        if config.theme.depth != ColorDepth::None && area.width > 26 {
            let sample_area = Rect { x: area.x + 24, y: area.y + 8, width: area.width - 24, height: 1 };
            buf.set_style(sample_area, Style::new().bg(config.theme.nearest_color(picker.rgb())));
        }
    }
    cursor
}

fn draw_palette(buf: &mut Buffer, area: Rect, picker: &ColorPicker, config: &UiConfig) {
    for (index, number) in COLOR_PALETTE.iter().enumerate() {
        let Some(swatch_area) = swatch_area(area, index) else {
            continue;
        };
        let rgb = Rgb::from_u32(*number);
        let selected = index == picker.palette_index && picker.part == ColorPickerPart::Palette;
        let style = if config.theme.depth == ColorDepth::None {
            Style::new()
        } else {
            Style::new().fg(config.theme.nearest_color(rgb))
        };
        draw_line(buf, swatch_area, 0, if selected { "▐██▌" } else { " ■■ " }, style, Alignment::Left);
        if selected {
            draw_line(buf, Rect { width: 1, ..swatch_area }, 0, "▸", config.theme.selected(), Alignment::Left);
        }
    }
}

fn draw_label(buf: &mut Buffer, area: Rect, row: u16, name: &str, active: bool, config: &UiConfig) {
    let (marker, style) = if active { ("▸", config.theme.selected()) } else { (" ", config.theme.dim()) };
    draw_line(
        buf,
        Rect { width: area.width.min(12), ..area },
        row,
        &format!("{marker} {name}"),
        style,
        Alignment::Left,
    );
}

fn draw_slider(buf: &mut Buffer, area: Rect, row: u16, name: &str, ratio: f64, active: bool, config: &UiConfig) {
    draw_label(buf, area, row, name, active, config);
    if row < area.height && area.width > 16 {
        let bar_area = Rect { x: area.x + 13, y: area.y + row, width: area.width - 13, height: 1 };
        let fill = if active { config.theme.accent() } else { config.theme.dim() };
        widgets::draw_bar(buf, bar_area, ratio, fill, config);
    }
}

/// Adds the colors of the palette to the layout.
pub(crate) fn add_targets(layout: &mut ScreenLayout, area: Rect) {
    for index in 0..COLOR_PALETTE.len() {
        if let Some(swatch_area) = swatch_area(area, index).filter(|area| !area.is_empty()) {
            layout.add(swatch_area, MouseTarget::Drag(Action::SelectOption(index)));
        }
    }
}

/// Returns the area of a color of the palette.
fn swatch_area(area: Rect, index: usize) -> Option<Rect> {
    let row = u16::try_from(index / COLOR_PALETTE_COLUMNS).ok()?;
    let column = u16::try_from(index % COLOR_PALETTE_COLUMNS).ok()?;
    Some(Rect::new(area.x + column * SWATCH_WIDTH, area.y + row, SWATCH_WIDTH, 1).intersection(area))
}
