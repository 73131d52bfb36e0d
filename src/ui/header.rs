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
    UiConfig, banner,
    layout::MouseTarget,
    screens::DrawContext,
    text::{Alignment, draw_line, sanitize, truncate, width},
};
use crate::{
    app::{App, Connection, OpenDashboard},
    model::{
        connection::ConnectionState,
        press::LockLevel,
        time::{Time, format_age},
    },
};

/// The maximum width of a dashboard title in cells.
const MAX_TITLE_WIDTH: u16 = 24;
/// The minimum number of cells for a reason that is cut.
const MIN_REASON_WIDTH: u16 = 5;
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
        let dashboard = &app.dashboards[*index];
        let lock_width = width(lock_text(dashboard)).min(tab_area.width);
        let title_area = Rect { width: tab_area.width - lock_width, ..tab_area };
        let title_area = draw_line(buf, title_area, 0, dashboard.title(), style, Alignment::Left);
        let lock_area = Rect { x: title_area.right(), width: lock_width, ..tab_area };
        draw_line(buf, lock_area, 0, lock_text(dashboard), theme.dim(), Alignment::Left);
        layout.add(tab_area, MouseTarget::Tab(app.dashboards[*index].id));
        if tab_number > 0 {
            let separator_area = Rect { x: tab_area.x - 3, width: 3, ..area };
            draw_line(buf, separator_area, 0, TAB_SEPARATOR, theme.dim(), Alignment::Left);
        }
    }
    if let Some(connection) = app.current_connection() {
        let connection_area =
            Rect { x: area.x + used_width + 2, width: area.width.saturating_sub(used_width + 3), ..area };
        let status = ConnectionStatus::of(connection, config, now);
        let text = status.fit(connection_area.width, config.keymap.first_key("detail"));
        let state_area = draw_line(buf, connection_area, 0, &text, status.style, Alignment::Right);
        let name_area = Rect { width: connection_area.width.saturating_sub(state_area.width + 1), ..connection_area };
        if width(&connection.name) <= name_area.width {
            draw_line(buf, name_area, 0, &connection.name, theme.dim(), Alignment::Right);
        }
    }
}

/// Returns what the tab of a locked dashboard says after its title.
fn lock_text(dashboard: &OpenDashboard) -> &'static str {
    match dashboard.definition.locked.0 {
        LockLevel::None => "",
        LockLevel::Layout => " (locked)",
        LockLevel::Presses => " (view only)",
    }
}

/// Returns the columns and the dashboard index of each visible tab. The current tab is always visible.
#[must_use]
fn tab_ranges(app: &App, screen_width: u16) -> Vec<(Range<u16>, usize)> {
    let max_width = (screen_width / 2).max(MAX_TITLE_WIDTH.min(screen_width.saturating_sub(2)));
    let title_width = |index: usize| {
        let dashboard = &app.dashboards[index];
        let title_width = width(&truncate(dashboard.title(), MAX_TITLE_WIDTH.min(max_width)));
        (title_width + width(lock_text(dashboard))).min(max_width)
    };
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

/// The state of a connection as the header shows it.
struct ConnectionStatus {
    /// Recognizable without color.
    symbol: &'static str,
    text: String,
    /// What is shown however long the text is: when the next attempt is, or what to do.
    time: String,
    style: Style,
}

impl ConnectionStatus {
    fn of(connection: &Connection, config: &UiConfig, now: Time) -> Self {
        let theme = config.theme;
        let (symbol, text, time, style) = match &connection.state {
            ConnectionState::Connected => ("●", "connected".to_owned(), String::new(), theme.success()),
            ConnectionState::Connecting { attempt: 1 } => {
                ("◌", "connecting".to_owned(), String::new(), theme.warning())
            }
            ConnectionState::Connecting { attempt } => {
                ("◌", format!("connecting, attempt {attempt}"), String::new(), theme.warning())
            }
            ConnectionState::WaitingToRetry { reason, .. } => {
                let seconds = connection.seconds_to_next_attempt(now).unwrap_or(1);
                ("○", reason.clone(), format!("retry in {seconds} s"), theme.warning())
            }
            ConnectionState::Stopped { reason, .. } => {
                ("✕", reason.clone(), format!("stopped {}", format_age(now.since(connection.since))), theme.error())
            }
        };
        let time = match (banner::secret_hint(connection, config), &connection.state) {
            (Some(hint), ConnectionState::WaitingToRetry { .. }) => format!("{time} · {hint}"),
            (Some(hint), _) => hint,
            (None, _) => time,
        };
        Self { symbol, text, time, style }
    }

    /// Returns the text for this number of cells. If the reason does not fit, it is cut, the time stays, and the key is
    /// named that shows all.
    fn fit(&self, cells: u16, detail_key: &str) -> String {
        let Self { symbol, text, time, .. } = self;
        if time.is_empty() {
            return format!("{symbol} {text}");
        }
        let endings = [format!(" · {time}"), format!(" · {time} · {detail_key}: why"), format!(" · {time}")];
        let text_width = width(&sanitize(text));
        for (ending, wanted) in endings.iter().zip([text_width, MIN_REASON_WIDTH, MIN_REASON_WIDTH]) {
            let room = cells.saturating_sub(width(ending) + 2);
            if room >= wanted.min(text_width) {
                return format!("{symbol} {}{ending}", truncate(text, room));
            }
        }
        format!("{symbol} {time}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_next_attempt_is_shown_however_long_the_reason_is() {
        let status = |text: &str| ConnectionStatus {
            symbol: "○",
            text: text.to_owned(),
            time: "retry in 60 s".to_owned(),
            style: Style::new(),
        };
        let long = status("the broker's certificate is self-signed; if … is its fingerprint, trust it");
        assert_eq!(long.fit(100, "i"), format!("○ {} · retry in 60 s", long.text));
        assert_eq!(long.fit(60, "i"), "○ the broker's certificate is self… · retry in 60 s · i: why");
        assert_eq!(long.fit(32, "i"), "○ the … · retry in 60 s · i: why");
        assert_eq!(long.fit(25, "i"), "○ the br… · retry in 60 s");
        assert_eq!(long.fit(20, "i"), "○ retry in 60 s");
        assert_eq!(status("no").fit(20, "i"), "○ no · retry in 60 s");
        for cells in 0..120 {
            let text = long.fit(cells, "i");
            assert!(text.contains("retry in 60 s") && (width(&text) <= cells || cells < 15), "{text}");
        }
    }
}
