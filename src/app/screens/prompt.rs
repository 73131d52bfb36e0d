//! The prompt of a tile: it asks for a text, a number, a choice or a color to publish.

use tui_input::Input;

use super::{Component, Flow, Screen};
use crate::{
    app::{
        Action, App, Effect, ShellEffect,
        color_picker::ColorPicker,
        control_bindings::{LIST, NUMBER_INPUT},
        input_edit::InputEdit,
        key_binding::{KeyBinding, KeyContext, TextInput, key_bindings},
        list::{move_in_list, wrap_index},
        text_prompt::TextPrompt,
    },
    model::{content::PromptSpec, error::TileError, grid::Direction, id::TileId, tile::Tile, time::Time},
};

/// The prompt of a text. Other prompts have the keys of their controls.
const TEXT_PROMPT: KeyContext = KeyContext::new("In a prompt for a text").with_text_input(TextInput::Line);

/// The key bindings.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    TEXT_PROMPT {
        "text-send" ["Enter"] |_| Action::Accept, "send the text", "send";
        "text-new-line" ["Ctrl-J"] |_| Action::EditInput(InputEdit::Insert("\n".to_owned())), "begin a new line", "new line";
        "text-editor" ["Ctrl-E"] |_| Action::EditText, "edit the text in your editor",
            (|app| (!app.environment.kiosk).then_some("editor"));
        "text-line-up" ["Up"] |_| Action::MoveInDialog(Direction::Up), "go to the line above";
        "text-line-down" ["Down"] |_| Action::MoveInDialog(Direction::Down), "go to the line below";
    }
};

/// The open prompt of a tile.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The tile that it belongs to.
    pub(crate) tile: TileId,
    /// The input control.
    pub input: PromptInput,
    /// Why the last input was rejected.
    pub(crate) error: Option<TileError>,
    /// The tile for which it was opened.
    definition: Box<Tile>,
}

/// The input control of a prompt.
#[derive(Debug, Clone)]
pub enum PromptInput {
    /// A text of one or several lines.
    Text(TextPrompt),
    /// A number, typed or set with a slider.
    Number(Slider),
    /// One of several options.
    Choice {
        /// The label and the payload of each option.
        options: Vec<(String, String)>,
        /// The index of the selected option.
        selected: usize,
    },
    /// A color.
    Color(ColorPicker),
}

/// A number that can be typed or set with a slider.
#[derive(Debug, Clone)]
pub struct Slider {
    /// The number as typed text.
    pub(crate) input: Input,
    /// The lower limit.
    pub min: f64,
    /// The upper limit.
    pub max: f64,
    step: f64,
    decimals: usize,
    suffix: &'static str,
    /// Whether the next typed character replaces the number instead of extending it.
    pub(crate) replace_on_type: bool,
}

impl Slider {
    /// Returns the typed number; `None` if the text is not a finite number.
    #[must_use]
    pub(crate) fn value(&self) -> Option<f64> {
        self.input.value().trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Returns the position of the number between the limits, 0 to 1.
    #[must_use]
    pub(crate) fn ratio(&self) -> f64 {
        self.value().map_or(0.0, |value| ((value - self.min) / (self.max - self.min)).clamp(0.0, 1.0))
    }

    /// Returns what follows the number: a percent sign, or nothing.
    #[must_use]
    pub(crate) const fn suffix(&self) -> &'static str {
        self.suffix
    }

    /// Formats a number with the decimals of the slider.
    #[must_use]
    pub(crate) fn format_number(&self, number: f64) -> String {
        format!("{number:.*}", self.decimals)
    }

    fn set_value(&mut self, number: f64) {
        self.input = Input::new(self.format_number(number.clamp(self.min, self.max)));
        self.replace_on_type = true;
    }

    fn edit(&mut self, edit: InputEdit) {
        let is_selected = std::mem::take(&mut self.replace_on_type);
        edit.apply_to_selected(&mut self.input, is_selected);
    }

    fn adjust(&mut self, direction: Direction) {
        let value = self.value().unwrap_or(self.min);
        match direction {
            Direction::Left => self.set_value(value - self.step),
            Direction::Right => self.set_value(value + self.step),
            Direction::Down | Direction::PageDown => self.set_value(value - 10.0 * self.step),
            Direction::Up | Direction::PageUp => self.set_value(value + 10.0 * self.step),
            Direction::First => self.set_value(self.min),
            Direction::Last => self.set_value(self.max),
        }
    }
}

