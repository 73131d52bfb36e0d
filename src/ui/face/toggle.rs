//! On or off: filled when on, an outline when off, so that it is told by shape.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    model::{color::Color, icon::Icon},
    ui::{
        Look,
        text::{Side, fit, line, width},
        theme::Depth,
    },
};

/// Draws the state of a switch.
#[expect(clippy::too_many_arguments, reason = "the parts of the face, and where to draw them")]
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    on: Option<bool>,
    icon: Option<Icon>,
    color: Option<Color>,
    text: &str,
    look: &Look,
    faint: bool,
) {
    let theme = look.theme;
    let Some(on) = on else {
        let shown = format!("? {text}");
        line(buf, area, area.height.saturating_sub(1) / 2, &shown, theme.dim(), Side::Middle);
        return;
    };
    let plain = if on { theme.accent() } else { theme.dim() };
    let style = if faint { theme.dim() } else { theme.chosen(color, plain) }.add_modifier(Modifier::BOLD);
    let knob = icon.map_or(if on { "●" } else { "○" }, |icon| look.icon(icon));
    let label = if on { format!(" {text}   {knob} ") } else { format!(" {knob}   {text} ") };
    pill(buf, area, &label, on, style, look);
}

/// A label in a pill: filled or an outline, three rows high where they fit.
pub fn pill(buf: &mut Buffer, area: Rect, label: &str, filled: bool, style: Style, look: &Look) {
    let label = fit(label, area.width.saturating_sub(2));
    let wide = width(&label) + 2;
    if area.height < 3 || wide > area.width {
        let style = if filled { style.add_modifier(Modifier::REVERSED) } else { style };
        line(buf, area, area.height.saturating_sub(1) / 2, &label, style, Side::Middle);
        return;
    }
    let (x, y) = (area.x + (area.width - wide) / 2, area.y + (area.height - 3) / 2);
    let inside = usize::from(wide - 2);
    if filled && look.theme.depth != Depth::None {
        let full = format!(" {label} ");
        buf.set_string(x, y, "▄".repeat(inside + 2), style);
        buf.set_string(x, y + 1, full, style.add_modifier(Modifier::REVERSED));
        buf.set_string(x, y + 2, "▀".repeat(inside + 2), style);
        return;
    }
    let (top, bottom) = if filled { ("┏━┓", "┗━┛") } else { ("╭─╮", "╰─╯") };
    for (row, shape) in [(y, top), (y + 2, bottom)] {
        let parts: Vec<char> = shape.chars().collect();
        buf.set_string(x, row, format!("{}{}{}", parts[0], parts[1].to_string().repeat(inside), parts[2]), style);
    }
    let side = if filled { "┃" } else { "│" };
    buf.set_string(x, y + 1, format!("{side}{label}{side}"), style);
}
