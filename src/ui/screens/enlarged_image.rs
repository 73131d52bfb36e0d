//! The image of the selected tile, enlarged to the screen.

use super::{DrawContext, View};
use crate::{
    app::{Action, screens::enlarged_image::EnlargedImage},
    ui::{dialog, widgets},
};

impl View for EnlargedImage {
    fn draw(&self, context: &mut DrawContext<'_>) {
        context.layout.click_anywhere = Some(Action::Cancel);
        let Some((tile, state)) = context.app.selected_tile() else {
            return;
        };
        let inner = context.draw_dialog(&tile.name, (context.area.width, context.area.height));
        match &state.image {
            Some(image) => widgets::draw_image(context.buf, inner, image, context.config, context.now),
            None => dialog::draw_centered_text(context.buf, inner, "no image yet", context.config.theme.dim()),
        }
    }
}
