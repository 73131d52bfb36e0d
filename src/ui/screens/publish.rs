//! The prompt for a message to publish to any topic.

use ratatui::layout::Rect;

use super::{DrawContext, View, below, prompt};
use crate::{
    app::{
        Action,
        screens::publish::{PublishField, PublishPrompt},
    },
    ui::{
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
        let lines = u16::try_from(self.payload.lines().count() + 1).unwrap_or(u16::MAX);
        let height = 1 + lines.clamp(PAYLOAD_ROWS.0, PAYLOAD_ROWS.1) + OPTION_ROWS + ERROR_ROWS;
        let room = (context.area.width.saturating_sub(4), context.area.height.saturating_sub(2));
        let size = (room.0.min(MAX_WIDTH), room.1.min(height));
        let area = context.draw_dialog("Publish a message", size);
        let theme = context.config.theme;
        let topic_area = self.draw_name(context, area, PublishField::Topic, "Topic");
        if self.field == PublishField::Topic {
            context.draw_input(topic_area, &self.topic);
        } else {
            draw_line(context.buf, topic_area, 0, self.topic.value(), theme.text(), Alignment::Left);
        }
        let payload_rows = area.height.saturating_sub(1 + OPTION_ROWS + ERROR_ROWS).max(1);
        let payload_area = Rect { height: payload_rows.min(area.height.saturating_sub(1)), ..below(area, 1) };
        let text_area = self.draw_name(context, payload_area, PublishField::Payload, "Payload");
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
        if let Some(error) = &self.error {
            for (row, line) in (0..).zip(wrap(&format!("! {error}"), rest.width, rest.height.into())) {
                draw_line(context.buf, rest, row, &line, theme.error(), Alignment::Left);
            }
        }
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
