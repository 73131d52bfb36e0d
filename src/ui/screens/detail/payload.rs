//! The newest payload of a tile: its JSON indented, with the part that the tile shows and the part that is selected.

use ratatui::{layout::Rect, style::Style};

use super::{super::NO_MESSAGE, BOLD, Detail, DrawContext, StyledLines, tile_lines};
use crate::{
    app::{payload_format::PayloadFormat, screens::detail::DetailPart},
    model::{json_path::JsonPath, tile::Tile, tile_state::TileState, tile_value::TimedMessage},
    ui::{
        UiConfig,
        payload_lines::PayloadLines,
        payload_view::{MARK_WIDTH, PayloadView, cut_text},
        text::{Alignment, draw_line},
    },
};

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
    let payload = PayloadLines::get(cache, &message.payload, area.width, (PayloadFormat::Auto, &detail.payload.folds));
    let tail = cut_note(payload, state.last_payload_bytes(), context.config);
    let own_path = tile.json_path.as_ref().and_then(JsonPath::part_path);
    let marks: Vec<_> = own_path.into_iter().map(|path| (path, OWN_MARK.to_owned())).collect();
    let folded_mark = |_| OWN_MARK.to_owned();
    let view = PayloadView { head: &head, payload, tail: &tail, cursor: &detail.payload, marks: &marks, folded_mark };
    let extent = view.draw(context, area);
    if detail.part == DetailPart::Payload {
        context.layout.scroll_extent = Some(extent);
    }
}

/// Returns how the payload was decoded, or why it could not be; `None` if the tile decodes nothing.
fn decoding(tile: &Tile, state: &TileState, config: &UiConfig) -> Option<(String, Style)> {
    if let Some(error) = state.undecoded() {
        return Some((format!("as it was sent: {error}"), config.theme.warning()));
    }
    tile.decodes().then(|| (format!("decoded from {}", tile.decoder_names()), config.theme.dim()))
}

/// Returns what stands below the payload: what is missing of it.
fn cut_note(payload: &PayloadLines, bytes: usize, config: &UiConfig) -> StyledLines {
    if payload.shown_bytes >= bytes {
        return StyledLines::new();
    }
    vec![(cut_text(payload.shown_bytes, bytes), config.theme.warning())]
}
