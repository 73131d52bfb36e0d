//! A gauge: a number on an arc of braille dots, a bar, a tank or a battery. What does not fit, or needs glyphs that the
//! terminal lacks, is a bar. Two marks show the least and the greatest number since the start.

use std::f64::consts::PI;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    meter::overflow_mark,
    text::{draw_small_value, draw_value},
};
use crate::{
    model::{
        content::{Gauge, GaugeStyle},
        tile_statistics::TileStatistics,
    },
    ui::{
        UiConfig,
        glyph_set::GlyphSet,
        text::{Alignment, draw_line, width},
    },
};

/// The smallest area with an arc.
const MIN_ARC: (u16, u16) = (14, 4);
/// The smallest area with a tank, or with a battery.
const MIN_TANK: (u16, u16) = (12, 3);
/// The dots of a braille cell, by column and row.
const BRAILLE_DOTS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// What the parts of a gauge have in common.
struct Painter<'a> {
    gauge: &'a Gauge,
    /// Where the least and the greatest number were, 0 to 1.
    extremes: Option<[f64; 2]>,
    config: &'a UiConfig,
    dimmed: bool,
}

/// Draws a gauge.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    gauge: &Gauge,
    statistics: Option<&TileStatistics>,
    config: &UiConfig,
    dimmed: bool,
) {
    let (min, max) = gauge.limits;
    let position = |number: f64| ((number - min) / (max - min)).clamp(0.0, 1.0);
    let has_range = |statistics: &&TileStatistics| statistics.min.number < statistics.max.number;
    let extremes = statistics
        .filter(has_range)
        .map(|statistics| [position(statistics.min.number), position(statistics.max.number)]);
    let painter = Painter { gauge, extremes, config, dimmed };
    let fits = |(width, height)| area.width >= width && area.height >= height;
    match gauge.style {
        GaugeStyle::Arc if fits(MIN_ARC) && config.glyphs == GlyphSet::Full => painter.draw_arc(buf, area),
        GaugeStyle::Tank if fits(MIN_TANK) => painter.draw_tank(buf, area),
        GaugeStyle::Battery if fits(MIN_TANK) => painter.draw_battery(buf, area),
        _ => painter.draw_bar(buf, area),
    }
}

