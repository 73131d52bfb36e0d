//! What a tile shows, drawn: one file for each look.

mod button;
mod meter;
mod picture;
mod swatch;
mod text;
mod toggle;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look,
    text::{Side, line},
};
use crate::model::{content::TileContent, tile_state::TileState, time::Time};

pub(super) use meter::bar;
pub(super) use picture::draw as picture;

/// Draws a face into the inside of a tile; `faint` is how it looks while it cannot be trusted.
pub fn draw(buf: &mut Buffer, area: Rect, face: &TileContent, state: &TileState, look: &Look, faint: bool, now: Time) {
    let theme = look.theme;
    match face {
        TileContent::Placeholder(word) => {
            line(buf, area, area.height.saturating_sub(1) / 2, word, theme.dim(), Side::Middle);
        }
        TileContent::Text { prefix_suffix: affixes, text, size, color, known } => {
            let plain = if *known && !faint { theme.text() } else { theme.dim() };
            let style = if faint { plain } else { theme.chosen(*color, plain) };
            text::draw(buf, area, affixes, text, *size, style, theme);
        }
        TileContent::Toggle { on, icon, color, text } => toggle::draw(buf, area, *on, *icon, *color, text, look, faint),
        TileContent::Button { icon, color } => button::draw(buf, area, *icon, *color, look),
        TileContent::Meter { prefix_suffix: affixes, ratio, text, color } => {
            meter::draw(buf, area, affixes, *ratio, text, *color, look, faint);
        }
        TileContent::Swatch { rgb, icon } => swatch::draw(buf, area, *rgb, *icon, look),
        TileContent::PayloadImage | TileContent::RemoteImage { .. } => {
            if let Some(picture) = &state.image {
                picture::draw(buf, area, picture, look, now);
            } else {
                let word = absence(face, state);
                line(buf, area, area.height.saturating_sub(1) / 2, word, theme.dim(), Side::Middle);
            }
        }
    }
}

/// Why there is no picture yet.
fn absence<'a>(face: &'a TileContent, state: &TileState) -> &'a str {
    match face {
        TileContent::RemoteImage { url, .. } if state.image_fetch.as_ref().is_none_or(|glance| !glance.in_flight) => {
            url
        }
        TileContent::RemoteImage { .. } => "fetching the picture",
        _ => "reading the picture",
    }
}
