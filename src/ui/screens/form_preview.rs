//! The preview of a tile in its form: how it looks with the last message of its topic, and the payload of that.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use super::NO_MESSAGE;
use crate::{
    app::{
        App,
        editing::{PanelPreview, Preview},
        press_mark::PressMark,
    },
    model::{press::PressMode, tile::Tile, tile_state::TileState, time::Time},
    ui::{
        UiConfig, panel,
        text::{Alignment, draw_line, wrap},
        tile::{self, TileControl, TileRenderState, TileView},
    },
};

/// Draws the preview of the tile and the payload of its last message.
pub(super) fn draw(buf: &mut Buffer, area: Rect, app: &App, preview: &Preview, config: &UiConfig, now: Time) {
    let size = app.current_dashboard().map_or((24, 7), |dashboard| dashboard.definition.tile_size.cells());
    let tile_area = Rect { width: size.0.min(area.width), height: size.1.min(area.height), ..area };
    let connected = app.is_connected();
    let permissions_granted = app.current_dashboard().is_some_and(|dashboard| dashboard.permissions.granted);
    let error = preview.state.error.as_ref().map(Cow::Borrowed);
    let control = direct_control(&preview.tile);
    let render_state = &TileRenderState { selected: false, connected, permissions_granted, control, error };
    let view = TileView { tile: &preview.tile, state: &preview.state, render_state, config, now };
    match &preview.panel {
        Some(panel) => draw_panel(buf, tile_area, panel, view),
        None => {
            tile::draw(buf, tile_area, view);
        }
    }
    let payload_area =
        Rect { y: tile_area.bottom() + 1, height: area.bottom().saturating_sub(tile_area.bottom() + 1), ..area };
    let theme = config.theme;
    match &preview.payload {
        Some(payload) if payload_area.height > 1 => {
            draw_line(buf, payload_area, 0, "Last payload", theme.dim(), Alignment::Left);
            for (row, text) in
                (1..).zip(wrap(payload, payload_area.width, usize::from(payload_area.height - 1).min(12)))
            {
                draw_line(buf, payload_area, row, &text, theme.text(), Alignment::Left);
            }
        }
        None if preview.tile.topic.is_some() => {
            for (row, text) in (0..).zip(wrap(NO_MESSAGE, payload_area.width, usize::from(payload_area.height))) {
                draw_line(buf, payload_area, row, &text, theme.dim(), Alignment::Left);
            }
        }
        _ => {}
    }
}

/// Draws a panel with its rows. `view` is that of the tile of the form.
fn draw_panel(buf: &mut Buffer, area: Rect, panel: &PanelPreview, view: TileView<'_>) {
    let render_state = |(tile, state): &(Tile, TileState)| TileRenderState {
        control: direct_control(tile),
        error: state.error.clone().map(Cow::Owned),
        ..view.render_state.clone()
    };
    let states: Vec<TileRenderState<'_>> = panel.rows.iter().map(render_state).collect();
    let rows = panel.rows.iter().zip(&states);
    let rows: Vec<_> =
        rows.map(|((tile, state), render_state)| TileView { tile, state, render_state, ..view }).collect();
    let panel_state = TileRenderState { control: None, error: None, ..view.render_state.clone() };
    panel::draw(buf, area, TileView { tile: &panel.tile, render_state: &panel_state, ..view }, &rows, None);
}

/// Returns how a tile can be pressed that publishes at once.
fn direct_control(tile: &Tile) -> Option<TileControl> {
    tile.is_control().then(|| TileControl {
        mark: Some(PressMark::with_mode(tile, PressMode::Direct, false)),
        hold_progress: None,
        steered: None,
    })
}