impl Painter<'_> {
    /// Returns the style of the filled part.
    fn fill(&self) -> Style {
        let theme = self.config.theme;
        if self.dimmed { theme.dim() } else { theme.custom_color(self.gauge.color, theme.accent()) }
    }

    /// Returns the style of the empty part at this position: that of its zone.
    fn track(&self, position: f64) -> Style {
        let theme = self.config.theme;
        let zone = self.gauge.zones.iter().rev().find(|(from, _)| position >= *from);
        match zone {
            Some((_, color)) if !self.dimmed => theme.custom_color(*color, theme.dim()),
            _ => theme.dim(),
        }
    }

    fn text_style(&self) -> Style {
        let theme = self.config.theme;
        if self.dimmed { theme.dim() } else { theme.text() }
    }

    /// Draws the number, in large digits if there is room, with a mark if it is outside the limits.
    fn draw_number(&self, buf: &mut Buffer, area: Rect, allows_large: bool) {
        let (gauge, style) = (self.gauge, self.text_style());
        let mut prefix_suffix = gauge.prefix_suffix.clone();
        if let Some(overflow) = gauge.overflow {
            prefix_suffix.prefix = format!("{} {}", overflow_mark(overflow), prefix_suffix.prefix);
        }
        if allows_large && draw_value(buf, area, &prefix_suffix, &gauge.text, style, self.config) {
            return;
        }
        draw_small_value(buf, area, &prefix_suffix, &gauge.text, style);
    }

    /// Draws a bar over the whole width, with the number above it and the limits below.
    fn draw_bar(&self, buf: &mut Buffer, area: Rect) {
        let (low, high) = &self.gauge.limit_texts;
        let shows_limits = area.height >= 4 && width(low) + width(high) + 2 <= area.width;
        let below = u16::from(shows_limits);
        let number_rows = area.height.saturating_sub(1 + below);
        let inset = u16::from(area.width > 8);
        let bar = Rect { x: area.x + inset, y: area.y + number_rows, width: area.width - 2 * inset, height: 1 };
        if number_rows == 0 {
            // One row: the number says more than the bar.
            return self.draw_number(buf, area, false);
        }
        self.draw_number(buf, Rect { height: number_rows, ..area }, true);
        self.draw_track(buf, bar);
        if shows_limits {
            let row = number_rows + 1;
            let limits = Rect { x: bar.x, width: bar.width, ..area };
            draw_line(buf, limits, row, low, self.config.theme.dim(), Alignment::Left);
            draw_line(buf, limits, row, high, self.config.theme.dim(), Alignment::Right);
        }
    }

    /// Draws the filled and the empty part of a bar, and the extremes.
    fn draw_track(&self, buf: &mut Buffer, bar: Rect) {
        let last = bar.width.saturating_sub(1);
        let filled = cells(self.gauge.ratio, bar.width);
        for offset in 0..bar.width {
            let (symbol, style) = if offset < filled {
                ("█", self.fill())
            } else {
                ("░", self.track(f64::from(offset) / f64::from(last.max(1))))
            };
            buf.set_string(bar.x + offset, bar.y, symbol, style);
        }
        for position in self.extremes.into_iter().flatten() {
            let offset = cells(position, last);
            let style = if offset < filled { self.fill().add_modifier(Modifier::REVERSED) } else { self.text_style() };
            buf.set_string(bar.x + offset, bar.y, "│", style);
        }
    }

    /// Draws a tank at the left, filled from below, and the number beside it.
    fn draw_tank(&self, buf: &mut Buffer, area: Rect) {
        let tank_width = (area.width / 3).clamp(4, 10);
        let rows = area.height;
        let (left, right) = (area.x, area.x + tank_width - 1);
        let dim = self.config.theme.dim();
        let filled = cells(self.gauge.ratio, rows - 1);
        let marks = self.extremes.map(|extremes| extremes.map(|position| cells(position, rows - 2)));
        for row in 0..rows - 1 {
            let from_below = rows - 2 - row;
            let y = area.y + row;
            let is_mark = marks.is_some_and(|marks| marks.contains(&from_below));
            buf.set_string(left, y, "│", dim);
            buf.set_string(right, y, if is_mark { "┤" } else { "│" }, if is_mark { self.text_style() } else { dim });
            let (symbol, style) = if from_below < filled {
                ("█", self.fill())
            } else {
                (" ", self.track(f64::from(from_below) / f64::from(rows - 1)))
            };
            buf.set_string(left + 1, y, symbol.repeat(usize::from(tank_width - 2)), style);
        }
        buf.set_string(left, area.bottom() - 1, format!("└{}┘", "─".repeat(usize::from(tank_width - 2))), dim);
        let x = right + 2;
        self.draw_number(buf, Rect { x, width: area.right().saturating_sub(x), ..area }, true);
    }

    /// Draws a battery with the number below it.
    fn draw_battery(&self, buf: &mut Buffer, area: Rect) {
        let rows = if area.height >= 5 { 3 } else { 1 };
        let word_rows = area.height - rows;
        let battery_width = area.width.min(24) - 2;
        let x = area.x + (area.width - battery_width) / 2;
        let dim = self.config.theme.dim();
        let inside = battery_width - 3;
        let filled = cells(self.gauge.ratio, inside);
        for row in 0..rows {
            let y = area.y + row;
            let has_pole = row == rows / 2;
            buf.set_string(x, y, "│", dim);
            buf.set_string(x + 1, y, "█".repeat(filled.into()), self.fill());
            buf.set_string(x + 1 + filled, y, "░".repeat(usize::from(inside - filled)), self.track(1.0));
            buf.set_string(x + 1 + inside, y, if has_pole { "├" } else { "│" }, dim);
            if has_pole {
                buf.set_string(x + 2 + inside, y, "■", dim);
            }
        }
        self.draw_number(buf, Rect { y: area.y + rows, height: word_rows, ..area }, false);
    }

    /// Draws an arc over the whole area with the number in the middle.
    fn draw_arc(&self, buf: &mut Buffer, area: Rect) {
        let (dots_x, dots_y) = (f64::from(area.width) * 2.0, f64::from(area.height) * 4.0);
        // A cell has two by four dots, which are squares: the arc is half a circle, as large as fits.
        let radius = (dots_x / 2.0 - 1.0).min(dots_y - 1.0);
        let center = (dots_x / 2.0, dots_y - 1.0);
        let thickness = if radius >= 24.0 { 5.0 } else { 3.0 };
        let [low, high] = self.extremes.unwrap_or([-1.0, -1.0]);
        let half_mark = 1.2 / (radius * PI);
        for row in 0..area.height {
            for column in 0..area.width {
                let (mut pattern, mut style) = (0, None);
                for (dx, dots) in BRAILLE_DOTS.iter().enumerate() {
                    for (dy, dot) in dots.iter().enumerate() {
                        let x = f64::from(column) * 2.0 + small(dx) + 0.5 - center.0;
                        let y = center.1 - f64::from(row) * 4.0 - small(dy);
                        let distance = x.hypot(y);
                        let position = 1.0 - y.max(0.0).atan2(x) / PI;
                        let is_mark = (position - low).abs() <= half_mark || (position - high).abs() <= half_mark;
                        let is_filled = position <= self.gauge.ratio && self.gauge.ratio > 0.0;
                        // The empty part is a thin line, so that it differs without color; a mark crosses it.
                        let inner = if is_filled || is_mark { radius - thickness } else { radius - 1.0 };
                        if distance <= radius && distance > inner {
                            pattern |= dot;
                            let part = match () {
                                () if is_mark => self.text_style(),
                                () if is_filled => self.fill(),
                                () => self.track(position),
                            };
                            style = Some(if is_mark { part } else { style.unwrap_or(part) });
                        }
                    }
                }
                if let Some((symbol, style)) = char::from_u32(0x2800 + pattern).zip(style) {
                    buf[(area.x + column, area.y + row)].set_char(symbol).set_style(style);
                }
            }
        }
        self.draw_inside_arc(buf, area, radius - thickness);
    }

    /// Draws the number inside an arc with this inner radius, in dots.
    fn draw_inside_arc(&self, buf: &mut Buffer, area: Rect, inner: f64) {
        // The lower half of the inner half circle: at its top edge, that is narrower by the root of three quarters.
        let inner_width = whole(inner * 0.86).min(area.width);
        let height = (whole(inner / 8.0) + 1).clamp(1, area.height);
        let x = area.x + (area.width - inner_width) / 2;
        let inside = Rect { x, y: area.bottom() - height, width: inner_width, height };
        self.draw_number(buf, inside, true);
    }
}

/// Returns how many of these cells a part of them fills, rounded.
pub(super) fn cells(ratio: f64, count: u16) -> u16 {
    whole((ratio * f64::from(count)).round()).min(count)
}

/// Returns a number without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range")]
fn whole(number: f64) -> u16 {
    number.clamp(0.0, f64::from(u16::MAX)) as u16
}

/// Returns a small index as a number.
fn small(index: usize) -> f64 {
    f64::from(u8::try_from(index).unwrap_or_default())
}
