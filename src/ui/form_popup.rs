//! The popups of a form field: a list to choose from, the color picker, and the options editor.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    UiConfig, color_picker, controls, dialog,
    text::{Alignment, draw_line},
};
use crate::app::{
    Action,
    form::{FormPopup, OptionsEditor, PickList},
};

/// The inner size of the popup with the color picker.
const COLOR_PICKER_SIZE: (u16, u16) = (46, color_picker::HEIGHT);

/// Draws a popup.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, popup: &FormPopup, config: &UiConfig) {
    match popup {
        FormPopup::List(pick) => draw_list(buf, screen, pick, config),
        FormPopup::Color(picker) => {
            let area = dialog::draw_frame(buf, screen, "Color", COLOR_PICKER_SIZE, config);
            color_picker::draw(buf, area, picker, config);
        }
        FormPopup::Options(options) => draw_options(buf, screen, options, config),
    }
}

/// Returns the action for a click at a screen position.
#[must_use]
pub(crate) fn click_action(screen: Rect, popup: &FormPopup, (x, y): (u16, u16)) -> Option<Action> {
    match popup {
        FormPopup::List(pick) => {
            let list_area = list_area(dialog::inner_area(screen, list_dialog_size(pick)));
            controls::row_at(list_area, pick.selected, pick.matching_rows().len(), (x, y)).map(Action::AcceptOption)
        }
        FormPopup::Color(_) => {
            let area = dialog::inner_area(screen, COLOR_PICKER_SIZE);
            color_picker::palette_index_at(x.checked_sub(area.x)?, y.checked_sub(area.y)?).map(Action::SelectOption)
        }
        FormPopup::Options(_) => None,
    }
}

fn list_dialog_size(pick: &PickList) -> (u16, u16) {
    (66, u16::try_from(pick.rows.len()).unwrap_or(u16::MAX).clamp(4, 18) + 2)
}

fn list_area(area: Rect) -> Rect {
    Rect { y: area.y + 2.min(area.height), height: area.height.saturating_sub(2), ..area }
}

fn draw_list(buf: &mut Buffer, screen: Rect, pick: &PickList, config: &UiConfig) {
    let area = dialog::draw_frame(buf, screen, pick.title, list_dialog_size(pick), config);
    controls::draw_text_input(buf, area, &pick.input, true, config);
    let list_area = list_area(area);
    let matches = pick.matching_rows();
    if matches.is_empty() {
        draw_line(buf, list_area, 0, pick.empty_text, config.theme.dim(), Alignment::Left);
        return;
    }
    let rows: Vec<String> = matches
        .iter()
        .map(|row| match row.icon {
            Some(icon) => format!("{}  {}  {}", config.icon(icon), row.label, row.detail),
            None => format!("{}  {}", row.label, row.detail),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    controls::draw_list(buf, list_area, &rows, pick.selected, config);
}

fn draw_options(buf: &mut Buffer, screen: Rect, options: &OptionsEditor, config: &UiConfig) {
    let rows = u16::try_from(options.rows.len()).unwrap_or(u16::MAX);
    let area = dialog::draw_frame(buf, screen, "Options", (56, rows.saturating_add(2).clamp(6, 18)), config);
    let column_width = area.width.saturating_sub(3) / 2;
    let column_area = |index: u16| Rect { x: area.x + index * (column_width + 2), width: column_width, ..area };
    draw_line(buf, column_area(0), 0, "label", config.theme.dim(), Alignment::Left);
    draw_line(buf, column_area(1), 0, "payload", config.theme.dim(), Alignment::Left);
    let height = area.height.saturating_sub(1);
    let first_visible = (options.row + 1).saturating_sub(usize::from(height));
    for (y, (index, row)) in (1..=height).zip(options.rows.iter().enumerate().skip(first_visible)) {
        for (column, input) in (0..).zip(row) {
            let cell = Rect { y: area.y + y, height: 1, ..column_area(column) };
            if index == options.row && usize::from(column) == options.column {
                controls::draw_text_input(buf, cell, input, true, config);
            } else {
                // An empty label or payload defaults to the other one.
                let other = row[usize::from(1 - column)].value();
                let (text, style) = match (input.value(), other) {
                    ("", "") => ("–", config.theme.dim()),
                    ("", other) => (other, config.theme.dim()),
                    (text, _) => (text, config.theme.text()),
                };
                draw_line(buf, cell, 0, text, style, Alignment::Left);
            }
        }
    }
}
