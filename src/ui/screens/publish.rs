//! The prompt for a message to publish to any topic.

mod popup;

use ratatui::layout::Rect;

use tui_input::Input;

use super::{DrawContext, View, below, prompt};
use crate::{
    app::{
        Action,
        screens::publish::{PublishField, PublishPrompt},
    },
    model::typed_message::PayloadEncoding,
    ui::{
        controls,
        layout::MouseTarget,
        text::{Alignment, draw_line, wrap},
    },
};

/// The greatest inner width of the dialog.
const MAX_WIDTH: u16 = 90;
/// The least and the most rows of the payload, with a row for what is to be known about it.
const PAYLOAD_ROWS: (u16, u16) = (3, 11);
/// The width of the names of fields.
const NAME_WIDTH: u16 = 11;
/// The rows of the options, and of what is wrong.
const OPTION_ROWS: u16 = 3;
const ERROR_ROWS: u16 = 2;

impl View for PublishPrompt {
    fn draw(&self, context: &mut DrawContext<'_>) {
        if let Some(popup) = &self.popup {
            return popup::draw(context, self, popup);
        }
        let lines = u16::try_from(self.payload.lines().count() + 1).unwrap_or(u16::MAX);
        let height = 1 + lines.clamp(PAYLOAD_ROWS.0, PAYLOAD_ROWS.1) + OPTION_ROWS + ERROR_ROWS;
        let room = (context.area.width.saturating_sub(4), context.area.height.saturating_sub(2));
        let size = (room.0.min(MAX_WIDTH), room.1.min(height));
        let area = context.draw_dialog("Publish a message", size);
        let theme = context.config.theme;
        let topic_area = self.draw_name(context, area, PublishField::Topic, "Topic");
        if self.field == PublishField::Topic {
            draw_completed(context, topic_area, &self.topic, self.shown_completion());
        } else {
            draw_line(context.buf, topic_area, 0, self.topic.value(), theme.text(), Alignment::Left);
        }
        let payload_rows = area.height.saturating_sub(1 + OPTION_ROWS + ERROR_ROWS).max(1);
        let payload_area = Rect { height: payload_rows.min(area.height.saturating_sub(1)), ..below(area, 1) };
        let payload_name = if self.encoding == PayloadEncoding::File { "File" } else { "Payload" };
        let text_area = self.draw_name(context, payload_area, PublishField::Payload, payload_name);
        if self.field == PublishField::Payload {
            prompt::draw_text(context, text_area, &self.payload);
        } else {
            for (row, line) in (0..text_area.height).zip(self.payload.lines()) {
                draw_line(context.buf, text_area, row, line, theme.text(), Alignment::Left);
            }
        }
        let mut rest = below(area, 1 + payload_rows);
        let retain = if self.retain { "yes: the broker keeps it for later subscribers" } else { "no" };
        let qos = self.qos.as_u8().to_string();
        for (field, name, value) in [
            (PublishField::Encoding, "Typed as", self.encoding.title()),
            (PublishField::Qos, "QoS", qos.as_str()),
            (PublishField::Retain, "Retain", retain),
        ] {
            let value_area = self.draw_name(context, rest, field, name);
            let is_focused = self.field == field;
            let text = if is_focused { format!("‹ {value} ›") } else { format!("  {value}") };
            let style = if is_focused { theme.selected() } else { theme.text() };
            draw_line(context.buf, value_area, 0, &text, style, Alignment::Left);
            rest = below(rest, 1);
        }
        let completes = self.shown_completion().is_some();
        let (text, style) = match &self.error {
            Some(error) => (format!("! {error}"), theme.error()),
            None if self.is_reading() => ("Reading the file…".to_owned(), theme.dim()),
            None if completes => ("→ takes the next level, End the whole topic.".to_owned(), theme.dim()),
            None => return,
        };
        for (row, line) in (0..).zip(wrap(&text, rest.width, rest.height.into())) {
            draw_line(context.buf, rest, row, &line, style, Alignment::Left);
        }
    }
}

/// Draws a text input with its cursor, and what would complete it behind that.
fn draw_completed(context: &mut DrawContext<'_>, area: Rect, input: &Input, rest: Option<&str>) {
    let cursor = controls::draw_text_input(context.buf, area, input);
    context.layout.show_cursor(cursor);
    if let (Some(rest), Some(cursor)) = (rest, cursor) {
        let rest_area = Rect { x: cursor.x, width: area.right().saturating_sub(cursor.x), ..area };
        draw_line(context.buf, rest_area, 0, rest, context.config.theme.dim(), Alignment::Left);
    }
}

impl PublishPrompt {
    /// Draws the name of a field, which a click selects. Returns the area of its value.
    fn draw_name(&self, context: &mut DrawContext<'_>, area: Rect, field: PublishField, name: &str) -> Rect {
        let theme = context.config.theme;
        let style = if self.field == field { theme.selected() } else { theme.dim() };
        draw_line(context.buf, area, 0, name, style, Alignment::Left);
        let index = PublishField::ALL.iter().position(|other| *other == field).unwrap_or_default();
        let row = Rect { height: area.height.min(1), ..area };
        context.layout.add(row, MouseTarget::Click(Action::SelectOption(index)));
        Rect { x: area.x + NAME_WIDTH.min(area.width), width: area.width.saturating_sub(NAME_WIDTH), ..area }
    }
}
