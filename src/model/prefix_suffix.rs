//! The text around a value.

/// Text before and after a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrefixSuffix {
    /// The text before the value.
    pub(crate) prefix: String,
    /// The text after the value.
    pub(crate) suffix: String,
    /// The word for the zone of the number, which is shown next to the value; empty if there is none.
    pub(crate) zone: String,
}

impl PrefixSuffix {
    /// Creates what is around a value of a zone with this label.
    pub(crate) fn of_zone(label: String) -> Self {
        Self { zone: label, ..Self::default() }
    }

    /// Returns a value with the text around it.
    pub(crate) fn around(&self, text: &str) -> String {
        format!("{}{text}{}", self.prefix, self.suffix)
    }

    /// Returns a value with the text around it and the word for its zone, in one line.
    pub(crate) fn line(&self, text: &str) -> String {
        let value = self.around(text);
        if self.zone.is_empty() { value } else { format!("{value} · {}", self.zone) }
    }

    /// Returns whether there is neither text before nor after the value.
    pub(crate) const fn has_no_text(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty()
    }
}
