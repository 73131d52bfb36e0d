//! The banners above the tiles. They show a lasting problem: an error in the dashboard's file, that the broker's
//! certificate is not verified, or, without a header, that the connection is down.
//!
//! ```text
//!  ! Not connected since 12:03
//!    Retry in 8 s: nothing listens on localhost:1883
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig,
    text::{Alignment, draw_line, width},
};
use crate::{
    app::Connection,
    model::{connection::ConnectionState, time::Time},
};

/// Draws the banner into this row, with a hint at its right end.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, problem: &str, hint: Option<&str>, config: &UiConfig) {
    let hint = hint.map(|hint| format!(" · {hint} ")).unwrap_or_default();
    let text_area = Rect { width: area.width.saturating_sub(width(&hint)), ..area };
    draw_row(buf, area, "", config);
    draw_row(buf, text_area, &format!("! {problem}"), config);
    draw_line(buf, area, 0, &hint, config.theme.banner(), Alignment::Right);
}

/// Draws the banner about a connection that is down into these rows.
pub(super) fn draw_outage(buf: &mut Buffer, area: Rect, connection: &Connection, config: &UiConfig, now: Time) {
    let rows =
        [format!("! {}", outage_text(connection, config, now)), format!("  {}", next_attempt(connection, config, now))];
    for (y, text) in (area.y..area.bottom()).zip(rows) {
        draw_row(buf, Rect { y, height: 1, ..area }, &text, config);
    }
}

/// Returns since when a connection is down.
#[must_use]
pub(super) fn outage_text(connection: &Connection, config: &UiConfig, now: Time) -> String {
    let Some(since) = connection.down_since else {
        return "Not connected".to_owned();
    };
    let is_today = config.local_time(since, "%F") == config.local_time(now, "%F");
    format!("Not connected since {}", config.local_time(since, if is_today { "%H:%M" } else { "%b %-d, %H:%M" }))
}

/// Returns which key asks again for the secret that was refused.
#[must_use]
pub(super) fn secret_hint(connection: &Connection, config: &UiConfig) -> Option<String> {
    connection.refused_secret().map(|key| format!("{}: enter the {key}", config.keymap.first_key("reconnect")))
}

/// Returns when the next attempt is, why the last one has failed, and what to do about it.
#[must_use]
pub(super) fn next_attempt(connection: &Connection, config: &UiConfig, now: Time) -> String {
    let hint = secret_hint(connection, config).map(|hint| format!(" · {hint}")).unwrap_or_default();
    let reason = format!("{}{hint}", connection.last_failure.as_deref().unwrap_or_default());
    match connection.seconds_to_next_attempt(now) {
        Some(seconds) => format!("Retry in {seconds} s: {reason}"),
        None if matches!(connection.state, ConnectionState::Stopped { .. }) => format!("Stopped: {reason}"),
        None => format!("Connecting again: {reason}"),
    }
}

fn draw_row(buf: &mut Buffer, area: Rect, text: &str, config: &UiConfig) {
    let style = config.theme.banner();
    buf.set_string(area.x, area.y, " ".repeat(usize::from(area.width)), style);
    let inner = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(2), ..area };
    draw_line(buf, inner, 0, text, style, Alignment::Left);
}
