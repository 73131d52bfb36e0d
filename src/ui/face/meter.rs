//! A number between two limits: the value, and a bar below it.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::text::big;
use crate::{
    model::{color::Color, content::PrefixSuffix},
    ui::{
        Look,
        text::{Side, line},
    },
};

/// Draws a number and its bar.
#[expect(clippy::too_many_arguments, reason = "the parts of the face, and where to draw them")]
pub fn draw(
    buf: &mut Buffer,
    area: Rect,
    affixes: &PrefixSuffix,
    ratio: f64,
    text: &str,
    color: Option<Color>,
    look: &Look,
    faint: bool,
) {
    let theme = look.theme;
    let (words, fill) =
        if faint { (theme.dim(), theme.dim()) } else { (theme.text(), theme.chosen(color, theme.accent())) };
    let bar_row = area.height.saturating_sub(1);
    if area.height > 1 {
        let above = Rect { height: bar_row, ..area };
        if !big(buf, above, affixes, text, words, theme) {
            let whole = format!("{}{text}{}", affixes.prefix, affixes.suffix);
            line(buf, above, above.height / 2, &whole, words.add_modifier(Modifier::BOLD), Side::Middle);
        }
    }
    let inset = u16::from(area.width > 8);
    let below = Rect::new(area.x + inset, area.y + bar_row, area.width - 2 * inset, area.height.min(1));
    bar(buf, below, ratio, fill, theme.dim());
}

/// Draws a bar that is filled to this part, in eighths of a cell, between two dim edges.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a screen's width")]
pub fn bar(buf: &mut Buffer, area: Rect, ratio: f64, fill: Style, edge: Style) {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if area.width < 3 || area.height == 0 {
        return;
    }
    let eighths = (ratio.clamp(0.0, 1.0) * f64::from(area.width - 2) * 8.0).round() as usize;
    let filled = format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8]);
    buf.set_string(area.x, area.y, "▕", edge);
    buf.set_string(area.x + 1, area.y, filled, fill);
    buf.set_string(area.right() - 1, area.y, "▏", edge);
}
