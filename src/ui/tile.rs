//! One tile: its border with the name above and the age below, what is wrong with it, and its face.
//!
//! ```text
//! ╭ Temperature ─────────╮
//! │                      │
//! │       23.4 °C        │
//! ╰──────────── 3 s ago ─╯
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    symbols::border,
    widgets::Block,
};

use super::{
    Look, face,
    text::{Side, clean, fit, line, width, wrap},
};
use crate::app::blink_is_visible;
use crate::model::{
    content::TileContent,
    tile::Tile,
    tile_state::{PublishProgress, TileState},
    time::{Time, format_age},
};

/// How a tile is to be drawn.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Whether it is the selected one.
    pub selected: bool,
    /// Whether its line is up; readings are dimmed while it is down.
    pub live: bool,
    /// Whether its dashboard may run scripts and fetch.
    pub trusted: bool,
}

/// Draws a tile.
pub fn draw(buf: &mut Buffer, area: Rect, tile: &Tile, state: &TileState, manner: Manner, look: &Look, now: Time) {
    let area = area.intersection(buf.area);
    if area.width < 4 || area.height < 2 {
        return;
    }
    let inside = frame(buf, area, tile, state, manner, look, now);
    let trouble = trouble(tile, state, manner.trusted);
    let rows = rows_below(trouble.is_some(), inside);
    let faint = !manner.live || state.restored || (state.error.is_some() && state.value.is_some());
    let above = Rect { height: inside.height - rows, ..inside };
    let hidden = hidden(state, now);
    match tile.scripted_content(state.value.as_ref(), state.view_override.as_deref()) {
        _ if hidden => {}
        Ok(TileContent::Placeholder(_)) if state.error.is_some() => {}
        Ok(shown) if above.height > 0 => face::draw(buf, above, &shown, state, look, faint, now),
        Ok(_) => {}
        Err(fault) => {
            let style = look.theme.fault();
            let lines = wrap(&format!("! {fault}"), above.width, usize::from(above.height));
            for (row, text) in (0..).zip(&lines) {
                line(buf, above, row, text, style, Side::Left);
            }
        }
    }
    if let Some((text, fault)) = trouble {
        let style = if fault { look.theme.fault() } else { look.theme.warn() };
        let below = Rect { y: above.bottom(), height: rows, ..inside };
        for (row, text) in (0..).zip(wrap(&text, below.width, usize::from(rows))) {
            line(buf, below, row, &text, style, Side::Left);
        }
    }
}

/// What is wrong, and whether it is a fault or just something to know.
fn trouble(tile: &Tile, state: &TileState, trusted: bool) -> Option<(String, bool)> {
    match state.error.as_ref().or(state.script_error.as_deref()) {
        Some(fault) => Some((format!("! {fault}"), true)),
        None => hint(tile, state, trusted).map(|hint| (format!("* {hint}"), false)),
    }
}

fn hint<'a>(tile: &Tile, state: &'a TileState, trusted: bool) -> Option<&'a str> {
    if !trusted && tile.scripts().next().is_some() {
        return Some("its scripts wait: T shows them and asks");
    }
    if !trusted && tile.kind.fetches_url() {
        return Some("press T to agree, then it is fetched");
    }
    state.image.as_ref()?.warning.as_deref()
}

/// Draws the border; gives the inside.
fn frame(buf: &mut Buffer, area: Rect, tile: &Tile, state: &TileState, manner: Manner, look: &Look, now: Time) -> Rect {
    let theme = look.theme;
    let (set, style) =
        if manner.selected { (border::THICK, theme.selected()) } else { (border::ROUNDED, theme.border()) };
    let inside = Block::bordered().inner(area);
    edges(buf, area, set, style);
    let edge = Rect { x: area.x + 1, width: area.width - 2, ..area };
    let top = Rect { height: 1, ..edge };
    let name_style = if manner.selected { theme.selected() } else { theme.text().add_modifier(Modifier::BOLD) };
    let (first, second) = name_lines(area, tile, state);
    if !first.is_empty() {
        line(buf, top, 0, &format!(" {first} "), name_style, Side::Left);
    }
    let bottom = Rect { y: area.bottom() - 1, height: 1, ..edge };
    let (left, style) = delivery(tile, state, look, now);
    let mut taken = 0;
    if !left.is_empty() {
        taken = line(buf, bottom, 0, &format!(" {left} "), style, Side::Left).width;
    }
    let scripted =
        state.view_override.as_ref().map(|shown| shown.last_activity.clone()).filter(|text| !text.is_empty());
    let since = state.value.as_ref().map(|reading| format_age(now.since(reading.updated_at)));
    if let Some(text) = scripted.or(since) {
        let text = format!(" {text} ");
        let room = Rect { x: bottom.x + taken, width: bottom.width - taken, ..bottom };
        if width(&text) <= room.width {
            line(buf, room, 0, &text, theme.dim(), Side::Right);
        }
    }
    if let Some(second) = &second {
        line(buf, aired(inside, false), 0, second, name_style, Side::Left);
    }
    aired(inside, second.is_some())
}

