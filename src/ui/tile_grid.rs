//! The tiles of a dashboard in their grid, between the header and the footer.

use ratatui::layout::{Position, Rect};

use super::{
    dialog, heading,
    layout::MouseTarget,
    panel,
    screens::DrawContext,
    text::{Alignment, draw_line},
    tile::{self, TileControl, TileRenderState, TileView},
    tile_row,
};
use crate::app::{Action, App, MIN_SCREEN_SIZE, OpenDashboard, is_too_small, press_mark::PressMark};

/// The column of the name in a tile, and in the row of a list.
const NAME_X: u16 = 2;

/// What all tiles of a frame are drawn with, found once for a frame.
#[derive(Clone, Copy)]
struct Tiles<'a> {
    dashboard: &'a OpenDashboard,
    is_list: bool,
    connected: bool,
}

/// Draws the visible tiles, which the mouse can press.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect, dashboard: &OpenDashboard) {
    let DrawContext { app, config, .. } = *context;
    if is_too_small(app.size) {
        let text = format!("too small: needs {}×{}", MIN_SCREEN_SIZE.0, MIN_SCREEN_SIZE.1);
        dialog::draw_centered_text(context.buf, area, &text, config.theme.warning());
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
        dialog::draw_centered_text(context.buf, area, &text, config.theme.dim());
        return;
    }
    let grid = dashboard.grid(app.size);
    let tiles = Tiles { dashboard, is_list: grid.is_list(), connected: app.is_connected() };
    for (index, tile_area) in tile_areas(area, app, dashboard) {
        if !tiles.is_list && dashboard.is_panel(index) {
            draw_panel(context, tile_area, tiles, index);
        } else {
            draw_tile(context, tile_area, tiles, index);
        }
    }
    let row_area = |row: u16| Rect { y: area.y + row, height: 1, ..area };
    if dashboard.scroll_row > 0 {
        draw_line(context.buf, row_area(0), 0, "▲ ", config.theme.accent(), Alignment::Right);
    }
    if grid.continues_below(dashboard.scroll_row) {
        draw_line(context.buf, row_area(area.height - 1), 0, "▼ ", config.theme.accent(), Alignment::Right);
    }
}

/// Returns what the drawing of the tile with this index depends on besides the tile and its state.
fn render_state<'a>(context: &DrawContext<'a>, tiles: Tiles<'a>, index: usize) -> TileRenderState<'a> {
    let (app, Tiles { dashboard, connected, .. }) = (context.app, tiles);
    let tile = dashboard.tile(index);
    let control = tile.filter(|(tile, _)| tile.is_control()).map(|(tile, state)| TileControl {
        mark: PressMark::of_control(dashboard, tile, state),
        hold_progress: dashboard.tile_id(index).and_then(|id| app.hold_progress(id, context.now)),
        steered: dashboard.tile_id(index).and_then(|id| app.steered_position(id)),
    });
    TileRenderState {
        selected: index == dashboard.selected,
        connected,
        permissions_granted: dashboard.permissions.granted,
        control,
        error: tile.and_then(|(tile, state)| app.tile_error(dashboard, tile, state)),
    }
}

fn draw_tile(context: &mut DrawContext<'_>, area: Rect, tiles: Tiles<'_>, index: usize) {
    let DrawContext { app, config, now, .. } = *context;
    let Tiles { dashboard, is_list, .. } = tiles;
    let id = dashboard.tile_id(index);
    if let Some(id) = id {
        context.layout.add(area, MouseTarget::Tile(id));
    }
    if let Some((tile, state)) = dashboard.tile(index) {
        let view = TileView { tile, state, render_state: &render_state(context, tiles, index), config, now };
        let panel = if dashboard.is_row(index) { dashboard.tile(dashboard.whole_of(index)) } else { None };
        let row_name = panel.map(|(panel, _)| panel::row_name(panel, tile));
        let buf = &mut *context.buf;
        match tile.kind.section() {
            Some(section) => heading::draw(buf, area, view, section, dashboard.section_len(index, app.size)),
            None if is_list && dashboard.is_panel(index) => tile_row::draw_panel_name(buf, area, view),
            None if is_list => tile_row::draw(buf, area, view, row_name),
            None => {
                if let Some((field, id)) = tile::draw(buf, area, view).zip(id) {
                    context.layout.add(field, MouseTarget::Pad(id));
                }
            }
        }
    }
    if index == dashboard.selected {
        // The first letter of the name, in the border and in the row of a list.
        context.layout.place_cursor(Position::new(area.x + NAME_X.min(area.width), area.y));
    }
}

/// Draws a panel with its rows, each of which the mouse can press.
fn draw_panel(context: &mut DrawContext<'_>, area: Rect, tiles: Tiles<'_>, index: usize) {
    let DrawContext { config, now, .. } = *context;
    let dashboard = tiles.dashboard;
    let rows = dashboard.rows_of(index);
    let selected = rows.clone().position(|row| row == dashboard.selected);
    let states: Vec<_> = rows.clone().map(|row| render_state(context, tiles, row)).collect();
    let shown = rows.clone().filter_map(|row| dashboard.tile(row)).zip(&states);
    let views: Vec<_> =
        shown.map(|((tile, state), render_state)| TileView { tile, state, render_state, config, now }).collect();
    let Some((tile, state)) = dashboard.tile(index) else { return };
    let mut panel_state = render_state(context, tiles, index);
    panel_state.selected |= selected.is_some();
    let panel = TileView { tile, state, render_state: &panel_state, config, now };
    let areas = panel::draw(context.buf, area, panel, &views, selected);
    let layout = &mut *context.layout;
    if let Some(id) = dashboard.tile_id(index) {
        layout.add(area, MouseTarget::Tile(id));
    }
    for (row, row_area) in areas.rows {
        if selected == Some(row) {
            layout.place_cursor(Position::new(row_area.x, row_area.y));
        }
        if let Some(id) = dashboard.tile_id(rows.start + row) {
            layout.add(row_area, MouseTarget::Tile(id));
        }
    }
    if let Some((others, row)) = areas.others {
        layout.add(others, MouseTarget::Click(Action::SelectTile(rows.start + row)));
    }
    if panel_state.selected {
        layout.place_cursor(Position::new(area.x + NAME_X.min(area.width), area.y));
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
