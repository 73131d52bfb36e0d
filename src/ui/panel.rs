//! A panel: its border with its name, and a line for each row, with the name at the left and the value or the control at the
//! right. The border speaks of the selected row, as that of another tile does of its value.
//!
//! ```text
//! ┏ Washer ──────────────── ⏎ ┓
//! ┃▸Power          ON  [─●] ⏎ ┃
//! ┃ Draw              1204 W  ┃
//! ┃ Limit  ▕███      ▏ 30 %   ┃
//! ┗━━━━━━━━━━━━━━━━━━━ 3 s ago ┛
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    panel_row,
    text::{Alignment, draw_line, width},
    tile::TileView,
    tile_frame,
};
use crate::model::{plural::pluralize, tile::Tile};

/// Where a panel has drawn what the mouse can act on.
#[derive(Debug, Default)]
pub(super) struct PanelAreas {
    /// The number of each row that is shown, and its area.
    pub rows: Vec<(usize, Rect)>,
    /// The area of the line that counts the other rows, and the number of the first of those.
    pub others: Option<(Rect, usize)>,
}

/// Returns the name of a row without that of its panel.
pub(super) fn row_name<'a>(panel: &Tile, row: &'a Tile) -> &'a str {
    let rest = row.name.strip_prefix(panel.name.as_str()).filter(|_| !panel.name.is_empty());
    rest.and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&row.name)
}

/// Draws a panel. `selected` is the number of the selected row.
pub(super) fn draw(
    buf: &mut Buffer,
    area: Rect,
    panel: TileView<'_>,
    rows: &[TileView<'_>],
    selected: Option<usize>,
) -> PanelAreas {
    let area = area.intersection(buf.area);
    let mut areas = PanelAreas::default();
    if area.width < 4 || area.height < 2 {
        return areas;
    }
    let inner = tile_frame::draw_panel(buf, area, panel, selected.and_then(|selected| rows.get(selected)).copied());
    let theme = panel.config.theme;
    if rows.is_empty() {
        let row = inner.height.saturating_sub(1) / 2;
        draw_line(buf, inner, row, "no rows", theme.dim(), Alignment::Center);
        return areas;
    }
    let shown = shown_rows(rows.len(), usize::from(inner.height), selected);
    let names = rows.iter().map(|row| row_name(panel.tile, row.tile));
    let name_width = names.map(width).max().unwrap_or_default();
    for (y, number) in (inner.y..).zip(shown.clone()) {
        let line = Rect { y, height: 1, ..inner };
        let name = row_name(panel.tile, rows[number].tile);
        panel_row::draw(buf, line, rows[number], name, name_width, selected == Some(number));
        areas.rows.push((number, Rect { x: area.x + 1, width: area.width - 2, ..line }));
    }
    let hidden = rows.len() - shown.len();
    if hidden > 0 {
        let text = format!("+{}", pluralize(hidden, "row"));
        let others = others_area(area, inner, shown.len());
        draw_line(buf, others, 0, &text, theme.dim(), Alignment::Left);
        areas.others = Some((others, if shown.end < rows.len() { shown.end } else { 0 }));
    }
    areas
}

/// Returns the line that counts the rows that are not shown: the last one, or the border below the only one.
fn others_area(area: Rect, inner: Rect, shown: usize) -> Rect {
    let y = inner.y + u16::try_from(shown).unwrap_or(u16::MAX).min(inner.height);
    Rect { y: y.min(area.bottom() - 1), height: 1, ..inner }
}

/// Returns the rows that a panel of this height shows: the selected one is among them. If not all fit, the last line is for
/// their number.
fn shown_rows(count: usize, height: usize, selected: Option<usize>) -> std::ops::Range<usize> {
    if count <= height {
        return 0..count;
    }
    let lines = if height > 1 { height - 1 } else { height };
    let first = (selected.unwrap_or_default() + 1).saturating_sub(lines);
    first..(first + lines).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selected_row_is_among_the_rows_that_fit() {
        assert_eq!(shown_rows(4, 4, Some(3)), 0..4);
        assert_eq!(shown_rows(4, 3, None), 0..2);
        assert_eq!(shown_rows(4, 3, Some(1)), 0..2);
        assert_eq!(shown_rows(4, 3, Some(3)), 2..4);
        assert_eq!(shown_rows(4, 1, Some(2)), 2..3);
        assert_eq!(shown_rows(4, 0, Some(2)), 3..3);
    }
}
