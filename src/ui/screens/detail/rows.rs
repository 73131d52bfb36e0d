//! The lines of a log, or the rows of a table, in place of the last values: all of them, scrollable.

use ratatui::layout::Rect;

use super::DrawContext;
use crate::{
    app::ScrollExtent,
    model::content::TileContent,
    ui::{dialog, widgets},
};

/// Draws the rows after skipping `scroll` of them: the newest line of a log first, like the last values of other tiles.
/// Returns how far they can be scrolled; `None` if the content has no rows.
pub(super) fn draw(
    context: &mut DrawContext<'_>,
    area: Rect,
    content: &TileContent,
    scroll: usize,
) -> Option<ScrollExtent> {
    let (config, now) = (context.config, context.now);
    // The cells at the right are for the arrows.
    let rows_area = Rect { width: area.width.saturating_sub(2), ..area };
    let (table, header_rows) = match content {
        TileContent::Log(log) => (log, 0),
        TileContent::Table(table) => (table, 1),
        _ => return None,
    };
    let below_header = super::super::below(area, header_rows);
    let rows = usize::from(below_header.height);
    // The line that says how many rows are left out is below the last one.
    let line_count = table.rows.len() + usize::from(table.left_out > 0);
    let extent = ScrollExtent { max: line_count.saturating_sub(rows), rows };
    let scroll = scroll.min(extent.max);
    if header_rows == 0 {
        widgets::draw_newest_lines(context.buf, rows_area, table, scroll, config, now);
    } else {
        widgets::draw_table(context.buf, rows_area, table, scroll, config, now, false);
    }
    dialog::draw_scroll_marks(context.buf, below_header, scroll, extent.max, config);
    Some(extent)
}
