//! A tile: its border with the name above and the age below, its content, and its problem if it has one.
//!
//! ```text
//! ╭ Temperature ────────╮
//! │                     │
//! │       23.4 °C       │
//! ╰──────────── 3 s ago ╯
//! ```

use std::{borrow::Cow, ops::Range};

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig,
    text::{Alignment, draw_line, width, wrap},
    tile_age::is_silent,
    tile_frame,
    widgets::{self, ContentState},
};
use crate::{
    app::{blink_is_visible, press_mark::PressMark},
    model::{
        content::TileContent,
        error::TileError,
        steering::{Pad, Position},
        tile::Tile,
        tile_state::TileState,
        time::Time,
    },
};

/// How a tile can be pressed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TileControl {
    /// What a press has to do before it publishes; `None` if the dashboard is locked.
    pub mark: Option<PressMark>,
    /// How much of the time has passed for which the press must be held, 0 to 1, while it is.
    pub hold_progress: Option<f64>,
    /// The position to which the user steers it, while that lasts.
    pub steered: Option<Position>,
}

/// The state of a tile that depends on its dashboard and its connection.
#[derive(Debug, Clone)]
pub(crate) struct TileRenderState<'a> {
    /// Whether the tile is selected.
    pub selected: bool,
    /// Whether the connection is established. Values are dimmed while it is not.
    pub connected: bool,
    /// Whether the dashboard may run scripts and fetch images.
    pub permissions_granted: bool,
    /// How it can be pressed; `None` if a press controls nothing.
    pub control: Option<TileControl>,
    /// The error that the tile shows.
    pub error: Option<Cow<'a, TileError>>,
}

/// A tile, and what its drawing depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TileView<'a> {
    /// The tile.
    pub tile: &'a Tile,
    /// Its state.
    pub state: &'a TileState,
    /// What depends on its dashboard and its connection.
    pub render_state: &'a TileRenderState<'a>,
    pub config: &'a UiConfig,
    pub now: Time,
}

impl<'a> TileView<'a> {
    /// Returns the name that a script has given the tile, if it differs from its own.
    pub(super) fn scripted_name(self) -> Option<&'a str> {
        let view = self.state.view_override.as_ref()?;
        Some(view.name.as_str()).filter(|name| *name != self.tile.name)
    }

    /// Returns whether its value may be outdated.
    pub(super) fn is_outdated(self) -> bool {
        is_outdated(self.tile, self.state, self.render_state.connected, self.now)
    }

    /// Returns the content to draw, with the changes of scripts and the position to which the user steers.
    pub(super) fn content(self) -> Result<TileContent, TileError> {
        let Self { tile, state, render_state, .. } = self;
        let content = state.content(tile);
        let steered = render_state.control.and_then(|control| control.steered);
        let Some((position, steering)) = steered.zip(tile.steering()) else { return content };
        let steered = Some(position.on_pad(steering.axes));
        let reported = match content {
            Ok(TileContent::Pad(pad)) => pad.reported,
            // What is wrong with the reported position does not matter while another one is set.
            Ok(_) | Err(_) => None,
        };
        Ok(TileContent::Pad(Box::new(Pad { reported, steered })))
    }
}

/// Returns whether the value of a tile may be outdated.
pub(super) fn is_outdated(tile: &Tile, state: &TileState, connected: bool, now: Time) -> bool {
    !connected || state.restored || state.is_offline() || is_silent(tile, state, connected, now)
}

/// Draws a tile. Returns the field of a pad on which the mouse steers, if the tile shows one.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, view: TileView<'_>) -> Option<Rect> {
    let TileView { tile, state, render_state, config, now } = view;
    let area = area.intersection(buf.area);
    if area.width < 4 || area.height < 2 {
        return None;
    }
    let inner = tile_frame::draw(buf, area, view);
    let error = render_state.error.as_deref();
    let problem = problem(tile, state, error, render_state.permissions_granted);
    let content = view.content();
    // An error takes the place of the text that there is no value.
    let shows_content = error.is_none() || !matches!(content, Ok(TileContent::Placeholder(_)));
    let rows_below_content = problem_row_count(problem.is_some(), inner);
    let problem_rows = if shows_content { rows_below_content } else { inner.height };
    let dimmed = view.is_outdated() || (error.is_some() && state.value.is_some());
    let content_area = Rect { height: inner.height - problem_rows, ..inner };
    let blinked_off = is_blinked_off(state, now);
    let mut pad_field = None;
    match content {
        _ if blinked_off => {}
        Ok(content) if content_area.height > 0 => {
            let content_state =
                ContentState { dimmed, is_control: render_state.control.is_some(), span: Some(tile.size()) };
            if content_state.is_control && matches!(content, TileContent::Pad(_)) {
                pad_field = widgets::pad_field(content_area);
            }
            let content_area = draw_sparkline(buf, content_area, view, dimmed);
            widgets::draw(buf, content_area, &content, state, content_state, config, now);
            draw_extremes(buf, content_area, &content, state, config);
        }
        Ok(_) => {}
        Err(error) => {
            let style = config.theme.error();
            let lines = wrap_error(&error, content_area.width, usize::from(content_area.height));
            for (row, text) in (0..).zip(&lines) {
                draw_line(buf, content_area, row, text, style, Alignment::Left);
            }
        }
    }
    if let Some(problem) = problem {
        draw_problem(buf, inner, view, problem, rows_below_content..problem_rows);
    }
    pad_field
}

