//! The image or the QR code of the selected tile, enlarged to the screen.

use super::{DrawContext, View};
use crate::{
    app::{Action, screens::enlarged_image::EnlargedImage},
    ui::{
        dialog,
        widgets::{self, ContentState},
    },
};

impl View for EnlargedImage {
    fn draw(&self, context: &mut DrawContext<'_>) {
        context.layout.click_anywhere = Some(Action::Cancel);
        let Some((tile, state)) = context.app.selected_tile() else {
            return;
        };
        let inner = context.draw_dialog(&tile.name, (context.area.width, context.area.height));
        let content = state.content(tile);
        match (&state.image, content) {
            (Some(image), _) => widgets::draw_image(context.buf, inner, image, context.config, context.now),
            (None, Ok(content)) if !content.is_image() => {
                let content_state = ContentState { dimmed: false, is_control: false };
                let (config, now) = (context.config, context.now);
                widgets::draw(context.buf, inner, &content, state, content_state, config, now);
            }
            (None, _) => dialog::draw_centered_text(context.buf, inner, "no image yet", context.config.theme.dim()),
        }
    }
}
