//! The list of what the variables of a dashboard can stand for.

use super::{DrawContext, View};
use crate::{
    app::{
        Action,
        screens::variable_list::{VariableChoice, VariableList},
    },
    ui::text::width,
};

/// The smallest width of the list in cells.
const MIN_WIDTH: u16 = 24;

impl View for VariableList {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let row = |VariableChoice { variable, text, is_current }: &VariableChoice| {
            let suffix = if *is_current { " (now)" } else { "" };
            format!("{variable}: {text}{suffix}")
        };
        let rows: Vec<String> = self.choices.iter().map(row).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let widest = rows.iter().map(|row| width(row)).max().unwrap_or_default().max(MIN_WIDTH);
        let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
        let area = context.draw_dialog("Variables", (widest + 2, height));
        context.draw_list(area, &rows, self.selected, Action::AcceptOption);
    }
}
