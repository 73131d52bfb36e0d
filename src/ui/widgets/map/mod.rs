//! Positions on the earth: on the world map or, where that is too coarse, on a grid with a scale. Behind each position is
//! where it was before, and beside it its name, if there is room. A tile that is too small lists the positions.

mod view;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    symbols::Marker,
    widgets::{
        Widget,
        canvas::{Canvas, Context, Line, Map, MapResolution},
    },
};

use self::view::{MapView, round_length};
use crate::{
    model::{
        map::{MapItem, Place, PositionMap},
        time::Time,
    },
    ui::{
        UiConfig,
        glyph_set::GlyphSet,
        text::{Alignment, draw_line, truncate, width},
    },
};

/// The smallest area with a map.
const MIN_MAP: (u16, u16) = (24, 6);
/// A lower view, in degrees, has a grid: the coasts of the world map are not exact enough.
const MIN_WORLD_DEGREES: f64 = 8.0;
/// The cells from one line of the grid to the next, at most.
const GRID_CELLS: f64 = 12.0;

/// Draws a map.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, map: &PositionMap, config: &UiConfig, dimmed: bool, now: Time) {
    let errors = map.error_text();
    let error_rows = u16::from(!errors.is_empty() && area.height > 1);
    let inner = Rect { height: area.height - error_rows, ..area };
    if area.width >= MIN_MAP.0
        && area.height >= MIN_MAP.1
        && let Some(view) = MapView::of(map, inner)
    {
        let painter = Painter { map, view, area: inner, config, dimmed };
        painter.draw(buf);
    } else {
        draw_list(buf, inner, map, config, dimmed, now);
    }
    if error_rows > 0 {
        let text = format!("! {errors}");
        draw_line(buf, area, area.height - 1, &text, config.theme.error(), Alignment::Left);
    }
}

/// Returns the lines of a list of all positions: name, age and coordinates.
pub(crate) fn item_lines(map: &PositionMap, now: Time) -> Vec<String> {
    let name_width = map.items.iter().map(|item| width(&item.name)).max().unwrap_or_default().min(24);
    let line = |item: &MapItem| {
        let name = truncate(&item.name, name_width);
        let pad = " ".repeat(usize::from(name_width - width(&name).min(name_width)));
        let place = item.place().map(Place::text).unwrap_or_default();
        format!("{name}{pad}  {:>6}  {place}", item.age.short_text(now))
    };
    map.items.iter().map(line).collect()
}

/// Draws the names with their ages, as many as fit, the newest ones first.
fn draw_list(buf: &mut Buffer, area: Rect, map: &PositionMap, config: &UiConfig, dimmed: bool, now: Time) {
    let theme = config.theme;
    let style = if dimmed { theme.dim() } else { theme.text() };
    let mut items: Vec<&MapItem> = map.items.iter().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.age.since));
    let rows = usize::from(area.height);
    let shown = if items.len() > rows { rows.saturating_sub(1) } else { rows };
    for (row, item) in (0..).zip(items.iter().take(shown)) {
        let age = item.age.short_text(now);
        let age_area = draw_line(buf, area, row, &age, theme.dim(), Alignment::Right);
        let name_area = Rect { width: age_area.x.saturating_sub(area.x + 1), ..area };
        draw_line(buf, name_area, row, &item.name, style, Alignment::Left);
    }
    if items.len() > rows && area.height > 0 {
        let text = format!("+{} more", items.len() - shown);
        draw_line(buf, area, area.height - 1, &text, theme.dim(), Alignment::Left);
    }
}

struct Painter<'a> {
    map: &'a PositionMap,
    view: MapView,
    area: Rect,
    config: &'a UiConfig,
    dimmed: bool,
}

