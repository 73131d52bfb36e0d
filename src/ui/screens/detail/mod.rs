//! A tile in full, between the header and the footer: its value with its statistics, what is wrong, and below it the
//! values, the payload, or the tile itself. On wide screens, values and payload stand side by side.
//!
//! ```text
//!    21.4 °C             now · every 2 s
//!                        min 19.8 06:12   max 23.9 15:40
//!                        mean 21.7   sd 0.9   n 43
//! ▸Values◂  Payload   Tile                           Tab
//! ──────────────────────────────────────────────────────
//!  14:32:07   21.4 °C   +0.1   {"temperature":21.4,…
//! ```

mod head;
mod payload;
mod rows;
mod tile_lines;
mod values;

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
    widgets::{Clear, Widget},
};

use super::{DrawContext, View};
use crate::{
    app::{
        FOOTER_ROWS, OpenDashboard,
        screens::detail::{Detail, DetailPart},
    },
    model::{content::TileContent, map::PositionMap, tile::Tile, tile_state::TileState},
    ui::{
        dialog::{self, Lines},
        text::{Alignment, draw_line, width, wrap},
        tile, widgets,
    },
};

/// From this width on, values and payload stand side by side.
const SIDE_BY_SIDE_WIDTH: u16 = 120;
/// The least number of rows of a map above the list of its positions.
const MIN_MAP_ROWS: u16 = 8;
/// The style of headings.
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);

/// Lines with their styles.
type StyledLines = Vec<(String, Style)>;

impl View for Detail {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let Some((tile, state)) = self.tile(context.app) else { return };
        let screen = context.buf.area;
        let top = context.app.current_dashboard().map_or(0, OpenDashboard::rows_above_grid);
        let height = screen.height.saturating_sub(top + FOOTER_ROWS);
        let whole = Rect { y: screen.y + top.min(screen.height), height, ..screen };
        Clear.render(whole, context.buf);
        context.buf.set_style(whole, context.config.theme.base());
        let area = Rect { x: whole.x + 1.min(whole.width), width: whole.width.saturating_sub(2), ..whole };
        // Taken out of the layout, which takes what is drawn.
        let mut cache = context.layout.payload_lines.take();
        let area = head::draw(context, area, tile, state);
        let area = draw_alerts(context, area, tile, state);
        if area.width >= SIDE_BY_SIDE_WIDTH && self.part != DetailPart::Tile {
            let left = Rect { width: area.width * 3 / 5, ..area };
            let right_x = left.right() + 2;
            let right = Rect { x: right_x, width: area.right() - right_x, ..area };
            let left_body = self.draw_titles(context, left, &[DetailPart::Values]);
            let right_body = self.draw_titles(context, right, &[DetailPart::Payload, DetailPart::Tile]);
            self.draw_values(context, left_body, tile, state);
            payload::draw(self, context, right_body, tile, state, &mut cache);
        } else {
            let body = self.draw_titles(context, area, &DetailPart::ALL);
            match self.part {
                DetailPart::Values => self.draw_values(context, body, tile, state),
                DetailPart::Payload => payload::draw(self, context, body, tile, state, &mut cache),
                DetailPart::Tile => {
                    let lines = tile_lines::lines(context, body.width, tile, state);
                    self.draw_lines(context, body, DetailPart::Tile, &Lines::new(&lines));
                }
            }
        }
        context.layout.payload_lines = cache;
    }
}

impl Detail {
    /// Draws the headings of parts, which a click opens, and a rule below them. Returns the area below.
    fn draw_titles(&self, context: &mut DrawContext<'_>, area: Rect, parts: &[DetailPart]) -> Rect {
        let titles = parts.iter().map(|part| (*part as usize, part.title()));
        context.draw_titles(area, titles, self.part as usize)
    }

    fn draw_values(&self, context: &mut DrawContext<'_>, area: Rect, tile: &Tile, state: &TileState) {
        let content = state.content(tile);
        if let Ok(TileContent::Map(map)) = &content {
            return self.draw_map(context, area, map, tile, state);
        }
        let scroll = self.scroll_of(DetailPart::Values).lines;
        if let Some(extent) = content.ok().and_then(|content| rows::draw(context, area, &content, scroll)) {
            if self.part == DetailPart::Values {
                context.layout.scroll_extent = Some(extent);
            }
            return;
        }
        let lines = values::lines(tile, state, area.width, context.config);
        self.draw_lines(context, area, DetailPart::Values, &Lines::new(&lines));
    }

    /// Draws a map and, below it, the list of its positions; only the list on a low screen.
    fn draw_map(&self, context: &mut DrawContext<'_>, area: Rect, map: &PositionMap, tile: &Tile, state: &TileState) {
        let style = context.config.theme.text();
        let lines: StyledLines = widgets::map_lines(map, context.now).into_iter().map(|line| (line, style)).collect();
        let list_rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.height / 3).max(1);
        let map_rows = area.height.saturating_sub(list_rows + 1);
        let list = if map_rows >= MIN_MAP_ROWS { super::below(area, map_rows + 1) } else { area };
        if map_rows >= MIN_MAP_ROWS {
            let dimmed = tile::is_outdated(tile, state, context.app.is_connected(), context.now);
            let map_area = Rect { height: map_rows, ..area };
            widgets::draw_map(context.buf, map_area, map, context.config, dimmed, context.now);
        }
        self.draw_lines(context, list, DetailPart::Values, &Lines::new(&lines));
    }

    /// Draws the lines of a part from its scroll position.
    fn draw_lines(&self, context: &mut DrawContext<'_>, area: Rect, part: DetailPart, lines: &Lines<'_>) {
        let extent = dialog::draw_lines(context.buf, area, lines, self.scroll_of(part).lines, context.config);
        if part == self.part {
            context.layout.scroll_extent = Some(extent);
        }
    }
}

/// Draws what is wrong, in a third of the area at most: all of it stands with the settings of the tile. Returns the area
/// below.
fn draw_alerts(context: &mut DrawContext<'_>, area: Rect, tile: &Tile, state: &TileState) -> Rect {
    let alerts = tile_lines::alerts(context, tile, state);
    let max_rows = (area.height / 3).max(1);
    let mut row = 0;
    for (text, style) in alerts {
        for line in wrap(&text, area.width, usize::from(max_rows - row)) {
            draw_line(context.buf, area, row, &line, style, Alignment::Left);
            row += 1;
        }
        if row >= max_rows {
            break;
        }
    }
    super::below(area, row)
}

/// Returns the widest of some texts, in cells.
fn max_width<'a>(texts: impl Iterator<Item = &'a str>) -> u16 {
    texts.map(width).max().unwrap_or_default()
}
