//! What is shown where no dashboard is open: what this is, and what to do next.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{
    Look,
    text::{Side, line, wrap},
};
use crate::app::App;

/// Draws the welcome.
pub fn draw(buf: &mut Buffer, area: Rect, app: &App, look: &Look) {
    let theme = look.theme;
    let title = theme.accent().add_modifier(Modifier::BOLD);
    let mut lines = vec![("mqtt-dash".to_owned(), title), (String::new(), theme.text())];
    let mut say = |text: &str| {
        for text in wrap(text, area.width.saturating_sub(4).min(64), 6) {
            lines.push((text, theme.text()));
        }
        lines.push((String::new(), theme.text()));
    };
    say("Tiles in your terminal that show and steer what an MQTT broker carries.");
    if app.demo_available {
        say(&format!(
            "{}   start the demo: a broker, a simulated ESP32 and its dashboard. Nothing to set up.",
            look.keys.key("demo")
        ));
    }
    say(&format!(
        "{}   a new connection: to your own broker, with a dashboard of its own.",
        look.keys.key("new-connection")
    ));
    if !app.connection_entries.is_empty() {
        say(&format!("{}   choose one of your connections.", look.keys.key("connections")));
    }
    say(&format!("{}   every key        {}   quit", look.keys.key("help"), look.keys.key("quit")));
    let count = u16::try_from(lines.len()).unwrap_or_default();
    let top = area.height.saturating_sub(count) / 2;
    let room = Rect { x: area.x + 2.min(area.width), width: area.width.saturating_sub(4), ..area };
    for (row, (text, style)) in (top..).zip(&lines) {
        line(buf, room, row, text, *style, Side::Middle);
    }
}
