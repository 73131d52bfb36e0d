//! The prompt of a tile, in which the user enters the value to publish.

use ratatui::layout::Rect;
use tui_input::Input;

use super::{DrawContext, View};
use crate::{
    app::{Action, App, Prompt, PromptInput, Slider, text_prompt::TextPrompt},
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
/// The maximum number of lines of a text that are visible at once.
const MAX_VISIBLE_LINES: u16 = 10;
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
            PromptInput::Text(text) => draw_text(context, area, text),
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
        let warning = if let PromptInput::Text(text) = &self.input { text.warning.clone() } else { None };
        match (self.error.as_ref().map(ToString::to_string).or(warning), publish_topic(app, self)) {
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
        PromptInput::Text(text) => {
            let lines = u16::try_from(text.lines().count()).unwrap_or(MAX_VISIBLE_LINES).min(MAX_VISIBLE_LINES);
            lines + 1 + u16::from(text.hint.is_some())
        }
        PromptInput::Number(_) => 4,
        PromptInput::Choice { options, .. } => {
            u16::try_from(options.len()).unwrap_or(MAX_VISIBLE_OPTIONS).clamp(1, MAX_VISIBLE_OPTIONS) + 1
        }
        PromptInput::Color(_) => color_picker::HEIGHT,
    }
}

/// Draws the lines of a text around the cursor, and below them what is to be known.
pub(super) fn draw_text(context: &mut DrawContext<'_>, area: Rect, text: &TextPrompt) {
    let theme = context.config.theme;
    let cursor = text.cursor_line();
    let visible_rows = area.height.saturating_sub(1).clamp(1, MAX_VISIBLE_LINES);
    let top = (cursor.index + 1).saturating_sub(usize::from(visible_rows));
    let mut rows = 0;
    for (index, line) in text.lines().enumerate().skip(top).take(visible_rows.into()) {
        let row = Rect { y: area.y + rows, height: 1, ..area };
        if index == cursor.index {
            context.draw_input(row, &Input::new(line.to_owned()).with_cursor(cursor.column));
        } else {
            draw_line(context.buf, row, 0, line, theme.text(), Alignment::Left);
        }
        if text.is_selected {
            mark_selected(context, row, line);
        }
        rows += 1;
    }
    let hint = text.hint.map(|hint| (hint, theme.warning()));
    let anyway = text.warning.is_some().then_some(("Enter sends it as it is.", theme.warning()));
    let replaces = text.is_selected.then_some(("Typing replaces it, → edits it.", theme.dim()));
    let (hint, style) = anyway.or(hint).or(replaces).unwrap_or_default();
    draw_line(context.buf, area, rows, hint, style, Alignment::Left);
}

/// Draws a text of one line with its cursor. It is marked if typing replaces it.
pub(super) fn draw_text_line(context: &mut DrawContext<'_>, area: Rect, text: &TextPrompt) {
    context.draw_input(area, &text.input);
    if text.is_selected {
        mark_selected(context, area, text.input.value());
    }
}

/// Marks a line of text as selected.
fn mark_selected(context: &mut DrawContext<'_>, area: Rect, text: &str) {
    let text_area = Rect { width: width(text).min(area.width), height: 1, ..area };
    context.buf.set_style(text_area.intersection(context.buf.area), context.config.theme.highlight());
}

fn draw_number(context: &mut DrawContext<'_>, area: Rect, slider: &Slider) {
    let theme = context.config.theme;
    let input_area = Rect { width: area.width.min(20), ..area };
    context.draw_input(input_area, &slider.input);
    if slider.replace_on_type {
        mark_selected(context, input_area, slider.input.value());
    }
    if area.height > SLIDER_ROW {
        let slider_area = Rect { y: area.y + SLIDER_ROW, height: 1, ..area };
        widgets::draw_bar(context.buf, slider_area, slider.ratio(), theme.accent(), context.config);
        context.layout.add(slider_area, MouseTarget::Slider);
    }
    if area.height > SLIDER_ROW + 1 {
        let row = SLIDER_ROW + 1;
        let limit = |number| format!("{}{}", slider.format_number(number), slider.suffix());
        draw_line(context.buf, area, row, &limit(slider.min), theme.dim(), Alignment::Left);
        draw_line(context.buf, area, row, &limit(slider.max), theme.dim(), Alignment::Right);
    }
}
