//! The popups of a form field: a list to choose from, the color picker, and the options editor.

use ratatui::layout::Rect;

use super::{DrawContext, below};
use crate::{
    app::{
        Action,
        form::{FormPopup, OptionsEditor, PickList},
    },
    ui::{
        color_picker, controls,
        text::{Alignment, draw_line},
    },
};

/// The rows above a list.
const INPUT_ROWS: u16 = 2;
/// The inner size of the popup with the color picker.
const COLOR_PICKER_SIZE: (u16, u16) = (46, color_picker::HEIGHT);

/// Draws a popup.
pub(super) fn draw(context: &mut DrawContext<'_>, popup: &FormPopup) {
    match popup {
        FormPopup::List(pick) => draw_list(context, pick),
        FormPopup::Color(picker) => {
            let area = context.draw_dialog("Color", COLOR_PICKER_SIZE);
            let cursor = color_picker::draw(context.buf, area, picker, context.config);
            context.layout.show_cursor(cursor);
            color_picker::add_targets(context.layout, area);
        }
        FormPopup::Options(options) => draw_options(context, options),
    }
}

fn draw_list(context: &mut DrawContext<'_>, pick: &PickList) {
    let height = u16::try_from(pick.rows.len()).unwrap_or(u16::MAX).clamp(4, 18) + INPUT_ROWS;
    let area = context.draw_dialog(pick.title, (66, height));
    context.draw_input(area, &pick.input);
    let list_area = below(area, INPUT_ROWS);
    let matches = pick.matching_rows();
    if matches.is_empty() {
        draw_line(context.buf, list_area, 0, pick.empty_text, context.config.theme.dim(), Alignment::Left);
        return;
    }
    let rows: Vec<String> = matches
        .iter()
        .map(|row| match row.icon {
            Some(icon) => format!("{}  {}  {}", context.config.icon(icon), row.label, row.detail),
            None => format!("{}  {}", row.label, row.detail),
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    context.draw_list(list_area, &rows, pick.selected, Action::AcceptOption);
}

fn draw_options(context: &mut DrawContext<'_>, options: &OptionsEditor) {
    let rows = u16::try_from(options.rows.len()).unwrap_or(u16::MAX);
    let area = context.draw_dialog(options.kind.title(), (56, rows.saturating_add(2).clamp(6, 18)));
    let (buf, config) = (&mut *context.buf, context.config);
    let column_width = area.width.saturating_sub(3) / 2;
    let column_area = |index: u16| Rect { x: area.x + index * (column_width + 2), width: column_width, ..area };
    for (column, heading) in (0..).zip(options.kind.headings()) {
        draw_line(buf, column_area(column), 0, heading, config.theme.dim(), Alignment::Left);
    }
    let height = area.height.saturating_sub(1);
    let first_visible = (options.row + 1).saturating_sub(usize::from(height));
    for (y, (index, row)) in (1..=height).zip(options.rows.iter().enumerate().skip(first_visible)) {
        for (column, input) in (0..).zip(row) {
            let cell = Rect { y: area.y + y, height: 1, ..column_area(column) };
            if index == options.row && usize::from(column) == options.column {
                context.layout.show_cursor(controls::draw_text_input(buf, cell, input));
            } else {
                // An empty label or payload defaults to the other one.
                let other = if options.kind.repeats_other() { row[usize::from(1 - column)].value() } else { "" };
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
