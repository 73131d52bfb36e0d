//! Progress: the percentage, the time that is left, and a bar.

use ratatui::{buffer::Buffer, layout::Rect};

use super::meter;
use crate::{
    model::{
        color::Color,
        content::{Overflow, PrefixSuffix},
    },
    ui::{
        UiConfig,
        text::{Alignment, draw_line},
    },
};

/// Draws progress. The time that is left has a row of its own if there is room, else it follows the percentage.
#[expect(clippy::too_many_arguments, reason = "the parts of the content, and where to draw them")]
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    prefix_suffix: &PrefixSuffix,
    bar: (f64, Option<Overflow>),
    text: &str,
    left: Option<&str>,
    color: Option<Color>,
    config: &UiConfig,
    dimmed: bool,
) {
    let Some(left) = left else {
        return meter::draw(buf, area, prefix_suffix, bar, text, color, config, dimmed);
    };
    if area.height >= 3 {
        let meter_area = Rect { height: area.height - 1, ..area };
        meter::draw(buf, meter_area, prefix_suffix, bar, text, color, config, dimmed);
        draw_line(buf, area, area.height - 1, left, config.theme.dim(), Alignment::Center);
    } else {
        let both = PrefixSuffix { suffix: format!("{} · {left}", prefix_suffix.suffix), ..prefix_suffix.clone() };
        meter::draw(buf, area, &both, bar, text, color, config, dimmed);
    }
}
