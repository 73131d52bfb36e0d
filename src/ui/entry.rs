//! What is typed, and what is chosen from: a line with its cursor, and rows of which one is marked.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use tui_input::Input;

use super::{
    Look,
    text::{Side, clean, line, width},
};

/// Draws a line that is being edited, with its cursor.
pub fn entry(buf: &mut Buffer, area: Rect, input: &Input, active: bool, look: &Look) {
    if area.height == 0 || area.width < 3 {
        return;
    }
    let chars: Vec<char> = input.value().chars().collect();
    let cursor = input.cursor().min(chars.len());
    // Shown from where the cursor still fits.
    let mut from = 0;
    let text_of = |from: usize, to: usize| clean(&chars[from..to].iter().collect::<String>()).into_owned();
    while width(&text_of(from, cursor)) + 1 > area.width.saturating_sub(2) && from < cursor {
        from += 1;
    }
    let style = Style::new().add_modifier(Modifier::UNDERLINED);
    let row = Rect { height: 1, ..area };
    buf.set_string(row.x, row.y, " ".repeat(usize::from(row.width)), style);
    line(buf, row, 0, &text_of(from, chars.len()), style, Side::Left);
    if active {
        let x = row.x + width(&text_of(from, cursor));
        if x < row.right() {
            buf[(x, row.y)].set_style(look.theme.accent().add_modifier(Modifier::REVERSED));
        }
    }
}

/// The first row of a list that is seen when one is marked.
#[must_use]
pub fn top(at: usize, height: u16) -> usize {
    (at + 1).saturating_sub(usize::from(height))
}

/// The row of a list that is seen at a place of the screen; `at` is the marked one.
#[must_use]
pub fn row_at(area: Rect, at: usize, count: usize, (x, y): (u16, u16)) -> Option<usize> {
    let seen = area.contains((x, y).into());
    seen.then(|| top(at, area.height) + usize::from(y - area.y)).filter(|index| *index < count)
}

/// Draws rows of which one is marked; scrolled so that it is seen.
pub fn list(buf: &mut Buffer, area: Rect, rows: &[&str], at: usize, look: &Look) {
    if rows.is_empty() {
        line(buf, area, 0, "nothing to choose from", look.theme.dim(), Side::Left);
    }
    for (row, (index, text)) in (0..area.height).zip(rows.iter().enumerate().skip(top(at, area.height))) {
        if index == at {
            let full = format!("▸ {}{}", clean(text), " ".repeat(usize::from(area.width)));
            buf.set_stringn(area.x, area.y + row, full, usize::from(area.width), look.theme.marked());
        } else {
            line(buf, area, row, &format!("  {text}"), look.theme.text(), Side::Left);
        }
    }
}
