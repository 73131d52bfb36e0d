//! Counts with nouns, in sentences for the user.

/// Returns a count and a noun, with a plural `s` unless the count is 1.
pub(crate) fn pluralize(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
