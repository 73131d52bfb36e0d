//! The color picker: a palette, three sliders, a hexadecimal input, and the color before and after.

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

/// The column at which the sliders begin.
const BAR_COLUMN: u16 = 13;
/// The width of the hexadecimal input, with its cursor.
const HEX_WIDTH: u16 = 10;
/// Hues in degrees with the initials of their names.
const HUES: [(f64, &str); 6] = [(0.0, "R"), (60.0, "Y"), (120.0, "G"), (180.0, "C"), (240.0, "B"), (300.0, "M")];
/// The width of the two colors with their hexadecimal values.
const SWATCHES_WIDTH: u16 = 19;

/// Draws a color picker. If it is low, there are no empty rows between the parts. Returns where the cursor is in its text
/// input, if that has the focus.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, picker: &ColorPicker, config: &UiConfig) -> Option<Position> {
    draw_palette(buf, area, picker, config);
    let gap = u16::from(area.height >= HEIGHT - 1);
    let (_, saturation, value) = picker.hsv;
    draw_hue(buf, area, 3 + gap, picker, config);
    let is_active = |part| picker.part == part;
    draw_slider(buf, area, 4 + gap, "Saturation", saturation, is_active(ColorPickerPart::Saturation), config);
    draw_slider(buf, area, 5 + gap, "Value", value, is_active(ColorPickerPart::Value), config);
    draw_hex(buf, area, 6 + 2 * gap, picker, config)
}

/// Draws the hexadecimal input and, at the right, the color before and the picked one. Returns where the cursor is, if the
/// input has the focus.
fn draw_hex(buf: &mut Buffer, area: Rect, row: u16, picker: &ColorPicker, config: &UiConfig) -> Option<Position> {
    let active = picker.part == ColorPickerPart::Hex;
    draw_label(buf, area, row, "Hex", active, config);
    if row >= area.height {
        return None;
    }
    let has_room = area.width >= BAR_COLUMN + HEX_WIDTH + SWATCHES_WIDTH;
    let hex_x = if has_room { BAR_COLUMN } else { 6 };
    let hex_width = HEX_WIDTH.min(area.width.saturating_sub(hex_x));
    let hex_area = Rect { x: area.x + hex_x, y: area.y + row, width: hex_width, height: 1 };
    let cursor = controls::draw_text_input(buf, hex_area, &picker.hex_input).filter(|_| active);
    if area.width >= hex_x + HEX_WIDTH + SWATCHES_WIDTH {
        let swatches = Rect { x: area.right() - SWATCHES_WIDTH, y: area.y + row, width: SWATCHES_WIDTH, height: 1 };
        draw_swatches(buf, swatches, picker, config);
    }
    cursor
}

/// Draws the color before and the picked one next to each other.
fn draw_swatches(buf: &mut Buffer, area: Rect, picker: &ColorPicker, config: &UiConfig) {
    let theme = config.theme;
    let before = picker.before.map_or_else(|| "none".to_owned(), |rgb| rgb.to_string());
    draw_line(buf, Rect { width: 7, ..area }, 0, &before, theme.dim(), Alignment::Right);
    let after = Rect { x: area.x + 12, width: 7, ..area };
    draw_line(buf, after, 0, &picker.rgb().to_string(), theme.text(), Alignment::Left);
    let blocks = Rect { x: area.x + 8, width: 3, ..area };
    if theme.depth == ColorDepth::None {
        draw_line(buf, blocks, 0, " → ", theme.text(), Alignment::Left);
        return;
    }
    draw_line(buf, blocks, 0, " │ ", theme.dim(), Alignment::Left);
    for (x, rgb) in [(blocks.x, picker.before), (blocks.x + 2, Some(picker.rgb()))] {
        if let Some(rgb) = rgb {
            draw_line(
                buf,
                Rect { x, width: 1, ..area },
                0,
                "█",
                Style::new().fg(theme.nearest_color(rgb)),
                Alignment::Left,
            );
        }
    }
}

/// Draws the slider of the hue: all hues in a row with a mark at the picked one; without colors, with their initials.
fn draw_hue(buf: &mut Buffer, area: Rect, row: u16, picker: &ColorPicker, config: &UiConfig) {
    let hue = picker.hsv.0;
    let active = picker.part == ColorPickerPart::Hue;
    draw_label(buf, area, row, &format!("Hue {hue:.0}"), active, config);
    if row >= area.height || area.width <= BAR_COLUMN + 3 {
        return;
    }
    let theme = config.theme;
    let bar = Rect { x: area.x + BAR_COLUMN + 1, y: area.y + row, width: area.width - BAR_COLUMN - 2, height: 1 };
    let hue_at = |column: u16| 360.0 * f64::from(column) / f64::from(bar.width);
    let width = f64::from(bar.width);
    let mark_column = (0..bar.width).min_by(|one, other| {
        let distance = |column: u16| (hue_at(column) - hue).abs();
        distance(*one).total_cmp(&distance(*other))
    });
    for column in 0..bar.width {
        let initial =
            HUES.iter().find(|(degrees, _)| (0.0..1.0).contains(&(degrees / 360.0 * width - f64::from(column))));
        let (symbol, style) = match (mark_column == Some(column), theme.depth, initial) {
            (true, ..) => ("▲", if active { theme.selected() } else { theme.text() }),
            (_, ColorDepth::None, Some((_, initial))) => (*initial, Style::new()),
            (_, ColorDepth::None, None) => ("·", Style::new()),
            _ => ("█", Style::new().fg(theme.nearest_color(Rgb::from_hsv(hue_at(column), 1.0, 1.0)))),
        };
        buf.set_string(bar.x + column, bar.y, symbol, style);
    }
    buf.set_string(bar.x - 1, bar.y, "▕", theme.dim());
    buf.set_string(bar.right(), bar.y, "▏", theme.dim());
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
    if row < area.height && area.width > BAR_COLUMN + 3 {
        let bar_area = Rect { x: area.x + BAR_COLUMN, y: area.y + row, width: area.width - BAR_COLUMN, height: 1 };
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
