//! The prompt for the name of a dashboard file.

use super::{DrawContext, View, below};
use crate::{
    app::screens::name_prompt::{NamePrompt, NamePurpose},
    ui::text::{Alignment, draw_line, wrap},
};

impl View for NamePrompt {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let (title, label) = match &self.purpose {
            NamePurpose::New => ("New dashboard", "Name of the dashboard:"),
            NamePurpose::Copy(_) => ("Duplicate dashboard", "Name of the copy:"),
            NamePurpose::Rename(_) => ("Rename dashboard", "New name of the file:"),
            NamePurpose::SaveAs(..) => (
                "Save dashboard",
                "This dashboard has no file yet. To edit it, save it in your dashboards folder under this name:",
            ),
        };
        let theme = context.config.theme;
        let width = context.area.width.saturating_sub(6).min(50);
        let lines = wrap(label, width, 3);
        let rows = u16::try_from(lines.len()).unwrap_or_default();
        let area = context.draw_dialog(title, (width, rows + 2));
        for (row, text) in (0..).zip(&lines) {
            draw_line(context.buf, area, row, text, theme.text(), Alignment::Left);
        }
        let input_area = below(area, rows);
        context.draw_input(input_area, &self.input);
        if let Some(error) = &self.error {
            draw_line(context.buf, input_area, 1, &format!("! {error}"), theme.error(), Alignment::Left);
        }
    }
}
