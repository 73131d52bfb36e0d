//! The prompt for the file that a payload is saved to.

use super::{DrawContext, View, below};
use crate::{
    app::screens::save_payload::SavePayload,
    model::error::format_bytes,
    ui::text::{Alignment, draw_line},
};

/// The greatest inner width of the dialog.
const MAX_WIDTH: u16 = 60;

impl View for SavePayload {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let width = context.area.width.saturating_sub(6).min(MAX_WIDTH);
        let area = context.draw_dialog("Save the payload", (width, 2));
        let text = format!("{} to this new file, in the folder you are in:", format_bytes(self.payload.len()));
        draw_line(context.buf, area, 0, &text, context.config.theme.text(), Alignment::Left);
        context.draw_input(below(area, 1), &self.input);
    }
}
