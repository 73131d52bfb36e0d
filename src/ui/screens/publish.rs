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
    model::{typed_message::PayloadEncoding, typed_properties::TypedProperty},
    ui::{
        controls,
        layout::MouseTarget,
        text::{Alignment, draw_line, wrap},
    },
};

/// The greatest inner width of the dialog.
const MAX_WIDTH: u16 = 90;
/// The rows of the payload with a row for what is to be known about it: on a small screen, and the least and the most otherwise.
const MIN_PAYLOAD_ROWS: u16 = 2;
const PAYLOAD_ROWS: (u16, u16) = (3, 11);
/// The width of the names of fields.
const NAME_WIDTH: u16 = 11;
/// The width of the names of properties.
const PROPERTY_NAME_WIDTH: u16 = 19;
/// The rows of what is wrong.
const ERROR_ROWS: u16 = 2;
/// What a message is that the broker retains.
const RETAINED: &str = "yes: the broker keeps it for later subscribers";

impl View for PublishPrompt {
    fn draw(&self, context: &mut DrawContext<'_>) {
        if let Some(popup) = &self.popup {
            return popup::draw(context, self, popup);
        }
        let lines = u16::try_from(self.payload.lines().count() + 1).unwrap_or(u16::MAX);
        let fields = self.fields(context.app);
        // Those below the topic and the payload have a row each.
        let options = fields.get(2..).unwrap_or_default();
        let option_rows = u16::try_from(options.len()).unwrap_or(u16::MAX);
        let height = 1 + lines.clamp(PAYLOAD_ROWS.0, PAYLOAD_ROWS.1) + option_rows + ERROR_ROWS;
        let room = (context.area.width.saturating_sub(4), context.area.height.saturating_sub(2));
        let area = context.draw_dialog("Publish a message", (room.0.min(MAX_WIDTH), room.1.min(height)));
        self.draw_topic(context, area);
        let rest = area.height.saturating_sub(1 + ERROR_ROWS);
        let payload_rows = rest.saturating_sub(option_rows).max(MIN_PAYLOAD_ROWS);
        self.draw_payload(context, Rect { height: payload_rows, ..below(area, 1) });
        let rest = below(area, 1 + payload_rows);
        let rows = option_rows.min(rest.height.saturating_sub(ERROR_ROWS).max(1));
        let focused = options.iter().position(|field| *field == self.field).unwrap_or_default();
        let first = controls::first_visible_row(focused, rows);
        for (row, field) in (0..rows).zip(options.iter().skip(first)) {
            self.draw_option(context, Rect { height: 1, ..below(rest, row) }, *field);
        }
        let last = first + usize::from(rows);
        for (row, mark, is_shown) in [(0, "▲", first > 0), (rows.saturating_sub(1), "▼", last < options.len())] {
            let row_area = Rect { height: 1, ..below(rest, row) };
            let mark = if is_shown { mark } else { "" };
            draw_line(context.buf, row_area, 0, mark, context.config.theme.dim(), Alignment::Right);
        }
        self.draw_hint(context, below(rest, rows));
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
    fn draw_topic(&self, context: &mut DrawContext<'_>, area: Rect) {
        let area = self.draw_name(context, area, PublishField::Topic, "Topic");
        if self.field == PublishField::Topic {
            draw_completed(context, area, &self.topic, self.shown_completion());
        } else {
            draw_line(context.buf, area, 0, self.topic.value(), context.config.theme.text(), Alignment::Left);
        }
    }

    fn draw_payload(&self, context: &mut DrawContext<'_>, area: Rect) {
        let name = if self.encoding == PayloadEncoding::File { "File" } else { "Payload" };
        let area = self.draw_name(context, area, PublishField::Payload, name);
        if self.field == PublishField::Payload {
            return prompt::draw_text(context, area, &self.payload);
        }
        for (row, line) in (0..area.height).zip(self.payload.lines()) {
            draw_line(context.buf, area, row, line, context.config.theme.text(), Alignment::Left);
        }
    }

    /// Draws a field that has one row.
    fn draw_option(&self, context: &mut DrawContext<'_>, area: Rect, field: PublishField) {
        let theme = context.config.theme;
        let is_focused = self.field == field;
        let (name, value) = match field {
            PublishField::Topic | PublishField::Payload => return,
            PublishField::Encoding => {
                let title = self.encoding.title();
                let encoded = self.encoded_as(context.app).map(|names| format!("{title}, encoded as {names}"));
                ("Typed as", encoded.unwrap_or_else(|| title.to_owned()))
            }
            PublishField::Qos => ("QoS", self.qos.as_u8().to_string()),
            PublishField::Retain if self.retain => ("Retain", RETAINED.to_owned()),
            PublishField::Retain => ("Retain", "no".to_owned()),
            PublishField::Properties => {
                let set = self.properties.iter().filter(|input| !input.value().is_empty()).count();
                let mark = if self.unfolded { "▾" } else { "▸" };
                let count = if set > 0 { format!("  {set} set") } else { String::new() };
                self.draw_name(context, area, field, &format!("{mark} MQTT 5 properties{count}"));
                return;
            }
            PublishField::Property(property) => {
                let area = self.draw_wide_name(context, area, field, property.title());
                let input = self.properties.get(property);
                if is_focused {
                    context.draw_input(area, input);
                } else {
                    draw_line(context.buf, area, 0, input.value(), theme.text(), Alignment::Left);
                }
                return;
            }
        };
        let area = self.draw_name(context, area, field, name);
        let text = if is_focused { format!("‹ {value} ›") } else { format!("  {value}") };
        let style = if is_focused { theme.selected() } else { theme.text() };
        draw_line(context.buf, area, 0, &text, style, Alignment::Left);
    }

    /// Draws what is wrong, or what the keys do.
    fn draw_hint(&self, context: &mut DrawContext<'_>, area: Rect) {
        let theme = context.config.theme;
        let completes = self.shown_completion().is_some();
        let (text, style) = match &self.error {
            Some(error) => (format!("! {error}"), theme.error()),
            None if self.is_reading() => ("Reading the file…".to_owned(), theme.dim()),
            None if completes => ("→ takes the next level, End the whole topic.".to_owned(), theme.dim()),
            None if matches!(self.field, PublishField::Property(TypedProperty::UserProperties)) => {
                ("name=value, name=value".to_owned(), theme.dim())
            }
            None => return,
        };
        for (row, line) in (0..).zip(wrap(&text, area.width, area.height.into())) {
            draw_line(context.buf, area, row, &line, style, Alignment::Left);
        }
    }

    /// Draws the name of a field, which a click selects. Returns the area of its value.
    fn draw_name(&self, context: &mut DrawContext<'_>, area: Rect, field: PublishField, name: &str) -> Rect {
        self.draw_name_of_width(context, area, (field, name), NAME_WIDTH)
    }

    /// Draws the name of a property.
    fn draw_wide_name(&self, context: &mut DrawContext<'_>, area: Rect, field: PublishField, name: &str) -> Rect {
        self.draw_name_of_width(context, area, (field, &format!("  {name}")), PROPERTY_NAME_WIDTH)
    }

    fn draw_name_of_width(
        &self,
        context: &mut DrawContext<'_>,
        area: Rect,
        (field, name): (PublishField, &str),
        width: u16,
    ) -> Rect {
        let theme = context.config.theme;
        let style = if self.field == field { theme.selected() } else { theme.dim() };
        draw_line(context.buf, area, 0, name, style, Alignment::Left);
        let index = self.fields(context.app).iter().position(|other| *other == field).unwrap_or_default();
        let row = Rect { height: area.height.min(1), ..area };
        context.layout.add(row, MouseTarget::Click(Action::SelectOption(index)));
        Rect { x: area.x + width.min(area.width), width: area.width.saturating_sub(width), ..area }
    }
}
