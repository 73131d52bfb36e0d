//! The log of what just happened, as a list.
//!
//! ```text
//! ╭ Just happened ──────────────────────────────────────────────╮
//! │ ▸ 14:32:05  Front door       closed → open                  │
//! │   14:31:58  Kitchen lamp     you: ON   ✓ confirmed 0.7 s    │
//! ╰─────────────────────────────────────────────────────────────╯
//! ```

use ratatui::layout::Rect;

use super::{DrawContext, View, below};
use crate::{
    app::{Action, activity::ActivityEntry, screens::activity::ActivityScreen},
    ui::{
        activity_rows::{self, EMPTY_LOG},
        controls, dialog,
        layout::MouseTarget,
        text::{Alignment, draw_line, truncate, wrap},
    },
};

/// The largest width of the dialog.
const MAX_WIDTH: u16 = 110;
/// The rows above the list while it is filtered.
const INPUT_ROWS: u16 = 2;
/// A narrower list shows below it what happened in whole, in this many rows.
const WHOLE_BELOW: u16 = 60;
const WHOLE_ROWS: u16 = 2;
/// The least height of a list that does so.
const MIN_HEIGHT: u16 = 6;
/// The cells of the mark of the selected row.
const MARK_WIDTH: u16 = 2;

impl View for ActivityScreen {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let size = (context.area.width.saturating_sub(4).min(MAX_WIDTH), context.area.height.saturating_sub(2));
        let mut area = context.draw_dialog("Just happened", size);
        if let Some(filter) = &self.filter {
            context.draw_input(area, filter);
            area = below(area, INPUT_ROWS);
        }
        let (app, config) = (context.app, context.config);
        if app.activity.is_empty() {
            return dialog::draw_centered_text(context.buf, area, EMPTY_LOG, config.theme.dim());
        }
        let matches = self.matching_entries(app);
        if matches.is_empty() {
            draw_line(context.buf, area, 0, "nothing matches", config.theme.dim(), Alignment::Left);
            return;
        }
        let selected = self.selected_index(&matches);
        let area = draw_whole_entry(context, area, matches[selected].1);
        let first = controls::first_visible_row(selected, area.height);
        let visible: Vec<_> = matches.iter().skip(first).take(area.height.into()).map(|(_, entry)| *entry).collect();
        let rows = activity_rows::rows(&visible, area.width.saturating_sub(MARK_WIDTH), config, context.now);
        for ((y, entry), (index, (text, style))) in (area.y..).zip(&visible).zip((first..).zip(rows)) {
            let row = Rect { y, height: 1, ..area };
            if index == selected {
                context.layout.place_cursor(row.as_position());
                let text = truncate(&text, area.width.saturating_sub(MARK_WIDTH));
                controls::draw_list(context.buf, row, &[&text], Some(0), config);
            } else {
                draw_line(context.buf, row, 0, &format!("  {text}"), style, Alignment::Left);
            }
            context.layout.add(row, MouseTarget::Click(Action::GoTo(entry.subject)));
        }
    }
}

/// Draws the words of the selected entry below a narrow list, which cuts them. Returns the area of the list.
fn draw_whole_entry(context: &mut DrawContext<'_>, area: Rect, entry: &ActivityEntry) -> Rect {
    if area.width >= WHOLE_BELOW || area.height < MIN_HEIGHT {
        return area;
    }
    let list_area = Rect { height: area.height - WHOLE_ROWS - 1, ..area };
    let lines = wrap(&activity_rows::whole_words(entry), area.width, WHOLE_ROWS.into());
    for (row, line) in (area.height - WHOLE_ROWS..).zip(&lines) {
        draw_line(context.buf, area, row, line, context.config.theme.dim(), Alignment::Left);
    }
    list_area
}
