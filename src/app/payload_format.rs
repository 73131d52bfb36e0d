//! How a payload is shown: as what it is, as text, or as bytes.

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
}

impl PayloadFormat {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Auto, Self::Text, Self::Hex];

    /// Returns it in a word.
    #[must_use]
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Text => "text",
            Self::Hex => "hex",
        }
    }
}
