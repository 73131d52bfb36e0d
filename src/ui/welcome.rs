//! What is shown where no dashboard is open: what this is, and what to do next.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{
    UiConfig,
    text::{Alignment, draw_line, wrap},
};
use crate::app::App;

/// Draws the welcome.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, config: &UiConfig) {
    let theme = config.theme;
    let title_style = theme.accent().add_modifier(Modifier::BOLD);
    let mut lines = vec![("mqtt-dash".to_owned(), title_style), (String::new(), theme.text())];
    let mut add_paragraph = |text: &str| {
        for text in wrap(text, area.width.saturating_sub(4).min(64), 6) {
            lines.push((text, theme.text()));
        }
        lines.push((String::new(), theme.text()));
    };
    add_paragraph("Tiles in your terminal that show and steer what an MQTT broker carries.");
    if app.demo_available {
        add_paragraph(&format!(
            "{}   start the demo: a broker, a simulated ESP32 and its dashboard. Nothing to set up.",
            config.keymap.first_key("demo")
        ));
    }
    add_paragraph(&format!(
        "{}   a new connection: to your own broker, with a dashboard of its own.",
        config.keymap.first_key("new-connection")
    ));
    if !app.connection_entries.is_empty() {
        add_paragraph(&format!("{}   choose one of your connections.", config.keymap.first_key("connections")));
    }
    add_paragraph(&format!(
        "{}   every key        {}   quit",
        config.keymap.first_key("help"),
        config.keymap.first_key("quit")
    ));
    let count = u16::try_from(lines.len()).unwrap_or_default();
    let top = area.height.saturating_sub(count) / 2;
    let text_area = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(4), ..area };
    for (row, (text, style)) in (top..).zip(&lines) {
        draw_line(buf, text_area, row, text, *style, Alignment::Center);
    }
}
