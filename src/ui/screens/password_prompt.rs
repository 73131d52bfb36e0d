//! The prompt for the password, or another secret, of a connection profile.

use super::{DrawContext, View, mask_input};
use crate::{
    app::{SecretPrompt, screens::password_prompt::PasswordPrompt},
    ui::text::{Alignment, draw_line},
};

impl View for PasswordPrompt {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let SecretPrompt { profile, key, .. } = &self.prompt;
        let area = context.draw_dialog(&format!("{} for {profile}", key.heading()), (46, 2));
        context.draw_input(area, &mask_input(&self.input.0));
        let dim = context.config.theme.dim();
        draw_line(context.buf, area, 1, &format!("The {key} is not stored."), dim, Alignment::Left);
    }
}
