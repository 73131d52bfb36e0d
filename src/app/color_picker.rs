//! The color picker of prompts and forms: a palette, sliders for hue, saturation and value, and a hexadecimal input.

use tui_input::Input;

use super::{
    control_bindings::COLOR_PICKER,
    input_edit::InputEdit,
    key_binding::{KeyContext, TextInput},
    list::next_in,
};
use crate::model::{color::Rgb, grid::Direction};

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
    /// The color before; `None` if there is none.
    pub(crate) before: Option<Rgb>,
}

impl ColorPicker {
    /// Creates a picker that starts at the color before or, if there is none, at white.
    pub(super) fn new(before: Option<Rgb>) -> Self {
        let rgb = before.unwrap_or(Rgb(0xff, 0xff, 0xff));
        let distance = |index: &usize| Rgb::from_u32(COLOR_PALETTE[*index]).distance(rgb);
        let palette_index = (0..COLOR_PALETTE.len()).min_by_key(distance).unwrap_or_default();
        Self {
            hsv: rgb.to_hsv(),
            part: ColorPickerPart::Palette,
            palette_index,
            hex_input: Input::new(rgb.to_string()),
            before,
        }
    }

    /// Returns which key bindings apply: in the hexadecimal input, the arrow keys move the cursor.
    pub(super) fn key_context(&self) -> KeyContext {
        match self.part {
            ColorPickerPart::Hex => COLOR_PICKER.with_text_input(TextInput::Line),
            _ => COLOR_PICKER,
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
        self.part = next_in(&COLOR_PICKER_PARTS, self.part, offset);
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

    pub(super) fn edit(&mut self, edit: InputEdit) {
        self.part = ColorPickerPart::Hex;
        edit.apply_to(&mut self.hex_input);
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