impl Prompt {
    /// Creates the prompt that a tile asks for. It publishes only if the tile is still this one then.
    #[must_use]
    pub(crate) fn new(tile: TileId, definition: Tile, spec: PromptSpec) -> Self {
        let input = match spec {
            PromptSpec::Text { current, hint } => PromptInput::Text(TextPrompt::new(current, hint)),
            PromptSpec::Number { current, min, max, step, decimals, suffix } => {
                let mut slider =
                    Slider { input: Input::default(), min, max, step, decimals, suffix, replace_on_type: true };
                slider.set_value(current);
                PromptInput::Number(slider)
            }
            PromptSpec::Choice { options, current } => {
                PromptInput::Choice { options, selected: current.unwrap_or_default() }
            }
            PromptSpec::Color(current) => PromptInput::Color(ColorPicker::new(current)),
        };
        Self { tile, input, error: None, definition: Box::new(definition) }
    }

    /// Returns the current input as text; `None` if there are no options to choose from.
    #[must_use]
    pub(crate) fn input_text(&self) -> Option<String> {
        match &self.input {
            PromptInput::Text(text) => Some(text.input.value().to_owned()),
            PromptInput::Number(slider) => Some(slider.input.value().to_owned()),
            PromptInput::Choice { options, selected } => options.get(*selected).map(|(_, payload)| payload.clone()),
            PromptInput::Color(picker) => Some(picker.color_text()),
        }
    }

    pub(super) fn handle_direction(&mut self, direction: Direction) {
        self.error = None;
        match &mut self.input {
            PromptInput::Text(text) => text.move_cursor(direction),
            PromptInput::Number(slider) => slider.adjust(direction),
            PromptInput::Choice { options, selected } => *selected = move_in_list(*selected, options.len(), direction),
            PromptInput::Color(picker) => picker.handle_direction(direction),
        }
    }

    pub(super) fn cycle_focus(&mut self, offset: isize) {
        match &mut self.input {
            PromptInput::Color(picker) => picker.cycle_part(offset),
            PromptInput::Choice { options, selected } => *selected = wrap_index(*selected, offset, options.len()),
            PromptInput::Text(_) | PromptInput::Number(_) => {}
        }
    }

    pub(super) fn edit(&mut self, edit: InputEdit) {
        self.error = None;
        match &mut self.input {
            PromptInput::Text(text) => text.edit(edit),
            PromptInput::Number(slider) => slider.edit(edit),
            PromptInput::Color(picker) => picker.edit(edit),
            PromptInput::Choice { .. } => {}
        }
    }

    pub(super) fn select_option(&mut self, index: usize) {
        match &mut self.input {
            PromptInput::Choice { options, selected } => *selected = index.min(options.len().saturating_sub(1)),
            PromptInput::Color(picker) => picker.select_color(index),
            PromptInput::Text(_) | PromptInput::Number(_) => {}
        }
    }

    pub(super) fn set_slider(&mut self, ratio: f64) {
        if let PromptInput::Number(slider) = &mut self.input {
            slider.set_value(slider.min + (slider.max - slider.min) * ratio.clamp(0.0, 1.0));
        }
    }
}

impl Component for Prompt {
    fn key_context(&self, _app: &App) -> KeyContext {
        match &self.input {
            PromptInput::Text(_) => TEXT_PROMPT,
            PromptInput::Number(_) => NUMBER_INPUT,
            PromptInput::Choice { .. } => LIST,
            PromptInput::Color(picker) => picker.key_context(),
        }
    }

    fn update(&mut self, action: Action, app: &mut App, now: Time) -> Flow {
        match action {
            Action::MoveInDialog(direction) => self.handle_direction(direction),
            Action::CycleFocus(offset) => self.cycle_focus(offset),
            Action::EditInput(edit) => self.edit(edit),
            Action::SelectOption(index) => self.select_option(index),
            Action::SetSlider(ratio) => self.set_slider(ratio),
            Action::EditText => {
                let text = self.input_text().unwrap_or_default();
                return Flow::Stay(vec![Effect::Shell(ShellEffect::EditText(text))]);
            }
            Action::Accept => return self.submit(app, now),
            _ => {}
        }
        Flow::STAY
    }

