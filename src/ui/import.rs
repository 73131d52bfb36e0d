//! The dialog that imports tiles from MQTT Dash: it asks for the topic, waits for the export, and shows
//! errors.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    UiConfig,
    controls::draw_text_input,
    dialog,
    key_bindings::{KeyBinding, KeyContext, key_bindings},
    text::{Alignment, draw_line, wrap},
};
use crate::app::{Action, App, Focus, ImportDialog, ImportStage};

/// The key bindings of imports.
pub(crate) const BINDINGS: &[KeyBinding] = key_bindings! {
    Dashboard {
        "import" ["M"] |_| Action::ImportFromMqttDash, "import the tiles that MQTT Dash publishes";
    }
    Import {
        "import-accept" ["Enter"] |_| Action::Accept, "import the tiles that are readable", (accept_hint);
    }
};

fn accept_hint(app: &App) -> Option<&'static str> {
    let Focus::Import(import) = &app.focus else { return None };
    matches!(import.stage, ImportStage::Damaged(..)).then_some("import the rest")
}

/// Returns the key context of the import dialog.
pub(crate) fn key_context(import: &ImportDialog) -> KeyContext {
    match &import.stage {
        ImportStage::EnterTopic(_) => KeyContext::TextInput,
        _ => KeyContext::Import,
    }
}

/// The inner size of the dialog.
const DIALOG_SIZE: (u16, u16) = (64, 9);

/// Draws the dialog.
pub(crate) fn draw(buf: &mut Buffer, screen: Rect, app: &App, import: &ImportDialog, config: &UiConfig) {
    let area = dialog::draw_frame(buf, screen, "Import from MQTT Dash", DIALOG_SIZE, config);
    let theme = config.theme;
    let connection = app.connections.get(import.connection.0);
    let name = connection.map(|connection| connection.name.as_str()).unwrap_or_default();
    let mut paragraphs: Vec<(String, Style)> = Vec::new();
    match &import.stage {
        ImportStage::EnterTopic(error) => {
            draw_line(
                buf,
                area,
                0,
                &format!("topic on {name} that the app publishes to"),
                theme.dim(),
                Alignment::Left,
            );
            let input_area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            draw_text_input(buf, input_area, &import.input, true, config);
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
            paragraphs.push(("In the app, open the dashboard menu and publish the metrics.".to_owned(), theme.dim()));
            if connection.is_none_or(|connection| !connection.is_connected()) {
                paragraphs.push((format!("{name} is not connected; waiting for the connection, too"), theme.warning()));
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
        .filter(|(text, _)| !text.is_empty() || matches!(import.stage, ImportStage::EnterTopic(_)));
    for (row, (text, style)) in (0..area.height).zip(rows) {
        if !text.is_empty() {
            draw_line(buf, area, row, &text, style, Alignment::Left);
        }
    }
}