/// Draws a border of at least two rows and columns. A `Block` would look for what to merge it with, in
/// every cell.
fn edges(buf: &mut Buffer, area: Rect, set: border::Set<'_>, style: Style) {
    let (left, right, top, bottom) = (area.x, area.right() - 1, area.y, area.bottom() - 1);
    let mut put = |x, y, symbol| {
        buf[(x, y)].set_symbol(symbol).set_style(style);
    };
    for x in left + 1..right {
        put(x, top, set.horizontal_top);
        put(x, bottom, set.horizontal_bottom);
    }
    for y in top + 1..bottom {
        put(left, y, set.vertical_left);
        put(right, y, set.vertical_right);
    }
    put(left, top, set.top_left);
    put(right, top, set.top_right);
    put(left, bottom, set.bottom_left);
    put(right, bottom, set.bottom_right);
}

/// The name of a tile on one or two lines: the second one only where it is needed and leaves room.
fn name_lines(area: Rect, tile: &Tile, state: &TileState) -> (String, Option<String>) {
    /// Rows of the inside that a second line leaves to the rest.
    const LEFT: u16 = 2;
    let name = state.view_override.as_ref().map_or(&tile.name, |shown| &shown.name);
    let room = area.width.saturating_sub(4);
    if area.height < LEFT + 3 || !name.contains('\n') && width(&clean(name)) <= room {
        return (fit(name, room), None);
    }
    let mut lines = wrap(name, room, 2).into_iter();
    (lines.next().unwrap_or_default(), lines.next())
}

/// The inside of a border, without a cell of air on either side, and without the row of a name's
/// second line.
fn aired(inside: Rect, named: bool) -> Rect {
    let named = u16::from(named).min(inside.height);
    Rect { x: inside.x + 1, y: inside.y + named, width: inside.width.saturating_sub(2), height: inside.height - named }
}

/// How many rows of the inside are for what is wrong.
fn rows_below(trouble: bool, inside: Rect) -> u16 {
    let rows = if inside.height >= 4 { 2 } else { 1 };
    if trouble { rows.min(inside.height) } else { 0 }
}

/// Whether the tile blinks and is not shown at this moment.
fn hidden(state: &TileState, now: Time) -> bool {
    state.view_override.as_ref().is_some_and(|shown| shown.blink) && !blink_is_visible(now)
}

/// Where the picture of a tile is drawn, if it shows one.
pub fn picture_room(area: Rect, tile: &Tile, state: &TileState, trusted: bool, now: Time) -> Option<Rect> {
    state.image.as_ref().filter(|_| area.width >= 4 && area.height >= 2 && !hidden(state, now))?;
    let face = tile.scripted_content(state.value.as_ref(), state.view_override.as_deref()).ok()?;
    let inside = aired(Block::bordered().inner(area), name_lines(area, tile, state).1.is_some());
    let rows = rows_below(trouble(tile, state, trusted).is_some(), inside);
    matches!(face, TileContent::PayloadImage | TileContent::RemoteImage { .. })
        .then_some(Rect { height: inside.height - rows, ..inside })
}

/// How far what was pressed last has come, in words.
fn delivery(tile: &Tile, state: &TileState, look: &Look, now: Time) -> (String, Style) {
    const SPINNER: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠛"];
    let theme = look.theme;
    let Some(sent) = &state.unconfirmed else {
        return (String::new(), theme.dim());
    };
    if state.is_waiting(tile) {
        let turn = usize::try_from(now.since(sent.published_at).as_millis() / 100).unwrap_or_default();
        return (format!("{} waiting", SPINNER[turn % SPINNER.len()]), theme.accent());
    }
    if state.is_unconfirmed(tile, now) {
        return ("? unconfirmed".to_owned(), theme.warn());
    }
    match sent.progress {
        PublishProgress::Queued => ("… sending".to_owned(), theme.dim()),
        PublishProgress::Sent => ("› sent".to_owned(), theme.dim()),
        PublishProgress::Acknowledged => ("» at broker".to_owned(), theme.dim()),
    }
}
