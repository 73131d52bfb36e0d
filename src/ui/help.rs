//! The help screen, generated from the key bindings.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    UiConfig, dialog,
    key_bindings::{KeyContext, display_keys},
};

/// Draws the help screen.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, scroll: usize, config: &UiConfig) {
    let mut lines = Vec::new();
    for (context, title) in [
        (KeyContext::Dashboard, "On a dashboard"),
        (KeyContext::MoveTile, "While a tile is moved"),
        (KeyContext::Dashboards, "In the list of dashboards"),
        (KeyContext::Connections, "In the list of connections"),
        (KeyContext::TextField, "In a form"),
        (KeyContext::EnumField, "In a form field without text input"),
        (KeyContext::TextInput, "In a text input"),
        (KeyContext::NumberInput, "In a number prompt"),
        (KeyContext::List, "In a list"),
        (KeyContext::ColorPicker, "In the color picker"),
        (KeyContext::TextView, "In help, tile details and images"),
        (KeyContext::Global, "Everywhere"),
    ] {
        if !lines.is_empty() {
            lines.push((String::new(), Style::new()));
        }
        lines.push((title.to_owned(), config.theme.accent().add_modifier(Modifier::BOLD)));
        for row in config.keymap.rows_in(context) {
            lines.push((format!("{:<22}{}", display_keys(&row.keys).join(" "), row.binding.help), config.theme.text()));
        }
    }
    lines.push((String::new(), Style::new()));
    lines.push(("Mouse".to_owned(), config.theme.accent().add_modifier(Modifier::BOLD)));
    lines.push((format!("{:<22}{}", "click", "press a tile, show a tab, accept an option"), config.theme.text()));
    lines.push((format!("{:<22}{}", "wheel", "step the range under the pointer, or scroll"), config.theme.text()));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = dialog::draw_frame(buf, screen, "Keys", (68, height), config);
    dialog::draw_lines(buf, area, &lines, scroll, config);
}
