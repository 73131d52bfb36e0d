//! Every key, out of the table of keys.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    Look,
    keys::{Place, shown},
    panel,
};

/// Draws the help.
pub fn draw(buf: &mut Buffer, screen: Rect, top: usize, look: &Look) {
    let mut lines = Vec::new();
    for (place, title) in [
        (Place::Board, "On a dashboard"),
        (Place::Carry, "While a tile is carried"),
        (Place::Boards, "In the list of dashboards"),
        (Place::Lines, "In the list of connections"),
        (Place::Form, "In a form"),
        (Place::Knob, "In a field of a form with a few values"),
        (Place::Line, "In a line"),
        (Place::Number, "In a prompt for a number"),
        (Place::List, "In a list"),
        (Place::Color, "In the colour picker"),
        (Place::Text, "In a text"),
        (Place::All, "Everywhere"),
    ] {
        if !lines.is_empty() {
            lines.push((String::new(), Style::new()));
        }
        lines.push((title.to_owned(), look.theme.accent().add_modifier(Modifier::BOLD)));
        for row in look.keys.of(place) {
            lines.push((format!("{:<22}{}", shown(&row.keys).join(" "), row.binding.help), look.theme.text()));
        }
    }
    lines.push((String::new(), Style::new()));
    lines.push(("Mouse".to_owned(), look.theme.accent().add_modifier(Modifier::BOLD)));
    lines.push((format!("{:<22}{}", "click", "press a tile, show a dashboard, take an option"), look.theme.text()));
    lines.push((format!("{:<22}{}", "wheel", "step a range under it, else scroll"), look.theme.text()));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = panel::open(buf, screen, "Keys", (68, height), look);
    panel::lines(buf, area, &lines, top, look);
}
