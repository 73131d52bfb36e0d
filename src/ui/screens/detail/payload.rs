//! The newest payload of a tile: its JSON indented, with the part that the tile shows and the part that is selected.

use ratatui::{layout::Rect, style::Style};

use super::{super::NO_MESSAGE, BOLD, Detail, DrawContext, StyledLines, tile_lines};
use crate::{
    app::screens::detail::DetailPart,
    model::{error::format_bytes, tile::Tile, tile_state::TileState, tile_value::TimedMessage},
    ui::{
        UiConfig,
        dialog::Lines,
        payload_lines::PayloadLines,
        text::{Alignment, draw_line},
    },
};

/// The cells for the mark of the selected part.
const MARK_WIDTH: u16 = 2;
/// What marks the part that the tile shows.
const OWN_MARK: &str = "← this tile";

/// Draws the message and its payload. The lines of the payload are kept for the next frame.
pub(super) fn draw(
    detail: &Detail,
    context: &mut DrawContext<'_>,
    area: Rect,
    tile: &Tile,
    state: &TileState,
    cache: &mut Option<PayloadLines>,
) {
    let area = Rect { x: area.x + MARK_WIDTH.min(area.width), width: area.width.saturating_sub(MARK_WIDTH), ..area };
    let last = state.history.last().zip(state.last_message());
    let Some((entry, TimedMessage { message, .. })) = last else {
        draw_line(context.buf, area, 0, NO_MESSAGE, context.config.theme.dim(), Alignment::Left);
        return;
    };
    let mut head = tile_lines::message_lines(state, entry, area.width, context.config, context.now);
    head.extend(decoding(tile, state, context.config));
    if let Some(properties) = &message.properties {
        head.extend(tile_lines::message_properties(properties, area.width, context.config.theme));
    }
    head.push((String::new(), BOLD));
    let payload = PayloadLines::get(cache, &message.payload, area.width);
    let tail = cut_note(payload, state.last_payload_bytes(), context.config);
    let lines = Lines { head: &head, body: &payload.lines, body_style: context.config.theme.text(), tail: &tail };
    let line_of = |path: &str| payload.line_of(path).map(|line| head.len() + line);
    let cursor = detail.cursor.as_deref().and_then(line_of);
    let own = tile.json_path.as_ref().and_then(|path| line_of(&path.part_path()?));
    let first = detail.draw_lines(context, area, DetailPart::Payload, &lines, cursor);
    let row_of = |line: usize| {
        let row = u16::try_from(line.checked_sub(first)?).ok()?;
        (row < area.height).then_some(Rect { y: area.y + row, height: 1, ..area })
    };
    if let (Some(row), Some(line)) = (cursor.and_then(row_of), cursor) {
        let text = &payload.lines[line - head.len()];
        let margin = Rect { x: row.x - MARK_WIDTH, width: MARK_WIDTH, ..row };
        draw_line(context.buf, margin, 0, "▸", context.config.theme.highlight(), Alignment::Left);
        draw_line(context.buf, row, 0, text, context.config.theme.highlight(), Alignment::Left);
    }
    if let (Some(row), Some(line)) = (own.and_then(row_of), own) {
        draw_own_mark(context, row, &payload.lines[line - head.len()]);
    }
}

/// Returns how the payload was decoded, or why it could not be; `None` if the tile decodes nothing.
fn decoding(tile: &Tile, state: &TileState, config: &UiConfig) -> Option<(String, Style)> {
    if let Some(error) = state.undecoded() {
        return Some((format!("as it was sent: {error}"), config.theme.warning()));
    }
    tile.decodes().then(|| (format!("decoded from {}", tile.decoder_names()), config.theme.dim()))
}

/// Marks the line of the part that the tile shows, after its text or over the end of it.
fn draw_own_mark(context: &mut DrawContext<'_>, row: Rect, line: &str) {
    let mark_width = super::width(OWN_MARK);
    let after_text = super::width(line).saturating_add(2);
    let x = after_text.min(row.width.saturating_sub(mark_width + 1));
    let area = Rect { x: row.x + x, width: row.width - x, ..row };
    let style = context.config.theme.accent().patch(BOLD);
    draw_line(context.buf, area, 0, OWN_MARK, style, Alignment::Left);
}

/// Returns what stands below the payload: what is missing of it.
fn cut_note(payload: &PayloadLines, bytes: usize, config: &UiConfig) -> StyledLines {
    if payload.shown_bytes >= bytes {
        return StyledLines::new();
    }
    let (shown, all) = (format_bytes(payload.shown_bytes), format_bytes(bytes));
    vec![(format!("* cut: these are the first {shown} of {all}"), config.theme.warning())]
}
