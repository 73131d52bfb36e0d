//! A tile: its border with the name above and the age below, its content, and its problem if it has one.
//!
//! ```text
//! ╭ Temperature ─────────╮
//! │                      │
//! │       23.4 °C        │
//! ╰──────────── 3 s ago ─╯
//! ```

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    symbols::border,
    widgets::Block,
};

use super::{
    UiConfig,
    text::{Alignment, draw_line, sanitize, truncate, width, wrap},
    tile_age::{self, is_silent},
    widgets,
};
use crate::app::blink_is_visible;
use crate::model::{
    content::TileContent,
    error::TileError,
    tile::Tile,
    tile_state::{PublishProgress, TileState},
    time::Time,
};

/// The state of a tile that depends on its dashboard and its connection.
#[derive(Debug, Clone)]
pub(crate) struct TileRenderState<'a> {
    /// Whether the tile is selected.
    pub selected: bool,
    /// Whether the connection is established. Values are dimmed while it is not.
    pub connected: bool,
    /// Whether the dashboard may run scripts and fetch images.
    pub permissions_granted: bool,
    /// The error that the tile shows.
    pub error: Option<Cow<'a, TileError>>,
}

/// Draws a tile.
pub(crate) fn draw(
    buf: &mut Buffer,
    area: Rect,
    tile: &Tile,
    state: &TileState,
    render_state: &TileRenderState<'_>,
    config: &UiConfig,
    now: Time,
) {
    let area = area.intersection(buf.area);
    if area.width < 4 || area.height < 2 {
        return;
    }
    let inner = draw_frame(buf, area, tile, state, render_state, config, now);
    let error = render_state.error.as_deref();
    let problem = problem(tile, state, error, render_state.permissions_granted);
    let content = tile.scripted_content(state.value.as_ref(), state.view_override.as_deref());
    // An error takes the place of the text that there is no value.
    let shows_content = error.is_none() || !matches!(content, Ok(TileContent::Placeholder(_)));
    let rows_below_content = problem_row_count(problem.is_some(), inner);
    let problem_rows = if shows_content { rows_below_content } else { inner.height };
    let dimmed = !render_state.connected
        || state.restored
        || is_silent(state, render_state.connected, now)
        || (error.is_some() && state.value.is_some());
    let content_area = Rect { height: inner.height - problem_rows, ..inner };
    let blinked_off = is_blinked_off(state, now);
    match content {
        _ if blinked_off => {}
        Ok(content) if content_area.height > 0 => {
            widgets::draw(buf, content_area, &content, state, config, dimmed, now);
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
    if let Some((text, is_error)) = problem {
        let style = if is_error { config.theme.error() } else { config.theme.warning() };
        let lines = match error {
            Some(error) => wrap_error(error, inner.width, usize::from(problem_rows)),
            None => wrap(&text, inner.width, usize::from(problem_rows)),
        };
        let line_count = u16::try_from(lines.len()).unwrap_or(problem_rows);
        let first_row = inner.height - line_count.clamp(rows_below_content, inner.height);
        for (row, text) in (first_row..).zip(lines) {
            draw_line(buf, inner, row, &text, style, Alignment::Left);
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

/// Draws the border with the name, the publish status and the age. Returns the inner area.
fn draw_frame(
    buf: &mut Buffer,
    area: Rect,
    tile: &Tile,
    state: &TileState,
    render_state: &TileRenderState<'_>,
    config: &UiConfig,
    now: Time,
) -> Rect {
    let theme = config.theme;
    let (border_set, style) =
        if render_state.selected { (border::THICK, theme.selected()) } else { (border::ROUNDED, theme.border()) };
    let inner = Block::bordered().inner(area);
    draw_border(buf, area, border_set, style);
    let edge_area = Rect { x: area.x + 1, width: area.width - 2, ..area };
    let top_edge = Rect { height: 1, ..edge_area };
    let name_style = if render_state.selected { theme.selected() } else { theme.text().add_modifier(Modifier::BOLD) };
    let (first_line, second_line) = title_lines(area, tile, state);
    if !first_line.is_empty() {
        draw_line(buf, top_edge, 0, &format!(" {first_line} "), name_style, Alignment::Left);
    }
    let bottom_edge = Rect { y: area.bottom() - 1, height: 1, ..edge_area };
    let (status, style) = publish_status(tile, state, config, now);
    let mut status_width = 0;
    if !status.is_empty() {
        status_width = draw_line(buf, bottom_edge, 0, &format!(" {status} "), style, Alignment::Left).width;
    }
    let age_area = Rect { x: bottom_edge.x + status_width, width: bottom_edge.width - status_width, ..bottom_edge };
    tile_age::draw(buf, age_area, state, render_state.connected, theme, now);
    if let Some(second_line) = &second_line {
        draw_line(buf, pad(inner, false), 0, second_line, name_style, Alignment::Left);
    }
    pad(inner, second_line.is_some())
}

/// Draws a border of at least two rows and columns. A `Block` would check in every cell whether to merge the
/// border with another one.
fn draw_border(buf: &mut Buffer, area: Rect, set: border::Set<'_>, style: Style) {
    let (left, right, top, bottom) = (area.x, area.right() - 1, area.y, area.bottom() - 1);
    let mut set_cell = |x, y, symbol| {
        buf[(x, y)].set_symbol(symbol).set_style(style);
    };
    for x in left + 1..right {
        set_cell(x, top, set.horizontal_top);
        set_cell(x, bottom, set.horizontal_bottom);
    }
    for y in top + 1..bottom {
        set_cell(left, y, set.vertical_left);
        set_cell(right, y, set.vertical_right);
    }
    set_cell(left, top, set.top_left);
    set_cell(right, top, set.top_right);
    set_cell(left, bottom, set.bottom_left);
    set_cell(right, bottom, set.bottom_right);
}

/// Returns the name of a tile on one or two lines: two only if the name is too long for one and the tile is
/// high enough.
fn title_lines(area: Rect, tile: &Tile, state: &TileState) -> (String, Option<String>) {
    /// The rows that a second line must leave for the content.
    const MIN_CONTENT_ROWS: u16 = 2;
    let name = state.view_override.as_ref().map_or(&tile.name, |view| &view.name);
    let max_width = area.width.saturating_sub(4);
    if area.height < MIN_CONTENT_ROWS + 3 || !name.contains('\n') && width(&sanitize(name)) <= max_width {
        return (truncate(name, max_width), None);
    }
    let mut lines = wrap(name, max_width, 2).into_iter();
    (lines.next().unwrap_or_default(), lines.next())
}

/// Returns the inner area of a border, without one column of padding on each side and without the second line
/// of the name.
fn pad(inner: Rect, has_second_line: bool) -> Rect {
    let second_line_rows = u16::from(has_second_line).min(inner.height);
    Rect {
        x: inner.x + 1,
        y: inner.y + second_line_rows,
        width: inner.width.saturating_sub(2),
        height: inner.height - second_line_rows,
    }
}

/// Returns how many rows of the inner area show the problem below the content.
fn problem_row_count(has_problem: bool, inner: Rect) -> u16 {
    let rows = if inner.height >= 4 { 2 } else { 1 };
    if has_problem { rows.min(inner.height) } else { 0 }
}

/// Returns whether the content of a blinking tile is hidden at this moment.
fn is_blinked_off(state: &TileState, now: Time) -> bool {
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
    let content = tile.scripted_content(state.value.as_ref(), state.view_override.as_deref()).ok()?;
    let inner = pad(Block::bordered().inner(area), title_lines(area, tile, state).1.is_some());
    let problem_rows = problem_row_count(problem(tile, state, error, permissions_granted).is_some(), inner);
    matches!(content, TileContent::PayloadImage | TileContent::RemoteImage { .. })
        .then_some(Rect { height: inner.height - problem_rows, ..inner })
}

/// Returns the status of the last publish request as text, with its style. The text is empty if there is
/// nothing to show.
fn publish_status(tile: &Tile, state: &TileState, config: &UiConfig, now: Time) -> (String, Style) {
    const SPINNER: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠛"];
    const CONSOLE_SPINNER: [&str; 8] = ["|", "/", "-", "\\", "|", "/", "-", "\\"];
    let theme = config.theme;
    let Some(sent) = &state.unconfirmed else {
        return (String::new(), theme.dim());
    };
    if state.is_waiting(tile) {
        let spinner_index = usize::try_from(now.since(sent.published_at).as_millis() / 100).unwrap_or_default();
        let spinner = if config.console_font { CONSOLE_SPINNER } else { SPINNER };
        return (format!("{} waiting", spinner[spinner_index % spinner.len()]), theme.accent());
    }
    if state.is_unconfirmed(tile, now) {
        return ("? unconfirmed".to_owned(), theme.warning());
    }
    match sent.progress {
        PublishProgress::Queued => ("… sending".to_owned(), theme.dim()),
        PublishProgress::Sent => ("› sent".to_owned(), theme.dim()),
        PublishProgress::Acknowledged => {
            (format!("{} at broker", if config.console_font { ">>" } else { "»" }), theme.dim())
        }
    }
}
