//! The details of the selected tile: its settings, its last message, and the messages before it.

use std::time::Duration;

use ratatui::style::{Modifier, Style};

use super::{DrawContext, View};
use crate::{
    app::{Action, App, screens::detail::Detail},
    model::{
        error::{TileError, format_bytes},
        history::HistoryEntry,
        message_properties::MessageProperties,
        tile::Tile,
        tile_state::TileState,
        tile_value::{TimedMessage, payload_text},
        time::{Time, format_age, format_interval},
    },
    ui::{UiConfig, banner, dialog::Lines, payload_lines::PayloadLines, property_lines, text::wrap, theme::Theme},
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
        let (app, theme) = (context.app, context.config.theme);
        let error = app.current_dashboard().and_then(|dashboard| app.tile_error(dashboard, tile, state));
        let mut lines = outage_lines(app, width, context.config, context.now);
        lines.extend(tile_lines(tile, state, error.as_deref(), context.config, context.now));
        // Taken out of the layout, which takes what is drawn.
        let mut cache = context.layout.payload_lines.take();
        let last = state.history.last().zip(state.last_message());
        let payload = last.map(|(entry, TimedMessage { message, .. })| {
            lines.extend(last_message_lines(state, entry, context.config, context.now));
            lines.extend(message.properties.iter().flat_map(|properties| message_properties(properties, width, theme)));
            PayloadLines::get(&mut cache, &message.payload, width.saturating_sub(2))
        });
        let mut tail = cut_note(payload, state.last_payload_bytes(), context.config);
        tail.extend(earlier_message_lines(state, context.config));
        let body = payload.map_or(&[][..], |payload| &payload.lines);
        let lines = Lines { head: &lines, body, body_style: theme.text(), tail: &tail };
        context.draw_lines_dialog(name, width, &lines, self.scroll);
        context.layout.payload_lines = cache;
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

/// Returns what stands above the payload of the newest message.
fn last_message_lines(state: &TileState, last: HistoryEntry<'_>, config: &UiConfig, now: Time) -> StyledLines {
    let age = state.message_age().at(now);
    let mut lines = section("Last message");
    let usual = state.usual_interval();
    lines.push((message_summary(last, (age, usual), state.last_payload_bytes(), config), config.theme.dim()));
    lines
}

/// Returns the properties of a message, and what is missing of them.
fn message_properties(properties: &MessageProperties, width: u16, theme: Theme) -> StyledLines {
    let rows = property_lines::property_lines(properties, width.saturating_sub(2)).into_iter();
    let missing = property_lines::missing(properties).map(|missing| (missing, theme.warning()));
    rows.map(|row| (row, theme.dim())).chain(missing).collect()
}

/// Returns what stands below the payload: what is missing of it, or that there is none.
fn cut_note(payload: Option<&PayloadLines>, bytes: usize, config: &UiConfig) -> StyledLines {
    let Some(payload) = payload else {
        return vec![
            (String::new(), BOLD),
            ("No message has arrived on this topic yet.".to_owned(), config.theme.dim()),
        ];
    };
    if payload.shown_bytes >= bytes {
        return StyledLines::new();
    }
    let (shown, all) = (format_bytes(payload.shown_bytes), format_bytes(bytes));
    vec![(format!("* cut: these are the first {shown} of {all}"), config.theme.warning())]
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

/// Describes a message: when it arrived, how old it is, how often the tile usually gets one, and what it is.
fn message_summary(
    entry: HistoryEntry<'_>,
    (age, usual): (Option<Duration>, Option<Duration>),
    bytes: usize,
    config: &UiConfig,
) -> String {
    let HistoryEntry { message, received_at: at } = entry;
    let retained_note = if message.retain { ", retained" } else { "" };
    format!(
        "{} · {}{} · {} · QoS {}{retained_note} · {}",
        time_of_day(at, config),
        age.map_or_else(|| "age unknown".to_owned(), format_age),
        usual.map(|usual| format!(", every {}", format_interval(usual))).unwrap_or_default(),
        message.topic,
        message.qos.as_u8(),
        format_bytes(bytes)
    )
}

/// Returns the time of day in the user's time zone.
fn time_of_day(at: Time, config: &UiConfig) -> String {
    config.local_time(at, "%H:%M:%S")
}
