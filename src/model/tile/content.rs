//! What a tile displays: the content of its kind, with prefix and postfix and with the changes of scripts.

use super::Tile;
use crate::model::{
    content::{PrefixSuffix, TileContent},
    error::TileError,
    script::ViewOverride,
    script_view::ScriptView,
    tile_value::TileValue,
};

impl Tile {
    /// Returns the content to display, with prefix and postfix.
    ///
    /// # Errors
    /// If the value cannot be shown.
    pub fn content(&self, value: Option<&TileValue>) -> Result<TileContent, TileError> {
        let mut content = self.kind.content(value)?;
        if let TileContent::Text { prefix_suffix, .. } | TileContent::Meter { prefix_suffix, .. } = &mut content
            && self.kind.supports_prefix_suffix()
            && *prefix_suffix == PrefixSuffix::default()
        {
            *prefix_suffix = PrefixSuffix { prefix: self.prefix.clone(), suffix: self.postfix.clone() };
        }
        Ok(content)
    }

    /// Returns the part of the content that scripts may change.
    #[must_use]
    pub(crate) fn script_view(&self, value: Option<&TileValue>) -> ScriptView {
        self.kind.script_view(self.content(value).unwrap_or(TileContent::Placeholder(String::new())))
    }

    /// Returns the displayed value as text.
    #[must_use]
    pub(crate) fn display_text(&self, value: Option<&TileValue>) -> String {
        match self.content(value) {
            Ok(TileContent::Text { prefix_suffix, text, .. } | TileContent::Meter { prefix_suffix, text, .. }) => {
                format!("{}{text}{}", prefix_suffix.prefix, prefix_suffix.suffix)
            }
            _ => value.map(|value| value.text.to_string()).unwrap_or_default(),
        }
    }

    /// Returns the name that the tile has for a value: the label of a state or of an option, or the displayed text.
    #[must_use]
    pub(crate) fn value_label(&self, value: &TileValue) -> String {
        match self.content(Some(value)) {
            Ok(TileContent::Toggle { text, .. } | TileContent::Placeholder(text)) => text,
            Ok(TileContent::Swatch { rgb, .. }) => rgb.to_string(),
            _ => self.display_text(Some(value)),
        }
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
