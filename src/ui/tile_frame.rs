//! The border of a tile: its name and whether it can be pressed above, how far the last press got and the age of the
//! value below.
//!
//! ```text
//! ╭ Lamp ────────────── ⏎ ╮
//! │                       │
//! ╰ » at broker ── 3 s ago ╯
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    symbols::border,
    widgets::Block,
};

use super::{
    UiConfig,
    glyph_set::GlyphSet,
    text::{Alignment, draw_line, sanitize, truncate, width, wrap},
    tile::TileView,
    tile_age,
};
use crate::{
    app::press_mark::PressMark,
    model::{
        tile::Tile,
        tile_state::{Confirmation, ConfirmationSource, PublishProgress, TileState},
        time::format_delay,
    },
};

/// The shortest mark of a tile that can be pressed.
const MARK: &str = "⏎";
/// The cells that a name leaves for the mark.
const MARK_WIDTH: u16 = 2;
/// The number of cells of the bar that fills while a press is held.
const HOLD_CELLS: u16 = 6;

/// Draws the border with the name, the publish status and the age. Returns the inner area.
pub(super) fn draw(buf: &mut Buffer, area: Rect, view: TileView<'_>) -> Rect {
    draw_panel(buf, area, view, Some(view))
}

/// Draws the border with the name of a tile, and the publish status and the age of a tile: of a panel, those of the row that
/// is selected, if one is. Returns the inner area.
pub(super) fn draw_panel(buf: &mut Buffer, area: Rect, named: TileView<'_>, described: Option<TileView<'_>>) -> Rect {
    let TileView { tile, state, render_state, config, .. } = named;
    let theme = config.theme;
    let control = described.and_then(|described| described.render_state.control);
    let (border_set, border_style) =
        if render_state.selected { (border::THICK, theme.selected()) } else { (border::ROUNDED, theme.border()) };
    draw_border(buf, area, border_set, border_style);
    let edge_area = Rect { x: area.x + 1, width: area.width - 2, height: 1, ..area };
    let name_style = if render_state.selected { theme.selected() } else { theme.text().add_modifier(Modifier::BOLD) };
    let (first_line, second_line) = title_lines(area, tile, state, control.is_some());
    let mut name_width = 0;
    if !first_line.is_empty() {
        name_width = draw_line(buf, edge_area, 0, &format!(" {first_line} "), name_style, Alignment::Left).width;
    }
    if let Some(mark) = control.and_then(|control| control.mark) {
        let free_area = Rect { x: edge_area.x + name_width, width: edge_area.width - name_width, ..edge_area };
        draw_mark(buf, free_area, mark, theme.accent());
    }
    let bottom_edge = Rect { y: area.bottom() - 1, ..edge_area };
    if let Some(described) = described {
        draw_bottom_edge(buf, bottom_edge, described);
    }
    let inner = Block::bordered().inner(area);
    if let Some(second_line) = &second_line {
        draw_line(buf, pad(inner, false), 0, second_line, name_style, Alignment::Left);
    }
    pad(inner, second_line.is_some())
}

/// Draws the mark of a tile that can be pressed at the right of an area, with what the press asks for if that fits. Every
/// tile may have one, so it is drawn without looking for the width of its characters.
fn draw_mark(buf: &mut Buffer, area: Rect, mark: PressMark, style: Style) {
    let text = match mark {
        PressMark::Direct => " ",
        PressMark::Asks => " asks ",
        PressMark::Hold => " hold ",
    };
    let Some(right) = area.right().checked_sub(1).filter(|_| area.width > 0) else { return };
    let x = if width(text) + 2 < area.width {
        let text_area = draw_line(buf, area, 0, text, style, Alignment::Right);
        buf[(text_area.x - 2, area.y)].set_char(' ').set_style(style);
        text_area.x - 1
    } else {
        right
    };
    buf[(x, area.y)].set_symbol(MARK).set_style(style);
}

/// Draws how far the last press got, and the age of the value.
fn draw_bottom_edge(buf: &mut Buffer, area: Rect, view: TileView<'_>) {
    let TileView { render_state, config, .. } = view;
    let theme = config.theme;
    let (status, style) = match render_state.control.and_then(|control| control.hold_progress) {
        Some(progress) => (hold_bar(progress), theme.accent()),
        None => publish_status(view),
    };
    let mut status_width = 0;
    if !status.is_empty() {
        status_width = draw_line(buf, area, 0, &format!(" {status} "), style, Alignment::Left).width;
    }
    let age_area = Rect { x: area.x + status_width, width: area.width - status_width, ..area };
    tile_age::draw(buf, age_area, view);
}

