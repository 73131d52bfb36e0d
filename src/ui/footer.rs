//! The footer: hints for the current key bindings, which are buttons, too, and above them a notice.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Clear, Widget},
};

use super::{
    UiConfig,
    layout::{MouseTarget, ScreenLayout},
    text::{Alignment, draw_line, width, wrap},
};
use crate::app::{Action, App, Notice};

/// The gap between two hints in cells.
const HINT_GAP: u16 = 3;
/// The maximum number of hints before the last ones, so that the line can be read at a glance.
const MAX_HINTS: usize = 8;
/// The number of hints of a dashboard that are always shown: all actions, and help.
const KEPT_ON_DASHBOARD: usize = 2;
/// The maximum number of lines that a notice takes.
const MAX_NOTICE_LINES: u16 = 8;

/// A hint: the keys with their actions, and what they do.
struct Hint {
    keys: Vec<(String, Action)>,
    label: &'static str,
}

impl Hint {
    fn keys_width(&self) -> u16 {
        let keys: u16 = self.keys.iter().map(|(key, _)| width(key)).sum();
        keys + self.separator_count()
    }

    /// Returns the number of spaces between the keys. Arrows stand next to each other.
    fn separator_count(&self) -> u16 {
        let separated = self.keys.iter().skip(1).filter(|(key, _)| !is_arrow(key)).count();
        u16::try_from(separated).unwrap_or_default()
    }

    fn total_width(&self) -> u16 {
        self.keys_width() + 1 + width(self.label) + HINT_GAP
    }
}

/// Draws the footer: the keys in its row, and a notice in the rows above. A click on a key presses it.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, app: &App, config: &UiConfig, layout: &mut ScreenLayout) {
    let inner = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    if let Some(notice) = app.notice() {
        let notice_area = draw_notice(buf, inner, notice, app.more_failures(), config);
        layout.add(notice_area, MouseTarget::Nothing);
    }
    let mut hints = visible_hints(app, config);
    // The last ones stay and are at the right end: those to find anything else on a dashboard, or how to go back.
    let kept = if app.dashboard_has_focus() { KEPT_ON_DASHBOARD } else { 1 };
    let last = hints.split_off(hints.len().saturating_sub(kept));
    hints.truncate(MAX_HINTS);
    let room = (inner.width + HINT_GAP).saturating_sub(line_width(&last));
    while line_width(&hints) > room {
        hints.pop();
    }
    draw_hints(buf, inner, hints, config, layout);
    let last_width = (line_width(&last).saturating_sub(HINT_GAP)).min(inner.width);
    let right_end = Rect { x: inner.right() - last_width, width: last_width, ..inner };
    draw_hints(buf, right_end, last, config, layout);
}

fn line_width(hints: &[Hint]) -> u16 {
    hints.iter().map(Hint::total_width).sum()
}

fn draw_hints(buf: &mut Buffer, area: Rect, hints: Vec<Hint>, config: &UiConfig, layout: &mut ScreenLayout) {
    let mut x = area.x;
    for hint in hints {
        let hint_area = Rect { x, width: area.right().saturating_sub(x), ..area };
        x += hint.total_width();
        draw_hint(buf, hint_area, hint, config, layout);
    }
}

fn draw_hint(buf: &mut Buffer, area: Rect, hint: Hint, config: &UiConfig, layout: &mut ScreenLayout) {
    let key_style = config.theme.accent().add_modifier(Modifier::BOLD);
    let (mut x, mut first_action) = (area.x, None);
    let has_one_key = hint.keys.len() == 1;
    for (index, (key, action)) in hint.keys.into_iter().enumerate() {
        let is_separated = index > 0 && !is_arrow(&key);
        x += u16::from(is_separated);
        let rest = Rect { x, width: area.right().saturating_sub(x), ..area };
        let key_area = draw_line(buf, rest, 0, &key, key_style, Alignment::Left);
        x = key_area.right();
        layout.add(key_area, MouseTarget::Click(action.clone()));
        first_action.get_or_insert(action);
    }
    let rest = Rect { x: x + 1, width: area.right().saturating_sub(x + 1), ..area };
    let label_area = draw_line(buf, rest, 0, hint.label, Style::new(), Alignment::Left);
    if let Some(action) = first_action.filter(|_| has_one_key) {
        layout.add(label_area, MouseTarget::Click(action));
    }
}

/// Draws a notice in the rows above the keys, with the number of failures that follow. Returns the rows that it covers.
fn draw_notice(buf: &mut Buffer, area: Rect, notice: &Notice, more_failures: usize, config: &UiConfig) -> Rect {
    let max_lines = MAX_NOTICE_LINES.min(area.y / 2 + 1).min(area.y);
    let (text, style) = if notice.is_failure {
        let more = if more_failures > 0 { format!(" ({more_failures} more: press a key)") } else { String::new() };
        (Cow::Owned(format!("✕ {}{more}", notice.text)), config.theme.error())
    } else {
        (Cow::Borrowed(&*notice.text), config.theme.warning())
    };
    let lines = wrap(&text, area.width, usize::from(max_lines));
    let height = u16::try_from(lines.len()).unwrap_or(1);
    let notice_area = Rect { y: area.y - height, height, ..area };
    let full_width_area = Rect { x: buf.area.x, width: buf.area.width, ..notice_area };
    Clear.render(full_width_area, buf);
    buf.set_style(full_width_area, config.theme.base());
    for (row, text) in (0..).zip(&lines) {
        draw_line(buf, notice_area, row, text, style, Alignment::Left);
    }
    full_width_area
}

/// Returns the keys and hints of the current context. Adjacent bindings with the same hint are merged.
fn visible_hints(app: &App, config: &UiConfig) -> Vec<Hint> {
    let mut hints: Vec<Hint> = Vec::new();
    for row in config.keymap.rows_active_in(app.key_context()) {
        let (Some(label), Some(key)) = ((row.binding.hint)(app), row.keys.first()) else { continue };
        let key = (arrow_symbol(key).unwrap_or(key).to_owned(), (row.binding.action)(0));
        match hints.last_mut() {
            Some(last) if last.label == label => last.keys.push(key),
            _ => hints.push(Hint { keys: vec![key], label }),
        }
    }
    hints
}

/// The arrow keys and their symbols.
const ARROWS: [(&str, &str); 4] = [("Left", "←"), ("Right", "→"), ("Up", "↑"), ("Down", "↓")];

/// Returns whether this is the symbol of an arrow key.
fn is_arrow(symbol: &str) -> bool {
    ARROWS.iter().any(|(_, arrow)| *arrow == symbol)
}

/// Returns the arrow symbol of an arrow key.
fn arrow_symbol(key: &str) -> Option<&'static str> {
    ARROWS.iter().find(|(name, _)| *name == key).map(|(_, symbol)| *symbol)
}
