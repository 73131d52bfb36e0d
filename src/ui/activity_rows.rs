//! The entries of the log of what just happened as rows of columns: the time, the name, and what happened. On large
//! screens they are below the tiles.
//!
//! ```text
//! ─ Just happened ──────────────────────────────────────────────
//!  14:32:05  Front door           closed → open
//!  14:31:58  Kitchen lamp         you: ON           ✓ confirmed 0.7 s
//! ```

use std::time::Duration;

use ratatui::{layout::Rect, style::Style};

use super::{
    UiConfig,
    layout::MouseTarget,
    screens::DrawContext,
    text::{Alignment, draw_line, rule, truncate, width},
};
use crate::{
    app::{Action, activity::ActivityEntry},
    model::time::Time,
};

/// What stands in place of the entries before the first one.
pub(super) const EMPTY_LOG: &str = "What changes, what you press and what becomes of it will appear here.";
/// The heading of the entries below the tiles.
const HEADING: &str = "─ Just happened ";
/// Narrower rows show no seconds and fewer characters of names.
const WIDE: u16 = 60;
/// The widths of the name on narrow and on wide rows.
const NAME_WIDTHS: (u16, u16) = (11, 22);
/// On rows of this width, what became of a press has a column of its own, after a column of this width.
const ADDITION_COLUMN: (u16, u16) = (80, 18);
/// Entries that are older than this show the date.
const DATE_AFTER: Duration = Duration::from_hours(20);

/// Returns the texts of entries for rows of this width, with their styles.
pub(super) fn rows(entries: &[&ActivityEntry], width: u16, config: &UiConfig, now: Time) -> Vec<(String, Style)> {
    let is_wide = width >= WIDE;
    let has_old = entries.iter().any(|entry| now.since(entry.at) >= DATE_AFTER);
    let time = |at: Time| {
        let format = match (is_wide, now.since(at) >= DATE_AFTER) {
            (true, false) => "%H:%M:%S",
            (false, false) => "%H:%M",
            (true, true) => "%b %-d, %H:%M",
            (false, true) => "%b %-d",
        };
        config.local_time(at, format)
    };
    let (time_width, name_width) = match (is_wide, has_old) {
        (true, false) => (8, NAME_WIDTHS.1),
        (true, true) => (13, NAME_WIDTHS.1),
        (false, false) => (5, NAME_WIDTHS.0),
        (false, true) => (6, NAME_WIDTHS.0),
    };
    let gap = if is_wide { "  " } else { " " };
    let to_row = |entry: &&ActivityEntry| {
        let style = if entry.event.is_problem() { config.theme.warning() } else { config.theme.text() };
        let (time, name) = (pad(&time(entry.at), time_width), pad(&entry.name, name_width));
        (format!("{time}{gap}{name}{gap}{}", words(entry, width)), style)
    };
    entries.iter().map(to_row).collect()
}

/// Returns what happened, and what is to be added: in a column of its own where there is room for one.
fn words(entry: &ActivityEntry, row_width: u16) -> String {
    match entry.words() {
        (text, Some(addition)) if row_width >= ADDITION_COLUMN.0 && width(&text) <= ADDITION_COLUMN.1 => {
            format!("{}{addition}", pad(&text, ADDITION_COLUMN.1))
        }
        _ => whole_words(entry),
    }
}

/// Returns what happened, and what is to be added, without columns.
pub(super) fn whole_words(entry: &ActivityEntry) -> String {
    match entry.words() {
        (text, None) => text.into_owned(),
        (text, Some(addition)) => format!("{text} · {addition}"),
    }
}

/// Returns a text in exactly this width.
fn pad(text: &str, cells: u16) -> String {
    let mut text = truncate(text, cells);
    text.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(&text)).into()));
    text
}

/// Draws the newest entries below the tiles. A click on one goes to what it is about.
pub(super) fn draw_below_tiles(context: &mut DrawContext<'_>, area: Rect) {
    let (app, config) = (context.app, context.config);
    draw_line(context.buf, area, 0, &rule(HEADING, area.width), config.theme.border(), Alignment::Left);
    let area = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height - 1 };
    if app.activity.is_empty() {
        draw_line(context.buf, area, 0, EMPTY_LOG, config.theme.dim(), Alignment::Left);
        return;
    }
    let entries: Vec<&ActivityEntry> =
        app.activity.newest_first().take(area.height.into()).map(|(_, entry)| entry).collect();
    let rows = rows(&entries, area.width, config, context.now);
    for ((row, entry), (text, style)) in (0..).zip(&entries).zip(&rows) {
        draw_line(context.buf, area, row, text, *style, Alignment::Left);
        let row_area = Rect { y: area.y + row, height: 1, ..area };
        context.layout.add(row_area, MouseTarget::Click(Action::GoTo(entry.subject)));
    }
}
