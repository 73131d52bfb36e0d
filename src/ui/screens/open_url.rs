//! The dialog that asks whether to open a URL outside the terminal.

use super::{DrawContext, View};
use crate::{app::screens::open_url::ConfirmOpenUrl, ui::source_text::source_lines};

impl View for ConfirmOpenUrl {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let width = context.area.width.saturating_sub(8).min(70);
        let style = context.config.theme.text();
        let lines: Vec<_> =
            source_lines(&self.url, width.saturating_sub(2)).into_iter().map(|line| (line, style)).collect();
        context.draw_text_dialog("Open in the browser?", width, &lines, self.scroll);
    }
}
