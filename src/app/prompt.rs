//! Answering a tile's question: a line, a number, a choice, a colour.

use tui_input::{Input, InputRequest};

use crate::model::{color::Rgb, content::PromptSpec, error::TileError, grid::Direction};

use super::event::TileAt;

/// A question that is open.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// Whose question it is.
    pub tile: TileAt,
    /// What is being entered.
    pub entry: Entry,
    /// What was wrong with the last answer.
    pub fault: Option<TileError>,
}

/// What is being entered.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A line of text.
    Line(Input),
    /// A number, typed or slid.
    Number(Slider),
    /// One of several.
    Choice {
        /// Label and payload of each.
        options: Vec<(String, String)>,
        /// Which one is marked.
        at: usize,
    },
    /// A colour.
    Color(Picker),
}

/// A number that can be typed and slid.
#[derive(Debug, Clone)]
pub struct Slider {
    /// What is typed.
    pub input: Input,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    step: f64,
    decimals: usize,
    /// Whether the next character that is typed begins a new number.
    fresh: bool,
}

impl Slider {
    /// The number that is typed, if it is one.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.input.value().trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// How far it is from the least to the most, 0 to 1.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.value().map_or(0.0, |value| ((value - self.min) / (self.max - self.min)).clamp(0.0, 1.0))
    }

    /// A limit as it would be typed.
    #[must_use]
    pub fn text(&self, number: f64) -> String {
        format!("{number:.*}", self.decimals)
    }

    fn set(&mut self, number: f64) {
        self.input = Input::new(self.text(number.clamp(self.min, self.max)));
        self.fresh = true;
    }

    fn edit(&mut self, request: InputRequest) {
        if std::mem::take(&mut self.fresh) && matches!(request, InputRequest::InsertChar(_)) {
            self.input.reset();
        }
        self.input.handle(request);
    }

    fn go(&mut self, way: Direction) {
        let now = self.value().unwrap_or(self.min);
        match way {
            Direction::Left => self.set(now - self.step),
            Direction::Right => self.set(now + self.step),
            Direction::Down | Direction::PageDown => self.set(now - 10.0 * self.step),
            Direction::Up | Direction::PageUp => self.set(now + 10.0 * self.step),
            Direction::First => self.set(self.min),
            Direction::Last => self.set(self.max),
        }
    }
}

/// The parts of the colour picker, from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The palette.
    Palette,
    /// The hue, in degrees.
    Hue,
    /// The saturation.
    Saturation,
    /// The value.
    Value,
    /// The six digits.
    Hex,
}

const PARTS: [Part; 5] = [Part::Palette, Part::Hue, Part::Saturation, Part::Value, Part::Hex];

/// The palette, as MQTT Dash has it.
pub const PALETTE: [u32; 27] = [
    0xff_ffff, 0xc0_c0c0, 0x80_8080, 0x60_6060, 0xff_ffc0, 0xff_ff80, 0xff_ff40, 0xff_c000, 0xc0_ffc0, 0xc0_ff80,
    0xc0_ff40, 0x40_ff00, 0x40_8000, 0xc0_ffff, 0x80_ffff, 0x00_c0ff, 0x00_80ff, 0x00_40c0, 0xff_c0ff, 0xff_80ff,
    0xff_40ff, 0xff_00c0, 0x80_0080, 0xff_4040, 0xff_0040, 0xff_0000, 0xc0_0040,
];
/// How many colours of the palette stand in a row.
pub const PALETTE_COLUMNS: usize = 9;

/// A colour picker.
#[derive(Debug, Clone)]
pub struct Picker {
    /// Hue in degrees, saturation and value from 0 to 1.
    pub hsv: (f64, f64, f64),
    /// The part that keys go to.
    pub part: Part,
    /// The marked colour of the palette.
    pub palette: usize,
    /// The six digits.
    pub hex: Input,
}

impl Picker {
    pub(super) fn new(rgb: Rgb) -> Self {
        let palette = PALETTE.iter().position(|number| *number == rgb.to_u32()).unwrap_or_default();
        Self { hsv: rgb.to_hsv(), part: Part::Palette, palette, hex: Input::new(rgb.to_string()) }
    }

