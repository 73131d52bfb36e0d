//! The prompt of a tile: it asks for a text, a number, a choice or a color to publish.

use tui_input::{Input, InputRequest};

use crate::model::{color::Rgb, content::PromptSpec, error::TileError, grid::Direction, id::TileId};

/// The open prompt of a tile.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// The tile that it belongs to.
    pub(crate) tile: TileId,
    /// The input control.
    pub input: PromptInput,
    /// Why the last input was rejected.
    pub(crate) error: Option<TileError>,
}

/// The input control of a prompt.
#[derive(Debug, Clone)]
pub enum PromptInput {
    /// A line of text.
    Text(Input),
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
    /// Whether the next typed character replaces the number instead of extending it.
    replace_on_type: bool,
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

    /// Formats a number with the decimals of the slider.
    #[must_use]
    pub(crate) fn format_number(&self, number: f64) -> String {
        format!("{number:.*}", self.decimals)
    }

    fn set_value(&mut self, number: f64) {
        self.input = Input::new(self.format_number(number.clamp(self.min, self.max)));
        self.replace_on_type = true;
    }

    fn handle_input(&mut self, request: InputRequest) {
        if std::mem::take(&mut self.replace_on_type) && matches!(request, InputRequest::InsertChar(_)) {
            self.input.reset();
        }
        self.input.handle(request);
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

/// The parts of the color picker, from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorPickerPart {
    /// The palette.
    Palette,
    /// The hue slider, in degrees.
    Hue,
    /// The saturation slider.
    Saturation,
    /// The value (brightness) slider.
    Value,
    /// The hexadecimal input.
    Hex,
}

const COLOR_PICKER_PARTS: [ColorPickerPart; 5] = [
    ColorPickerPart::Palette,
    ColorPickerPart::Hue,
    ColorPickerPart::Saturation,
    ColorPickerPart::Value,
    ColorPickerPart::Hex,
];

/// The colors of the palette, the same as in the Android app MQTT Dash.
pub const COLOR_PALETTE: [u32; 27] = [
    0xff_ffff, 0xc0_c0c0, 0x80_8080, 0x60_6060, 0xff_ffc0, 0xff_ff80, 0xff_ff40, 0xff_c000, 0xc0_ffc0, 0xc0_ff80,
    0xc0_ff40, 0x40_ff00, 0x40_8000, 0xc0_ffff, 0x80_ffff, 0x00_c0ff, 0x00_80ff, 0x00_40c0, 0xff_c0ff, 0xff_80ff,
    0xff_40ff, 0xff_00c0, 0x80_0080, 0xff_4040, 0xff_0040, 0xff_0000, 0xc0_0040,
];
/// The number of palette colors per row.
pub const COLOR_PALETTE_COLUMNS: usize = 9;

/// The state of the color picker.
#[derive(Debug, Clone)]
pub struct ColorPicker {
    /// The hue in degrees, and the saturation and the value from 0 to 1.
    pub(crate) hsv: (f64, f64, f64),
    /// The focused part.
    pub(crate) part: ColorPickerPart,
    /// The index of the selected palette color.
    pub(crate) palette_index: usize,
    /// The hexadecimal input: six digits.
    pub(crate) hex_input: Input,
}

impl ColorPicker {
    pub(super) fn new(rgb: Rgb) -> Self {
        let palette_index = COLOR_PALETTE.iter().position(|number| *number == rgb.to_u32()).unwrap_or_default();
        Self {
            hsv: rgb.to_hsv(),
            part: ColorPickerPart::Palette,
            palette_index,
            hex_input: Input::new(rgb.to_string()),
        }
    }

    /// Returns the picked color.
    #[must_use]
    pub(crate) fn rgb(&self) -> Rgb {
        Rgb::from_hsv(self.hsv.0, self.hsv.1, self.hsv.2)
    }

    fn set_hsv(&mut self, hsv: (f64, f64, f64)) {
        self.hsv = hsv;
        self.hex_input = Input::new(self.rgb().to_string());
    }

    fn pick_palette_color(&mut self, index: usize) {
        self.palette_index = index.min(COLOR_PALETTE.len() - 1);
        self.set_hsv(Rgb::from_u32(COLOR_PALETTE[self.palette_index]).to_hsv());
    }

    pub(super) fn cycle_part(&mut self, offset: isize) {
        let index = COLOR_PICKER_PARTS.iter().position(|part| *part == self.part).unwrap_or_default();
        self.part = COLOR_PICKER_PARTS[wrap_index(index, offset, COLOR_PICKER_PARTS.len())];
    }

    pub(super) fn handle_direction(&mut self, direction: Direction) {
        if self.part != ColorPickerPart::Palette && matches!(direction, Direction::Up | Direction::Down) {
            return self.cycle_part(if direction == Direction::Up { -1 } else { 1 });
        }
        let steps = match direction {
            Direction::Left => -1.0,
            Direction::Right => 1.0,
            Direction::PageUp => 10.0,
            Direction::PageDown => -10.0,
            Direction::First => -1_000.0,
            Direction::Last => 1_000.0,
            Direction::Up | Direction::Down => 0.0,
        };
        let (hue, saturation, value) = self.hsv;
        match self.part {
            ColorPickerPart::Palette => self.move_in_palette(direction),
            ColorPickerPart::Hue => self.set_hsv(((hue + 5.0 * steps).clamp(0.0, 355.0), saturation, value)),
            ColorPickerPart::Saturation => self.set_hsv((hue, (saturation + 0.02 * steps).clamp(0.0, 1.0), value)),
            ColorPickerPart::Value => self.set_hsv((hue, saturation, (value + 0.02 * steps).clamp(0.0, 1.0))),
            ColorPickerPart::Hex => {}
        }
    }

