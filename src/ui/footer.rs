//! The footer: hints for the current key bindings, or a notice.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Clear, Widget},
};

use super::{
    UiConfig,
    text::{Alignment, draw_line, width, wrap},
};
use crate::app::App;

/// The gap between two hints in cells.
const HINT_GAP: u16 = 3;
/// The maximum number of lines that a notice takes.
const MAX_NOTICE_LINES: u16 = 8;

/// Draws the footer.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, app: &App, config: &UiConfig) {
    let theme = config.theme;
    let inner = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    if let Some(notice) = app.notice() {
        return draw_notice(buf, inner, &notice.text, config);
    }
    let mut hints = visible_hints(app, config);
    let hint_width = |(keys, hint): &(String, &str)| width(keys) + 1 + width(hint) + HINT_GAP;
    // Hints that do not fit are dropped at this offset from the end, so that the last ones stay: help and
    // quit, or back.
    let drop_offset = if app.dashboard_has_focus() { 3 } else { 2 };
    while hints.len() > 1 && hints.iter().map(hint_width).sum::<u16>() > inner.width + HINT_GAP {
        hints.remove(hints.len().saturating_sub(drop_offset));
    }
    let mut x_offset = 0;
    for hint in &hints {
        let hint_area = Rect { x: inner.x + x_offset, width: inner.width.saturating_sub(x_offset), ..inner };
        let key_area =
            draw_line(buf, hint_area, 0, &hint.0, theme.accent().add_modifier(Modifier::BOLD), Alignment::Left);
        let label_area =
            Rect { x: key_area.right() + 1, width: inner.right().saturating_sub(key_area.right() + 1), ..inner };
        draw_line(buf, label_area, 0, hint.1, Style::new(), Alignment::Left);
        x_offset += hint_width(hint);
    }
}

/// Draws a notice in the footer and, if it needs more lines, in the rows above.
fn draw_notice(buf: &mut Buffer, area: Rect, text: &str, config: &UiConfig) {
    let max_lines = MAX_NOTICE_LINES.min(area.y / 2 + 1);
    let lines = wrap(text, area.width, usize::from(max_lines));
    let height = u16::try_from(lines.len()).unwrap_or(1).max(1);
    let notice_area = Rect { y: area.bottom() - height, height, ..area };
    let full_width_area = Rect { x: buf.area.x, width: buf.area.width, ..notice_area };
    Clear.render(full_width_area, buf);
    buf.set_style(full_width_area, config.theme.base());
    for (row, text) in (0..).zip(&lines) {
        draw_line(buf, notice_area, row, text, config.theme.warning(), Alignment::Left);
    }
}

/// Returns the keys and hints of the current context. Adjacent bindings with the same hint are merged.
fn visible_hints(app: &App, config: &UiConfig) -> Vec<(String, &'static str)> {
    let mut hints: Vec<(String, &'static str)> = Vec::new();
    for row in config.keymap.rows_active_in(app.key_context()) {
        let (Some(hint), Some(key)) = ((row.binding.hint)(app), row.keys.first()) else { continue };
        match hints.last_mut() {
            Some((keys, last)) if *last == hint => {
                let is_arrow = arrow_symbol(key).is_some();
                keys.push_str(if is_arrow { "" } else { " " });
                keys.push_str(arrow_symbol(key).unwrap_or(key));
            }
            _ => hints.push((arrow_symbol(key).unwrap_or(key).to_owned(), hint)),
        }
    }
    hints
}

/// Returns the arrow symbol of an arrow key.
fn arrow_symbol(key: &str) -> Option<&'static str> {
    Some(match key {
        "Left" => "←",
        "Right" => "→",
        "Up" => "↑",
        "Down" => "↓",
        _ => return None,
    })
}
