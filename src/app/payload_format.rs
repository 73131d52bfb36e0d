//! How a payload is shown: as what it is, as text, as bytes, or as a tree.

/// How a payload is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PayloadFormat {
    /// JSON indented, other texts as they are, bytes in hexadecimal.
    #[default]
    Auto,
    /// As text, whatever it is.
    Text,
    /// In hexadecimal.
    Hex,
    /// JSON as a tree, without its punctuation.
    Tree,
}

impl PayloadFormat {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 4] = [Self::Auto, Self::Text, Self::Hex, Self::Tree];

    /// Returns whether it shows JSON with parts that can be selected and folded.
    #[must_use]
    pub(crate) const fn has_parts(self) -> bool {
        matches!(self, Self::Auto | Self::Tree)
    }

    /// Returns it in a word.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Text => "text",
            Self::Hex => "hex",
            Self::Tree => "tree",
        }
    }
}
