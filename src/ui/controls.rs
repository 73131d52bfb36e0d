//! Text inputs with a cursor, and lists with a selected row.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use tui_input::Input;

use super::{
    UiConfig,
    text::{Alignment, draw_line, sanitize, width},
};

/// Draws a text input. The cursor is shown while the input is active.
pub(crate) fn draw_text_input(buf: &mut Buffer, area: Rect, input: &Input, active: bool, config: &UiConfig) {
    if area.height == 0 || area.width < 3 {
        return;
    }
    let chars: Vec<char> = input.value().chars().collect();
    let cursor = input.cursor().min(chars.len());
    // Scroll horizontally until the cursor is visible.
    let mut first_visible = 0;
    let slice_text = |start: usize, end: usize| sanitize(&chars[start..end].iter().collect::<String>()).into_owned();
    while width(&slice_text(first_visible, cursor)) + 1 > area.width.saturating_sub(2) && first_visible < cursor {
        first_visible += 1;
    }
    let style = Style::new().add_modifier(Modifier::UNDERLINED);
    let row = Rect { height: 1, ..area };
    buf.set_string(row.x, row.y, " ".repeat(usize::from(row.width)), style);
    draw_line(buf, row, 0, &slice_text(first_visible, chars.len()), style, Alignment::Left);
    if active {
        let x = row.x + width(&slice_text(first_visible, cursor));
        if x < row.right() {
            buf[(x, row.y)].set_style(config.theme.accent().add_modifier(Modifier::REVERSED));
        }
    }
}

/// Returns the first visible row of a list that is scrolled to the selected row.
#[must_use]
pub(crate) fn first_visible_row(selected: usize, height: u16) -> usize {
    (selected + 1).saturating_sub(usize::from(height))
}

/// Draws a list, scrolled to the selected row.
pub(crate) fn draw_list(buf: &mut Buffer, area: Rect, rows: &[&str], selected: usize, config: &UiConfig) {
    if rows.is_empty() {
        draw_line(buf, area, 0, "no entries", config.theme.dim(), Alignment::Left);
    }
    for (row, (index, text)) in
        (0..area.height).zip(rows.iter().enumerate().skip(first_visible_row(selected, area.height)))
    {
        if index == selected {
            let padded = format!("▸ {}{}", sanitize(text), " ".repeat(usize::from(area.width)));
            buf.set_stringn(area.x, area.y + row, padded, usize::from(area.width), config.theme.highlight());
        } else {
            draw_line(buf, area, row, &format!("  {text}"), config.theme.text(), Alignment::Left);
        }
    }
}
