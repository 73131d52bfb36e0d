//! The first line: dashboards to the left, the line to the broker to the right.
//!
//! ```text
//!  ESP32 bench · Greenhouse                                    hub ● connected
//! ```

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Look,
    text::{Side, fit, line, width},
    theme::Theme,
};
use crate::{
    app::{App, Connection},
    model::{
        connection::ConnectionState,
        time::{Time, format_age},
    },
};

/// The most cells that the title of a dashboard takes.
const TITLE: u16 = 24;
/// What stands between two tabs.
const BETWEEN: &str = " · ";

/// Draws the first line.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, look: &Look, now: Time) {
    let theme = look.theme;
    let tabs = tabs(app, area.width);
    let used = tabs.last().map_or(0, |(place, _)| place.end);
    for (at, (place, index)) in tabs.iter().enumerate() {
        let style = if *index == app.current_tab {
            theme.accent().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
        } else {
            theme.dim()
        };
        let room = Rect { x: area.x + place.start, width: place.end - place.start, ..area };
        line(buf, room, 0, app.dashboards[*index].title(), style, Side::Left);
        if at > 0 {
            let between = Rect { x: room.x - 3, width: 3, ..area };
            line(buf, between, 0, BETWEEN, theme.dim(), Side::Left);
        }
    }
    if let Some(known) = app.current_connection() {
        let room = Rect { x: area.x + used + 2, width: area.width.saturating_sub(used + 3), ..area };
        let (mark, words, style) = told(known, theme, now);
        let state = line(buf, room, 0, &format!("{mark} {words}"), style, Side::Right);
        let before = Rect { width: room.width.saturating_sub(state.width + 1), ..room };
        if width(&known.name) <= before.width {
            line(buf, before, 0, &known.name, theme.dim(), Side::Right);
        }
    }
}

/// Where the tabs are, in cells from the left. The current one is always among them.
#[must_use]
pub fn tabs(app: &App, screen: u16) -> Vec<(Range<u16>, usize)> {
    let most = (screen / 2).max(TITLE.min(screen.saturating_sub(2)));
    let wide = |index: usize| width(&fit(app.dashboards[index].title(), TITLE.min(most)));
    let mut first = app.current_tab.min(app.dashboards.len());
    let mut used = 0;
    for index in (0..app.dashboards.len().min(app.current_tab + 1)).rev() {
        used += wide(index) + 3;
        if used > most + 3 {
            break;
        }
        first = index;
    }
    let mut at = 1;
    let mut places = Vec::new();
    for index in first..app.dashboards.len() {
        let end = at + wide(index);
        if end > most + 1 && index > app.current_tab {
            break;
        }
        places.push((at..end, index));
        at = end + 3;
    }
    places
}

/// The state of a line: a mark that tells it by shape, words, and their look.
fn told(line: &Connection, theme: Theme, now: Time) -> (&'static str, String, Style) {
    match &line.state {
        ConnectionState::Connected => ("●", "connected".to_owned(), theme.good()),
        ConnectionState::Connecting { attempt: 1 } => ("◌", "connecting".to_owned(), theme.warn()),
        ConnectionState::Connecting { attempt } => ("◌", format!("connecting, attempt {attempt}"), theme.warn()),
        ConnectionState::WaitingToRetry { reason, retry_in, .. } => {
            let left = line.since.saturating_add(*retry_in).since(now).as_secs();
            ("○", format!("{reason} · again in {} s", left.max(1)), theme.warn())
        }
        ConnectionState::Stopped { reason } => {
            ("✕", format!("{reason} · stopped {}", format_age(now.since(line.since))), theme.fault())
        }
    }
}
