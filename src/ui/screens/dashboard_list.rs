//! The list of dashboards.

use super::{DrawContext, View};
use crate::{
    app::{Action, screens::dashboard_list::DashboardList},
    ui::text::{Alignment, draw_line},
};

impl View for DashboardList {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let rows = context.app.dashboard_rows();
        let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).clamp(3, 16);
        let area = context.draw_dialog("Dashboards", (60, height));
        if rows.is_empty() {
            let text = "No dashboards yet: press n to add one.";
            draw_line(context.buf, area, 0, text, context.config.theme.dim(), Alignment::Left);
            return;
        }
        let labels: Vec<String> = rows
            .iter()
            .map(|row| format!("{} {}  {}", if row.tab_index.is_some() { "●" } else { " " }, row.title, row.detail))
            .collect();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        context.draw_list(area, &labels, self.selected, Action::AcceptOption);
    }
}
