//! The settings of a tile and its state apart from the values, what is wrong with it, and what its newest message is.

use super::{BOLD, DrawContext, StyledLines};
use crate::{
    app::App,
    model::{
        error::format_bytes,
        history::HistoryEntry,
        message_properties::MessageProperties,
        tile::Tile,
        tile_state::TileState,
        time::{Time, format_age, format_interval},
    },
    ui::{
        UiConfig, banner, property_lines,
        text::{width, wrap},
        theme::Theme,
    },
};

/// The maximum number of lines that a text takes.
const MAX_LINES: usize = 30;
/// The width of the names of settings.
const NAME_WIDTH: u16 = 12;

/// Returns what is wrong, and then the settings of the tile.
pub(super) fn lines(context: &DrawContext<'_>, area_width: u16, tile: &Tile, state: &TileState) -> StyledLines {
    let theme = context.config.theme;
    let wrapped =
        |(text, style): (String, _)| wrap(&text, area_width, MAX_LINES).into_iter().map(move |line| (line, style));
    let mut lines: StyledLines = alerts(context, tile, state).into_iter().flat_map(wrapped).collect();
    if !lines.is_empty() {
        lines.push((String::new(), BOLD));
    }
    for (name, value) in settings(context, tile, state) {
        let mut values = wrap(&value, area_width.saturating_sub(NAME_WIDTH).max(1), MAX_LINES).into_iter();
        let name_width = usize::from(NAME_WIDTH);
        lines.push((format!("{name:<name_width$}{}", values.next().unwrap_or_default()), theme.text()));
        lines.extend(values.map(|value| (format!("{:name_width$}{value}", ""), theme.text())));
    }
    lines
}

/// Returns the settings of the tile, and its state apart from the values.
fn settings(context: &DrawContext<'_>, tile: &Tile, state: &TileState) -> Vec<(&'static str, String)> {
    let now = context.now;
    let mut rows = vec![
        ("kind", format!("{}: {}", tile.kind.name(), tile.kind.description())),
        ("topic", tile.topic.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)),
    ];
    if tile.decodes() {
        rows.push(("decoded", tile.decoder_names()));
    }
    if let Some(path) = &tile.json_path {
        rows.push(("JSON path", path.as_str().to_owned()));
    }
    let target = tile.target_topic().map_or_else(|| "nothing".to_owned(), |topic| topic.to_string());
    rows.push(("publishes", target));
    if let Some(template) = tile.payload_template() {
        rows.push(("payload", template.as_str().to_owned()));
    }
    if let Some(message) = tile.automatic_message() {
        let is_blocked = context.app.current_dashboard().is_some_and(|dashboard| !dashboard.permissions.granted);
        let note = if is_blocked { " (blocked: press T to review)" } else { "" };
        rows.push(("automatic", format!("{message}{note}")));
    }
    rows.push(("QoS", format!("{}{}", tile.qos.as_u8(), if tile.retain { ", published retained" } else { "" })));
    rows.push(("messages", state.message_count.to_string()));
    if let Some(fetch_state) = &state.image_fetch {
        rows.push(("fetched", format!("{} {}", fetch_state.url, format_age(now.since(fetch_state.requested_at)))));
    }
    if let Some(sent) = &state.unconfirmed {
        let age = format_age(now.since(sent.published_at));
        rows.push(("sent", format!("{} {age}, not confirmed by a message", sent.text)));
    }
    rows
}

/// Returns what is wrong: the connection is down, or the tile has an error or a note.
pub(super) fn alerts(context: &DrawContext<'_>, tile: &Tile, state: &TileState) -> StyledLines {
    let (app, config) = (context.app, context.config);
    let theme = config.theme;
    let mut alerts: StyledLines =
        outage(app, config, context.now).map(|text| (text, theme.warning())).into_iter().collect();
    let error = app.current_dashboard().and_then(|dashboard| app.tile_error(dashboard, tile, state));
    alerts.extend(error.map(|error| (format!("! {error}"), theme.error())));
    alerts.extend(state.script_errors.text().map(|error| (format!("! {error}"), theme.error())));
    let note = state.image.as_ref().and_then(|image| image.warning.as_ref());
    alerts.extend(note.map(|note| (format!("* {note}"), theme.warning())));
    alerts
}

/// Returns since when and why the connection is down, whole, and when the next attempt is; nothing while it is up.
fn outage(app: &App, config: &UiConfig, now: Time) -> Option<String> {
    let connection = app.current_connection().filter(|connection| connection.last_failure.is_some())?;
    let outage = banner::outage_text(connection, config, now);
    Some(format!("! {outage}\n{}", banner::next_attempt(connection, config, now)))
}

/// Returns how old the newest message is.
pub(super) fn message_age(state: &TileState, now: Time) -> String {
    state.message_age().at(now).map_or_else(|| "age unknown".to_owned(), format_age)
}

/// Returns when the newest message arrived, how old it is, how often the tile usually gets one, and what it is. What does
/// not fit into a line stands in the next one.
pub(super) fn message_lines(
    state: &TileState,
    last: HistoryEntry<'_>,
    area_width: u16,
    config: &UiConfig,
    now: Time,
) -> StyledLines {
    let HistoryEntry { message, received_at } = last;
    let age = message_age(state, now);
    let usual = state.usual_interval().map(|usual| format!(", every {}", format_interval(usual))).unwrap_or_default();
    let retained = if message.retain { ", retained" } else { "" };
    let bytes = format_bytes(state.last_payload_bytes());
    let parts = [
        format!("{} · {age}{usual}", config.local_time(received_at, "%H:%M:%S")),
        message.topic.to_owned(),
        format!("QoS {}{retained} · {bytes}", message.qos.as_u8()),
    ];
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width(line).saturating_add(width(&part) + 3) <= area_width => {
                line.push_str(" · ");
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines.into_iter().map(|line| (line, config.theme.dim())).collect()
}

/// Returns the properties of a message, and what is missing of them.
pub(super) fn message_properties(properties: &MessageProperties, area_width: u16, theme: Theme) -> StyledLines {
    let rows = property_lines::property_lines(properties, area_width).into_iter();
    let missing = property_lines::missing(properties).map(|missing| (missing, theme.warning()));
    rows.map(|row| (row, theme.dim())).chain(missing).collect()
}