/// Draws the problem of a tile at the bottom of its inner area, in at least and at most so many rows.
fn draw_problem(
    buf: &mut Buffer,
    inner: Rect,
    view: TileView<'_>,
    (text, is_error): (String, bool),
    Range { start: min_rows, end: max_rows }: Range<u16>,
) {
    let theme = view.config.theme;
    let style = if is_error { theme.error() } else { theme.warning() };
    let lines = match view.render_state.error.as_deref() {
        Some(error) => wrap_error(error, inner.width, usize::from(max_rows)),
        None => wrap(&text, inner.width, usize::from(max_rows)),
    };
    let line_count = u16::try_from(lines.len()).unwrap_or(max_rows);
    let first_row = inner.height - line_count.clamp(min_rows, inner.height);
    for (row, text) in (first_row..).zip(lines) {
        draw_line(buf, inner, row, &text, style, Alignment::Left);
    }
}

/// Draws the recent past of the number in the last row, if the tile shows it and has room for it. Returns the area above.
fn draw_sparkline(buf: &mut Buffer, area: Rect, view: TileView<'_>, dimmed: bool) -> Rect {
    /// A lower area has only the value.
    const MIN_ROWS: u16 = 4;
    if !view.tile.kind.has_sparkline() || area.height < MIN_ROWS {
        return area;
    }
    let row = Rect { y: area.bottom() - 1, height: 1, ..area };
    if let Some(sparkline) = view.state.statistics.as_ref().and_then(|statistics| statistics.sparkline.as_ref()) {
        widgets::draw_sparkline(buf, row, sparkline, view.config, dimmed, view.now);
    }
    Rect { height: area.height - 1, ..area }
}

/// Draws the least and the greatest number since the start at the bottom of a tile that has room for it.
fn draw_extremes(buf: &mut Buffer, area: Rect, content: &TileContent, state: &TileState, config: &UiConfig) {
    /// A tile of this height has free rows below its value.
    const MIN_ROWS: u16 = 7;
    let is_number = matches!(content, TileContent::Text { .. } | TileContent::Meter { .. });
    let Some(statistics) = state.statistics.as_ref().filter(|_| is_number && area.height >= MIN_ROWS) else { return };
    let (min, max, decimals) = (statistics.min.number, statistics.max.number, statistics.decimals());
    let is_blank = |y| (area.left()..area.right()).all(|x| buf[(x, y)].symbol() == " ");
    let bottom = area.bottom() - 1;
    if min < max && is_blank(bottom) && is_blank(bottom - 1) {
        let text = format!("min {min:.decimals$}   max {max:.decimals$}");
        if width(&text) <= area.width {
            draw_line(buf, area, area.height - 1, &text, config.theme.dim(), Alignment::Center);
        }
    }
}

/// Returns the lines of an error: in its longest form that is not cut, or else the beginning of the whole one.
fn wrap_error(error: &TileError, width: u16, max_lines: usize) -> Vec<String> {
    let whole = format!("! {error}");
    let fits = |text: &String| wrap(text, width, max_lines + 1).len() <= max_lines;
    if fits(&whole) {
        return wrap(&whole, width, max_lines);
    }
    let short = error.short_texts().into_iter().map(|text| format!("! {text}")).find(fits);
    wrap(&short.unwrap_or(whole), width, max_lines)
}

/// Returns the problem of a tile, and whether it is an error rather than a hint.
fn problem(
    tile: &Tile,
    state: &TileState,
    error: Option<&TileError>,
    permissions_granted: bool,
) -> Option<(String, bool)> {
    match error.map(ToString::to_string).or_else(|| state.script_errors.text()) {
        Some(error) => Some((format!("! {error}"), true)),
        None => hint(tile, state, permissions_granted).map(|hint| (format!("* {hint}"), false)),
    }
}

fn hint<'a>(tile: &Tile, state: &'a TileState, permissions_granted: bool) -> Option<&'a str> {
    if !permissions_granted && tile.scripts().next().is_some() {
        return Some("scripts blocked: press T to review");
    }
    if !permissions_granted && tile.kind.fetches_url() {
        return Some("image blocked: press T to review");
    }
    state.image.as_ref()?.warning.as_deref()
}

/// Returns how many rows of the inner area show the problem below the content.
fn problem_row_count(has_problem: bool, inner: Rect) -> u16 {
    let rows = if inner.height >= 4 { 2 } else { 1 };
    if has_problem { rows.min(inner.height) } else { 0 }
}

/// Returns whether the content of a blinking tile is hidden at this moment.
pub(super) fn is_blinked_off(state: &TileState, now: Time) -> bool {
    state.view_override.as_ref().is_some_and(|view| view.blink) && !blink_is_visible(now)
}

/// Returns the area of the tile's image, if it shows one. `error` is what the tile shows below it.
#[cfg(feature = "images")]
pub(crate) fn image_area(
    area: Rect,
    tile: &Tile,
    state: &TileState,
    error: Option<&TileError>,
    permissions_granted: bool,
    now: Time,
) -> Option<Rect> {
    state.image.as_ref().filter(|_| area.width >= 4 && area.height >= 2 && !is_blinked_off(state, now))?;
    let content = state.content(tile).ok()?;
    let inner = tile_frame::content_area(area, tile, state);
    let problem_rows = problem_row_count(problem(tile, state, error, permissions_granted).is_some(), inner);
    content.is_image().then_some(Rect { height: inner.height - problem_rows, ..inner })
}