    /// The colour that is picked.
    #[must_use]
    pub fn rgb(&self) -> Rgb {
        Rgb::from_hsv(self.hsv.0, self.hsv.1, self.hsv.2)
    }

    fn set_hsv(&mut self, hsv: (f64, f64, f64)) {
        self.hsv = hsv;
        self.hex = Input::new(self.rgb().to_string());
    }

    fn pick(&mut self, index: usize) {
        self.palette = index.min(PALETTE.len() - 1);
        self.set_hsv(Rgb::from_u32(PALETTE[self.palette]).to_hsv());
    }

    pub(super) fn next_part(&mut self, by: isize) {
        let at = PARTS.iter().position(|part| *part == self.part).unwrap_or_default();
        self.part = PARTS[wrap(at, by, PARTS.len())];
    }

    pub(super) fn go(&mut self, way: Direction) {
        if self.part != Part::Palette && matches!(way, Direction::Up | Direction::Down) {
            return self.next_part(if way == Direction::Up { -1 } else { 1 });
        }
        let by = match way {
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
            Part::Palette => self.go_palette(way),
            Part::Hue => self.set_hsv(((hue + 5.0 * by).clamp(0.0, 355.0), saturation, value)),
            Part::Saturation => self.set_hsv((hue, (saturation + 0.02 * by).clamp(0.0, 1.0), value)),
            Part::Value => self.set_hsv((hue, saturation, (value + 0.02 * by).clamp(0.0, 1.0))),
            Part::Hex => {}
        }
    }

    fn go_palette(&mut self, way: Direction) {
        let at = self.palette;
        let last = PALETTE.len() - 1;
        match way {
            Direction::Left => self.pick(at.saturating_sub(1)),
            Direction::Right => self.pick(at + 1),
            Direction::Up | Direction::PageUp => self.pick(at.checked_sub(PALETTE_COLUMNS).unwrap_or(at)),
            Direction::Down | Direction::PageDown if at + PALETTE_COLUMNS > last => self.next_part(1),
            Direction::Down | Direction::PageDown => self.pick(at + PALETTE_COLUMNS),
            Direction::First => self.pick(0),
            Direction::Last => self.pick(last),
        }
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        self.part = Part::Hex;
        self.hex.handle(request);
        self.typed();
    }

    pub(super) fn choose(&mut self, index: usize) {
        self.part = Part::Palette;
        self.pick(index);
    }

    /// The colour as it is picked or typed.
    pub(super) fn answer(&self) -> String {
        let typed = self.hex.value().trim();
        match self.part {
            Part::Hex => Rgb::from_hex(typed).map_or_else(|| typed.to_owned(), |rgb| rgb.to_string()),
            _ => self.rgb().to_string(),
        }
    }

    fn typed(&mut self) {
        if let Some(rgb) = Rgb::from_hex(self.hex.value().trim()) {
            self.hsv = rgb.to_hsv();
        }
    }
}

pub(super) fn wrap(at: usize, by: isize, count: usize) -> usize {
    let count = count.max(1);
    (at + count).saturating_add_signed(by % isize::try_from(count).unwrap_or(1)) % count
}

impl Prompt {
    /// Opens a question of a tile.
    #[must_use]
    pub fn new(tile: TileAt, question: PromptSpec) -> Self {
        let entry = match question {
            PromptSpec::Text(text) => Entry::Line(Input::new(text)),
            PromptSpec::Number { current: now, min, max, step, decimals } => {
                let mut slider = Slider { input: Input::default(), min, max, step, decimals, fresh: true };
                slider.set(now);
                Entry::Number(slider)
            }
            PromptSpec::Choice { options, current: now } => Entry::Choice { options, at: now.unwrap_or_default() },
            PromptSpec::Color(rgb) => Entry::Color(Picker::new(rgb)),
        };
        Self { tile, entry, fault: None }
    }

    /// The answer as it stands; `None` where there is nothing to choose.
    #[must_use]
    pub fn answer(&self) -> Option<String> {
        match &self.entry {
            Entry::Line(input) => Some(input.value().to_owned()),
            Entry::Number(slider) => Some(slider.input.value().to_owned()),
            Entry::Choice { options, at } => options.get(*at).map(|(_, payload)| payload.clone()),
            Entry::Color(picker) => Some(picker.answer()),
        }
    }

