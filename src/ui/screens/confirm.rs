//! Yes-or-no questions.

use ratatui::style::Style;

use super::{DrawContext, View};
use crate::{
    app::screens::confirm::Confirm,
    ui::{
        dialog::{self, Lines},
        text::wrap,
    },
};

/// The maximum number of lines that a paragraph takes.
const MAX_PARAGRAPH_LINES: usize = 8;

impl View for Confirm {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let width = context.area.width.saturating_sub(6).min(64);
        let style = context.config.theme.text();
        let lines: Vec<(String, Style)> = self
            .text
            .iter()
            .flat_map(|paragraph| wrap(paragraph, width, MAX_PARAGRAPH_LINES))
            .map(|line| (line, style))
            .collect();
        let height = u16::try_from(lines.len()).unwrap_or_default();
        let area = context.draw_dialog(&self.title, (width, height));
        dialog::draw_lines(context.buf, area, &Lines::new(&lines), 0, context.config);
    }
}
