//! The tile search dialog.

use super::{DrawContext, View, below};
use crate::app::{Action, screens::tile_search::TileSearch};

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (56, 12);
/// The rows above the list.
const INPUT_ROWS: u16 = 2;

impl View for TileSearch {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let Some(dashboard) = context.app.current_dashboard() else {
            return;
        };
        let area = context.draw_dialog("Find a tile", DIALOG_SIZE);
        context.draw_input(area, &self.input);
        let rows: Vec<String> = self
            .matching_tiles(dashboard)
            .into_iter()
            .filter_map(|index| dashboard.tile(index))
            .map(|(tile, _)| match &tile.topic {
                Some(topic) => format!("{}  {topic}", tile.name),
                None => tile.name.clone(),
            })
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        context.draw_matches(below(area, INPUT_ROWS), &rows, self.selected, Action::AcceptOption);
    }
}