    pub(super) fn go(&mut self, way: Direction) {
        self.fault = None;
        match &mut self.entry {
            Entry::Line(_) => {}
            Entry::Number(slider) => slider.go(way),
            Entry::Choice { options, at } => *at = go_list(*at, options.len(), way),
            Entry::Color(picker) => picker.go(way),
        }
    }

    pub(super) fn next_part(&mut self, by: isize) {
        match &mut self.entry {
            Entry::Color(picker) => picker.next_part(by),
            Entry::Choice { options, at } => *at = wrap(*at, by, options.len()),
            Entry::Line(_) | Entry::Number(_) => {}
        }
    }

    pub(super) fn edit(&mut self, request: InputRequest) {
        self.fault = None;
        match &mut self.entry {
            Entry::Line(input) => drop(input.handle(request)),
            Entry::Number(slider) => slider.edit(request),
            Entry::Color(picker) => picker.edit(request),
            Entry::Choice { .. } => {}
        }
    }

    pub(super) fn choose(&mut self, index: usize) {
        match &mut self.entry {
            Entry::Choice { options, at } => *at = index.min(options.len().saturating_sub(1)),
            Entry::Color(picker) => picker.choose(index),
            Entry::Line(_) | Entry::Number(_) => {}
        }
    }

    pub(super) fn slide(&mut self, ratio: f64) {
        if let Entry::Number(slider) = &mut self.entry {
            slider.set(slider.min + (slider.max - slider.min) * ratio.clamp(0.0, 1.0));
        }
    }
}

/// The place in a list that lies this way.
#[must_use]
pub fn go_list(at: usize, count: usize, way: Direction) -> usize {
    const PAGE: usize = 10;
    let last = count.saturating_sub(1);
    match way {
        Direction::Up | Direction::Left => at.saturating_sub(1),
        Direction::Down | Direction::Right => (at + 1).min(last),
        Direction::PageUp => at.saturating_sub(PAGE),
        Direction::PageDown => (at + PAGE).min(last),
        Direction::First => 0,
        Direction::Last => last,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(question: PromptSpec) -> Prompt {
        Prompt::new(TileAt { board: 0, tile: 0 }, question)
    }

    #[test]
    fn a_number_is_slid_within_its_limits() {
        let mut prompt = prompt(PromptSpec::Number { current: 95.0, min: 0.0, max: 100.0, step: 1.0, decimals: 0 });
        for (way, wanted) in
            [(Direction::Up, "100"), (Direction::Left, "99"), (Direction::First, "0"), (Direction::Right, "1")]
        {
            prompt.go(way);
            assert_eq!(prompt.answer().as_deref(), Some(wanted));
        }
        prompt.slide(0.5);
        assert_eq!(prompt.answer().as_deref(), Some("50"));
    }

    #[test]
    fn a_colour_typed_moves_the_sliders() {
        let mut prompt = prompt(PromptSpec::Color(Rgb(255, 0, 0)));
        for _ in 0..6 {
            prompt.edit(InputRequest::DeletePrevChar);
        }
        "0000ff".chars().for_each(|c| prompt.edit(InputRequest::InsertChar(c)));
        let Entry::Color(picker) = &prompt.entry else { panic!() };
        assert_eq!((picker.hsv.0, prompt.answer().as_deref()), (240.0, Some("#0000FF")));
        prompt.edit(InputRequest::DeleteFromStart);
        "00ff00".chars().for_each(|c| prompt.edit(InputRequest::InsertChar(c)));
        assert_eq!(prompt.answer().as_deref(), Some("#00FF00"), "the sign need not be typed");
    }

    #[test]
    fn every_part_of_the_picker_can_be_reached() {
        let mut prompt = prompt(PromptSpec::Color(Rgb(1, 2, 3)));
        for wanted in [Part::Hue, Part::Saturation, Part::Value, Part::Hex, Part::Palette] {
            prompt.next_part(1);
            let Entry::Color(picker) = &prompt.entry else { panic!() };
            assert_eq!(picker.part, wanted);
        }
    }

    #[test]
    fn a_choice_of_nothing_has_no_answer() {
        let mut prompt = prompt(PromptSpec::Choice { options: vec![], current: None });
        prompt.go(Direction::Down);
        prompt.next_part(1);
        assert_eq!(prompt.answer(), None);
    }
}
