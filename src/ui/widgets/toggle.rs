//! A switch: filled when on, an outline when off, so that the state is recognizable without color. What was published is
//! an outline until it is confirmed. What cannot be pressed is text with a dot, not a button.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use crate::{
    model::{color::Color, icon::Icon},
    ui::{
        UiConfig,
        glyph_set::GlyphSet,
        text::{Alignment, draw_line, truncate, width},
        theme::ColorDepth,
        widgets::ContentState,
    },
};

/// Draws the state of a switch.
#[expect(clippy::too_many_arguments, reason = "the parts of the content, and where to draw them")]
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    on: Option<bool>,
    icon: Option<Icon>,
    color: Option<Color>,
    text: &str,
    config: &UiConfig,
    content_state: ContentState,
    is_confirmed: bool,
) {
    let theme = config.theme;
    let Some(on) = on else {
        let unknown = format!("? {text}");
        draw_line(buf, area, area.height.saturating_sub(1) / 2, &unknown, theme.dim(), Alignment::Center);
        return;
    };
    let state_style = if on { theme.accent() } else { theme.dim() };
    let style = if content_state.dimmed { theme.dim() } else { theme.custom_color(color, state_style) }
        .add_modifier(Modifier::BOLD);
    let thumb = icon.map_or(if on && is_confirmed { "●" } else { "○" }, |icon| config.icon(icon));
    if !content_state.is_control {
        draw_line(buf, area, area.height.saturating_sub(1) / 2, &format!("{thumb} {text}"), style, Alignment::Center);
        return;
    }
    let label = if on { format!(" {text}   {thumb} ") } else { format!(" {thumb}   {text} ") };
    draw_pill(buf, area, &label, on && is_confirmed, style, config);
}

/// Draws a label in a pill, filled or as an outline. It is three rows high if that fits.
pub(crate) fn draw_pill(buf: &mut Buffer, area: Rect, label: &str, filled: bool, style: Style, config: &UiConfig) {
    let label = truncate(label, area.width.saturating_sub(2));
    let pill_width = width(&label) + 2;
    if area.height < 3 || pill_width > area.width {
        let style = if filled { style.add_modifier(Modifier::REVERSED) } else { style };
        draw_line(buf, area, area.height.saturating_sub(1) / 2, &label, style, Alignment::Center);
        return;
    }
    let (x, y) = (area.x + (area.width - pill_width) / 2, area.y + (area.height - 3) / 2);
    let inner_width = usize::from(pill_width - 2);
    if filled && config.theme.depth != ColorDepth::None && config.glyphs == GlyphSet::Full {
        let padded_label = format!(" {label} ");
        buf.set_string(x, y, "▄".repeat(inner_width + 2), style);
        buf.set_string(x, y + 1, padded_label, style.add_modifier(Modifier::REVERSED));
        buf.set_string(x, y + 2, "▀".repeat(inner_width + 2), style);
        return;
    }
    let (top, bottom) = if filled { ("┏━┓", "┗━┛") } else { ("╭─╮", "╰─╯") };
    for (row, shape) in [(y, top), (y + 2, bottom)] {
        let parts: Vec<char> = shape.chars().collect();
        buf.set_string(x, row, format!("{}{}{}", parts[0], parts[1].to_string().repeat(inner_width), parts[2]), style);
    }
    let edge = if filled { "┃" } else { "│" };
    buf.set_string(x, y + 1, format!("{edge}{label}{edge}"), style);
}
