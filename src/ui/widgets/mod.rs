//! The widgets that draw the content of tiles: one file for each.

mod button;
mod cells;
mod clock;
mod gauge;
mod image;
mod lamp;
mod log;
mod map;
mod meter;
mod note;
mod pad;
mod progress;
mod qr;
mod sparkline;
mod swatch;
mod table;
mod text;
mod toggle;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig,
    text::{Alignment, draw_line},
};
use crate::model::{
    content::TileContent,
    content_line::ContentLine,
    tile_state::TileState,
    time::{Time, format_interval},
};

pub(super) use image::draw as draw_image;
pub(super) use log::draw_newest_first as draw_newest_lines;
pub(super) use map::{draw as draw_map, item_lines as map_lines};
pub(super) use meter::{draw_bar, overflow_mark};
pub(super) use pad::field as pad_field;
pub(super) use sparkline::draw as draw_sparkline;
pub(super) use table::draw as draw_table;

/// What the drawing of content depends on besides the content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ContentState {
    /// Whether it may be outdated.
    pub dimmed: bool,
    /// Whether a press controls something. What only shows a state has no button.
    pub is_control: bool,
    /// How many columns and rows of the dashboard the tile takes; `None` if it is drawn elsewhere.
    pub span: Option<(i64, i64)>,
}

/// Draws content into the inner area of a tile.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    content: &TileContent,
    state: &TileState,
    content_state: ContentState,
    config: &UiConfig,
    now: Time,
) {
    let theme = config.theme;
    let dimmed = content_state.dimmed;
    match content {
        TileContent::Placeholder(text) => {
            draw_line(buf, area, area.height.saturating_sub(1) / 2, text, theme.dim(), Alignment::Center);
        }
        TileContent::Text { prefix_suffix, text, size, color, known } => {
            let base_style = if *known && !dimmed { theme.text() } else { theme.dim() };
            let style = if dimmed { base_style } else { theme.custom_color(*color, base_style) };
            text::draw(buf, area, prefix_suffix, text, *size, style, config);
        }
        TileContent::Toggle { on, icon, color, text } => {
            let is_confirmed = state.unconfirmed.is_none();
            toggle::draw(buf, area, *on, *icon, *color, text, config, content_state, is_confirmed);
        }
        TileContent::Button { icon, color, label } => button::draw(buf, area, *icon, *color, label, config),
        TileContent::Lamp { lit, icon, color, text } => {
            lamp::draw(buf, area, *lit, *icon, *color, text, config, dimmed);
        }
        TileContent::Gauge(gauge) => gauge::draw(buf, area, gauge, state.statistics.as_deref(), config, dimmed),
        TileContent::Progress { prefix_suffix, ratio, overflow, text, color, .. } => {
            let left = live_text(content, state, config, now);
            let bar = (*ratio, *overflow);
            progress::draw(buf, area, prefix_suffix, bar, text, left.as_deref(), *color, config, dimmed);
        }
        TileContent::Map(map) => map::draw(buf, area, map, config, dimmed, now),
        TileContent::Pad(pad) => pad::draw(buf, area, pad, config, dimmed),
        TileContent::Note(text) => note::draw(buf, area, text, config),
        TileContent::RowNames(names) => {
            for (row, name) in (0..area.height).zip(names) {
                draw_line(buf, area, row, name, theme.text(), Alignment::Left);
            }
        }
        TileContent::Clock(face) => clock::draw(buf, area, face, config, now),
        TileContent::Log(log) => log::draw(buf, area, log, config, now, dimmed),
        TileContent::Table(table) => table::draw(buf, area, table, 0, config, now, dimmed),
        TileContent::Qr(text) => qr::draw(buf, area, text, content_state.span, config),
        TileContent::Meter { prefix_suffix, ratio, overflow, text, color } => {
            meter::draw(buf, area, prefix_suffix, (*ratio, *overflow), text, *color, config, dimmed);
        }
        TileContent::Swatch { rgb, icon } => swatch::draw(buf, area, *rgb, *icon, config),
        TileContent::PayloadImage | TileContent::RemoteImage { .. } => {
            if let Some(image) = &state.image {
                image::draw(buf, area, image, config, now);
            } else {
                let text = placeholder_text(content, state);
                draw_line(buf, area, area.height.saturating_sub(1) / 2, text, theme.dim(), Alignment::Center);
            }
        }
    }
}

/// Returns the content in one line, with what it says about this moment.
pub(super) fn full_line(content: &TileContent, state: &TileState, config: &UiConfig, now: Time) -> ContentLine {
    let mut line = content.line();
    if let Some(live) = live_text(content, state, config, now) {
        line.text = if line.text.is_empty() { live } else { format!("{} · {live}", line.text) };
    }
    line
}

/// Returns what the content says about the moment, in addition to its value.
fn live_text(content: &TileContent, state: &TileState, config: &UiConfig, now: Time) -> Option<String> {
    match content {
        TileContent::Clock(face) => {
            Some(clock::clock_text(face, config, now).unwrap_or_else(|error| format!("! {error}")))
        }
        TileContent::Progress { ratio, estimated_max: Some(_), .. } if *ratio >= 1.0 => Some("done".to_owned()),
        TileContent::Progress { estimated_max: Some(max), .. } => {
            let left = state.trend.as_ref()?.time_left(*max, now)?;
            Some(format!("{} left", format_interval(left)))
        }
        _ => None,
    }
}

/// Returns the text that replaces an image until it is available.
fn placeholder_text<'a>(content: &'a TileContent, state: &TileState) -> &'a str {
    match content {
        TileContent::RemoteImage { url, .. }
            if state.image_fetch.as_ref().is_none_or(|fetch_state| !fetch_state.in_flight) =>
        {
            url
        }
        TileContent::RemoteImage { .. } => "fetching the image",
        _ => "decoding the image",
    }
}
