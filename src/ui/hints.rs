//! The last line: what the keys do now, or a notice.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Look, keys,
    text::{Side, line, width},
};
use crate::app::App;

/// Draws the last line.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, look: &Look) {
    let theme = look.theme;
    let inside = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    if let Some(notice) = app.notice() {
        line(buf, inside, 0, &notice.text, theme.warn(), Side::Left);
        return;
    }
    let mut at = 0;
    for row in keys::rows(keys::place(app)) {
        let Some(hint) = (row.hint)(app) else { continue };
        let keys = short(row.keys);
        let wide = width(&keys) + 1 + width(hint);
        if at + wide > inside.width {
            continue;
        }
        let room = Rect { x: inside.x + at, width: inside.width - at, ..inside };
        let drawn = line(buf, room, 0, &keys, theme.accent().add_modifier(Modifier::BOLD), Side::Left);
        let behind = Rect { x: drawn.right() + 1, width: inside.right().saturating_sub(drawn.right() + 1), ..inside };
        line(buf, behind, 0, hint, Style::new(), Side::Left);
        at += wide + 3;
    }
}

/// The keys of a row in few cells: arrows as arrows, of several names the first.
fn short(keys: &[&str]) -> String {
    let arrow = |key: &str| match key {
        "Left" => "←",
        "Right" => "→",
        "Up" => "↑",
        "Down" => "↓",
        _ => "",
    };
    let arrows: String = keys.iter().map(|key| arrow(key)).collect();
    match keys {
        _ if !arrows.is_empty() => arrows,
        [one, other, ..] if one.len() == 1 && other.len() == 1 && !one.chars().all(char::is_alphabetic) => {
            format!("{one} {other}")
        }
        [one, ..] => (*one).to_owned(),
        [] => String::new(),
    }
}
