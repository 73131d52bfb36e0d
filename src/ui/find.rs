//! Finding a tile.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Look, entry, panel};
use crate::app::{App, Find};

/// Draws the search and what it finds.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, find: &Find, look: &Look) {
    let Some(board) = app.board() else {
        return;
    };
    let area = panel::open(buf, screen, "Find a tile", (56, 12), look);
    entry::entry(buf, area, &find.input, true, look);
    let below = Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area };
    let rows: Vec<String> = find
        .found(board)
        .into_iter()
        .filter_map(|index| board.tile(index))
        .map(|(tile, _)| match &tile.topic {
            Some(topic) => format!("{}  {topic}", tile.name),
            None => tile.name.clone(),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    entry::list(buf, below, &rows, find.at, look);
}
