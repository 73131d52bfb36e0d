//! The details of the selected tile: its settings, its last message, and the messages before it.

use std::time::Duration;

use ratatui::style::{Modifier, Style};

use super::{DrawContext, View};
use crate::{
    app::{Action, App, screens::detail::Detail},
    model::{
        error::{TileError, format_bytes},
        history::HistoryEntry,
        tile::Tile,
        tile_state::TileState,
        tile_value::{TimedMessage, payload_text},
        time::{Time, format_age},
    },
    ui::{UiConfig, banner, payload_lines::PayloadLines, property_lines, text::wrap},
};

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
        let mut lines = outage_lines(app, width, context.config, context.now);
        lines.extend(tile_lines(tile, state, error.as_deref(), context.config, context.now));
        lines.extend(last_message_lines(state, width, context));
        lines.extend(earlier_message_lines(state, context.config));
        context.draw_text_dialog(name, width, &lines, self.scroll);
    }
}

/// Lines with their styles.
type StyledLines = Vec<(String, Style)>;

/// Returns since when and why the connection is down, whole, and when the next attempt is; nothing while it is up.
fn outage_lines(app: &App, width: u16, config: &UiConfig, now: Time) -> StyledLines {
    let Some(connection) = app.current_connection().filter(|connection| connection.last_failure.is_some()) else {
        return StyledLines::new();
    };
    let text = format!(
        "! {}\n{}",
        banner::outage_text(connection, config, now),
        banner::next_attempt(connection, config, now)
    );
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

/// Returns the newest message with its properties and its whole payload. What is missing of the payload is said.
fn last_message_lines(state: &TileState, width: u16, context: &mut DrawContext<'_>) -> StyledLines {
    let (config, now) = (context.config, context.now);
    let theme = config.theme;
    let (Some(last), Some(TimedMessage { message, .. })) = (state.history.last(), state.last_message()) else {
        return vec![(String::new(), BOLD), ("No message has arrived on this topic yet.".to_owned(), theme.dim())];
    };
    let value = state.value.as_ref().filter(|_| state.error.is_none());
    let age =
        if last.message.retain { value.and_then(|value| value.age(now)) } else { Some(now.since(last.received_at)) };
    let bytes = state.last_payload_bytes();
    let mut lines = section("Last message");
    lines.push((message_summary(last, age, bytes, config), theme.dim()));
    if let Some(properties) = &message.properties {
        let rows = property_lines::property_lines(properties, width.saturating_sub(2));
        lines.extend(rows.into_iter().map(|row| (row, theme.dim())));
        lines.extend(property_lines::missing(properties).map(|missing| (missing, theme.warning())));
    }
    let payload = PayloadLines::get(&mut context.layout.payload_lines, &message.payload, width.saturating_sub(2));
    lines.extend(payload.lines.iter().map(|line| (line.clone(), theme.text())));
    let shown_bytes = payload.shown_bytes;
    if shown_bytes < bytes {
        let (shown, all) = (format_bytes(shown_bytes), format_bytes(bytes));
        lines.push((format!("* cut: these are the first {shown} of {all}"), theme.warning()));
    }
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

fn message_summary(entry: HistoryEntry<'_>, age: Option<Duration>, bytes: usize, config: &UiConfig) -> String {
    let HistoryEntry { message, received_at: at } = entry;
    let retained_note = if message.retain { ", retained" } else { "" };
    format!(
        "{} · {} · {} · QoS {}{retained_note} · {}",
        time_of_day(at, config),
        age.map_or_else(|| "age unknown".to_owned(), format_age),
        message.topic,
        message.qos.as_u8(),
        format_bytes(bytes)
    )
}

/// Returns the time of day in the user's time zone.
fn time_of_day(at: Time, config: &UiConfig) -> String {
    config.local_time(at, "%H:%M:%S")
}
