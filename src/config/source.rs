//! The text of a file as it is shown with a problem: passwords are masked, and characters that could control
//! the terminal are replaced.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::mask_passwords::{MaskedParts, mask_passwords};
use crate::model::unsafe_char::{is_unsafe, replace_unsafe};

/// The maximum number of bytes that are marked, and that are shown before and after them on a very long line.
const MAX_SPAN_BYTES: usize = 100;
/// The maximum number of bytes of whole lines that are shown.
const MAX_CONTEXT_BYTES: usize = 1_000;

/// The name of a file and its text, safe to show. Offsets in the text equal the offsets in the file.
pub(crate) struct SourceText {
    name: String,
    display_text: String,
    line_starts: Vec<usize>,
}

impl SourceText {
    /// Creates the source text of a file.
    pub(super) fn new(name: impl Into<String>, text: &str) -> Self {
        let name = name.into();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            display_text: sanitize_for_terminal(&mask_passwords(&name, text)),
            name: replace_unsafe(&name).into_owned(),
            line_starts,
        }
    }

    /// Returns the parts of the text of the file that are not shown.
    pub(super) fn masked_parts<'a>(&self, text: &'a str) -> MaskedParts<'a> {
        MaskedParts::new(text, &self.display_text)
    }

    /// Returns whether a part of the text of the file is shown as it is.
    pub(super) fn shows(&self, text: &str, range: &Range<usize>) -> bool {
        self.display_text.as_bytes().get(range.clone()) == text.as_bytes().get(range.clone())
    }

    /// Returns the file name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the line and the column (in characters) of a byte offset, both from 1.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let byte = self.floor_char_boundary(byte);
        let line = self.line_index(byte);
        (line + 1, self.display_text[self.line_starts[line]..byte].chars().count() + 1)
    }

    /// Returns the start of the character that contains this byte, or the end of the text.
    fn floor_char_boundary(&self, byte: usize) -> usize {
        let byte = byte.min(self.display_text.len());
        (0..=byte).rev().find(|at| self.display_text.is_char_boundary(*at)).unwrap_or(0)
    }

    /// Returns the index of the line that contains this byte, from 0.
    pub(super) fn line_index(&self, byte: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// Returns the end of a line, before its line break.
    fn line_end(&self, line: usize) -> usize {
        let end = self.line_starts.get(line + 1).map_or(self.display_text.len(), |next| next - 1);
        end - usize::from(self.display_text[self.line_starts[line]..end].ends_with('\r'))
    }

    /// Clips a range to whole characters of one line, at most [`MAX_SPAN_BYTES`].
    pub(super) fn clip_to_line(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.floor_char_boundary(range.start);
        let max_end = self.line_end(self.line_index(start)).min(start + MAX_SPAN_BYTES).max(start);
        let end = self.floor_char_boundary(range.end.min(max_end)).max(start);
        // A character that is only partly in the range is marked as a whole.
        let next = self.display_text[start..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        start..if range.is_empty() { start } else { end.max((start + next).min(max_end)) }
    }

    /// Returns the text to show around a range: the given number of whole lines before and after it, or a
    /// part of its line if the lines are too long.
    fn context_range(&self, range: &Range<usize>, before: usize, after: usize) -> Range<usize> {
        let current = self.line_index(range.start);
        let (first, last) = (current.saturating_sub(before), (current + after).min(self.line_starts.len() - 1));
        let lines = self.line_starts[first]..self.line_end(last).max(range.end);
        if before > 0 && lines.len() <= MAX_CONTEXT_BYTES {
            return lines;
        }
        let line = self.line_starts[current]..self.line_end(current).max(range.end);
        let start = if before == 0 {
            range.start
        } else {
            self.floor_char_boundary(range.start.saturating_sub(MAX_SPAN_BYTES))
        };
        start.max(line.start)..self.floor_char_boundary(line.end.min(range.end + MAX_SPAN_BYTES))
    }
}

impl std::fmt::Debug for SourceText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceText({})", self.name)
    }
}

/// Implemented here because the implementations of `miette` count columns in bytes and scan the whole file
/// for each label; this one counts characters and finds the line by binary search.
impl SourceCode for SourceText {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let range = span.offset()..span.offset() + span.len();
        if range.end > self.display_text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let context = self.context_range(&range, before, after);
        let (line, column) = self.line_and_column(context.start);
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            &self.display_text.as_bytes()[context.clone()],
            (context.start, context.len()).into(),
            line - 1,
            column - 1,
            self.line_index(context.end) - (line - 1) + 1,
        );
        Ok(Box::new(contents))
    }
}

/// Replaces characters that could control the terminal or change the direction of text with characters of the
/// same length.
pub(super) fn sanitize_for_terminal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let unsafe_length = match c {
            '\t' | '\n' | '\r' => None,
            _ => is_unsafe(c).then(|| c.len_utf8()),
        };
        match unsafe_length {
            None => out.push(c),
            Some(1) => out.push('?'),
            Some(2) => out.push('¿'),
            Some(3) => out.push(char::REPLACEMENT_CHARACTER),
            Some(_) => out.extend([char::REPLACEMENT_CHARACTER, '?']),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_counts_characters() {
        let source = SourceText::new("x", "é = 1\r\nab\n");
        assert_eq!(source.line_and_column(0), (1, 1));
        assert_eq!(source.line_and_column(3), (1, 3));
        assert_eq!(source.line_and_column(1), (1, 1), "an offset inside a character counts as its start");
        assert_eq!(source.line_and_column(9), (2, 2));
        assert_eq!(source.line_and_column(99), (3, 1));
        assert_eq!(source.line_end(0), 6);
    }

    #[test]
    fn sanitize_for_terminal_removes_control_characters_and_keeps_length() {
        let text = "a\u{1b}[31m\u{9b}\u{202e}\tb\u{7f}\u{e0041}";
        let sanitized = sanitize_for_terminal(text);
        assert_eq!(sanitized, "a?[31m¿\u{fffd}\tb?\u{fffd}?");
        assert_eq!(sanitized.len(), text.len());
    }
}
