//! The dialog for how the payloads of topics are decoded.

use ratatui::layout::Rect;

use super::{DrawContext, View, below};
use crate::{
    app::{
        Action,
        screens::decoder_rule::{DecoderRuleScreen, RuleField},
    },
    ui::{
        layout::MouseTarget,
        text::{Alignment, draw_line, wrap},
    },
};

/// The greatest inner size of the dialog.
const SIZE: (u16, u16) = (76, 10);
/// The width of the names of fields.
const NAME_WIDTH: u16 = 14;
/// What a rule does.
const ADVICE: &str = "A rule applies in the explorer and to all tiles on these topics. It is kept in decoders.toml.";
/// What the texts for Protocol Buffers are.
const PROTOBUF_ADVICE: &str =
    "The schema is a .proto file or a descriptor set, relative to the configuration folder; the type has its package.";

impl View for DecoderRuleScreen {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let width = context.area.width.saturating_sub(4).min(SIZE.0);
        let area = context.draw_dialog("How to decode", (width, SIZE.1));
        let theme = context.config.theme;
        let mut rest = area;
        for (index, field) in self.fields().iter().enumerate() {
            let is_focused = *field == self.field;
            let (name, input) = match field {
                RuleField::Decoder => ("Decoder", None),
                RuleField::Topic => ("Topic filter", Some(&self.topic)),
                RuleField::Schema => ("Schema", Some(&self.schema)),
                RuleField::MessageType => ("Message type", Some(&self.message_type)),
            };
            let style = if is_focused { theme.selected() } else { theme.dim() };
            draw_line(context.buf, rest, 0, name, style, Alignment::Left);
            let row = Rect { height: rest.height.min(1), ..rest };
            context.layout.add(row, MouseTarget::Click(Action::SelectOption(index)));
            let value =
                Rect { x: rest.x + NAME_WIDTH.min(rest.width), width: rest.width.saturating_sub(NAME_WIDTH), ..row };
            match input {
                Some(input) if is_focused => context.draw_input(value, input),
                Some(input) => {
                    draw_line(context.buf, value, 0, input.value(), theme.text(), Alignment::Left);
                }
                None => {
                    let text = self.decoder_text();
                    let text = if is_focused { format!("{text}  ‹ ›") } else { text };
                    draw_line(context.buf, value, 0, &text, theme.text(), Alignment::Left);
                }
            }
            rest = below(rest, 1);
        }
        rest = below(rest, 1);
        let is_protobuf = self.fields().contains(&RuleField::Schema);
        let (text, style) = match &self.error {
            Some(error) => (format!("! {error}"), theme.error()),
            None if is_protobuf => (PROTOBUF_ADVICE.to_owned(), theme.dim()),
            None => (ADVICE.to_owned(), theme.dim()),
        };
        for (row, line) in (0..).zip(wrap(&text, rest.width, rest.height.into())) {
            draw_line(context.buf, rest, row, &line, style, Alignment::Left);
        }
    }
}
