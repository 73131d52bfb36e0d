//! The popups of a form field: a list to choose from, the color picker, and the editor for rows.

use ratatui::layout::Rect;

use super::{DrawContext, below};
use crate::{
    app::{
        Action,
        form::{Form, FormPopup, PickList, RowEditor, RowList},
    },
    model::{
        tile::{Tile, read_row},
        value::{ValidationError, ValuePathSegment},
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

/// The narrowest column of the editor for rows, the space between two, and the width that is enough for most texts.
const MIN_COLUMN_WIDTH: u16 = 10;
const COLUMN_GAP: u16 = 2;
const PREFERRED_COLUMN_WIDTH: u16 = 16;

/// Returns an error with the number of the row that it is about.
fn row_error(error: &ValidationError) -> String {
    let row = error.path.iter().find_map(|segment| match segment {
        ValuePathSegment::Index(index) => Some(index + 1),
        _ => None,
    });
    row.map_or_else(|| error.message.clone(), |row| format!("row {row}: {}", error.message))
}

/// Draws a popup of a form.
pub(super) fn draw(context: &mut DrawContext<'_>, form: &Form, popup: &FormPopup) {
    match popup {
        FormPopup::List(pick) => draw_list(context, pick),
        FormPopup::Color(picker) => {
            let area = context.draw_dialog("Color", COLOR_PICKER_SIZE);
            let cursor = color_picker::draw(context.buf, area, picker, context.config);
            context.layout.show_cursor(cursor);
            color_picker::add_targets(context.layout, area);
        }
        FormPopup::PanelRows(list) => draw_panel_rows(context, form, *list),
        FormPopup::Rows(editor) => {
            let error = form.errors_for(form.focused).next().map(row_error);
            draw_rows(context, editor, error.as_deref());
        }
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

/// Draws the list of the rows of a panel, what is wrong with the selected one, and a line that adds one.
fn draw_panel_rows(context: &mut DrawContext<'_>, form: &Form, list: RowList) {
    let line = |row: Tile| format!("{:<20}  {}", row.name, row.kind.name());
    let mut lines: Vec<String> = form.row_tables().iter().map(|table| line(read_row(table).0)).collect();
    if form.has_room_for_row() {
        lines.push("+ add a row".to_owned());
    }
    let error = form.errors_for(form.focused).next().map(row_error);
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2 * u16::from(error.is_some()));
    let area = context.draw_dialog("Rows", (48, height.max(5)));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    context.draw_list(area, &lines, list.selected, Action::AcceptOption);
    if let Some(error) = error.filter(|_| area.height > 3) {
        let style = context.config.theme.error();
        draw_line(context.buf, area, area.height - 1, &format!("! {error}"), style, Alignment::Left);
    }
}

/// Draws the editor for rows: as many columns as fit, with the focused one, and what is wrong below.
fn draw_rows(context: &mut DrawContext<'_>, editor: &RowEditor, error: Option<&str>) {
    let rows = u16::try_from(editor.rows.len()).unwrap_or(u16::MAX);
    let columns = u16::try_from(editor.headings.len()).unwrap_or(u16::MAX);
    let error_rows = u16::from(error.is_some());
    let width = columns.saturating_mul(PREFERRED_COLUMN_WIDTH).clamp(56, 76);
    let area = context.draw_dialog(&editor.title, (width, rows.saturating_add(2 + error_rows).clamp(6, 18)));
    let (buf, config) = (&mut *context.buf, context.config);
    if let Some(error) = error.filter(|_| area.height > 3) {
        draw_line(buf, area, area.height - 1, &format!("! {error}"), config.theme.error(), Alignment::Left);
    }
    let shown = columns.min((area.width + COLUMN_GAP) / (MIN_COLUMN_WIDTH + COLUMN_GAP)).max(1);
    let first_column = (editor.column + 1).saturating_sub(usize::from(shown));
    let column_width = ((area.width + COLUMN_GAP) / shown).saturating_sub(COLUMN_GAP);
    let column_area =
        |index: u16| Rect { x: area.x + index * (column_width + COLUMN_GAP), width: column_width, ..area };
    for (column, heading) in (0..shown).zip(editor.headings.iter().skip(first_column)) {
        draw_line(buf, column_area(column), 0, heading, config.theme.dim(), Alignment::Left);
    }
    let height = area.height.saturating_sub(1 + error_rows);
    let first_visible = (editor.row + 1).saturating_sub(usize::from(height));
    for (y, (index, row)) in (1..=height).zip(editor.rows.iter().enumerate().skip(first_visible)) {
        for (x, (column, input)) in (0..shown).zip(row.iter().enumerate().skip(first_column)) {
            let cell = Rect { y: area.y + y, height: 1, ..column_area(x) };
            if (index, column) == (editor.row, editor.column) {
                context.layout.show_cursor(controls::draw_text_input(buf, cell, input));
            } else {
                let (text, style) = match (input.value(), editor.stand_in(index, column)) {
                    ("", "") => ("–", config.theme.dim()),
                    ("", other) => (other, config.theme.dim()),
                    (text, _) => (text, config.theme.text()),
                };
                draw_line(buf, cell, 0, text, style, Alignment::Left);
            }
        }
    }
}
