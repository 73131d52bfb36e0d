//! The prompt for the password of a connection profile.

use super::{DrawContext, View, mask_input};
use crate::{
    app::screens::password_prompt::PasswordPrompt,
    ui::text::{Alignment, draw_line},
};

impl View for PasswordPrompt {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let area = context.draw_dialog(&format!("Password for {}", self.profile), (46, 2));
        context.draw_input(area, &mask_input(&self.input.0));
        let dim = context.config.theme.dim();
        draw_line(context.buf, area, 1, "The password is not stored.", dim, Alignment::Left);
    }
}