impl Painter<'_> {
    fn draw(&self, buf: &mut Buffer) {
        let theme = self.config.theme;
        let is_world = self.view.height() >= MIN_WORLD_DEGREES;
        if is_world {
            // What is east of the date line has longitudes from -180 on.
            for shift in [-360.0, 0.0, 360.0] {
                self.draw_shapes(buf, (shift, "."), theme.dim(), |context| {
                    context.draw(&Map { resolution: MapResolution::High, ..Map::default() });
                });
            }
        } else {
            self.draw_grid(buf);
        }
        self.draw_shapes(buf, (0.0, "░"), if self.dimmed { theme.dim() } else { theme.accent() }, |context| {
            self.map.items.iter().for_each(|item| self.draw_trail(context, item));
        });
        let mut taken = Vec::new();
        for item in &self.map.items {
            self.draw_mark(buf, item, &mut taken);
        }
        for item in &self.map.items {
            self.draw_name(buf, item, &mut taken);
        }
        if !is_world {
            self.draw_scale(buf, &taken);
        }
    }

    /// Draws shapes whose longitudes are this much less than those of the view. Where they are not, the cells stay. Without
    /// braille, each cell is this symbol, which is none of a position.
    fn draw_shapes(
        &self,
        buf: &mut Buffer,
        (shift, symbol_without_braille): (f64, &str),
        style: Style,
        draw: impl Fn(&mut Context<'_>),
    ) {
        let has_braille = self.config.glyphs == GlyphSet::Full;
        let marker = if has_braille { Marker::Braille } else { Marker::Dot };
        let mut cells = Buffer::empty(self.area);
        Canvas::default()
            .marker(marker)
            .x_bounds(self.view.lon.map(|lon| lon + shift))
            .y_bounds(self.view.lat)
            .paint(draw)
            .render(self.area, &mut cells);
        for position in self.area.positions() {
            let symbol = cells[position].symbol();
            if !symbol.trim_matches([' ', '\u{2800}']).is_empty() {
                let symbol = if has_braille { symbol } else { symbol_without_braille };
                buf[position].set_symbol(symbol).set_style(style);
            }
        }
    }

    fn draw_trail(&self, context: &mut Context<'_>, item: &MapItem) {
        for pair in item.places.windows(2) {
            let (from, to) = (self.view.lon_in_view(pair[0].lon), self.view.lon_in_view(pair[1].lon));
            // Another way round the earth is no way that anything has taken between two messages.
            if (from - to).abs() < 180.0 {
                context.draw(&Line { x1: from, y1: pair[0].lat, x2: to, y2: pair[1].lat, ..Line::default() });
            }
        }
    }

    /// Draws the lines of a grid at round distances from the edges.
    fn draw_grid(&self, buf: &mut Buffer) {
        let (meters, _) = self.scale();
        let columns = meters / self.view.meters() * f64::from(self.area.width);
        // A cell is twice as high as wide.
        let rows = columns / 2.0;
        let lines = |step: f64, cells: u16| (0..cells).filter(move |cell| is_on_line(*cell, step));
        let style = self.config.theme.dim();
        for row in lines(rows, self.area.height) {
            for column in lines(columns, self.area.width) {
                buf[(self.area.x + column, self.area.y + row)].set_symbol("·").set_style(style);
            }
        }
    }

    /// Returns the length of the scale, in meters, and its text.
    fn scale(&self) -> (f64, String) {
        round_length(self.view.meters() * GRID_CELLS / f64::from(self.area.width.max(1)))
    }

    fn draw_scale(&self, buf: &mut Buffer, taken: &[Rect]) {
        let (meters, text) = self.scale();
        let cells = meters / self.view.meters() * f64::from(self.area.width);
        let inner = (0..self.area.width).take_while(|cell| f64::from(*cell + 2) < cells).count();
        let bar = format!("├{}┤ {text}", "─".repeat(inner));
        let row = |y| Rect { y, height: 1, width: width(&bar).min(self.area.width), ..self.area };
        let rows = [row(self.area.bottom() - 1), row(self.area.y)];
        if let Some(free) = rows.into_iter().find(|row| !taken.iter().any(|other| other.intersects(*row))) {
            draw_line(buf, free, 0, &bar, self.config.theme.dim(), Alignment::Left);
        }
    }

    fn mark_style(&self) -> Style {
        let theme = self.config.theme;
        if self.dimmed { theme.dim() } else { theme.text().add_modifier(Modifier::BOLD) }
    }

    fn draw_mark(&self, buf: &mut Buffer, item: &MapItem, taken: &mut Vec<Rect>) {
        let cell = item.place().and_then(|place| self.view.cell(place, self.area));
        if let Some((x, y)) = cell {
            buf[(x, y)].set_symbol("●").set_style(self.mark_style());
            taken.push(Rect { x, y, width: 1, height: 1 });
        }
    }

    /// Draws the name of an item to the right of its mark, to the left, above or below, where it covers neither another
    /// name nor a mark; nowhere if there is no such place.
    fn draw_name(&self, buf: &mut Buffer, item: &MapItem, taken: &mut Vec<Rect>) {
        let Some((x, y)) = item.place().and_then(|place| self.view.cell(place, self.area)) else { return };
        let name = truncate(&item.name, self.area.width / 2);
        let cells = width(&name);
        let left = |x: u16| x.checked_sub(cells + 1);
        let centered = x.saturating_sub(cells / 2).clamp(self.area.x, self.area.right().saturating_sub(cells));
        let rows = [
            (Some(x + 2), Some(y)),
            (left(x), Some(y)),
            (Some(centered), y.checked_sub(1)),
            (Some(centered), Some(y + 1)),
        ];
        let free = rows
            .into_iter()
            .filter_map(|(x, y)| Some(Rect { x: x?, y: y?, width: cells, height: 1 }))
            .find(|row| self.area.intersection(*row) == *row && !taken.iter().any(|other| other.intersects(*row)));
        if let Some(row) = free.filter(|_| cells > 0) {
            draw_line(buf, row, 0, &name, self.mark_style(), Alignment::Left);
            taken.push(row);
        }
    }
}

/// Returns whether a line of a grid with this distance between two lines, in cells, goes through a cell.
fn is_on_line(cell: u16, step: f64) -> bool {
    let (start, end) = (f64::from(cell) / step, f64::from(cell + 1) / step);
    end.floor() > start.floor()
}
