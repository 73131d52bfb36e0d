//! What a tile displays: the content of its kind, with prefix and postfix and with the changes of scripts.

use super::Tile;
use crate::model::{
    content::TileContent, content_line::ContentLine, error::TileError, script::ViewOverride, script_view::ScriptView,
    tile_value::TileValue,
};

impl Tile {
    /// Returns the content to display, with prefix and postfix.
    ///
    /// # Errors
    /// If the value cannot be shown.
    pub fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let mut content = self.kind.content(value)?;
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

    /// Returns the content to display, with the changes that scripts made.
    ///
    /// # Errors
    /// If the value cannot be shown and no script replaces it.
    pub(crate) fn scripted_content(
        &self,
        value: Option<&TileValue>,
        view_override: Option<&ViewOverride>,
    ) -> Result<TileContent, TileError> {
        match (view_override, self.content(value)) {
            (Some(view_override), Ok(content)) if self.kind.script_view(content.clone()) == view_override.view => {
                Ok(content)
            }
            (Some(view_override), content) => Ok(self.kind.apply_script_view(content.ok(), &view_override.view)),
            (None, content) => content,
        }
    }
}
