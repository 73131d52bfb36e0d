//! Text inputs with a cursor, and lists with a selected row.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};
use tui_input::Input;

use super::{
    UiConfig,
    text::{Alignment, MAX_COMBINING_MARKS, draw_line, sanitize, truncate, width},
};

/// The most characters that a cell can have: a character, and the combining marks that are kept of those that follow.
const MAX_CHARS_PER_CELL: usize = 1 + MAX_COMBINING_MARKS;

/// Draws a text input. Returns where its cursor is, if that is in the area: the terminal draws it.
pub(crate) fn draw_text_input(buf: &mut Buffer, area: Rect, input: &Input) -> Option<Position> {
    if area.height == 0 || area.width < 3 {
        return None;
    }
    let chars: Vec<char> = input.value().chars().collect();
    let cursor = input.cursor().min(chars.len());
    let slice_text = |start: usize, end: usize| sanitize(&chars[start..end].iter().collect::<String>()).into_owned();
    // Scroll horizontally as far as the cursor stays visible. Only what is near the cursor is looked at, however long
    // the text is: a cell has at most this many characters.
    let max_chars = usize::from(area.width) * MAX_CHARS_PER_CELL;
    let max_width = area.width.saturating_sub(3);
    let mut first_visible = cursor;
    while first_visible > 0
        && cursor - first_visible < max_chars
        && width(&slice_text(first_visible - 1, cursor)) <= max_width
    {
        first_visible -= 1;
    }
    let end = chars.len().min(cursor + max_chars);
    let style = Style::new().add_modifier(Modifier::UNDERLINED);
    let row = Rect { height: 1, ..area };
    buf.set_string(row.x, row.y, " ".repeat(usize::from(row.width)), style);
    draw_line(buf, row, 0, &slice_text(first_visible, end), style, Alignment::Left);
    let x = row.x + width(&slice_text(first_visible, cursor));
    let position = Position::new(x, row.y);
    let is_inside = row.contains(position);
    if is_inside {
        // A cursor that is a line at the bottom of its cell would not be seen on a line.
        buf[position].set_style(Style::new().remove_modifier(Modifier::UNDERLINED));
    }
    is_inside.then_some(position)
}

/// Returns the first visible row of a list that is scrolled to the selected row.
#[must_use]
pub(crate) fn first_visible_row(selected: usize, height: u16) -> usize {
    (selected + 1).saturating_sub(usize::from(height))
}

/// Draws a list, scrolled to the selected row if there is one.
pub(crate) fn draw_list(buf: &mut Buffer, area: Rect, rows: &[&str], selected: Option<usize>, config: &UiConfig) {
    if rows.is_empty() {
        draw_line(buf, area, 0, "no entries", config.theme.dim(), Alignment::Left);
    }
    let first = first_visible_row(selected.unwrap_or_default(), area.height);
    for (row, (index, text)) in (0..area.height).zip(rows.iter().enumerate().skip(first)) {
        if Some(index) == selected {
            let padded =
                format!("▸ {}{}", truncate(text, area.width.saturating_sub(2)), " ".repeat(usize::from(area.width)));
            buf.set_stringn(area.x, area.y + row, padded, usize::from(area.width), config.theme.highlight());
        } else {
            draw_line(buf, area, row, &format!("  {text}"), config.theme.text(), Alignment::Left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is visible of a text with the cursor before this character.
    fn visible(text: &str, cursor: usize) -> String {
        let area = Rect::new(0, 0, 10, 1);
        let mut buf = Buffer::empty(area);
        let input = Input::new(text.to_owned()).with_cursor(cursor);
        draw_text_input(&mut buf, area, &input);
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn text_is_scrolled_until_the_cursor_is_visible() {
        assert_eq!(visible("0123456789abc", 0), "012345678…");
        assert_eq!(visible("0123456789abc", 7), "012345678…");
        assert_eq!(visible("0123456789abc", 8), "123456789…");
        assert_eq!(visible("0123456789abc", 13), "6789abc");
        assert_eq!(visible("日本語日本語", 6), "日 本 語", "a wide character has two cells");
    }

    #[test]
    fn cursor_is_behind_the_text_before_it() {
        let cursor = |text: &str, cursor: usize| {
            let area = Rect::new(5, 2, 10, 1);
            let mut buf = Buffer::empty(Rect::new(0, 0, 20, 4));
            let position = draw_text_input(&mut buf, area, &Input::new(text.to_owned()).with_cursor(cursor));
            position.map(|position| (position.x - area.x, position.y))
        };
        assert_eq!(cursor("", 0), Some((0, 2)));
        assert_eq!(cursor("abc", 1), Some((1, 2)));
        assert_eq!(cursor("日本語", 2), Some((4, 2)), "a wide character has two cells");
        assert_eq!(cursor("e\u{301}x", 2), Some((1, 2)), "a combining mark has none");
        assert_eq!(cursor("0123456789abc", 13), Some((7, 2)), "scrolled");
    }

    #[test]
    fn end_of_a_long_text_is_visible() {
        let text = "ab".repeat(32 << 10) + "end";
        assert_eq!(visible(&text, text.len()), "ababend");
        let marks = "e\u{301}".repeat(10_000);
        assert_eq!(visible(&marks, 20_000), "e\u{301}".repeat(7));
    }
}
