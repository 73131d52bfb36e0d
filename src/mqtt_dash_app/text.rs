//! An imported dashboard as the file that a person would have written.

use super::import::Imported;
use crate::{config::dashboard_to_toml, model::dashboard::Dashboard};

/// How wide a comment may be.
const WIDTH: usize = 100;

/// The text of the dashboard's file: what could not be carried over stands above its tile.
#[must_use]
pub fn imported_text(imported: &Imported) -> String {
    let Dashboard { title, profile, tile_size, columns, columns_narrow, locked, tiles } = &imported.dashboard;
    let head = Dashboard {
        title: title.clone(),
        profile: profile.clone(),
        tile_size: *tile_size,
        columns: *columns,
        columns_narrow: *columns_narrow,
        locked: *locked,
        tiles: Vec::new(),
    };
    let mut text = comment("Imported from MQTT Dash.");
    if tiles.iter().any(|tile| !tile.mqtt_dash.0.is_empty()) {
        text += &comment("`mqtt_dash` keeps what only an export to the app needs; it may be deleted.");
    }
    for damaged in &imported.damaged {
        text += &comment(&format!("Left out: {damaged}."));
    }
    text += &notes(imported, None);
    let head = dashboard_to_toml(&head);
    if !head.is_empty() {
        text += "\n";
        text += &head;
    }
    for (index, tile) in tiles.iter().enumerate() {
        text += "\n";
        text += &notes(imported, Some(index));
        text += &dashboard_to_toml(&Dashboard { tiles: vec![tile.clone()], ..Dashboard::default() });
    }
    text
}

fn notes(imported: &Imported, tile: Option<usize>) -> String {
    imported.notes.iter().filter(|note| note.tile == tile).map(|note| comment(&sentence(&note.text))).collect()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// A text as comment lines.
fn comment(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("#");
    for word in text.split_whitespace() {
        if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > WIDTH {
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
    fn long_comments_are_wrapped_at_words() {
        let text = comment(&"word ".repeat(30));
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.starts_with("# word") && line.len() <= WIDTH));
        assert_eq!(sentence("`x` is 3"), "`x` is 3.");
        assert_eq!(sentence("it is"), "It is.");
    }
}