    fn keeps_line_breaks(&self) -> bool {
        matches!(self.input, PromptInput::Text(_))
    }

    fn tile(&self) -> Option<TileId> {
        Some(self.tile)
    }
}

impl Prompt {
    /// Publishes the input, or says why it is not valid.
    fn submit(&mut self, app: &mut App, now: Time) -> Flow {
        let (Some(text), Some((tile, _))) = (self.input_text(), app.tile(self.tile)) else {
            return Flow::CLOSE;
        };
        if let PromptInput::Text(prompt) = &mut self.input
            && !prompt.confirm()
        {
            return Flow::STAY;
        }
        match tile.value_for_input(&text) {
            Ok(value) => Flow::Close(app.publish_input(self.tile, &self.definition, value, now)),
            Err(error) => {
                self.error = Some(error);
                Flow::STAY
            }
        }
    }
}

impl App {
    /// Takes the text of a prompt over that the user has edited in an editor. If the prompt is gone meanwhile, the text goes
    /// to the clipboard.
    pub(in crate::app) fn on_text_edited(&mut self, text: String, now: Time) -> Vec<Effect> {
        self.display.dirty = true;
        if let Screen::Prompt(prompt) = &mut self.focus
            && let PromptInput::Text(prompt) = &mut prompt.input
        {
            prompt.replace(text);
            return Vec::new();
        }
        self.report_failure("Not sent: the prompt is closed. The text was copied to the clipboard".to_owned(), now);
        vec![Effect::Shell(ShellEffect::CopyToClipboard(text))]
    }
}

#[cfg(test)]
mod tests {
    use tui_input::InputRequest;

    use super::*;
    use crate::{
        app::color_picker::ColorPickerPart,
        model::{color::Rgb, kind},
    };

    fn open_prompt(spec: PromptSpec) -> Prompt {
        Prompt::new(TileId(1), Tile::new(kind::from_name("text").unwrap()), spec)
    }

    #[test]
    fn number_prompt_clamps_steps_to_limits() {
        let mut prompt =
            open_prompt(PromptSpec::Number { current: 95.0, min: 0.0, max: 100.0, step: 1.0, decimals: 0, suffix: "" });
        for (direction, expected) in
            [(Direction::Up, "100"), (Direction::Left, "99"), (Direction::First, "0"), (Direction::Right, "1")]
        {
            prompt.handle_direction(direction);
            assert_eq!(prompt.input_text().as_deref(), Some(expected));
        }
        prompt.set_slider(0.5);
        assert_eq!(prompt.input_text().as_deref(), Some("50"));
    }

    #[test]
    fn color_prompt_hex_input_updates_sliders() {
        let mut prompt = open_prompt(PromptSpec::Color(Some(Rgb(255, 0, 0))));
        for _ in 0..6 {
            prompt.edit(InputRequest::DeletePrevChar.into());
        }
        prompt.edit(InputEdit::Insert("0000ff".to_owned()));
        let PromptInput::Color(picker) = &prompt.input else { panic!() };
        assert_eq!((picker.hsv.0, prompt.input_text().as_deref()), (240.0, Some("#0000FF")));
        prompt.edit(InputRequest::DeleteFromStart.into());
        prompt.edit(InputEdit::Insert("00ff00".to_owned()));
        assert_eq!(prompt.input_text().as_deref(), Some("#00FF00"), "the leading # is optional");
    }

    #[test]
    fn color_picker_cycles_through_every_part() {
        let mut prompt = open_prompt(PromptSpec::Color(Some(Rgb(1, 2, 3))));
        for expected in [
            ColorPickerPart::Hue,
            ColorPickerPart::Saturation,
            ColorPickerPart::Value,
            ColorPickerPart::Hex,
            ColorPickerPart::Palette,
        ] {
            prompt.cycle_focus(1);
            let PromptInput::Color(picker) = &prompt.input else { panic!() };
            assert_eq!(picker.part, expected);
        }
    }

    #[test]
    fn empty_choice_prompt_has_no_answer() {
        let mut prompt = open_prompt(PromptSpec::Choice { options: vec![], current: None });
        prompt.handle_direction(Direction::Down);
        prompt.cycle_focus(1);
        assert_eq!(prompt.input_text(), None);
    }
}
