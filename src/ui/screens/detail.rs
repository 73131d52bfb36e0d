//! The details of the selected tile: its settings, its last message, and the messages before it.

use ratatui::style::{Modifier, Style};

use super::{DrawContext, View};
use crate::{
    app::{Action, App, screens::detail::Detail},
    model::{
        error::{TileError, format_bytes},
        history::HistoryEntry,
        tile::Tile,
        tile_state::TileState,
        tile_value::payload_text,
        time::{Time, format_age},
    },
    ui::{UiConfig, banner, text::wrap},
};

/// The maximum number of lines that a payload takes.
const MAX_PAYLOAD_LINES: usize = 200;
/// The maximum number of lines that the reason takes why a connection is down.
const MAX_REASON_LINES: usize = 30;
/// The style of headings.
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);

impl View for Detail {
    fn draw(&self, context: &mut DrawContext<'_>) {
        context.layout.click_anywhere = Some(Action::Cancel);
        let Some((tile, state)) = context.app.selected_tile() else {
            return;
        };
        let width = context.area.width.saturating_sub(8).min(100);
        let name = if tile.name.is_empty() { tile.kind.name() } else { &tile.name };
        let app = context.app;
        let error = app.current_dashboard().and_then(|dashboard| app.tile_error(dashboard, tile, state));
        let lines = detail_lines(tile, state, error.as_deref(), width, context);
        context.draw_text_dialog(name, width, &lines, self.scroll);
    }
}

/// Lines with their styles.
type StyledLines = Vec<(String, Style)>;

fn detail_lines(
    tile: &Tile,
    state: &TileState,
    error: Option<&TileError>,
    width: u16,
    &DrawContext { app, config, now, .. }: &DrawContext<'_>,
) -> StyledLines {
    let mut lines = outage_lines(app, width, config, now);
    lines.extend(tile_lines(tile, state, error, config, now));
    lines.extend(last_message_lines(state, width, config, now));
    lines.extend(earlier_message_lines(state, config));
    lines
}

/// Returns since when and why the connection is down, whole, and when the next attempt is; nothing while it is up.
fn outage_lines(app: &App, width: u16, config: &UiConfig, now: Time) -> StyledLines {
    let Some(connection) = app.current_connection().filter(|connection| connection.last_failure.is_some()) else {
        return StyledLines::new();
    };
    let text = format!("! {}\n{}", banner::outage_text(connection, config, now), banner::next_attempt(connection, now));
    let lines = wrap(&text, width.saturating_sub(2), MAX_REASON_LINES).into_iter();
    lines.map(|line| (line, config.theme.warning())).chain([(String::new(), BOLD)]).collect()
}

/// Returns the settings of the tile, and its state apart from the messages.
fn tile_lines(tile: &Tile, state: &TileState, error: Option<&TileError>, config: &UiConfig, now: Time) -> StyledLines {
    let theme = config.theme;
    let mut lines = StyledLines::new();
    let mut add_row = |name: &str, value: String| lines.push((format!("{name:<12}{value}"), theme.text()));
    add_row("kind", format!("{}: {}", tile.kind.name(), tile.kind.description()));
    add_row("topic", tile.topic.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string));
    if let Some(path) = &tile.json_path {
        add_row("JSON path", path.as_str().to_owned());
    }
    add_row("publishes", tile.target_topic().map_or_else(|| "nothing".to_owned(), |topic| topic.to_string()));
    add_row("QoS", format!("{}{}", tile.qos.as_u8(), if tile.retain { ", published retained" } else { "" }));
    add_row("messages", state.message_count.to_string());
    if let Some(fetch_state) = &state.image_fetch {
        add_row("fetched", format!("{} {}", fetch_state.url, format_age(now.since(fetch_state.requested_at))));
    }
    if let Some(sent) = &state.unconfirmed {
        add_row(
            "sent",
            format!("{} {}, not confirmed by a message", sent.text, format_age(now.since(sent.published_at))),
        );
    }
    if let Some(error) = error {
        lines.push((format!("! {error}"), theme.error()));
    }
    if let Some(note) = state.image.as_ref().and_then(|image| image.warning.as_ref()) {
        lines.push((format!("* {note}"), theme.warning()));
    }
    lines
}

fn last_message_lines(state: &TileState, width: u16, config: &UiConfig, now: Time) -> StyledLines {
    let theme = config.theme;
    let Some(last) = state.history.last() else {
        return vec![(String::new(), BOLD), ("No message has arrived on this topic yet.".to_owned(), theme.dim())];
    };
    let mut lines = section("Last message");
    lines.push((message_summary(last, config, now), theme.dim()));
    let text = pretty_payload(last.message.payload);
    lines.extend(wrap(&text, width.saturating_sub(2), MAX_PAYLOAD_LINES).into_iter().map(|line| (line, theme.text())));
    lines
}

fn earlier_message_lines(state: &TileState, config: &UiConfig) -> StyledLines {
    if state.history.len() <= 1 {
        return StyledLines::new();
    }
    let mut lines = section("Earlier messages");
    for entry in state.history.iter().skip(1) {
        let payload = payload_text(entry.message.payload);
        lines.push((format!("{}  {payload}", time_of_day(entry.received_at, config)), config.theme.text()));
    }
    lines
}

/// Returns the lines above a section.
fn section(heading: &str) -> StyledLines {
    vec![(String::new(), BOLD), (heading.to_owned(), BOLD)]
}

fn message_summary(entry: HistoryEntry<'_>, config: &UiConfig, now: Time) -> String {
    let HistoryEntry { message, received_at: at } = entry;
    let retained_note = if message.retain { ", retained" } else { "" };
    format!(
        "{} · {} · {} · QoS {}{retained_note} · {}",
        time_of_day(at, config),
        format_age(now.since(at)),
        message.topic,
        message.qos.as_u8(),
        format_bytes(message.payload.len())
    )
}

/// Returns a payload as text. JSON is pretty-printed.
fn pretty_payload(payload: &[u8]) -> String {
    let text = payload_text(payload);
    if !text.trim_start().starts_with(['{', '[']) {
        return text;
    }
    serde_json::from_str::<serde_json::Value>(&text)
        .and_then(|json| serde_json::to_string_pretty(&json))
        .unwrap_or(text)
}

/// Returns the time of day in the user's time zone.
fn time_of_day(at: Time, config: &UiConfig) -> String {
    config.local_time(at, "%H:%M:%S")
}
