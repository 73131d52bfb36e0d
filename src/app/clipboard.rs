//! Copying a value to the clipboard of the terminal.

use super::{App, Effect, ShellEffect};
use crate::model::{error::format_bytes, id::TileId, one_line::one_line, time::Time};

/// The largest text that is copied, in bytes: terminals refuse or cut what is much larger.
const MAX_BYTES: usize = 64 << 10;
/// How much of a copied text the notice shows.
const MAX_SHOWN_CHARS: usize = 40;

impl App {
    /// Copies the value of a tile.
    pub(super) fn copy_value(&mut self, tile: TileId, now: Time) -> Vec<Effect> {
        let Some((definition, state)) = self.tile(tile) else { return Vec::new() };
        let name = definition.json_path.as_ref().map_or_else(|| definition.display_name(), |path| path.as_str());
        match &state.value {
            Some(value) if value.is_binary() => {
                self.notify("The value is binary: there is no text to copy", now);
                Vec::new()
            }
            Some(value) => {
                let (name, text) = (name.to_owned(), value.text.to_string());
                self.copy_text(&name, text, now)
            }
            None => {
                self.notify("There is no value yet to copy", now);
                Vec::new()
            }
        }
    }

    /// Copies a text, and says so. `name` is what the text is the value of.
    pub(super) fn copy_text(&mut self, name: &str, text: String, now: Time) -> Vec<Effect> {
        if text.len() > MAX_BYTES {
            let (size, limit) = (format_bytes(text.len()), format_bytes(MAX_BYTES));
            self.notify(
                format!("Not copied: {size} is too large for the clipboard of a terminal (limit {limit})"),
                now,
            );
            return Vec::new();
        }
        let end = text.char_indices().nth(MAX_SHOWN_CHARS).map(|(end, _)| end);
        let shown = end.map_or_else(|| text.clone(), |end| format!("{}…", &text[..end]));
        self.notify(format!("Copied {name} = {}", one_line(&shown)), now);
        vec![Effect::Shell(ShellEffect::CopyToClipboard(text))]
    }
}
