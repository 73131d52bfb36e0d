//! The tile search dialog.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{UiConfig, controls, dialog};
use crate::app::{App, TileSearch};

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (56, 12);

/// Returns the area of the list inside the dialog.
fn list_area(area: Rect) -> Rect {
    Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area }
}

/// Returns the index of the match at a screen position.
#[must_use]
pub(crate) fn row_at(screen: Rect, app: &App, search: &TileSearch, position: (u16, u16)) -> Option<usize> {
    controls::row_at(
        list_area(dialog::inner_area(screen, DIALOG_SIZE)),
        search.selected,
        search.matching_tiles(app.current_dashboard()?).len(),
        position,
    )
}

/// Draws the search input and the matching tiles.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, app: &App, search: &TileSearch, config: &UiConfig) {
    let Some(dashboard) = app.current_dashboard() else {
        return;
    };
    let area = dialog::draw_frame(buf, screen, "Find a tile", DIALOG_SIZE, config);
    controls::draw_text_input(buf, area, &search.input, true, config);
    let rows: Vec<String> = search
        .matching_tiles(dashboard)
        .into_iter()
        .filter_map(|index| dashboard.tile(index))
        .map(|(tile, _)| match &tile.topic {
            Some(topic) => format!("{}  {topic}", tile.name),
            None => tile.name.clone(),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    controls::draw_list(buf, list_area(area), &rows, search.selected, config);
}
