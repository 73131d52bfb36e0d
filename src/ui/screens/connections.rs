//! The list of connections: their states, the results of their tests, and which one is the default.

use ratatui::layout::Rect;

use super::{DrawContext, View};
use crate::{
    app::{Action, App, ConnectionTest, screens::connections::ConnectionList},
    model::connection::ConnectionState,
    ui::{
        UiConfig,
        text::{Alignment, draw_line, wrap},
    },
};

/// The number of rows for the status of the selected connection.
const STATUS_ROWS: u16 = 2;

impl View for ConnectionList {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let (app, config) = (context.app, context.config);
        let count = u16::try_from(app.editor_state.connection_entries.len()).unwrap_or(u16::MAX).clamp(3, 12);
        let area = context.draw_dialog("Connections", (66, count + STATUS_ROWS + 1));
        if app.editor_state.connection_entries.is_empty() {
            let text = "No saved connections yet: press n to add one.";
            for (row, text) in (0..).zip(wrap(text, area.width, usize::from(area.height))) {
                draw_line(context.buf, area, row, &text, config.theme.dim(), Alignment::Left);
            }
            return;
        }
        let status_height = STATUS_ROWS.min(area.height.saturating_sub(1));
        let list_height = area.height.saturating_sub(status_height + u16::from(area.height > 5));
        let rows: Vec<String> = app
            .editor_state
            .connection_entries
            .iter()
            .map(|entry| {
                let connection = app.connections.iter().find(|connection| connection.name == entry.name);
                let has_failed = |(name, test): &(String, ConnectionTest)| *name == entry.name && !test.success;
                let (state, problem) = match connection.map(|connection| &connection.state) {
                    Some(ConnectionState::Connected) => ("●", ""),
                    Some(ConnectionState::Connecting { .. }) => ("◌", ""),
                    Some(ConnectionState::WaitingToRetry { .. } | ConnectionState::Stopped { .. }) => {
                        ("✕", "  not connected")
                    }
                    None if app.editor_state.connection_tests.iter().any(has_failed) => ("✕", "  test failed"),
                    None if app.missing_dashboard(&entry.name).is_some() => ("✕", "  no such dashboard"),
                    None => (" ", ""),
                };
                let is_default = app.editor_state.profiles.default.as_ref() == Some(&entry.name);
                let default_note = if is_default { "  (default)" } else { "" };
                format!("{state} {}{problem}  {}{default_note}", entry.name, entry.address)
            })
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        context.draw_list(Rect { height: list_height, ..area }, &rows, self.selected, Action::AcceptOption);
        let status_area = Rect { y: area.bottom() - status_height, height: status_height, ..area };
        let (text, style) = connection_status(app, self.selected, config);
        for (row, text) in (0..).zip(wrap(&text, status_area.width, usize::from(status_area.height))) {
            draw_line(context.buf, status_area, row, &text, style, Alignment::Left);
        }
    }
}

/// Returns the status of a connection: the result of its test, or the connection state if it was not tested.
fn connection_status(app: &App, selected: usize, config: &UiConfig) -> (String, ratatui::style::Style) {
    let theme = config.theme;
    let Some(entry) = app.editor_state.connection_entries.get(selected) else {
        return (String::new(), theme.dim());
    };
    if app.editor_state.running_tests.contains(&entry.name) {
        return ("testing…".to_owned(), theme.warning());
    }
    if let Some((_, test)) = app.editor_state.connection_tests.iter().find(|(name, _)| *name == entry.name) {
        return (test.summary.clone(), if test.success { theme.success() } else { theme.error() });
    }
    let connection = app.connections.iter().find(|connection| connection.name == entry.name);
    if let (None, Some(dashboard)) = (connection, app.missing_dashboard(&entry.name)) {
        return (format!("its dashboard `{dashboard}` does not exist: edit the connection"), theme.error());
    }
    match connection.map(|connection| &connection.state) {
        Some(ConnectionState::Connected) => ("connected".to_owned(), theme.success()),
        Some(ConnectionState::Connecting { .. }) => ("connecting".to_owned(), theme.warning()),
        Some(ConnectionState::WaitingToRetry { reason, .. }) => (reason.clone(), theme.warning()),
        Some(ConnectionState::Stopped { reason, .. }) => (reason.clone(), theme.error()),
        None => ("not connected: press Enter to open its dashboards".to_owned(), theme.dim()),
    }
}
