//! The connections that can be opened.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Look, panel, prompt, text::wrap};
use crate::app::App;

/// Draws the list of connections.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, at: usize, look: &Look) {
    let area = panel::open(buf, screen, "Connections", (56, 12), look);
    if app.choices.is_empty() {
        let text = format!(
            "No connection yet. Write one into {}/profiles.toml, or start the demo: mqtt-dash demo.",
            app.folder
        );
        for (row, text) in (0..).zip(wrap(&text, area.width, usize::from(area.height))) {
            super::text::line(buf, area, row, &text, look.theme.dim(), super::text::Side::Left);
        }
        return;
    }
    let rows: Vec<String> = app
        .choices
        .iter()
        .map(|choice| {
            let state = match app.lines.iter().find(|line| line.name == choice.name) {
                Some(line) if line.is_up() => "● ",
                Some(_) => "◌ ",
                None => "  ",
            };
            format!("{state}{}  {}", choice.name, choice.address)
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    prompt::list(buf, area, &rows, at, look);
}
