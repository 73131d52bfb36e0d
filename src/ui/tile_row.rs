//! A tile as a row of a list, for small screens: its name, its value, how old that is, and whether it can be pressed.
//!
//! ```text
//! ▸ Kitchen lamp    ● ON         12 s ⏎
//!   Balcony         21.4 °C       now
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    text::{Alignment, draw_line, width},
    tile::{TileView, is_blinked_off},
    tile_age,
    tile_frame::publish_status,
    widgets::{full_line, overflow_mark},
};
use crate::{
    app::press_mark::PressMark,
    model::{
        content::TileContent,
        content_line::{ContentLine, LineMark, LineRole},
        error::TileError,
    },
};

/// The cells of the age.
pub(super) const AGE_WIDTH: u16 = 8;
/// The cells of the mark of a tile that can be pressed, with a space before it.
const MARK_WIDTH: u16 = 3;
/// The smallest width of a row with an age: a narrower one has only room for the name and the value.
const MIN_WIDTH_WITH_AGE: u16 = 26;

/// Draws the name of a panel, whose rows are in the lines below.
pub(crate) fn draw_panel_name(buf: &mut Buffer, area: Rect, view: TileView<'_>) {
    let TileView { tile, render_state, config, .. } = view;
    let theme = config.theme;
    let area = Rect { height: 1, ..area.intersection(buf.area) };
    let selected_mark = if render_state.selected { "▸ " } else { "  " };
    draw_line(buf, area, 0, selected_mark, theme.selected(), Alignment::Left);
    let style = if render_state.selected { theme.selected() } else { theme.text().add_modifier(Modifier::BOLD) };
    let name = tile.display_name();
    let text = if tile.row_tables().is_empty() { format!("{name}: no rows") } else { name.to_owned() };
    draw_line(buf, shrink(area, 2, 0), 0, &text, style, Alignment::Left);
}

/// Draws a tile in a row. `row_name` is the name of the row of a panel, which stands below that of the panel.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, view: TileView<'_>, row_name: Option<&str>) {
    let TileView { tile, render_state, config, .. } = view;
    let area = Rect { height: 1, ..area.intersection(buf.area) };
    if area.width < 8 {
        return;
    }
    let theme = config.theme;
    let selected_mark = if render_state.selected { "▸ " } else { "  " };
    draw_line(buf, area, 0, selected_mark, theme.selected(), Alignment::Left);
    let rest = shrink(area, 2, 0);
    let shows_age = rest.width >= MIN_WIDTH_WITH_AGE;
    let right_width = MARK_WIDTH + if shows_age { AGE_WIDTH + 1 } else { 0 };
    let (text_area, right_area) = split(rest, rest.width - right_width);
    let (name_area, value_area) = split(text_area, text_area.width * 11 / 20);
    let name = view.scripted_name().or(row_name).unwrap_or(&tile.name);
    let name = if name.is_empty() { tile.kind.name() } else { name };
    let indent = if row_name.is_some() { 2 } else { 0 };
    let name_style = if render_state.selected { theme.selected() } else { theme.text() };
    draw_line(buf, shrink(name_area, indent, 1), 0, name, name_style, Alignment::Left);
    let (value, style) = value_text(view, &view.content());
    draw_line(buf, shrink(value_area, 0, 1), 0, &value, style, Alignment::Left);
    if let Some(mark) = render_state.control.and_then(|control| control.mark) {
        let text = match mark {
            PressMark::Direct => "⏎ ",
            PressMark::Asks => "⏎?",
            PressMark::Hold => "⏎!",
        };
        draw_line(buf, right_area, 0, text, theme.accent(), Alignment::Right);
    }
    let age_area = shrink(right_area, 0, MARK_WIDTH);
    if !shows_age {
        return;
    }
    match press_status(view) {
        Some((status, style)) => {
            draw_line(buf, age_area, 0, &status, style, Alignment::Right);
        }
        None => tile_age::draw_short(buf, age_area, view),
    }
}

/// Returns the left part of this width and the rest.
const fn split(area: Rect, left_width: u16) -> (Rect, Rect) {
    let left = Rect { width: left_width, ..area };
    (left, Rect { x: area.x + left_width, width: area.width - left_width, ..area })
}

/// Returns the area without some cells on the left and on the right.
fn shrink(area: Rect, left: u16, right: u16) -> Rect {
    Rect { x: area.x + left.min(area.width), width: area.width.saturating_sub(left + right), ..area }
}

/// Returns the value, or the error in its place, as one line with its style.
pub(super) fn value_text(view: TileView<'_>, content: &Result<TileContent, TileError>) -> (String, Style) {
    let TileView { state, render_state, config, now, .. } = view;
    let theme = config.theme;
    if is_blinked_off(state, now) {
        return (String::new(), theme.text());
    }
    let error = render_state.error.as_deref().map(ToString::to_string);
    let content = match content {
        _ if error.is_some() => return (format!("! {}", error.unwrap_or_default()), theme.error()),
        Err(error) => return (format!("! {error}"), theme.error()),
        Ok(content) => content,
    };
    let style = |style: Style| if view.is_outdated() { theme.dim() } else { style.add_modifier(Modifier::BOLD) };
    let ContentLine { mark, text, color, role } = full_line(content, state, config, now);
    let text = match mark {
        Some(mark) => format!("{} {text}", mark_symbol(mark, state.unconfirmed.is_none())),
        None => text,
    };
    let plain = match role {
        LineRole::Missing | LineRole::Unknown => return (text, theme.dim()),
        LineRole::Active | LineRole::Action => theme.accent(),
        LineRole::Value | LineRole::Picture => theme.text(),
    };
    (text, style(theme.custom_color(color, plain)))
}

/// Returns how a mark is drawn. A state is filled only once the device has confirmed it.
const fn mark_symbol(mark: LineMark, is_confirmed: bool) -> &'static str {
    match mark {
        LineMark::On if is_confirmed => "●",
        LineMark::Lit => "●",
        LineMark::On | LineMark::Off => "○",
        LineMark::Unknown => "?",
        LineMark::Outside(overflow) => overflow_mark(overflow),
        LineMark::Color => "■",
        LineMark::Button => "▸",
    }
}

/// Returns how far the last press got, if the tile shows that instead of the age of its value.
pub(super) fn press_status(view: TileView<'_>) -> Option<(String, Style)> {
    if let Some(progress) = view.render_state.control.and_then(|control| control.hold_progress) {
        return Some((format!("hold {:.0} %", progress * 100.0), view.config.theme.accent()));
    }
    let (status, style) = publish_status(view);
    let short = status.split_whitespace().last()?;
    Some((if width(&status) > AGE_WIDTH { short.to_owned() } else { status }, style))
}
