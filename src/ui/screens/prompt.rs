//! The prompt of a tile, in which the user enters the value to publish.

use ratatui::layout::Rect;
use tui_input::Input;

use super::{DrawContext, View};
use crate::{
    app::{Action, App, Prompt, PromptInput, Slider},
    ui::{
        color_picker,
        layout::MouseTarget,
        text::{Alignment, draw_line, width},
        widgets,
    },
};

/// The inner width of the dialog.
const DIALOG_WIDTH: u16 = 46;
/// The maximum number of options that are visible at once.
const MAX_VISIBLE_OPTIONS: u16 = 12;
/// The row of the slider's bar in the dialog.
const SLIDER_ROW: u16 = 2;

impl View for Prompt {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let (app, theme) = (context.app, context.config.theme);
        let name = app.tile(self.tile).map(|(tile, _)| tile.name.as_str()).unwrap_or_default();
        // The last row shows the topic to publish to, or an error.
        let area = context.draw_dialog(name, (DIALOG_WIDTH, input_height(self) + 1));
        let footer_area = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        let area = Rect { height: area.height.saturating_sub(1), ..area };
        match &self.input {
            PromptInput::Text(input) => {
                context.draw_input(area, input);
                if self.is_text_selected {
                    mark_selected(context, area, input);
                }
                let hint = self.hint.map(|hint| (hint, theme.warning()));
                let replaces = self.is_text_selected.then_some(("Typing replaces it, → edits it.", theme.dim()));
                let (hint, style) = hint.or(replaces).unwrap_or_default();
                draw_line(context.buf, area, 1, hint, style, Alignment::Left);
            }
            PromptInput::Number(slider) => draw_number(context, area, slider),
            PromptInput::Choice { options, selected } => {
                let labels: Vec<&str> = options.iter().map(|(label, _)| label.as_str()).collect();
                context.draw_list(area, &labels, *selected, Action::AcceptOption);
            }
            PromptInput::Color(picker) => {
                let cursor = color_picker::draw(context.buf, area, picker, context.config);
                context.layout.show_cursor(cursor);
                color_picker::add_targets(context.layout, area);
            }
        }
        match (&self.error, publish_topic(app, self)) {
            (Some(error), _) => {
                draw_line(context.buf, footer_area, 0, &format!("! {error}"), theme.error(), Alignment::Left)
            }
            (None, Some(topic)) => {
                draw_line(context.buf, footer_area, 0, &format!("→ {topic}"), theme.dim(), Alignment::Left)
            }
            (None, None) => Rect::default(),
        };
    }
}

fn publish_topic(app: &App, prompt: &Prompt) -> Option<String> {
    let (tile, _) = app.tile(prompt.tile)?;
    tile.target_topic().map(|topic| topic.to_string())
}

fn input_height(prompt: &Prompt) -> u16 {
    match &prompt.input {
        PromptInput::Text(_) => 2 + u16::from(prompt.hint.is_some()),
        PromptInput::Number(_) => 4,
        PromptInput::Choice { options, .. } => {
            u16::try_from(options.len()).unwrap_or(MAX_VISIBLE_OPTIONS).clamp(1, MAX_VISIBLE_OPTIONS) + 1
        }
        PromptInput::Color(_) => color_picker::HEIGHT,
    }
}

/// Marks the text of an input as selected.
fn mark_selected(context: &mut DrawContext<'_>, area: Rect, input: &Input) {
    let text_area = Rect { width: width(input.value()).min(area.width), height: 1, ..area };
    context.buf.set_style(text_area.intersection(context.buf.area), context.config.theme.highlight());
}

fn draw_number(context: &mut DrawContext<'_>, area: Rect, slider: &Slider) {
    let theme = context.config.theme;
    let input_area = Rect { width: area.width.min(20), ..area };
    context.draw_input(input_area, &slider.input);
    if slider.replace_on_type {
        mark_selected(context, input_area, &slider.input);
    }
    if area.height > SLIDER_ROW {
        let slider_area = Rect { y: area.y + SLIDER_ROW, height: 1, ..area };
        widgets::draw_bar(context.buf, slider_area, slider.ratio(), theme.accent(), context.config);
        context.layout.add(slider_area, MouseTarget::Slider);
    }
    if area.height > SLIDER_ROW + 1 {
        let row = SLIDER_ROW + 1;
        draw_line(context.buf, area, row, &slider.format_number(slider.min), theme.dim(), Alignment::Left);
        draw_line(context.buf, area, row, &slider.format_number(slider.max), theme.dim(), Alignment::Right);
    }
}
