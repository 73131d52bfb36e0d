//! A tile's question, and the place where it is answered.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use tui_input::Input;

use super::{
    Look, face, panel, picker,
    text::{Side, clean, line, width},
};
use crate::app::{Action, App, Entry, Prompt, Slider};

/// The width of a panel's inside.
const WIDTH: u16 = 46;
/// The most options that are seen at once.
const OPTIONS: u16 = 12;
/// The row of a slider's bar in its panel.
const SLIDER: u16 = 2;

/// Draws a prompt.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, prompt: &Prompt, look: &Look) {
    let tile = app.boards.get(prompt.tile.board).and_then(|board| board.tile(prompt.tile.tile));
    let name = tile.map(|(tile, _)| tile.name.as_str()).unwrap_or_default();
    let area = panel::open(buf, screen, name, size(prompt), look);
    let below = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
    let area = Rect { height: area.height.saturating_sub(1), ..area };
    match &prompt.entry {
        Entry::Line(input) => entry(buf, area, input, true, look),
        Entry::Number(slider) => number(buf, area, slider, look),
        Entry::Choice { options, at } => {
            let labels: Vec<&str> = options.iter().map(|(label, _)| label.as_str()).collect();
            list(buf, area, &labels, *at, look);
        }
        Entry::Color(color) => picker::draw(buf, area, color, look),
    }
    match (&prompt.fault, target(app, prompt)) {
        (Some(fault), _) => line(buf, below, 0, &format!("! {fault}"), look.theme.fault(), Side::Left),
        (None, Some(topic)) => line(buf, below, 0, &format!("→ {topic}"), look.theme.dim(), Side::Left),
        (None, None) => Rect::default(),
    };
}

fn target(app: &App, prompt: &Prompt) -> Option<String> {
    let (tile, _) = app.boards.get(prompt.tile.board)?.tile(prompt.tile.tile)?;
    tile.target().map(|topic| topic.to_string())
}

/// The size of the inside of a prompt's panel; its last row is for where it goes or what is wrong.
fn size(prompt: &Prompt) -> (u16, u16) {
    (WIDTH, height(&prompt.entry) + 1)
}

/// What a click at a place of the screen means to a prompt.
#[must_use]
pub fn click(screen: Rect, prompt: &Prompt, x: u16, y: u16) -> Option<Action> {
    let area = panel::inside(screen, size(prompt));
    let (x, y) = (x.checked_sub(area.x)?, y.checked_sub(area.y)?);
    if x >= area.width || y + 1 >= area.height {
        return None;
    }
    match &prompt.entry {
        Entry::Number(_) if y == SLIDER => {
            Some(Action::Slide(f64::from(x.saturating_sub(1)) / f64::from(area.width.saturating_sub(3).max(1))))
        }
        Entry::Choice { options, at } => {
            let index = top(*at, area.height - 1) + usize::from(y);
            (index < options.len()).then_some(Action::Take(index))
        }
        Entry::Color(_) => picker::palette_at(x, y).map(Action::Choose),
        Entry::Number(_) | Entry::Line(_) => None,
    }
}

fn height(entry: &Entry) -> u16 {
    match entry {
        Entry::Line(_) => 2,
        Entry::Number(_) => 4,
        Entry::Choice { options, .. } => u16::try_from(options.len()).unwrap_or(OPTIONS).clamp(1, OPTIONS) + 1,
        Entry::Color(_) => picker::HEIGHT,
    }
}

/// Draws a line that is being edited, with its cursor.
pub fn entry(buf: &mut Buffer, area: Rect, input: &Input, active: bool, look: &Look) {
    if area.height == 0 || area.width < 3 {
        return;
    }
    let chars: Vec<char> = input.value().chars().collect();
    let cursor = input.cursor().min(chars.len());
    // Shown from where the cursor still fits.
    let mut from = 0;
    let text_of = |from: usize, to: usize| clean(&chars[from..to].iter().collect::<String>()).into_owned();
    while width(&text_of(from, cursor)) + 1 > area.width.saturating_sub(2) && from < cursor {
        from += 1;
    }
    let style = Style::new().add_modifier(Modifier::UNDERLINED);
    let row = Rect { height: 1, ..area };
    buf.set_string(row.x, row.y, " ".repeat(usize::from(row.width)), style);
    line(buf, row, 0, &text_of(from, chars.len()), style, Side::Left);
    if active {
        let x = row.x + width(&text_of(from, cursor));
        if x < row.right() {
            buf[(x, row.y)].set_style(look.theme.accent().add_modifier(Modifier::REVERSED));
        }
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
        line(buf, area, 3, &slider.text(slider.min), theme.dim(), Side::Left);
        line(buf, area, 3, &slider.text(slider.max), theme.dim(), Side::Right);
    }
}

/// The first row of a list that is seen when one is marked.
fn top(at: usize, height: u16) -> usize {
    (at + 1).saturating_sub(usize::from(height))
}

/// Draws rows of which one is marked; scrolled so that it is seen.
pub fn list(buf: &mut Buffer, area: Rect, rows: &[&str], at: usize, look: &Look) {
    if rows.is_empty() {
        line(buf, area, 0, "nothing to choose from", look.theme.dim(), Side::Left);
    }
    for (row, (index, text)) in (0..area.height).zip(rows.iter().enumerate().skip(top(at, area.height))) {
        if index == at {
            let full = format!("▸ {}{}", clean(text), " ".repeat(usize::from(area.width)));
            buf.set_stringn(area.x, area.y + row, full, usize::from(area.width), look.theme.marked());
        } else {
            line(buf, area, row, &format!("  {text}"), look.theme.text(), Side::Left);
        }
    }
}
