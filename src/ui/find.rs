//! Finding a tile.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Look, entry, panel};
use crate::app::{App, TileSearch};

/// The size of the inside of its panel.
const SIZE: (u16, u16) = (56, 12);

/// The list in the inside of its panel.
fn list(area: Rect) -> Rect {
    Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area }
}

/// Which of the tiles found is at a place of the screen.
#[must_use]
pub fn row_at(screen: Rect, app: &App, find: &TileSearch, place: (u16, u16)) -> Option<usize> {
    entry::row_at(
        list(panel::inside(screen, SIZE)),
        find.selected,
        find.matching_tiles(app.current_dashboard()?).len(),
        place,
    )
}

/// Draws the search and what it finds.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, find: &TileSearch, look: &Look) {
    let Some(board) = app.current_dashboard() else {
        return;
    };
    let area = panel::open(buf, screen, "Find a tile", SIZE, look);
    entry::entry(buf, area, &find.input, true, look);
    let rows: Vec<String> = find
        .matching_tiles(board)
        .into_iter()
        .filter_map(|index| board.tile(index))
        .map(|(tile, _)| match &tile.topic {
            Some(topic) => format!("{}  {topic}", tile.name),
            None => tile.name.clone(),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    entry::list(buf, list(area), &rows, find.selected, look);
}
