//! A tile's question, and the place where it is answered.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look,
    entry::{entry, list, top},
    face, panel, picker,
    text::{Side, line},
};
use crate::app::{Action, App, Prompt, PromptInput, Slider};

/// The width of a panel's inside.
const WIDTH: u16 = 46;
/// The most options that are seen at once.
const OPTIONS: u16 = 12;
/// The row of a slider's bar in its panel.
const SLIDER: u16 = 2;

/// Draws a prompt.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, prompt: &Prompt, look: &Look) {
    let tile = app.dashboards.get(prompt.position.dashboard).and_then(|board| board.tile(prompt.position.tile));
    let name = tile.map(|(tile, _)| tile.name.as_str()).unwrap_or_default();
    let area = panel::open(buf, screen, name, size(prompt), look);
    let below = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
    let area = Rect { height: area.height.saturating_sub(1), ..area };
    match &prompt.input {
        PromptInput::Text(input) => entry(buf, area, input, true, look),
        PromptInput::Number(slider) => number(buf, area, slider, look),
        PromptInput::Choice { options, selected: at } => {
            let labels: Vec<&str> = options.iter().map(|(label, _)| label.as_str()).collect();
            list(buf, area, &labels, *at, look);
        }
        PromptInput::Color(color) => picker::draw(buf, area, color, look),
    }
    match (&prompt.error, target(app, prompt)) {
        (Some(fault), _) => line(buf, below, 0, &format!("! {fault}"), look.theme.fault(), Side::Left),
        (None, Some(topic)) => line(buf, below, 0, &format!("→ {topic}"), look.theme.dim(), Side::Left),
        (None, None) => Rect::default(),
    };
}

fn target(app: &App, prompt: &Prompt) -> Option<String> {
    let (tile, _) = app.dashboards.get(prompt.position.dashboard)?.tile(prompt.position.tile)?;
    tile.target_topic().map(|topic| topic.to_string())
}

/// The size of the inside of a prompt's panel; its last row is for where it goes or what is wrong.
fn size(prompt: &Prompt) -> (u16, u16) {
    (WIDTH, height(&prompt.input) + 1)
}

/// What a click at a place of the screen means to a prompt.
#[must_use]
pub fn click(screen: Rect, prompt: &Prompt, x: u16, y: u16) -> Option<Action> {
    let area = panel::inside(screen, size(prompt));
    let (x, y) = (x.checked_sub(area.x)?, y.checked_sub(area.y)?);
    if x >= area.width || y + 1 >= area.height {
        return None;
    }
    match &prompt.input {
        PromptInput::Number(_) if y == SLIDER => {
            Some(Action::SetSlider(f64::from(x.saturating_sub(1)) / f64::from(area.width.saturating_sub(3).max(1))))
        }
        PromptInput::Choice { options, selected: at } => {
            let index = top(*at, area.height - 1) + usize::from(y);
            (index < options.len()).then_some(Action::AcceptOption(index))
        }
        PromptInput::Color(_) => picker::palette_at(x, y).map(Action::SelectOption),
        PromptInput::Number(_) | PromptInput::Text(_) => None,
    }
}

fn height(entry: &PromptInput) -> u16 {
    match entry {
        PromptInput::Text(_) => 2,
        PromptInput::Number(_) => 4,
        PromptInput::Choice { options, .. } => u16::try_from(options.len()).unwrap_or(OPTIONS).clamp(1, OPTIONS) + 1,
        PromptInput::Color(_) => picker::HEIGHT,
    }
}

fn number(buf: &mut Buffer, area: Rect, slider: &Slider, look: &Look) {
    let theme = look.theme;
    entry(buf, Rect { width: area.width.min(20), ..area }, &slider.input, true, look);
    if area.height > 2 {
        let row = Rect { y: area.y + SLIDER, height: 1, ..area };
        face::bar(buf, row, slider.ratio(), theme.accent(), theme.dim());
    }
    if area.height > 3 {
        line(buf, area, 3, &slider.format_number(slider.min), theme.dim(), Side::Left);
        line(buf, area, 3, &slider.format_number(slider.max), theme.dim(), Side::Right);
    }
}
