//! The heading: a line across the grid that starts a section, which can be folded.

use super::{Section, TileKind, non_empty_text};
use crate::model::{
    content::{PrefixSuffix, TextSize, TileAction, TileContent},
    error::TileError,
    schema::{FieldSpec, Schema, field},
    tile_value::TileValue,
    value::ValidationError,
};

/// A line that starts a section: the tiles up to the next heading.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeadingKind {
    note: String,
    folded: bool,
}

impl Schema for HeadingKind {
    const FIELDS: &'static [FieldSpec<Self>] = &[
        field!(String, note, "text at the right of the line; a value of `topic` takes its place"),
        field!(bool, folded as "Starts folded", "whether the tiles up to the next heading are hidden until the heading is pressed"),
    ];
}

impl TileKind for HeadingKind {
    fn name(&self) -> &'static str {
        "heading"
    }

    fn description(&self) -> &'static str {
        "starts a section with a line across the dashboard; pressing hides or shows its tiles"
    }

    fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let text = non_empty_text(value).unwrap_or(&self.note).to_owned();
        let prefix_suffix = PrefixSuffix::default();
        Ok(TileContent::Text { prefix_suffix, text, size: TextSize::Small, color: None, known: value.is_some() })
    }

    fn press_action(&self, _value: Option<&TileValue>) -> TileAction {
        TileAction::FoldSection
    }

    fn section(&self) -> Option<Section> {
        Some(Section { starts_folded: self.folded })
    }

    fn fits_row(&self) -> bool {
        false
    }

    fn sample(&self) -> (Box<dyn TileKind>, &'static str) {
        (Box::new(Self { note: "3 of 4 on".to_owned(), folded: false }), "▾ Lights ────")
    }

    fn action_label(&self) -> &'static str {
        "fold"
    }

    fn is_state(&self, _text: &str) -> bool {
        false
    }

    fn supports_prefix_suffix(&self) -> bool {
        true
    }

    fn missing_purpose(&self) -> Option<ValidationError> {
        None
    }

    fn can_publish(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::tile_value, *};

    #[test]
    fn heading_shows_its_note_until_it_has_a_value() {
        let heading = HeadingKind { note: "ground floor".to_owned(), ..HeadingKind::default() };
        assert_eq!(heading.content(None).unwrap().line().text, "ground floor");
        assert_eq!(heading.content(Some(&tile_value("21 °C"))).unwrap().line().text, "21 °C");
        assert_eq!(HeadingKind::default().content(None).unwrap().line().text, "");
    }
}
