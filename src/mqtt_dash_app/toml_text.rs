//! Writes an imported dashboard as TOML.

use super::import::ImportedDashboard;
use crate::{
    config::dashboard_to_toml,
    model::{dashboard::Dashboard, schema::capitalized, unsafe_char::replace_unsafe},
};

/// The maximum width of a comment line in characters.
const COMMENT_WIDTH: usize = 100;

/// Writes the text of a dashboard file. The notes about a tile are comments above it.
#[must_use]
pub fn import_to_toml(imported: &ImportedDashboard) -> String {
    let tiles = &imported.dashboard.tiles;
    let header = Dashboard { tiles: Vec::new(), ..imported.dashboard.clone() };
    let mut text = wrap_comment("Imported from MQTT Dash.");
    if tiles.iter().any(|tile| !tile.mqtt_dash.0.is_empty()) {
        text += &wrap_comment("`mqtt_dash` holds what only an export to the app needs; you can delete it.");
    }
    for damaged in &imported.damaged {
        text += &wrap_comment(&format!("Left out: {damaged}."));
    }
    text += &note_comments(imported, None);
    let header = dashboard_to_toml(&header);
    if !header.is_empty() {
        text += "\n";
        text += &header;
    }
    for (index, tile) in tiles.iter().enumerate() {
        text += "\n";
        text += &note_comments(imported, Some(index));
        text += &dashboard_to_toml(&Dashboard { tiles: vec![tile.clone()], ..Dashboard::default() });
    }
    text
}

fn note_comments(imported: &ImportedDashboard, tile: Option<usize>) -> String {
    imported.notes.iter().filter(|note| note.tile == tile).map(|note| wrap_comment(&to_sentence(&note.text))).collect()
}

fn to_sentence(text: &str) -> String {
    format!("{}.", capitalized(text))
}

/// Wraps a text into comment lines.
fn wrap_comment(text: &str) -> String {
    let text = replace_unsafe(text);
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > COMMENT_WIDTH {
            lines += &line;
            lines.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_comments_wrap_at_word_boundaries() {
        let text = wrap_comment(&"word ".repeat(30));
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.starts_with("# word") && line.len() <= COMMENT_WIDTH));
        assert_eq!(to_sentence("`x` is 3"), "`x` is 3.");
        assert_eq!(to_sentence("it is"), "It is.");
    }
}