/// Returns a bar that fills while a press is held.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of cells")]
fn hold_bar(progress: f64) -> String {
    let filled = (progress.clamp(0.0, 1.0) * f64::from(HOLD_CELLS)).round() as usize;
    format!("hold {}{}", "█".repeat(filled), "░".repeat(usize::from(HOLD_CELLS).saturating_sub(filled)))
}

/// Returns the area for the content of a tile that has this area.
#[cfg(feature = "images")]
pub(super) fn content_area(area: Rect, tile: &Tile, state: &TileState) -> Rect {
    pad(Block::bordered().inner(area), title_lines(area, tile, state, tile.is_control()).1.is_some())
}

/// Draws a border of at least two rows and columns, within the buffer. A `Block` would check in every cell whether to
/// merge the border with another one.
fn draw_border(buf: &mut Buffer, area: Rect, set: border::Set<'_>, style: Style) {
    let (width, bottom) = (usize::from(area.width), area.bottom() - 1);
    for y in area.top()..area.bottom() {
        let start = buf.index_of(area.x, y);
        let row = &mut buf.content[start..start + width];
        let (left, middle, right) = match y {
            y if y == area.y => (set.top_left, Some(set.horizontal_top), set.top_right),
            y if y == bottom => (set.bottom_left, Some(set.horizontal_bottom), set.bottom_right),
            _ => (set.vertical_left, None, set.vertical_right),
        };
        row[0].set_symbol(left).set_style(style);
        row[width - 1].set_symbol(right).set_style(style);
        let Some(middle) = middle else { continue };
        for cell in &mut row[1..width - 1] {
            cell.set_symbol(middle).set_style(style);
        }
    }
}

/// Returns the name of a tile on one or two lines: two only if the name is too long for one and the tile is
/// high enough.
fn title_lines(area: Rect, tile: &Tile, state: &TileState, is_control: bool) -> (String, Option<String>) {
    /// The rows that a second line must leave for the content.
    const MIN_CONTENT_ROWS: u16 = 2;
    let name = state.view_override.as_ref().map_or(&tile.name, |view| &view.name);
    let mark_width = if is_control { MARK_WIDTH } else { 0 };
    let max_width = area.width.saturating_sub(4 + mark_width);
    // The rows of a panel are worth more than its whole name.
    let is_one_line = tile.is_panel() || area.height < MIN_CONTENT_ROWS + 3;
    if is_one_line {
        return (truncate(name, max_width), None);
    }
    let sanitized = sanitize(name);
    if !name.contains('\n') && width(&sanitized) <= max_width {
        return (sanitized.into_owned(), None);
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

/// Returns the status of the last publish request as text, with its style. The text is empty if there is
/// nothing to show.
pub(super) fn publish_status(view: TileView<'_>) -> (String, Style) {
    const SPINNER: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠛"];
    const ASCII_SPINNER: [&str; 8] = ["|", "/", "-", "\\", "|", "/", "-", "\\"];
    let TileView { tile, state, config, now, .. } = view;
    let theme = config.theme;
    let Some(sent) = &state.unconfirmed else {
        return match state.confirmation.filter(|confirmation| confirmation.is_recent(now)) {
            Some(Confirmation { source: ConfirmationSource::Broker, .. }) => at_broker(config),
            Some(Confirmation { after, .. }) => (format!("✓ {}", format_delay(after)), theme.success()),
            None => (String::new(), theme.text()),
        };
    };
    if state.is_waiting(tile) {
        let spinner_index = usize::try_from(now.since(sent.published_at).as_millis() / 100).unwrap_or_default();
        let spinner = if config.glyphs < GlyphSet::Full { ASCII_SPINNER } else { SPINNER };
        return (format!("{} waiting", spinner[spinner_index % spinner.len()]), theme.accent());
    }
    if state.is_unconfirmed(tile, now) {
        return ("? unconfirmed".to_owned(), theme.warning());
    }
    match sent.progress {
        PublishProgress::Queued => ("… sending".to_owned(), theme.dim()),
        PublishProgress::Sent => ("› sent".to_owned(), theme.dim()),
        PublishProgress::Acknowledged => at_broker(config),
    }
}

/// Returns the status of a publish request that the broker has got. Nothing is known about the device.
fn at_broker(config: &UiConfig) -> (String, Style) {
    (format!("{} at broker", if config.glyphs < GlyphSet::Full { ">>" } else { "»" }), config.theme.dim())
}
