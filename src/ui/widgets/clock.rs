//! A clock: the time in large digits with the date below, or a time that passes.

use ratatui::{buffer::Buffer, layout::Rect};

use super::text::{draw_small_value, draw_value};
use crate::{
    model::{clock::ClockFace, content::PrefixSuffix, time::Time},
    ui::{
        UiConfig,
        text::{Alignment, draw_line, wrap},
    },
};

/// Returns the text of a clock; the error is a sentence.
pub(super) fn clock_text(face: &ClockFace, config: &UiConfig, now: Time) -> Result<String, String> {
    match face {
        ClockFace::Time { zone, seconds } => {
            config.time_in_zone(zone.as_deref(), now, if *seconds { "%H:%M:%S" } else { "%H:%M" })
        }
        _ => Ok(face.duration_text(now).unwrap_or_default()),
    }
}

/// Draws a clock.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, face: &ClockFace, config: &UiConfig, now: Time) {
    let text = match clock_text(face, config, now) {
        Ok(text) => text,
        Err(error) => {
            let lines = wrap(&format!("! {error}"), area.width, area.height.into());
            for (row, line) in (0..area.height).zip(&lines) {
                draw_line(buf, area, row, line, config.theme.error(), Alignment::Left);
            }
            return;
        }
    };
    let below = match face {
        ClockFace::Time { zone, .. } => {
            let date = config.time_in_zone(zone.as_deref(), now, "%a %-d %b").unwrap_or_default();
            // The city of a zone: without it, two clocks would look like a wrong one.
            let city = zone.as_deref().and_then(|zone| zone.rsplit('/').next()).map(|city| city.replace('_', " "));
            city.map_or_else(|| date.clone(), |city| format!("{date} · {city}"))
        }
        ClockFace::Until(moment) if *moment > now => "left".to_owned(),
        ClockFace::Since(moment) if *moment <= now => "ago".to_owned(),
        ClockFace::Until(_) | ClockFace::Since(_) => String::new(),
    };
    let around = PrefixSuffix::of_zone(below);
    if !draw_value(buf, area, &around, &text, config.theme.text(), config) {
        draw_small_value(buf, area, &around, &text, config.theme.text());
    }
}
