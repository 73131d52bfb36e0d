//! The dialog that shows the permissions a dashboard asks for, before they are granted.

use ratatui::style::Modifier;

use super::{DrawContext, View};
use crate::{app::screens::permissions::Permissions, ui::text::wrap};

/// The maximum number of lines that one script takes.
const MAX_SCRIPT_LINES: usize = 500;

impl View for Permissions {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let Some(dashboard) = context.app.current_dashboard() else {
            return;
        };
        let width = context.area.width.saturating_sub(8).min(100);
        let theme = context.config.theme;
        let mut lines = Vec::new();
        let request =
            "This dashboard asks for these scripts and addresses. Enter allows them permanently; Esc does not.";
        lines.extend(wrap(request, width, MAX_SCRIPT_LINES).into_iter().map(|line| (line, theme.text())));
        for permission in dashboard.definition.permissions() {
            lines.push((String::new(), theme.text()));
            let title = format!("{} · {}", permission.tile_name, permission.key);
            lines.push((title, theme.accent().add_modifier(Modifier::BOLD)));
            lines.extend(wrap(&permission.text, width, MAX_SCRIPT_LINES).into_iter().map(|line| (line, theme.text())));
        }
        context.draw_text_dialog(dashboard.title(), width, &lines, self.scroll);
    }
}
