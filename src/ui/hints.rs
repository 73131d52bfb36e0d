//! The last line: what the keys do now, or a notice.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Clear, Widget},
};

use super::{
    Look, keys,
    text::{Side, line, width, wrap},
};
use crate::app::App;

/// Cells between two hints.
const BETWEEN: u16 = 3;
/// The most lines that a notice takes.
const LINES: u16 = 8;

/// Draws the last line.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, look: &Look) {
    let theme = look.theme;
    let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    if let Some(notice) = app.notice() {
        return tell(buf, inside, &notice.text, look);
    }
    let mut hints = hints(app, look);
    let wide = |(keys, hint): &(String, &str)| width(keys) + 1 + width(hint) + BETWEEN;
    // The last ones are the ways to help and out: what stands before them gives way.
    let last = if matches!(keys::place(app), keys::Place::Board | keys::Place::Welcome) { 3 } else { 2 };
    while hints.len() > 1 && hints.iter().map(wide).sum::<u16>() > inside.width + BETWEEN {
        hints.remove(hints.len().saturating_sub(last));
    }
    let mut at = 0;
    for it in &hints {
        let room = Rect { x: inside.x + at, width: inside.width.saturating_sub(at), ..inside };
        let drawn = line(buf, room, 0, &it.0, theme.accent().add_modifier(Modifier::BOLD), Side::Left);
        let behind = Rect { x: drawn.right() + 1, width: inside.right().saturating_sub(drawn.right() + 1), ..inside };
        line(buf, behind, 0, it.1, Style::new(), Side::Left);
        at += wide(it);
    }
}

/// Says a sentence in the last line, and in those above it where one is not enough.
fn tell(buf: &mut Buffer, area: Rect, text: &str, look: &Look) {
    let most = LINES.min(area.y / 2 + 1);
    let lines = wrap(text, area.width, usize::from(most));
    let height = u16::try_from(lines.len()).unwrap_or(1).max(1);
    let room = Rect { y: area.bottom() - height, height, ..area };
    let whole = Rect { x: buf.area.x, width: buf.area.width, ..room };
    Clear.render(whole, buf);
    buf.set_style(whole, look.theme.base());
    for (row, text) in (0..).zip(&lines) {
        line(buf, room, row, text, look.theme.warn(), Side::Left);
    }
}

/// The keys that mean something now and what they do, neighbours with one meaning together.
fn hints(app: &App, look: &Look) -> Vec<(String, &'static str)> {
    let mut hints: Vec<(String, &'static str)> = Vec::new();
    for row in look.keys.rows(keys::place(app)) {
        let (Some(hint), Some(key)) = ((row.binding.hint)(app), row.keys.first()) else { continue };
        match hints.last_mut() {
            Some((keys, last)) if *last == hint => {
                let arrows = arrow(key).is_some();
                keys.push_str(if arrows { "" } else { " " });
                keys.push_str(arrow(key).unwrap_or(key));
            }
            _ => hints.push((arrow(key).unwrap_or(key).to_owned(), hint)),
        }
    }
    hints
}

/// An arrow key as its arrow.
fn arrow(key: &str) -> Option<&'static str> {
    Some(match key {
        "Left" => "←",
        "Right" => "→",
        "Up" => "↑",
        "Down" => "↓",
        _ => return None,
    })
}
