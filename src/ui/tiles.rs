//! The middle of the screen: the tiles of a dashboard in their grid.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look, panel,
    text::{Side, line},
    tile::{self, Manner},
};
use crate::{
    app::{App, OpenDashboard},
    model::time::Time,
};

/// The least size of a screen on which tiles can be read.
const LEAST: (u16, u16) = (14, 6);

/// Draws the tiles that are seen.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, board: &OpenDashboard, look: &Look, now: Time) {
    if app.size.0 < LEAST.0 || app.size.1 < LEAST.1 {
        let text = format!("too small: {}×{} is the least", LEAST.0, LEAST.1);
        panel::sentence(buf, area, &text, look.theme.warn());
        return;
    }
    if board.definition.tiles.is_empty() {
        let text = if board.definition.locked {
            "This dashboard has no tiles, and it is locked."
        } else {
            "This dashboard has no tiles yet: a adds one."
        };
        panel::sentence(buf, area, text, look.theme.dim());
        return;
    }
    let grid = board.grid(app.size);
    let live = app.current_connection().is_some_and(crate::app::Connection::is_connected);
    for (index, at) in places(area, app, board) {
        if let Some((definition, state)) = board.tile(index) {
            let manner = Manner { selected: index == board.selected, live, trusted: board.permissions_granted() };
            tile::draw(buf, at, definition, state, manner, look, now);
        }
    }
    let hidden_below = grid.row_count().saturating_sub(board.scroll_row + grid.visible_rows());
    let edge = |row: u16| Rect { y: area.y + row, height: 1, ..area };
    if board.scroll_row > 0 {
        line(buf, edge(0), 0, "▲ ", look.theme.accent(), Side::Right);
    }
    if hidden_below > 0 {
        line(buf, edge(area.height - 1), 0, "▼ ", look.theme.accent(), Side::Right);
    }
}

/// Where the tiles that are seen sit: the number of each and its place.
pub fn places(area: Rect, app: &App, board: &OpenDashboard) -> Vec<(usize, Rect)> {
    let grid = board.grid(app.size);
    let too_small = app.size.0 < LEAST.0 || app.size.1 < LEAST.1;
    let seen = grid.visible_tiles(board.scroll_row).filter(|_| !too_small);
    seen.filter_map(|index| {
        let place = grid.rect(index, board.scroll_row)?;
        let at = Rect::new(area.x + place.x, area.y + place.y, place.width, place.height);
        Some((index, at.intersection(area)))
    })
    .collect()
}
