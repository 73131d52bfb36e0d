//! The list of dashboards. A word says what is wrong with a dashboard, and below the list is the reason.

use ratatui::layout::Rect;

use super::{DrawContext, View};
use crate::{
    app::{Action, screens::dashboard_list::DashboardList},
    ui::text::{Alignment, draw_line, wrap},
};

/// The number of rows for what is wrong with the selected dashboard.
const PROBLEM_ROWS: u16 = 3;

impl View for DashboardList {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let rows = context.app.dashboard_rows();
        let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).clamp(3, 16);
        let problem_rows = if rows.iter().any(|row| row.problem.is_some()) { PROBLEM_ROWS + 1 } else { 0 };
        let area = context.draw_dialog("Dashboards", (60, height + problem_rows));
        let theme = context.config.theme;
        if rows.is_empty() {
            let text = "No dashboards yet: press n to add one.";
            draw_line(context.buf, area, 0, text, theme.dim(), Alignment::Left);
            return;
        }
        let labels: Vec<String> = rows
            .iter()
            .map(|row| {
                let mark = match (&row.problem, row.tab_index) {
                    (Some(_), _) => "✕",
                    (None, Some(_)) => "●",
                    (None, None) => " ",
                };
                format!("{mark} {}  {}", row.title, row.detail)
            })
            .collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let list_height = area.height.saturating_sub(problem_rows).max(area.height.min(2));
        context.draw_list(Rect { height: list_height, ..area }, &labels, self.selected, Action::AcceptOption);
        let Some(problem) = rows.get(self.selected).and_then(|row| row.problem.as_ref()) else { return };
        let y = area.y + list_height + u16::from(area.height > list_height + PROBLEM_ROWS);
        let problem_area = Rect { y, height: area.bottom().saturating_sub(y), ..area };
        for (row, text) in (0..).zip(wrap(problem, area.width, usize::from(problem_area.height))) {
            draw_line(context.buf, problem_area, row, &text, theme.error(), Alignment::Left);
        }
    }
}
