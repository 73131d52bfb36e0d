//! The preview of a tile in its form: how it looks with the last message of its topic, and the payload of that.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use super::NO_MESSAGE;
use crate::{
    app::{App, editing::Preview, press_mark::PressMark},
    model::{press::PressMode, time::Time},
    ui::{
        UiConfig,
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
    let control = preview.tile.is_control().then(|| TileControl {
        mark: Some(PressMark::with_mode(&preview.tile, PressMode::Direct, false)),
        hold_progress: None,
        steered: None,
    });
    let render_state = &TileRenderState { selected: false, connected, permissions_granted, control, error };
    let view = TileView { tile: &preview.tile, state: &preview.state, render_state, config, now };
    tile::draw(buf, tile_area, view);
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
