//! The list of what can be locked of a dashboard.

use super::{DrawContext, View};
use crate::app::{
    Action,
    screens::lock_list::{LOCK_LEVELS, LockList},
};

/// The width of the list in cells.
const WIDTH: u16 = 36;

impl View for LockList {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let rows = LOCK_LEVELS.map(|(_, text)| text);
        let height = u16::try_from(rows.len()).unwrap_or_default();
        let area = context.draw_dialog("Lock this dashboard", (WIDTH, height));
        context.draw_list(area, &rows, self.selected, Action::AcceptOption);
    }
}
