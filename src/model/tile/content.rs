//! What a tile displays for a value: the content of its kind, with prefix and postfix.

use super::Tile;
use crate::model::{
    content::TileContent, content_line::ContentLine, error::TileError, kept_messages::KeptMessages,
    script_view::ScriptView, tile_value::TileValue,
};

impl Tile {
    /// Returns the content to display, with prefix and postfix.
    ///
    /// # Errors
    /// If the value cannot be shown.
    pub fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        self.content_of(value, None)
    }

    /// Returns the content to display out of the value and of the messages that the tile keeps, if its kind needs some.
    ///
    /// # Errors
    /// If they cannot be shown.
    pub(crate) fn content_of(
        &self,
        value: Option<&TileValue>,
        kept: Option<&KeptMessages>,
    ) -> Result<TileContent, TileError> {
        let mut content = match kept {
            Some(kept) => self.kind.content_of_kept(value, kept)?,
            None => self.kind.content(value)?,
        };
        if let Some(prefix_suffix) = content.prefix_suffix_mut()
            && self.kind.supports_prefix_suffix()
            && prefix_suffix.has_no_text()
        {
            self.prefix.as_str().clone_into(&mut prefix_suffix.prefix);
            prefix_suffix.suffix = self.suffix();
        }
        Ok(content)
    }

    /// Returns the text after the value: `postfix`, or the unit with a space before it.
    #[must_use]
    pub(crate) fn suffix(&self) -> String {
        match self.kind.unit() {
            unit if self.postfix.as_str().is_empty() && !unit.is_empty() => format!(" {unit}"),
            _ => self.postfix.as_str().to_owned(),
        }
    }

    /// Returns the part of the content that scripts may change.
    #[must_use]
    pub(crate) fn script_view(&self, value: Option<&TileValue>) -> ScriptView {
        self.kind.script_view(self.content(value).unwrap_or(TileContent::Placeholder(String::new())))
    }

    /// Returns the displayed value as text.
    #[must_use]
    pub(crate) fn display_text(&self, value: Option<&TileValue>) -> String {
        let content = self.content(value).ok().filter(TileContent::has_prefix_suffix);
        content.map_or_else(
            || value.map(|value| value.text.to_string()).unwrap_or_default(),
            |content| content.line().text,
        )
    }

    /// Returns the name that the tile has for a value: the label of a state or of an option, or the displayed text.
    #[must_use]
    pub(crate) fn value_label(&self, value: &TileValue) -> String {
        let line = self.content(Some(value)).ok().map(|content| content.line());
        line.filter(ContentLine::has_value).map_or_else(|| value.text.to_string(), |line| line.text)
    }
}
