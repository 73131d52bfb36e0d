//! The header: the dashboard tabs on the left, the state of the connection on the right.
//!
//! ```text
//!  ESP32 bench · Greenhouse                                    hub ● connected
//! ```

use std::ops::Range;

use ratatui::{
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    layout::MouseTarget,
    screens::DrawContext,
    text::{Alignment, draw_line, truncate, width},
    theme::Theme,
};
use crate::{
    app::{App, Connection},
    model::{
        connection::ConnectionState,
        time::{Time, format_age},
    },
};

/// The maximum width of a dashboard title in cells.
const MAX_TITLE_WIDTH: u16 = 24;
/// The separator between two tabs.
const TAB_SEPARATOR: &str = " · ";

/// Draws the header. The mouse can show its tabs.
pub(super) fn draw(context: &mut DrawContext<'_>, area: Rect) {
    let DrawContext { app, config, now, .. } = *context;
    let (buf, layout) = (&mut *context.buf, &mut *context.layout);
    let theme = config.theme;
    let tabs = tab_ranges(app, area.width);
    let current_tab = app.current_tab();
    let used_width = tabs.last().map_or(0, |(columns, _)| columns.end);
    for (tab_number, (columns, index)) in tabs.iter().enumerate() {
        let style = if *index == current_tab {
            theme.accent().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
        } else {
            theme.dim()
        };
        let tab_area = Rect { x: area.x + columns.start, width: columns.end - columns.start, ..area };
        draw_line(buf, tab_area, 0, app.dashboards[*index].title(), style, Alignment::Left);
        layout.add(tab_area, MouseTarget::Tab(app.dashboards[*index].id));
        if tab_number > 0 {
            let separator_area = Rect { x: tab_area.x - 3, width: 3, ..area };
            draw_line(buf, separator_area, 0, TAB_SEPARATOR, theme.dim(), Alignment::Left);
        }
    }
    if let Some(connection) = app.current_connection() {
        let connection_area =
            Rect { x: area.x + used_width + 2, width: area.width.saturating_sub(used_width + 3), ..area };
        let (symbol, text, style) = connection_status(connection, theme, now);
        let state_area = draw_line(buf, connection_area, 0, &format!("{symbol} {text}"), style, Alignment::Right);
        let name_area = Rect { width: connection_area.width.saturating_sub(state_area.width + 1), ..connection_area };
        if width(&connection.name) <= name_area.width {
            draw_line(buf, name_area, 0, &connection.name, theme.dim(), Alignment::Right);
        }
    }
}

/// Returns the columns and the dashboard index of each visible tab. The current tab is always visible.
#[must_use]
fn tab_ranges(app: &App, screen_width: u16) -> Vec<(Range<u16>, usize)> {
    let max_width = (screen_width / 2).max(MAX_TITLE_WIDTH.min(screen_width.saturating_sub(2)));
    let title_width = |index: usize| width(&truncate(app.dashboards[index].title(), MAX_TITLE_WIDTH.min(max_width)));
    let current_tab = app.current_tab();
    let mut first = current_tab.min(app.dashboards.len());
    let mut used_width = 0;
    for index in (0..app.dashboards.len().min(current_tab + 1)).rev() {
        used_width += title_width(index) + 3;
        if used_width > max_width + 3 {
            break;
        }
        first = index;
    }
    let mut start = 1;
    let mut ranges = Vec::new();
    for index in first..app.dashboards.len() {
        let end = start + title_width(index);
        if end > max_width + 1 && index > current_tab {
            break;
        }
        ranges.push((start..end, index));
        start = end + 3;
    }
    ranges
}

/// Returns the state of a connection: a symbol that is recognizable without color, a text, and their style.
fn connection_status(connection: &Connection, theme: Theme, now: Time) -> (&'static str, String, Style) {
    match &connection.state {
        ConnectionState::Connected => ("●", "connected".to_owned(), theme.success()),
        ConnectionState::Connecting { attempt: 1 } => ("◌", "connecting".to_owned(), theme.warning()),
        ConnectionState::Connecting { attempt } => ("◌", format!("connecting, attempt {attempt}"), theme.warning()),
        ConnectionState::WaitingToRetry { reason, retry_in, .. } => {
            let seconds_left = connection.since.saturating_add(*retry_in).since(now).as_secs();
            ("○", format!("{reason} · retry in {} s", seconds_left.max(1)), theme.warning())
        }
        ConnectionState::Stopped { reason, .. } => {
            ("✕", format!("{reason} · stopped {}", format_age(now.since(connection.since))), theme.error())
        }
    }
}
