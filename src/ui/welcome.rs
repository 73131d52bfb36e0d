//! The welcome screen, shown while no dashboard is open: what the program is, and what to do next.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{
    UiConfig,
    text::{Alignment, draw_line, wrap},
};
use crate::app::App;

/// Draws the welcome screen.
pub(crate) fn draw(buf: &mut Buffer, area: Rect, app: &App, config: &UiConfig) {
    let theme = config.theme;
    let title_style = theme.accent().add_modifier(Modifier::BOLD);
    let mut lines = vec![("mqtt-dash".to_owned(), title_style), (String::new(), theme.text())];
    let mut add_paragraph = |text: &str| {
        for text in wrap(text, area.width.saturating_sub(4).min(64), 6) {
            lines.push((text, theme.text()));
        }
        lines.push((String::new(), theme.text()));
    };
    add_paragraph("See and control everything on your MQTT broker.");
    if app.environment.demo_available {
        add_paragraph(&format!(
            "{}   start the demo: a broker, simulated devices and their dashboards. It needs no setup.",
            config.keymap.first_key("demo")
        ));
    }
    add_paragraph(&format!(
        "{}   set up a new connection to your own broker, and a dashboard for it.",
        config.keymap.first_key("new-connection")
    ));
    if !app.editor_state.connection_entries.is_empty() {
        add_paragraph(&format!("{}   open one of your connections.", config.keymap.first_key("connections")));
    }
    add_paragraph(&format!(
        "{}   help        {}   quit",
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
