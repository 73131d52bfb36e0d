//! The dialog that imports tiles from MQTT Dash: it asks for the topic, waits for the export, and shows
//! errors.

use ratatui::{layout::Rect, style::Style};

use super::{DrawContext, View};
use crate::{
    app::{ImportDialog, ImportStage},
    ui::text::{Alignment, draw_line, wrap},
};

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (64, 9);

impl View for ImportDialog {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let area = context.draw_dialog("Import from MQTT Dash", DIALOG_SIZE);
        let (app, theme) = (context.app, context.config.theme);
        let connection = app.connection(self.connection);
        let name = connection.map(|connection| connection.name.as_str()).unwrap_or_default();
        let mut paragraphs: Vec<(String, Style)> = Vec::new();
        match &self.stage {
            ImportStage::EnterTopic(error) => {
                draw_line(
                    context.buf,
                    area,
                    0,
                    &format!("topic on {name} that the app publishes to"),
                    theme.dim(),
                    Alignment::Left,
                );
                let input_area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
                context.draw_input(input_area, &self.input);
                paragraphs.extend([
                    (String::new(), theme.text()),
                    (String::new(), theme.text()),
                    (String::new(), theme.text()),
                ]);
                paragraphs.extend(error.iter().map(|error| (format!("! {error}"), theme.error())));
            }
            ImportStage::Waiting(topic, error) => {
                paragraphs.extend(error.iter().map(|error| (format!("! {error}"), theme.error())));
                paragraphs.push((format!("waiting for tiles on {topic} of {name}"), theme.text()));
                paragraphs
                    .push(("In the app, open the dashboard menu and publish the metrics.".to_owned(), theme.dim()));
                if connection.is_none_or(|connection| !connection.is_connected()) {
                    paragraphs
                        .push((format!("{name} is not connected; waiting for the connection, too"), theme.warning()));
                }
            }
            ImportStage::Converting(..) => paragraphs.push(("reading the export".to_owned(), theme.text())),
            ImportStage::Damaged(_, _, error) => paragraphs.push((format!("! {error}"), theme.error())),
        }
        let rows = paragraphs
            .iter()
            .flat_map(|(text, style)| {
                let lines = wrap(text, area.width, usize::from(area.height));
                let lines = if lines.is_empty() { vec![String::new()] } else { lines };
                lines.into_iter().map(|line| (line, *style)).collect::<Vec<_>>()
            })
            .filter(|(text, _)| !text.is_empty() || matches!(self.stage, ImportStage::EnterTopic(_)));
        for (row, (text, style)) in (0..area.height).zip(rows) {
            if !text.is_empty() {
                draw_line(context.buf, area, row, &text, style, Alignment::Left);
            }
        }
    }
}
