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
use crate::model::{face::Face, state::TileState, time::Time};

pub(super) use meter::bar;
pub(super) use picture::draw as picture;

/// Draws a face into the inside of a tile; `faint` is how it looks while it cannot be trusted.
pub fn draw(buf: &mut Buffer, area: Rect, face: &Face, state: &TileState, look: &Look, faint: bool, now: Time) {
    let theme = look.theme;
    match face {
        Face::Quiet(word) => {
            line(buf, area, area.height.saturating_sub(1) / 2, word, theme.dim(), Side::Middle);
        }
        Face::Text { affixes, text, size, color, known } => {
            let plain = if *known && !faint { theme.text() } else { theme.dim() };
            let style = if faint { plain } else { theme.chosen(*color, plain) };
            text::draw(buf, area, affixes, text, *size, style, theme);
        }
        Face::Toggle { on, icon, color, text } => toggle::draw(buf, area, *on, *icon, *color, text, look, faint),
        Face::Button { icon, color } => button::draw(buf, area, *icon, *color, look),
        Face::Meter { affixes, ratio, text, color } => {
            meter::draw(buf, area, affixes, *ratio, text, *color, look, faint);
        }
        Face::Swatch { rgb, icon } => swatch::draw(buf, area, *rgb, *icon, look),
        Face::Picture | Face::Remote { .. } => {
            if let Some(picture) = &state.picture {
                picture::draw(buf, area, picture, look, now);
            } else {
                let word = absence(face, state);
                line(buf, area, area.height.saturating_sub(1) / 2, word, theme.dim(), Side::Middle);
            }
        }
    }
}

/// Why there is no picture yet.
fn absence<'a>(face: &'a Face, state: &TileState) -> &'a str {
    match face {
        Face::Remote { url, .. } if state.glance.as_ref().is_none_or(|glance| !glance.busy) => url,
        Face::Remote { .. } => "fetching the picture",
        _ => "reading the picture",
    }
}