    fn move_in_palette(&mut self, direction: Direction) {
        let index = self.palette_index;
        let last_index = COLOR_PALETTE.len() - 1;
        match direction {
            Direction::Left => self.pick_palette_color(index.saturating_sub(1)),
            Direction::Right => self.pick_palette_color(index + 1),
            Direction::Up | Direction::PageUp => {
                self.pick_palette_color(index.checked_sub(COLOR_PALETTE_COLUMNS).unwrap_or(index));
            }
            Direction::Down | Direction::PageDown if index + COLOR_PALETTE_COLUMNS > last_index => self.cycle_part(1),
            Direction::Down | Direction::PageDown => self.pick_palette_color(index + COLOR_PALETTE_COLUMNS),
            Direction::First => self.pick_palette_color(0),
            Direction::Last => self.pick_palette_color(last_index),
        }
    }

    pub(super) fn handle_input(&mut self, request: InputRequest) {
        self.part = ColorPickerPart::Hex;
        self.hex_input.handle(request);
        self.apply_hex_input();
    }

    pub(super) fn select_color(&mut self, index: usize) {
        self.part = ColorPickerPart::Palette;
        self.pick_palette_color(index);
    }

    /// Returns the color as text: the typed one if the hexadecimal input has the focus, else the picked one.
    pub(super) fn color_text(&self) -> String {
        let hex = self.hex_input.value().trim();
        match self.part {
            ColorPickerPart::Hex => Rgb::from_hex(hex).map_or_else(|| hex.to_owned(), |rgb| rgb.to_string()),
            _ => self.rgb().to_string(),
        }
    }

    fn apply_hex_input(&mut self) {
        if let Some(rgb) = Rgb::from_hex(self.hex_input.value().trim()) {
            self.hsv = rgb.to_hsv();
        }
    }
}

pub(super) fn wrap_index(index: usize, offset: isize, count: usize) -> usize {
    let count = count.max(1);
    (index + count).saturating_add_signed(offset % isize::try_from(count).unwrap_or(1)) % count
}

impl Prompt {
    /// Creates the prompt that a tile asks for.
    #[must_use]
    pub(crate) fn new(tile: TileId, spec: PromptSpec) -> Self {
        let input = match spec {
            PromptSpec::Text(text) => PromptInput::Text(Input::new(text)),
            PromptSpec::Number { current, min, max, step, decimals } => {
                let mut slider = Slider { input: Input::default(), min, max, step, decimals, replace_on_type: true };
                slider.set_value(current);
                PromptInput::Number(slider)
            }
            PromptSpec::Choice { options, current } => {
                PromptInput::Choice { options, selected: current.unwrap_or_default() }
            }
            PromptSpec::Color(rgb) => PromptInput::Color(ColorPicker::new(rgb)),
        };
        Self { tile, input, error: None }
    }

    /// Returns the current input as text; `None` if there are no options to choose from.
    #[must_use]
    pub(crate) fn input_text(&self) -> Option<String> {
        match &self.input {
            PromptInput::Text(input) => Some(input.value().to_owned()),
            PromptInput::Number(slider) => Some(slider.input.value().to_owned()),
            PromptInput::Choice { options, selected } => options.get(*selected).map(|(_, payload)| payload.clone()),
            PromptInput::Color(picker) => Some(picker.color_text()),
        }
    }

    pub(super) fn handle_direction(&mut self, direction: Direction) {
        self.error = None;
        match &mut self.input {
            PromptInput::Text(_) => {}
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

    pub(super) fn handle_input(&mut self, request: InputRequest) {
        self.error = None;
        match &mut self.input {
            PromptInput::Text(input) => drop(input.handle(request)),
            PromptInput::Number(slider) => slider.handle_input(request),
            PromptInput::Color(picker) => picker.handle_input(request),
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

/// Returns the index in a list after a move in this direction, without wraparound.
#[must_use]
pub fn move_in_list(index: usize, count: usize, direction: Direction) -> usize {
    const PAGE_ROWS: usize = 10;
    let last_index = count.saturating_sub(1);
    match direction {
        Direction::Up | Direction::Left => index.saturating_sub(1),
        Direction::Down | Direction::Right => index.saturating_add(1).min(last_index),
        Direction::PageUp => index.saturating_sub(PAGE_ROWS),
        Direction::PageDown => index.saturating_add(PAGE_ROWS).min(last_index),
        Direction::First => 0,
        Direction::Last => last_index,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_prompt(spec: PromptSpec) -> Prompt {
        Prompt::new(TileId(1), spec)
    }

    #[test]
    fn number_prompt_clamps_steps_to_limits() {
        let mut prompt =
            open_prompt(PromptSpec::Number { current: 95.0, min: 0.0, max: 100.0, step: 1.0, decimals: 0 });
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
        let mut prompt = open_prompt(PromptSpec::Color(Rgb(255, 0, 0)));
        for _ in 0..6 {
            prompt.handle_input(InputRequest::DeletePrevChar);
        }
        "0000ff".chars().for_each(|c| prompt.handle_input(InputRequest::InsertChar(c)));
        let PromptInput::Color(picker) = &prompt.input else { panic!() };
        assert_eq!((picker.hsv.0, prompt.input_text().as_deref()), (240.0, Some("#0000FF")));
        prompt.handle_input(InputRequest::DeleteFromStart);
        "00ff00".chars().for_each(|c| prompt.handle_input(InputRequest::InsertChar(c)));
        assert_eq!(prompt.input_text().as_deref(), Some("#00FF00"), "the leading # is optional");
    }

    #[test]
    fn color_picker_cycles_through_every_part() {
        let mut prompt = open_prompt(PromptSpec::Color(Rgb(1, 2, 3)));
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
