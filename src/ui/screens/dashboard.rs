//! The dashboard that is shown with its header, or the welcome screen.

use ratatui::layout::Rect;

use super::DrawContext;
use crate::{
    app::{FOOTER_ROWS, HEADER_ROWS},
    ui::{banner, header, layout::MouseTarget, tile_grid, welcome},
};

/// Draws the header and the tiles. Without a dashboard, draws the welcome screen.
pub(super) fn draw(context: &mut DrawContext<'_>) {
    let DrawContext { app, config, now, .. } = *context;
    let screen = context.buf.area;
    let Some(dashboard) = app.current_dashboard() else {
        return welcome::draw(context.buf, context.area, app, config);
    };
    let header_height = dashboard.rows_above_grid().min(screen.height);
    let grid_height = screen.height.saturating_sub(header_height + FOOTER_ROWS);
    let grid_area = Rect { y: screen.y + header_height, height: grid_height, ..screen };
    tile_grid::draw(context.buf, grid_area, app, dashboard, config, now);
    for (index, area) in tile_grid::tile_areas(grid_area, app, dashboard) {
        if let Some(tile) = dashboard.tile_id(index) {
            context.layout.add(area, MouseTarget::Tile(tile));
        }
    }
    if let Some(problem) = dashboard.banner().filter(|_| header_height > 0) {
        banner::draw(context.buf, Rect { y: screen.y + header_height - 1, height: 1, ..screen }, problem, config);
    }
    if !dashboard.header_hidden {
        let area = Rect { height: HEADER_ROWS.min(screen.height), ..screen };
        header::draw(context.buf, area, app, config, now);
        for (columns, index) in header::tab_ranges(app, area.width) {
            let tab_area = Rect { x: area.x + columns.start, width: columns.end - columns.start, ..area };
            context.layout.add(tab_area, MouseTarget::Tab(app.dashboards[index].id));
        }
    }
}
