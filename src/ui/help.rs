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

/// Draws the help screen. Returns how many lines it can be scrolled.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, scroll: usize, config: &UiConfig) -> usize {
    let mut lines = Vec::new();
    for context in KeyContext::ALL {
        if !lines.is_empty() {
            lines.push((String::new(), Style::new()));
        }
        lines.push((context.title().to_owned(), config.theme.accent().add_modifier(Modifier::BOLD)));
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
    dialog::draw_lines(buf, area, &lines, scroll, config)
}
