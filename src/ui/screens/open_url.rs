//! The dialog that asks whether to open a URL outside the terminal.

use super::{DrawContext, View};
use crate::{
    app::screens::open_url::ConfirmOpenUrl,
    ui::text::{Alignment, draw_line, wrap},
};

/// The maximum number of lines that a URL takes.
const MAX_URL_LINES: usize = 8;

impl View for ConfirmOpenUrl {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let width = context.area.width.saturating_sub(8).min(70);
        let lines = wrap(&self.url, width, MAX_URL_LINES);
        let height = u16::try_from(lines.len()).unwrap_or_default();
        let area = context.draw_dialog("Open in the browser?", (width, height));
        for (row, text) in (0..area.height).zip(&lines) {
            draw_line(context.buf, area, row, text, context.config.theme.text(), Alignment::Left);
        }
    }
}
