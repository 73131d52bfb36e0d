//! The question what the explorer subscribes to.

use ratatui::layout::Rect;

use super::{DrawContext, View, below};
use crate::{
    app::{
        Action,
        screens::explorer_filters::{ExplorerFilters, FilterChoice},
    },
    model::plural::pluralize,
    ui::text::{Alignment, draw_line, wrap},
};

/// The inner size of the dialog.
const SIZE: (u16, u16) = (62, 9);
/// What the user has to know before choosing.
const ADVICE: &str = "Some brokers refuse # or end the connection. The profile keeps the answer.";

impl View for ExplorerFilters {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let area = context.draw_dialog("Which topics to explore?", SIZE);
        let theme = context.config.theme;
        let choices = self.choices();
        let labels: Vec<String> = choices
            .iter()
            .map(|choice| match choice {
                FilterChoice::Tiles => {
                    format!("the topics of the tiles ({})", pluralize(self.tile_filters.len(), "topic filter"))
                }
                FilterChoice::All => "all topics of the broker (#)".to_owned(),
                FilterChoice::Typed => "these, separated by commas:".to_owned(),
            })
            .collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let list_rows = u16::try_from(labels.len()).unwrap_or_default();
        let list = Rect { height: list_rows.min(area.height), ..area };
        context.draw_list(list, &labels, self.selected, Action::SelectOption);
        let input_area = below(area, list_rows);
        let input_area = Rect { x: input_area.x + 2, width: input_area.width.saturating_sub(2), ..input_area };
        if self.is_typing() {
            context.draw_input(input_area, &self.input);
        } else {
            draw_line(context.buf, input_area, 0, self.input.value(), theme.dim(), Alignment::Left);
        }
        let (text, style) = match &self.error {
            Some(error) => (format!("! {error}"), theme.error()),
            None => (ADVICE.to_owned(), theme.dim()),
        };
        let rest = below(area, list_rows + 2);
        for (row, line) in (0..).zip(wrap(&text, rest.width, rest.height.into())) {
            draw_line(context.buf, rest, row, &line, style, Alignment::Left);
        }
    }
}
