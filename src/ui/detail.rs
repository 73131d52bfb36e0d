//! The selected tile in full: what it is, what came last, and the messages before.

use jiff::Timestamp;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Look, panel, text::wrap};
use crate::{
    app::App,
    model::{
        error::format_bytes,
        history::HistoryEntry,
        tile::Tile,
        tile_state::TileState,
        tile_value::payload_text,
        time::{Time, format_age},
    },
};

/// The most lines that a payload takes.
const PAYLOAD: usize = 200;

/// Draws the detail view.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, top: usize, look: &Look, now: Time) {
    let Some((tile, state)) = app.selected_tile() else {
        return;
    };
    let width = screen.width.saturating_sub(8).min(100);
    let name = if tile.name.is_empty() { tile.kind.name() } else { &tile.name };
    let lines = lines(tile, state, width, look, now);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = panel::open(buf, screen, name, (width, height), look);
    panel::lines(buf, area, &lines, top, look);
}

/// How many lines the detail view has.
type Lines = Vec<(String, Style)>;

fn lines(tile: &Tile, state: &TileState, width: u16, look: &Look, now: Time) -> Lines {
    let theme = look.theme;
    let mut lines = Lines::new();
    let mut row = |name: &str, value: String| lines.push((format!("{name:<12}{value}"), theme.text()));
    row("kind", format!("{}: {}", tile.kind.name(), tile.kind.description()));
    row("topic", tile.topic.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string));
    if let Some(path) = &tile.json_path {
        row("JSON path", path.as_str().to_owned());
    }
    row("publishes", tile.target_topic().map_or_else(|| "nothing".to_owned(), |topic| topic.to_string()));
    row("QoS", format!("{}{}", tile.qos.as_u8(), if tile.retain { ", published retained" } else { "" }));
    row("messages", state.message_count.to_string());
    if let Some(glance) = &state.image_fetch {
        row("looked at", format!("{} {}", glance.url, format_age(now.since(glance.requested_at))));
    }
    if let Some(sent) = &state.unconfirmed {
        row("sent", format!("{} {}, not confirmed by a message", sent.text, format_age(now.since(sent.published_at))));
    }
    if let Some(fault) = &state.error {
        lines.push((format!("! {fault}"), theme.fault()));
    }
    if let Some(note) = state.image.as_ref().and_then(|picture| picture.warning.as_ref()) {
        lines.push((format!("* {note}"), theme.warn()));
    }
    let bold = Style::new().add_modifier(Modifier::BOLD);
    match state.history.last() {
        None => lines.extend([(String::new(), bold), ("Nothing has come on this topic yet.".to_owned(), theme.dim())]),
        Some(last) => {
            lines.extend([(String::new(), bold), ("Last message".to_owned(), bold)]);
            lines.push((told(last, look, now), theme.dim()));
            let text = pretty(last.message.payload);
            lines.extend(wrap(&text, width.saturating_sub(2), PAYLOAD).into_iter().map(|line| (line, theme.text())));
        }
    }
    if state.history.len() > 1 {
        lines.extend([(String::new(), bold), ("Before".to_owned(), bold)]);
        for received in state.history.iter().skip(1) {
            let payload = payload_text(received.message.payload);
            lines.push((format!("{}  {payload}", clock(received.received_at, look)), theme.text()));
        }
    }
    lines
}

fn told(past: HistoryEntry<'_>, look: &Look, now: Time) -> String {
    let HistoryEntry { message, received_at: at } = past;
    let kept = if message.retain { ", retained" } else { "" };
    format!(
        "{} · {} · {} · QoS {}{kept} · {}",
        clock(at, look),
        format_age(now.since(at)),
        message.topic,
        message.qos.as_u8(),
        format_bytes(message.payload.len())
    )
}

/// A payload as text; JSON with a line for each part.
fn pretty(payload: &[u8]) -> String {
    let text = payload_text(payload);
    if !text.trim_start().starts_with(['{', '[']) {
        return text;
    }
    serde_json::from_str::<serde_json::Value>(&text)
        .and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or(text)
}

/// The time of day at the person's place.
fn clock(at: Time, look: &Look) -> String {
    let millis = i64::try_from(at.as_millis()).unwrap_or_default();
    Timestamp::from_millisecond(millis)
        .map(|stamp| look.zone.to_datetime(stamp).strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
}
