//! The tiles of a dashboard in their grid, between the header and the footer.

use ratatui::layout::{Position, Rect};

use super::{
    dialog, heading,
    layout::MouseTarget,
    screens::DrawContext,
    text::{Alignment, draw_line},
    tile::{self, TileControl, TileRenderState, TileView},
    tile_row,
};
use crate::app::{App, MIN_SCREEN_SIZE, OpenDashboard, is_too_small, press_mark::PressMark};

/// The column of the name in a tile, and in the row of a list.
const NAME_X: u16 = 2;

/// Draws the visible tiles, which the mouse can press.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, dashboard: &OpenDashboard) {
    let DrawContext { app, config, now, .. } = *context;
    let (buf, layout) = (&mut *context.buf, &mut *context.layout);
    if is_too_small(app.size) {
        let text = format!("too small: needs {}×{}", MIN_SCREEN_SIZE.0, MIN_SCREEN_SIZE.1);
        dialog::draw_centered_text(buf, area, &text, config.theme.warning());
        return;
    }
    if dashboard.is_empty() {
        let text = match dashboard.awaited_topic() {
            Some(topic) => format!("No device has appeared yet: waiting for a message on {topic}"),
            None if dashboard.definition.locked.locks_layout() => {
                "This dashboard has no tiles and is locked.".to_owned()
            }
            None => "This dashboard has no tiles yet: press a to add one.".to_owned(),
        };
        dialog::draw_centered_text(buf, area, &text, config.theme.dim());
        return;
    }
    let grid = dashboard.grid(app.size);
    let connected = app.is_connected();
    for (index, tile_area) in tile_areas(area, app, dashboard) {
        if let Some(id) = dashboard.tile_id(index) {
            layout.add(tile_area, MouseTarget::Tile(id));
        }
        if let Some((tile, state)) = dashboard.tile(index) {
            let control = tile.is_control().then(|| TileControl {
                mark: PressMark::of_control(dashboard, tile, state),
                hold_progress: dashboard.tile_id(index).and_then(|id| app.hold_progress(id, now)),
                steered: dashboard.tile_id(index).and_then(|id| app.steered_position(id)),
            });
            let render_state = TileRenderState {
                selected: index == dashboard.selected,
                connected,
                permissions_granted: dashboard.permissions.granted,
                control,
                error: app.tile_error(dashboard, tile, state),
            };
            let view = TileView { tile, state, render_state: &render_state, config, now };
            match tile.kind.section() {
                Some(section) => heading::draw(buf, tile_area, view, section, dashboard.section_len(index, app.size)),
                None if grid.is_list() => tile_row::draw(buf, tile_area, view),
                None => {
                    tile::draw(buf, tile_area, view);
                    if let Some((field, id)) = tile::pad_field(tile_area, view).zip(dashboard.tile_id(index)) {
                        layout.add(field, MouseTarget::Pad(id));
                    }
                }
            }
        }
        if index == dashboard.selected {
            // The first letter of the name, in the border and in the row of a list.
            layout.place_cursor(Position::new(tile_area.x + NAME_X.min(tile_area.width), tile_area.y));
        }
    }
    let row_area = |row: u16| Rect { y: area.y + row, height: 1, ..area };
    if dashboard.scroll_row > 0 {
        draw_line(buf, row_area(0), 0, "▲ ", config.theme.accent(), Alignment::Right);
    }
    if grid.continues_below(dashboard.scroll_row) {
        draw_line(buf, row_area(area.height - 1), 0, "▼ ", config.theme.accent(), Alignment::Right);
    }
}

/// Returns the index and the screen area of each visible tile.
pub(crate) fn tile_areas(area: Rect, app: &App, dashboard: &OpenDashboard) -> Vec<(usize, Rect)> {
    let grid = dashboard.grid(app.size);
    grid.visible_tiles(dashboard.scroll_row)
        .filter_map(|index| {
            let cell_rect = grid.rect(index, dashboard.scroll_row)?;
            let tile_area = Rect::new(area.x + cell_rect.x, area.y + cell_rect.y, cell_rect.width, cell_rect.height);
            Some((index, tile_area.intersection(area)))
        })
        .collect()
}
