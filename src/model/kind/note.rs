//! The note tile: text of the dashboard itself, wrapped; its link can be opened.

use super::TileKind;
use crate::model::{
    content::{TileAction, TileContent},
    error::TileError,
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
    value::ValidationError,
};

/// A tile that shows a text of its file.
#[derive(Debug, Clone, Default)]
pub(crate) struct NoteKind {
    text: String,
}

impl Schema for NoteKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[field!(
        String,
        text,
        "the text, which may have several lines; a press opens its first link, after a question"
    )];
}

impl NoteKind {
    /// Returns the first link in the text.
    fn link(&self) -> Option<&str> {
        let is_start = |text: &str| text.starts_with("https://") || text.starts_with("http://");
        let start = self.text.char_indices().map(|(at, _)| at).find(|at| is_start(&self.text[*at..]))?;
        let rest = &self.text[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "<>\"'`|".contains(c)).unwrap_or(rest.len());
        let link = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']);
        (!link.ends_with("//")).then_some(link)
    }
}

impl TileKind for NoteKind {
    fn name(&self) -> &'static str {
        "note"
    }

    fn description(&self) -> &'static str {
        "shows a text of the dashboard; pressing opens its first link"
    }

    fn content(&self, _value: Option<&TileValue>) -> Result<TileContent, TileError> {
        Ok(match self.text.trim() {
            "" => TileContent::Placeholder("no `text` is set".to_owned()),
            text => TileContent::Note(text.to_owned()),
        })
    }

    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        self.link().map_or(TileAction::Nothing, |link| TileAction::OpenUrl(link.to_owned()))
    }

    fn fits_row(&self) -> bool {
        false
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self { text: "Water the plants on Mondays.".to_owned() }), "")
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn action_label(&self) -> &'static str {
        "open"
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        let error = || ValidationError::new("the note has no `text`").with_help("set `text`").prepend_key("text");
        self.text.trim().is_empty().then(error)
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_link_of_a_note_is_opened() {
        for (text, link) in [
            ("no link", None),
            ("see https://a.example/b?c=1, or http://d", Some("https://a.example/b?c=1")),
            ("(http://a.example).", Some("http://a.example")),
            ("<https://a.example> ünd", Some("https://a.example")),
            ("https:// nothing", None),
        ] {
            let action = NoteKind { text: text.to_owned() }.press_action(None);
            assert_eq!(action, link.map_or(TileAction::Nothing, |link| TileAction::OpenUrl(link.to_owned())), "{text}");
        }
    }

    #[test]
    fn note_lacks_only_its_text() {
        let missing = |text: &str| NoteKind { text: text.to_owned() }.missing_purpose().map(|error| error.message);
        assert_eq!(missing(" "), Some("the note has no `text`".to_owned()));
        assert_eq!(missing("a"), None);
    }
}
