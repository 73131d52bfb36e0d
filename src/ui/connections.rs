//! The list of connections: their states, the results of their tests, and which one is the default.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig, controls, dialog,
    text::{Alignment, draw_line, wrap},
};
use crate::{app::App, model::connection::ConnectionState};

/// The number of rows for the status of the selected connection.
const STATUS_ROWS: u16 = 2;

/// Returns the inner size of the dialog and the area of the list in it.
fn dialog_layout(screen: Rect, app: &App) -> ((u16, u16), Rect) {
    let count = u16::try_from(app.connection_entries.len()).unwrap_or(u16::MAX).clamp(3, 12);
    let size = (66, count + STATUS_ROWS + 1);
    let area = dialog::inner_area(screen, size);
    let status_height = STATUS_ROWS.min(area.height.saturating_sub(1));
    (size, Rect { height: area.height.saturating_sub(status_height + u16::from(area.height > 5)), ..area })
}

/// Returns the index of the connection at a screen position.
#[must_use]
pub(crate) fn row_at(screen: Rect, app: &App, selected: usize, position: (u16, u16)) -> Option<usize> {
    controls::row_at(dialog_layout(screen, app).1, selected, app.connection_entries.len(), position)
}

/// Draws the list of connections.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, app: &App, selected: usize, config: &UiConfig) {
    let (size, list_area) = dialog_layout(screen, app);
    let area = dialog::draw_frame(buf, screen, "Connections", size, config);
    if app.connection_entries.is_empty() {
        for (row, text) in
            (0..).zip(wrap("No saved connections yet: press n to add one.", area.width, usize::from(area.height)))
        {
            draw_line(buf, area, row, &text, config.theme.dim(), Alignment::Left);
        }
        return;
    }
    let status_height = STATUS_ROWS.min(area.height.saturating_sub(1));
    let rows: Vec<String> = app
        .connection_entries
        .iter()
        .map(|entry| {
            let state = match app.connections.iter().find(|connection| connection.name == entry.name) {
                Some(connection) if connection.is_connected() => "●",
                Some(_) => "◌",
                None => " ",
            };
            let is_default = app.editor_state.profiles.default.as_ref() == Some(&entry.name);
            let default_note = if is_default { "  (default)" } else { "" };
            format!("{state} {}  {}{default_note}", entry.name, entry.address)
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    controls::draw_list(buf, list_area, &rows, selected, config);
    let status_area = Rect { y: area.bottom() - status_height, height: status_height, ..area };
    let (text, style) = connection_status(app, selected, config);
    for (row, text) in (0..).zip(wrap(&text, status_area.width, usize::from(status_area.height))) {
        draw_line(buf, status_area, row, &text, style, Alignment::Left);
    }
}

/// Returns the status of a connection: the result of its test, or the connection state if it was not tested.
fn connection_status(app: &App, selected: usize, config: &UiConfig) -> (String, ratatui::style::Style) {
    let theme = config.theme;
    let Some(entry) = app.connection_entries.get(selected) else {
        return (String::new(), theme.dim());
    };
    if app.editor_state.running_tests.contains(&entry.name) {
        return ("testing…".to_owned(), theme.warning());
    }
    if let Some((_, test)) = app.editor_state.connection_tests.iter().find(|(name, _)| *name == entry.name) {
        return (test.summary.clone(), if test.success { theme.success() } else { theme.error() });
    }
    match app.connections.iter().find(|connection| connection.name == entry.name).map(|connection| &connection.state) {
        Some(ConnectionState::Connected) => ("connected".to_owned(), theme.success()),
        Some(ConnectionState::Connecting { .. }) => ("connecting".to_owned(), theme.warning()),
        Some(ConnectionState::WaitingToRetry { reason, .. }) => (reason.clone(), theme.warning()),
        Some(ConnectionState::Stopped { reason, .. }) => (reason.clone(), theme.error()),
        None => ("not connected: press Enter to open its dashboards".to_owned(), theme.dim()),
    }
}
