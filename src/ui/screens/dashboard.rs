//! The dashboard that is shown with its header, or the welcome screen.

use ratatui::layout::Rect;

use super::DrawContext;
use crate::{
    app::{FOOTER_ROWS, HEADER_ROWS, OUTAGE_ROWS, is_too_small},
    ui::{activity_rows, banner, header, tile_grid, welcome},
};

/// The least number of rows below the tiles that show what just happened.
const MIN_ACTIVITY_ROWS: u16 = 6;

/// Draws the header and the tiles. Without a dashboard, draws the welcome screen.
pub(super) fn draw(context: &mut DrawContext<'_>) {
    let DrawContext { app, config, .. } = *context;
    let screen = context.buf.area;
    let Some(dashboard) = app.current_dashboard() else {
        welcome::draw(context.buf, context.area, app, config);
        if app.explorer.is_some() {
            header::draw(context, Rect { height: HEADER_ROWS.min(screen.height), ..screen });
        }
        return;
    };
    let header_height = dashboard.rows_above_grid().min(screen.height);
    let grid_height = screen.height.saturating_sub(header_height + FOOTER_ROWS);
    let grid_area = Rect { y: screen.y + header_height, height: grid_height, ..screen };
    tile_grid::draw(context, grid_area, dashboard);
    let free_rows = dashboard.free_rows((screen.width, screen.height));
    let has_readers = !app.environment.kiosk && !app.single_frame;
    if free_rows >= MIN_ACTIVITY_ROWS && has_readers && !is_too_small(app.size) {
        let y = grid_area.bottom() - free_rows.min(grid_area.height);
        activity_rows::draw_below_tiles(context, Rect { y, height: grid_area.bottom() - y, ..grid_area });
    }
    if let Some(problem) = dashboard.banner().filter(|_| header_height > 0) {
        let opens_file = dashboard.file_error.is_some() && has_readers;
        let hint = opens_file.then(|| format!("{}: open the file", config.keymap.first_key("open-file")));
        let area = Rect { y: screen.y + header_height - 1, height: 1, ..screen };
        banner::draw(context.buf, area, &problem, hint.as_deref(), config);
    }
    if !dashboard.header_hidden {
        header::draw(context, Rect { height: HEADER_ROWS.min(screen.height), ..screen });
    } else if let Some(connection) = app.current_connection().filter(|_| dashboard.shows_outage()) {
        let area = Rect { height: OUTAGE_ROWS.min(screen.height), ..screen };
        banner::draw_outage(context.buf, area, connection, config, context.now);
    }
}
