//! The dialog that imports tiles from MQTT Dash: it asks for the topic, waits for the export, and shows
//! errors.

use ratatui::style::Style;

use super::{DrawContext, View, below};
use crate::{
    app::{ImportDialog, ImportStage},
    ui::text::{Alignment, draw_line, wrap},
};

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (64, 9);
/// The rows of the topic: its label, the input and an empty row.
const INPUT_ROWS: u16 = 3;

impl View for ImportDialog {
    fn draw(&self, context: &mut DrawContext<'_>) {
        let mut area = context.draw_dialog("Import from MQTT Dash", DIALOG_SIZE);
        let max_lines = usize::from(area.height);
        let name = context.app.connection(self.connection).map(|connection| connection.name.as_str());
        let name = name.unwrap_or_default();
        if matches!(self.stage, ImportStage::EnterTopic(_)) {
            let text = format!("topic on {name} that the app publishes to");
            draw_line(context.buf, area, 0, &text, context.config.theme.dim(), Alignment::Left);
            context.draw_input(below(area, 1), &self.input);
            area = below(area, INPUT_ROWS);
        }
        let lines = paragraphs(self, name, context).into_iter().flat_map(|(text, style)| {
            let lines = wrap(&text, area.width, max_lines);
            lines.into_iter().filter(|line| !line.is_empty()).map(move |line| (line, style))
        });
        for (row, (text, style)) in (0..area.height).zip(lines) {
            draw_line(context.buf, area, row, &text, style, Alignment::Left);
        }
    }
}

/// Returns the texts of the dialog with their styles: errors, and what it waits for.
fn paragraphs(dialog: &ImportDialog, connection_name: &str, context: &DrawContext<'_>) -> Vec<(String, Style)> {
    let theme = context.config.theme;
    let error_paragraph = |error: &String| (format!("! {error}"), theme.error());
    match &dialog.stage {
        ImportStage::EnterTopic(error) => error.iter().map(error_paragraph).collect(),
        ImportStage::Waiting(topic, error) => {
            let refusal = context.app.subscription_refusal(dialog.connection, &topic.clone().into());
            let refusal = refusal.map(|refusal| format!("{topic}: {refusal}"));
            let mut paragraphs: Vec<_> = refusal.iter().chain(error).map(error_paragraph).collect();
            paragraphs.push((format!("waiting for tiles on {topic} of {connection_name}"), theme.text()));
            paragraphs.push(("In the app, open the dashboard menu and publish the metrics.".to_owned(), theme.dim()));
            let connection = context.app.connection(dialog.connection);
            if connection.is_none_or(|connection| !connection.is_connected()) {
                let text = format!("{connection_name} is not connected; waiting for the connection, too");
                paragraphs.push((text, theme.warning()));
            }
            paragraphs
        }
        ImportStage::Converting(..) => vec![("reading the export".to_owned(), theme.text())],
        ImportStage::Damaged(_, _, error) => vec![error_paragraph(error)],
        ImportStage::NotSaved(_, _, _, error) => vec![
            error_paragraph(error),
            ("The export is kept here until you close this or import it.".to_owned(), theme.dim()),
        ],
    }
}
