//! What a dashboard reaches for, shown before it may.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{Look, panel, text::wrap};
use crate::app::App;

/// The most lines that one script takes.
const SCRIPT: usize = 500;

/// Draws the scripts and addresses of the dashboard that is shown.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, top: usize, look: &Look) {
    let Some(board) = app.current_dashboard() else {
        return;
    };
    let width = screen.width.saturating_sub(8).min(100);
    let theme = look.theme;
    let mut lines = Vec::new();
    let about = "This dashboard wants to do what stands here. Enter lets it, from now on; Esc does not.";
    lines.extend(wrap(about, width, SCRIPT).into_iter().map(|line| (line, theme.text())));
    for reach in board.definition.capabilities() {
        lines.push((String::new(), theme.text()));
        let title = format!("{} · {}", reach.tile_name, reach.key);
        lines.push((title, theme.accent().add_modifier(Modifier::BOLD)));
        lines.extend(wrap(&reach.text, width, SCRIPT).into_iter().map(|line| (line, theme.text())));
    }
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = panel::open(buf, screen, board.title(), (width, height), look);
    panel::lines(buf, area, &lines, top, look);
}
