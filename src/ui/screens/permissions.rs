//! The dialog that shows what a dashboard may do, and what it asks for, before that is granted.

use ratatui::style::{Modifier, Style};

use super::{DrawContext, View};
use crate::{
    app::{
        OpenDashboard,
        screens::permissions::{MAX_REVIEW_BYTES, PermissionReview},
    },
    model::{access::Access, error::format_bytes},
    ui::{
        source_text::{source_lines, visible_lines},
        theme::Theme,
    },
};

impl View for PermissionReview {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let Some(dashboard) = context.app.dashboard(self.dashboard) else {
            return;
        };
        let width = context.area.width.saturating_sub(8).min(100);
        // The last column is free for the marks of further lines.
        let text_width = width.saturating_sub(2);
        let mut text = ReviewText { lines: Vec::new(), width: text_width, theme: context.config.theme };
        let broker = context.app.connection(dashboard.connection).map_or("", |connection| &connection.address);
        text.introduce(self, dashboard, broker);
        if self.bytes() <= MAX_REVIEW_BYTES {
            for permission in &self.permissions {
                text.head(&format!("{} · {}", permission.tile_name, permission.key));
                if permission.is_script { text.source(&permission.text) } else { text.visible(&permission.text) }
            }
        }
        context.draw_text_dialog(dashboard.title(), width, &text.lines, self.scroll);
    }
}

/// The lines of the dialog.
struct ReviewText {
    lines: Vec<(String, Style)>,
    width: u16,
    theme: Theme,
}

impl ReviewText {
    /// Says where an agreement would hold, and what it covers beyond the definition.
    fn introduce(&mut self, review: &PermissionReview, dashboard: &OpenDashboard, broker: &str) {
        let permissions = &dashboard.permissions;
        let size = review.bytes();
        if size > MAX_REVIEW_BYTES {
            self.paragraph(&format!(
                "This dashboard has {} of scripts and URLs. At most {} can be reviewed, so they stay blocked.",
                format_bytes(size),
                format_bytes(MAX_REVIEW_BYTES)
            ));
        } else {
            // Short, so that a small script needs no scrolling on a small screen.
            self.paragraph(match (permissions.granted, review.blocked.is_empty()) {
                (true, true) => "You have allowed the following for this file on this broker. d withdraws it.",
                (true, false) => "This dashboard asks for more than you have allowed. Allow that, too?",
                (false, _) => "Allow the following for this file on this broker?",
            });
            self.paragraph("You are asked again when any of it changes.");
        }
        let file =
            dashboard.path.as_ref().map_or_else(|| dashboard.name.as_str().into(), |path| path.to_string_lossy());
        self.visible(&file);
        self.visible(broker);
        if !review.blocked.is_empty() {
            self.head("Blocked until now");
            self.accesses(&review.blocked);
        }
        let extra = permissions.extra_accesses();
        if !extra.is_empty() {
            self.head("Allowed in addition");
            self.accesses(&extra);
        }
    }

    fn accesses(&mut self, accesses: &[Access]) {
        for access in accesses {
            self.visible(&access.to_string());
        }
    }

    fn paragraph(&mut self, text: &str) {
        let rows = crate::ui::text::wrap(text, self.width, usize::MAX - 1);
        self.lines.extend(rows.into_iter().map(|row| (row, self.theme.text())));
    }

    fn head(&mut self, text: &str) {
        self.lines.push((String::new(), self.theme.text()));
        let style = self.theme.accent().add_modifier(Modifier::BOLD);
        self.lines.extend(visible_lines(text, self.width).into_iter().map(|line| (line, style)));
    }

    fn visible(&mut self, text: &str) {
        self.lines.extend(visible_lines(text, self.width).into_iter().map(|line| (line, self.theme.text())));
    }

    fn source(&mut self, text: &str) {
        self.lines.extend(source_lines(text, self.width).into_iter().map(|line| (line, self.theme.text())));
    }
}
