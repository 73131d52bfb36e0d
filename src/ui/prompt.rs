//! The prompt of a tile, in which the user enters the value to publish.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig, color_picker,
    controls::{draw_list, draw_text_input, first_visible_row},
    dialog,
    text::{Alignment, draw_line},
    widgets,
};
use crate::app::{Action, App, Prompt, PromptInput, Slider};

/// The inner width of the dialog.
const DIALOG_WIDTH: u16 = 46;
/// The maximum number of options that are visible at once.
const MAX_VISIBLE_OPTIONS: u16 = 12;
/// The row of the slider's bar in the dialog.
const SLIDER_ROW: u16 = 2;

/// Draws a prompt.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, app: &App, prompt: &Prompt, config: &UiConfig) {
    let tile = app.tile(prompt.tile);
    let name = tile.map(|(tile, _)| tile.name.as_str()).unwrap_or_default();
    let area = dialog::draw_frame(buf, screen, name, dialog_size(prompt), config);
    let footer_area = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
    let area = Rect { height: area.height.saturating_sub(1), ..area };
    match &prompt.input {
        PromptInput::Text(input) => draw_text_input(buf, area, input, true, config),
        PromptInput::Number(slider) => draw_number(buf, area, slider, config),
        PromptInput::Choice { options, selected } => {
            let labels: Vec<&str> = options.iter().map(|(label, _)| label.as_str()).collect();
            draw_list(buf, area, &labels, *selected, config);
        }
        PromptInput::Color(picker) => color_picker::draw(buf, area, picker, config),
    }
    match (&prompt.error, publish_topic(app, prompt)) {
        (Some(error), _) => {
            draw_line(buf, footer_area, 0, &format!("! {error}"), config.theme.error(), Alignment::Left)
        }
        (None, Some(topic)) => {
            draw_line(buf, footer_area, 0, &format!("→ {topic}"), config.theme.dim(), Alignment::Left)
        }
        (None, None) => Rect::default(),
    };
}

fn publish_topic(app: &App, prompt: &Prompt) -> Option<String> {
    let (tile, _) = app.tile(prompt.tile)?;
    tile.target_topic().map(|topic| topic.to_string())
}

/// Returns the inner size of the dialog. Its last row shows the topic to publish to, or an error.
fn dialog_size(prompt: &Prompt) -> (u16, u16) {
    (DIALOG_WIDTH, input_height(&prompt.input) + 1)
}

/// Returns the action for a click at a screen position.
#[must_use]
pub(crate) fn click_action(screen: Rect, prompt: &Prompt, x: u16, y: u16) -> Option<Action> {
    let area = dialog::inner_area(screen, dialog_size(prompt));
    let (x, y) = (x.checked_sub(area.x)?, y.checked_sub(area.y)?);
    if x >= area.width || y + 1 >= area.height {
        return None;
    }
    match &prompt.input {
        PromptInput::Number(_) if y == SLIDER_ROW => {
            Some(Action::SetSlider(f64::from(x.saturating_sub(1)) / f64::from(area.width.saturating_sub(3).max(1))))
        }
        PromptInput::Choice { options, selected } => {
            let index = first_visible_row(*selected, area.height - 1) + usize::from(y);
            (index < options.len()).then_some(Action::AcceptOption(index))
        }
        PromptInput::Color(_) => color_picker::palette_index_at(x, y).map(Action::SelectOption),
        PromptInput::Number(_) | PromptInput::Text(_) => None,
    }
}

fn input_height(input: &PromptInput) -> u16 {
    match input {
        PromptInput::Text(_) => 2,
        PromptInput::Number(_) => 4,
        PromptInput::Choice { options, .. } => {
            u16::try_from(options.len()).unwrap_or(MAX_VISIBLE_OPTIONS).clamp(1, MAX_VISIBLE_OPTIONS) + 1
        }
        PromptInput::Color(_) => color_picker::HEIGHT,
    }
}

fn draw_number(buf: &mut Buffer, area: Rect, slider: &Slider, config: &UiConfig) {
    let theme = config.theme;
    draw_text_input(buf, Rect { width: area.width.min(20), ..area }, &slider.input, true, config);
    if area.height > 2 {
        let slider_area = Rect { y: area.y + SLIDER_ROW, height: 1, ..area };
        widgets::draw_bar(buf, slider_area, slider.ratio(), theme.accent(), theme.dim());
    }
    if area.height > 3 {
        draw_line(buf, area, 3, &slider.format_number(slider.min), theme.dim(), Alignment::Left);
        draw_line(buf, area, 3, &slider.format_number(slider.max), theme.dim(), Alignment::Right);
    }
}
