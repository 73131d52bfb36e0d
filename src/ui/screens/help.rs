//! The help screen, generated from the key bindings.

use ratatui::style::{Modifier, Style};

use super::{DrawContext, View};
use crate::{
    app::{
        Action,
        screens::{help::Help, key_contexts},
    },
    ui::{UiConfig, key_bindings::display_keys},
};

impl View for Help {
    fn draw(&self, context: &mut DrawContext<'_>) {
        context.layout.click_anywhere = Some(Action::Cancel);
        context.draw_text_dialog("Keys", 68, &help_lines(context.config), self.scroll);
    }
}

/// Returns the keys of every context.
fn help_lines(config: &UiConfig) -> Vec<(String, Style)> {
    let mut lines = Vec::new();
    for context in key_contexts() {
        if !lines.is_empty() {
            lines.push((String::new(), Style::new()));
        }
        lines.push((context.title.to_owned(), config.theme.accent().add_modifier(Modifier::BOLD)));
        for row in config.keymap.rows_in(context) {
            lines.push((format!("{:<22}{}", display_keys(&row.keys).join(" "), row.binding.help), config.theme.text()));
        }
    }
    lines.push((String::new(), Style::new()));
    lines.push(("Mouse".to_owned(), config.theme.accent().add_modifier(Modifier::BOLD)));
    lines.push((
        format!("{:<22}{}", "click", "select a tile, press the selected one, show a tab, accept an option"),
        config.theme.text(),
    ));
    lines.push((format!("{:<22}{}", "drag", "move a tile"), config.theme.text()));
    lines.push((format!("{:<22}{}", "wheel", "scroll, or step the selected range"), config.theme.text()));
    lines
}
