//! Two axes that are steered together: a field with a cross through its center, a filled dot where the user steers to or,
//! at rest, where the device is, and a hollow one where the device is meanwhile. The numbers stand below.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::gauge::cells;
use crate::{
    model::steering::Pad,
    ui::{
        UiConfig,
        text::{Alignment, draw_line},
    },
};

/// The smallest area with a field.
const MIN_SIZE: (u16, u16) = (7, 4);

/// Returns the field in the area of the content; `None` if there is no room for it. Its center is a cell.
pub(crate) fn field(area: Rect) -> Option<Rect> {
    let odd = |cells: u16| (cells + cells % 2).saturating_sub(1);
    let (width, height) = (odd(area.width), odd(area.height.saturating_sub(1)));
    let fits = area.width >= MIN_SIZE.0 && area.height >= MIN_SIZE.1;
    fits.then(|| Rect { x: area.x + (area.width - width) / 2, width, height, ..area })
}

/// Draws a pad.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, pad: &Pad, config: &UiConfig, dimmed: bool) {
    let theme = config.theme;
    let known = if dimmed { theme.dim() } else { theme.text() };
    let style = if pad.steered.is_some() { theme.accent() } else { known };
    let text = if pad.position().is_some() { pad.text() } else { "no position".to_owned() };
    let text_style = if pad.position().is_some() { style } else { theme.dim() };
    let Some(field) = field(area) else {
        draw_line(buf, area, area.height.saturating_sub(1) / 2, &text, text_style, Alignment::Center);
        return;
    };
    draw_cross(buf, field, theme.dim());
    if let Some((ratios, _)) = pad.reported.as_ref().filter(|_| pad.steered.is_some()) {
        draw_mark(buf, field, *ratios, "○", known);
    }
    if let Some((ratios, _)) = pad.position() {
        draw_mark(buf, field, *ratios, "●", style);
    }
    let below = Rect { y: field.bottom(), height: area.bottom() - field.bottom(), ..area };
    draw_line(buf, below, below.height - 1, &text, text_style, Alignment::Center);
}

fn draw_cross(buf: &mut Buffer, field: Rect, style: Style) {
    let (center_x, center_y) = (field.x + field.width / 2, field.y + field.height / 2);
    for x in field.left()..field.right() {
        buf[(x, center_y)].set_symbol("─").set_style(style);
    }
    for y in field.top()..field.bottom() {
        buf[(center_x, y)].set_symbol("│").set_style(style);
    }
    buf[(center_x, center_y)].set_symbol("┼").set_style(style);
}

fn draw_mark(buf: &mut Buffer, field: Rect, [x, y]: [f64; 2], symbol: &str, style: Style) {
    let column = cells(x, field.width - 1);
    let row = cells(1.0 - y, field.height - 1);
    buf[(field.x + column, field.y + row)].set_symbol(symbol).set_style(style);
}
