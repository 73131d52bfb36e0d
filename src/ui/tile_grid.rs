//! The tiles of a dashboard in their grid, between the header and the footer.

use ratatui::layout::Rect;

use super::{
    dialog,
    layout::MouseTarget,
    screens::DrawContext,
    text::{Alignment, draw_line},
    tile::{self, TileRenderState},
    tile_row,
};
use crate::app::{App, OpenDashboard, press_mark::PressMark};

/// The minimum screen size on which tiles are readable.
const MIN_SCREEN_SIZE: (u16, u16) = (14, 6);

/// Draws the visible tiles, which the mouse can press.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, dashboard: &OpenDashboard) {
    let DrawContext { app, config, now, .. } = *context;
    let (buf, layout) = (&mut *context.buf, &mut *context.layout);
    if is_too_small(app) {
        let text = format!("too small: needs {}×{}", MIN_SCREEN_SIZE.0, MIN_SCREEN_SIZE.1);
        dialog::draw_centered_text(buf, area, &text, config.theme.warning());
        return;
    }
    if dashboard.definition.tiles.is_empty() {
        let text = if dashboard.definition.locked.locks_layout() {
            "This dashboard has no tiles and is locked."
        } else {
            "This dashboard has no tiles yet: press a to add one."
        };
        dialog::draw_centered_text(buf, area, text, config.theme.dim());
        return;
    }
    let (grid, is_list) = (dashboard.grid(app.size), dashboard.is_list(app.size));
    let connected = app.current_connection().is_some_and(crate::app::Connection::is_connected);
    for (index, tile_area) in tile_areas(area, app, dashboard) {
        if let Some((tile, state)) = dashboard.tile(index) {
            let is_control = tile.is_control();
            let render_state = TileRenderState {
                selected: index == dashboard.selected,
                connected,
                permissions_granted: dashboard.permissions.granted,
                is_control,
                press: PressMark::of_control(dashboard, tile).filter(|_| is_control),
                hold_progress: dashboard.tile_id(index).and_then(|id| app.hold_progress(id, now)),
                error: app.tile_error(dashboard, tile, state),
            };
            let draw_tile = if is_list { tile_row::draw } else { tile::draw };
            draw_tile(buf, tile_area, tile, state, &render_state, config, now);
        }
        if let Some(id) = dashboard.tile_id(index) {
            layout.add(tile_area, MouseTarget::Tile(id));
        }
    }
    let hidden_below = grid.row_count().saturating_sub(dashboard.scroll_row + grid.visible_rows());
    let row_area = |row: u16| Rect { y: area.y + row, height: 1, ..area };
    if dashboard.scroll_row > 0 {
        draw_line(buf, row_area(0), 0, "▲ ", config.theme.accent(), Alignment::Right);
    }
    if hidden_below > 0 {
        draw_line(buf, row_area(area.height - 1), 0, "▼ ", config.theme.accent(), Alignment::Right);
    }
}

/// Returns whether the screen is too small for tiles.
pub(super) fn is_too_small(app: &App) -> bool {
    app.size.0 < MIN_SCREEN_SIZE.0 || app.size.1 < MIN_SCREEN_SIZE.1
}

/// Returns the index and the screen area of each visible tile.
pub(crate) fn tile_areas(area: Rect, app: &App, dashboard: &OpenDashboard) -> Vec<(usize, Rect)> {
    let grid = dashboard.grid(app.size);
    let visible = grid.visible_tiles(dashboard.scroll_row).filter(|_| !is_too_small(app));
    visible
        .filter_map(|index| {
            let cell_rect = grid.rect(index, dashboard.scroll_row)?;
            let tile_area = Rect::new(area.x + cell_rect.x, area.y + cell_rect.y, cell_rect.width, cell_rect.height);
            Some((index, tile_area.intersection(area)))
        })
        .collect()
}
