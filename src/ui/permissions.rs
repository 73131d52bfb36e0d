//! The dialog that shows the permissions a dashboard asks for, before they are granted.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{UiConfig, dialog, text::wrap};
use crate::app::App;

/// The maximum number of lines that one script takes.
const MAX_SCRIPT_LINES: usize = 500;

/// Draws the scripts and addresses of the current dashboard. Returns how many lines it can be scrolled.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, app: &App, scroll: usize, config: &UiConfig) -> usize {
    let Some(dashboard) = app.current_dashboard() else {
        return 0;
    };
    let width = screen.width.saturating_sub(8).min(100);
    let theme = config.theme;
    let mut lines = Vec::new();
    let request = "This dashboard asks for these scripts and addresses. Enter allows them permanently; Esc does not.";
    lines.extend(wrap(request, width, MAX_SCRIPT_LINES).into_iter().map(|line| (line, theme.text())));
    for permission in dashboard.definition.permissions() {
        lines.push((String::new(), theme.text()));
        let title = format!("{} · {}", permission.tile_name, permission.key);
        lines.push((title, theme.accent().add_modifier(Modifier::BOLD)));
        lines.extend(wrap(&permission.text, width, MAX_SCRIPT_LINES).into_iter().map(|line| (line, theme.text())));
    }
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(screen.height.saturating_sub(2));
    let area = dialog::draw_frame(buf, screen, dashboard.title(), (width, height), config);
    dialog::draw_lines(buf, area, &lines, scroll, config)
}
