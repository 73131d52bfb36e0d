//! A heading: a line across the dashboard with the name of the section below it.
//!
//! ```text
//! ▾ Climate ─────────────────────────────── 21.4 °C ─
//! ▸ Garden ─────────────────────────── 3 mm · 6 tiles ─
//! ```

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{
    text::{Alignment, draw_line, truncate, width},
    tile::TileView,
};
use crate::{
    app::sections::is_folded,
    model::{content::TileContent, kind::Section, plural::pluralize},
};

/// Draws a heading in a row. `tile_count` is the number of tiles in its section.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, view: TileView<'_>, section: Section, tile_count: usize) {
    let TileView { tile, state, render_state, config, .. } = view;
    let area = Rect { height: 1, ..area.intersection(buf.area) };
    if area.width < 4 {
        return;
    }
    let theme = config.theme;
    let is_folded = is_folded(section, state);
    let (line_style, name_style) = if render_state.selected {
        (theme.selected(), theme.selected())
    } else {
        (theme.border(), theme.text().add_modifier(Modifier::BOLD))
    };
    draw_line(buf, area, 0, &"─".repeat(usize::from(area.width)), line_style, Alignment::Left);
    let name = state.view_override.as_ref().map_or(&tile.name, |view| &view.name);
    let mark = if is_folded { "▸" } else { "▾" };
    let left = truncate(&format!("{mark} {name} "), area.width);
    let left_width = draw_line(buf, area, 0, &left, name_style, Alignment::Left).width;
    let mut right = value_text(view);
    if is_folded {
        let separator = if right.is_empty() { "" } else { " · " };
        right = format!("{right}{separator}{}", pluralize(tile_count, "tile"));
    }
    let right = format!(" {right} ");
    // A line of one cell at each end.
    let right_area = Rect { x: area.x + left_width, width: (area.width - left_width).saturating_sub(1), ..area };
    if right.trim().is_empty() || width(&right) >= right_area.width {
        return;
    }
    let style = if is_folded || view.is_outdated() || state.value.is_none() { theme.dim() } else { theme.text() };
    draw_line(buf, right_area, 0, &right, style, Alignment::Right);
}

/// Returns the value of the heading, its note if it has none, or what is wrong with it.
fn value_text(view: TileView<'_>) -> String {
    if let Some(error) = &view.render_state.error {
        return format!("! {error}");
    }
    match view.state.content(view.tile) {
        Ok(TileContent::Placeholder(_)) => String::new(),
        Ok(content) => content.line().text,
        Err(error) => format!("! {error}"),
    }
}
