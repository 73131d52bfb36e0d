//! Texts that stand in a row.

/// Returns a text in one line: a space stands for all white space between words.
#[must_use]
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
