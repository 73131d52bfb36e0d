//! Taking tiles over from MQTT Dash: the topic, the wait, and what is wrong with what came.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    Look,
    entry::entry,
    keys::{Binding, Place, hinted, row},
    panel,
    text::{Side, line, wrap},
};
use crate::app::{Action, App, Focus, ImportDialog, ImportStage};

/// Its rows of THE key table.
pub const BINDINGS: &[Binding] = &[
    row(
        Place::Board,
        "import",
        &["M"],
        |_| Action::ImportFromMqttDash,
        "take tiles over from MQTT Dash: wait until it publishes them",
    ),
    hinted(
        Place::Import,
        "import-accept",
        &["Enter"],
        |_| Action::Accept,
        "take the tiles that can be read",
        |app| {
            matches!(&app.focus, Focus::Import(import) if matches!(import.stage, ImportStage::Damaged(..)))
                .then_some("take the rest")
        },
    ),
];

/// Where the keys go while it is open.
pub fn place(import: &ImportDialog) -> Place {
    match &import.stage {
        ImportStage::EnterTopic(_) => Place::Line,
        _ => Place::Import,
    }
}

/// The size of the inside of its panel.
const SIZE: (u16, u16) = (64, 9);

/// Draws the import.
pub fn draw(buf: &mut Buffer, screen: Rect, app: &App, import: &ImportDialog, look: &Look) {
    let area = panel::open(buf, screen, "Import from MQTT Dash", SIZE, look);
    let theme = look.theme;
    let known = app.connections.get(import.connection.0);
    let name = known.map(|line| line.name.as_str()).unwrap_or_default();
    let mut text: Vec<(String, Style)> = Vec::new();
    match &import.stage {
        ImportStage::EnterTopic(wrong) => {
            line(buf, area, 0, &format!("the topic on {name} to which the app publishes"), theme.dim(), Side::Left);
            let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            entry(buf, below, &import.input, true, look);
            text.extend([(String::new(), theme.text()), (String::new(), theme.text()), (String::new(), theme.text())]);
            text.extend(wrong.iter().map(|wrong| (format!("! {wrong}"), theme.fault())));
        }
        ImportStage::Waiting(topic, wrong) => {
            text.extend(wrong.iter().map(|wrong| (format!("! {wrong}"), theme.fault())));
            text.push((format!("waiting on {topic} of {name}"), theme.text()));
            text.push((
                "In the app, open the dashboard's menu and let it publish its metrics.".to_owned(),
                theme.dim(),
            ));
            if known.is_none_or(|line| !line.is_connected()) {
                text.push((format!("{name} is not connected: it is waited for, too"), theme.warn()));
            }
        }
        ImportStage::Converting(..) => text.push(("reading what came".to_owned(), theme.text())),
        ImportStage::Damaged(_, _, wrong) => text.push((format!("! {wrong}"), theme.fault())),
    }
    let rows = text
        .iter()
        .flat_map(|(text, style)| {
            let lines = wrap(text, area.width, usize::from(area.height));
            let lines = if lines.is_empty() { vec![String::new()] } else { lines };
            lines.into_iter().map(|line| (line, *style)).collect::<Vec<_>>()
        })
        .filter(|(text, _)| !text.is_empty() || matches!(import.stage, ImportStage::EnterTopic(_)));
    for (row, (text, style)) in (0..area.height).zip(rows) {
        if !text.is_empty() {
            line(buf, area, row, &text, style, Side::Left);
        }
    }
}
