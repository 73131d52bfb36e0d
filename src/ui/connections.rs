//! The connections: their lines, what their tests found, and which one is connected at start.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look, entry, panel,
    text::{Side, line, wrap},
};
use crate::{app::App, model::connection::ConnectionState};

/// The rows that tell of the marked one.
const FOOT: u16 = 2;

/// The inside of its panel, and the list in it.
fn places(screen: Rect, app: &App) -> ((u16, u16), Rect) {
    let count = u16::try_from(app.connection_entries.len()).unwrap_or(u16::MAX).clamp(3, 12);
    let size = (66, count + FOOT + 1);
    let area = panel::inside(screen, size);
    let foot = FOOT.min(area.height.saturating_sub(1));
    (size, Rect { height: area.height.saturating_sub(foot + u16::from(area.height > 5)), ..area })
}

/// The connection at a place of the screen.
#[must_use]
pub fn row_at(screen: Rect, app: &App, at: usize, place: (u16, u16)) -> Option<usize> {
    entry::row_at(places(screen, app).1, at, app.connection_entries.len(), place)
}

/// Draws the list of connections.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, at: usize, look: &Look) {
    let (size, list) = places(screen, app);
    let area = panel::open(buf, screen, "Connections", size, look);
    if app.connection_entries.is_empty() {
        for (row, text) in (0..).zip(wrap("No connection yet: n makes one.", area.width, usize::from(area.height))) {
            line(buf, area, row, &text, look.theme.dim(), Side::Left);
        }
        return;
    }
    let foot_height = FOOT.min(area.height.saturating_sub(1));
    let rows: Vec<String> = app
        .connection_entries
        .iter()
        .map(|choice| {
            let state = match app.connections.iter().find(|line| line.name == choice.name) {
                Some(line) if line.is_connected() => "●",
                Some(_) => "◌",
                None => " ",
            };
            let first = app.editor_state.profiles.default.as_ref() == Some(&choice.name);
            let start = if first { "  (at start)" } else { "" };
            format!("{state} {}  {}{start}", choice.name, choice.address)
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    entry::list(buf, list, &rows, at, look);
    let foot = Rect { y: area.bottom() - foot_height, height: foot_height, ..area };
    let (text, style) = told(app, at, look);
    for (row, text) in (0..).zip(wrap(&text, foot.width, usize::from(foot.height))) {
        line(buf, foot, row, &text, style, Side::Left);
    }
}

/// What is known of a connection: what its test found, else how its line is.
fn told(app: &App, at: usize, look: &Look) -> (String, ratatui::style::Style) {
    let theme = look.theme;
    let Some(choice) = app.connection_entries.get(at) else {
        return (String::new(), theme.dim());
    };
    if app.editor_state.running_tests.contains(&choice.name) {
        return ("testing…".to_owned(), theme.warn());
    }
    if let Some((_, trial)) = app.editor_state.connection_tests.iter().find(|(name, _)| *name == choice.name) {
        return (trial.summary.clone(), if trial.success { theme.good() } else { theme.fault() });
    }
    match app.connections.iter().find(|line| line.name == choice.name).map(|line| &line.state) {
        Some(ConnectionState::Connected) => ("connected".to_owned(), theme.good()),
        Some(ConnectionState::Connecting { .. }) => ("connecting".to_owned(), theme.warn()),
        Some(ConnectionState::WaitingToRetry { reason, .. }) => (reason.clone(), theme.warn()),
        Some(ConnectionState::Stopped { reason }) => (reason.clone(), theme.fault()),
        None => ("not connected: Enter opens its dashboards".to_owned(), theme.dim()),
    }
}
