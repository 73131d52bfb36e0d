//! What opens above the prompt for a message: the saved messages, the holes of one, and the name of a new one.

use ratatui::layout::Rect;

use super::super::{DrawContext, below, prompt};
use crate::{
    app::{
        Action,
        screens::publish::{HoleForm, MessageList, NameInput, Popup, PublishPrompt},
    },
    model::saved_message::SavedMessage,
    ui::{
        layout::MouseTarget,
        text::{Alignment, draw_line, truncate, width, wrap},
    },
};

/// The inner size of the list.
const LIST_SIZE: (u16, u16) = (76, 14);
/// The greatest width of the names in the list.
const MAX_NAME_WIDTH: u16 = 30;
/// The inner width of the other dialogs.
const DIALOG_WIDTH: u16 = 60;
/// The rows that the payload of a message with holes has.
const PAYLOAD_ROWS: u16 = 4;
/// The rows for what is wrong with a name, or asked about it.
const ERROR_ROWS: u16 = 3;

/// Draws what is open above the prompt.
pub(super) fn draw(context: &mut DrawContext<'_>, publish: &PublishPrompt, popup: &Popup) {
    match popup {
        Popup::Messages(list) => draw_list(context, publish, list),
        Popup::Holes(form) => draw_holes(context, form),
        Popup::Name(name) => draw_name(context, name),
    }
}

fn fitting_width(context: &DrawContext<'_>, width: u16) -> u16 {
    width.min(context.area.width.saturating_sub(4))
}

fn draw_list(context: &mut DrawContext<'_>, publish: &PublishPrompt, list: &MessageList) {
    let (app, theme) = (context.app, context.config.theme);
    let size = (fitting_width(context, LIST_SIZE.0), LIST_SIZE.1.min(context.area.height.saturating_sub(2)));
    let area = context.draw_dialog("Saved messages", size);
    context.draw_input(area, &list.search);
    // The last row has the question, or what is wrong with the file.
    let rest = below(area, 1);
    let list_area = Rect { height: rest.height.saturating_sub(1), ..rest };
    let matches = list.matches(app, publish.connection);
    if matches.is_empty() && app.messages_of(publish.connection).next().is_none() {
        let text = "There is no saved message yet. Esc goes back, and Ctrl-S saves what is typed under a name.";
        for (row, line) in (0..).zip(wrap(text, list_area.width, list_area.height.into())) {
            draw_line(context.buf, list_area, row, &line, theme.dim(), Alignment::Left);
        }
    } else {
        let names = matches.iter().map(|message| width(&message.name)).max().unwrap_or_default();
        let name_width = names.min(MAX_NAME_WIDTH).min(list_area.width / 2);
        let rows: Vec<String> = matches.iter().map(|message| row_of(message, name_width)).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        context.draw_matches(list_area, &rows, list.selected, Action::AcceptOption);
    }
    let (text, style) = match (&list.to_delete, &app.sent_messages.saved.problem) {
        (Some(name), _) => (format!("Delete {name}? Ctrl-D deletes it, Esc keeps it."), theme.warning()),
        (None, Some(problem)) => (format!("! {problem}"), theme.error()),
        (None, None) => return,
    };
    let last = below(area, area.height.saturating_sub(1));
    draw_line(context.buf, last, 0, &truncate(&text, last.width), style, Alignment::Left);
}

/// Returns the row of a message: its name and its topic.
fn row_of(message: &SavedMessage, name_width: u16) -> String {
    let name = truncate(&message.name, name_width);
    let gap = usize::from(name_width.saturating_sub(width(&name)));
    format!("{name}{}  {}", " ".repeat(gap), message.topic)
}

fn draw_holes(context: &mut DrawContext<'_>, form: &HoleForm) {
    let theme = context.config.theme;
    let holes = u16::try_from(form.holes.len()).unwrap_or(u16::MAX);
    let height = holes.saturating_add(PAYLOAD_ROWS + 3).min(context.area.height.saturating_sub(2));
    let area = context.draw_dialog(&form.message.name, (fitting_width(context, DIALOG_WIDTH), height));
    let widest = form.holes.iter().map(|(name, _)| width(name)).max().unwrap_or_default();
    let name_width = (widest + 2).min(area.width / 2);
    // The holes are more important than the message; at least its topic is shown.
    let visible = holes.min(area.height.saturating_sub(2)).max(1);
    let first = (form.current + 1).saturating_sub(usize::from(visible));
    for (row, (index, (name, text))) in (0..visible).zip(form.holes.iter().enumerate().skip(first)) {
        let row_area = Rect { height: 1, ..below(area, row) };
        let is_current = index == form.current;
        let style = if is_current { theme.selected() } else { theme.dim() };
        let name_area = Rect { width: name_width.saturating_sub(1), ..row_area };
        draw_line(context.buf, name_area, 0, name, style, Alignment::Left);
        let value_area = Rect { x: area.x + name_width, width: area.width.saturating_sub(name_width), ..row_area };
        if is_current {
            prompt::draw_text_line(context, value_area, text);
        } else {
            draw_line(context.buf, value_area, 0, text.input.value(), theme.text(), Alignment::Left);
        }
        context.layout.add(row_area, MouseTarget::Click(Action::SelectOption(index)));
    }
    let filled = form.filled();
    let rest = below(area, visible + 1);
    draw_line(context.buf, rest, 0, &format!("→ {}", filled.topic), theme.dim(), Alignment::Left);
    let payload = below(rest, 1);
    for (row, line) in (0..payload.height).zip(wrap(&filled.payload, payload.width, payload.height.into())) {
        draw_line(context.buf, payload, row, &line, theme.dim(), Alignment::Left);
    }
}

fn draw_name(context: &mut DrawContext<'_>, name: &NameInput) {
    let theme = context.config.theme;
    let area = context.draw_dialog("Save the message", (fitting_width(context, DIALOG_WIDTH), 2 + ERROR_ROWS));
    draw_line(context.buf, area, 0, "Its name:", theme.text(), Alignment::Left);
    let input_area = below(area, 1);
    context.draw_input(input_area, &name.input);
    let (text, style) = match &name.error {
        Some(error) => (format!("! {error}"), theme.error()),
        None => ("{{device}} in its topic or payload is asked for each time.".to_owned(), theme.dim()),
    };
    let area = below(input_area, 1);
    for (row, line) in (0..).zip(wrap(&text, area.width, area.height.into())) {
        draw_line(context.buf, area, row, &line, style, Alignment::Left);
    }
}
