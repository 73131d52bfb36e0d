//! What lies over a form to fill a field from: a list, the colour picker, the editor of options.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Look, entry, panel, picker,
    text::{Side, line},
};
use crate::app::{
    Action,
    form::{FormPopup, OptionsEditor, PickList},
};

/// The size of the inside of the panel with the colour picker.
const COLOR: (u16, u16) = (46, picker::HEIGHT);

/// Draws what lies over a form.
pub fn draw(buf: &mut Buffer, screen: Rect, over: &FormPopup, look: &Look) {
    match over {
        FormPopup::List(pick) => list(buf, screen, pick, look),
        FormPopup::Color(color) => {
            let area = panel::open(buf, screen, "Colour", COLOR, look);
            picker::draw(buf, area, color, look);
        }
        FormPopup::Options(open) => options(buf, screen, open, look),
    }
}

/// What a click at a place of the screen means to what lies over a form.
#[must_use]
pub fn click(screen: Rect, over: &FormPopup, (x, y): (u16, u16)) -> Option<Action> {
    match over {
        FormPopup::List(pick) => {
            let list = list_below(panel::inside(screen, list_size(pick)));
            entry::row_at(list, pick.selected, pick.matching_rows().len(), (x, y)).map(Action::AcceptOption)
        }
        FormPopup::Color(_) => {
            let area = panel::inside(screen, COLOR);
            picker::palette_at(x.checked_sub(area.x)?, y.checked_sub(area.y)?).map(Action::SelectOption)
        }
        FormPopup::Options(_) => None,
    }
}

fn list_size(pick: &PickList) -> (u16, u16) {
    (66, u16::try_from(pick.rows.len()).unwrap_or(u16::MAX).clamp(4, 18) + 2)
}

fn list_below(area: Rect) -> Rect {
    Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area }
}

fn list(buf: &mut Buffer, screen: Rect, pick: &PickList, look: &Look) {
    let area = panel::open(buf, screen, pick.title, list_size(pick), look);
    entry::entry(buf, area, &pick.input, true, look);
    let below = list_below(area);
    let found = pick.matching_rows();
    if found.is_empty() {
        line(buf, below, 0, pick.empty_text, look.theme.dim(), Side::Left);
        return;
    }
    let rows: Vec<String> = found
        .iter()
        .map(|row| match row.icon {
            Some(icon) => format!("{}  {}  {}", look.icon(icon), row.label, row.detail),
            None => format!("{}  {}", row.label, row.detail),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    entry::list(buf, below, &rows, pick.selected, look);
}

fn options(buf: &mut Buffer, screen: Rect, open: &OptionsEditor, look: &Look) {
    let rows = u16::try_from(open.rows.len()).unwrap_or(u16::MAX);
    let area = panel::open(buf, screen, "Options", (56, rows.saturating_add(2).clamp(6, 18)), look);
    let half = area.width.saturating_sub(3) / 2;
    let column = |at: u16| Rect { x: area.x + at * (half + 2), width: half, ..area };
    line(buf, column(0), 0, "shown", look.theme.dim(), Side::Left);
    line(buf, column(1), 0, "published", look.theme.dim(), Side::Left);
    let height = area.height.saturating_sub(1);
    let top = (open.row + 1).saturating_sub(usize::from(height));
    for (y, (index, row)) in (1..=height).zip(open.rows.iter().enumerate().skip(top)) {
        for (at, input) in (0..).zip(row) {
            let cell = Rect { y: area.y + y, height: 1, ..column(at) };
            if index == open.row && usize::from(at) == open.column {
                entry::entry(buf, cell, input, true, look);
            } else {
                // A label alone is its own payload.
                let other = row[usize::from(1 - at)].value();
                let (text, style) = match (input.value(), other) {
                    ("", "") => ("–", look.theme.dim()),
                    ("", other) => (other, look.theme.dim()),
                    (text, _) => (text, look.theme.text()),
                };
                line(buf, cell, 0, text, style, Side::Left);
            }
        }
    }
}
