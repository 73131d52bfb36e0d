//! The question what to do about a change that was not saved, with the lines that overwriting would change.

use ratatui::style::Style;

use super::{DrawContext, View};
use crate::{app::screens::conflict::Conflict, ui::text::wrap};

impl View for Conflict {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let theme = context.config.theme;
        let width = context.area.width.saturating_sub(6).min(90);
        let file = self.conflict.change.path.file_name().unwrap_or_default().to_string_lossy();
        let message = match self.conflict.theirs {
            Some(_) => format!("{file} was modified outside mqtt-dash. Overwriting it makes these changes:"),
            None if self.conflict.file_text.is_empty() => {
                format!("{file} was deleted or emptied. Overwriting it makes these changes:")
            }
            None => format!(
                "{file} has a mistake since it was changed outside mqtt-dash. Overwriting it makes these changes:"
            ),
        };
        let mut lines: Vec<(String, Style)> =
            wrap(&message, width, 4).into_iter().map(|line| (line, theme.text())).collect();
        lines.push((String::new(), theme.text()));
        lines.extend(self.conflict.diff.iter().map(|text| {
            let style = match text.as_bytes().first() {
                Some(b'+') => theme.success(),
                Some(b'-') => theme.error(),
                _ => theme.dim(),
            };
            (text.clone(), style)
        }));
        context.draw_text_dialog("Not saved", width, &lines, self.scroll);
    }
}
