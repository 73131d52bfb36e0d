//! The text of a file as it is shown beside a problem: no password in it, and nothing that a
//! terminal would take for a command.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::mask::mask;

/// The most bytes that are pointed at, and that are shown beside them on a very long line.
const MAX_SPAN: usize = 100;
/// The most bytes of whole lines that are shown.
const MAX_SHOWN: usize = 1_000;

/// A file's name and its lines, fit to be shown. Byte for byte as long as the file.
pub struct Source {
    name: String,
    shown: String,
    starts: Vec<usize>,
}

impl Source {
    /// The text of the file with this name.
    pub(super) fn new(name: impl Into<String>, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: name.into(), shown: harmless(&mask(text)), starts }
    }

    /// The file's name as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line and the column (in characters) of a byte, both from 1.
    #[must_use]
    pub fn place(&self, byte: usize) -> (usize, usize) {
        let byte = self.floor(byte);
        let line = self.line(byte);
        (line + 1, self.shown[self.starts[line]..byte].chars().count() + 1)
    }

    /// The place of the character that holds this byte, or the end.
    fn floor(&self, byte: usize) -> usize {
        let byte = byte.min(self.shown.len());
        (0..=byte).rev().find(|at| self.shown.is_char_boundary(*at)).unwrap_or(0)
    }

    /// The number of the line that holds this byte, from 0.
    pub(super) fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The byte behind a line, without its line break.
    fn end(&self, line: usize) -> usize {
        let end = self.starts.get(line + 1).map_or(self.shown.len(), |next| next - 1);
        end - usize::from(self.shown[self.starts[line]..end].ends_with('\r'))
    }

    /// A range that can be pointed at: whole characters of one line.
    pub(super) fn clip(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.floor(range.start);
        let most = self.end(self.line(start)).min(start + MAX_SPAN).max(start);
        let end = self.floor(range.end.min(most)).max(start);
        // Of a character that is only touched, all is shown.
        let next = self.shown[start..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
        start..if range.is_empty() { start } else { end.max((start + next).min(most)) }
    }

    /// The part of the text around a range: so many whole lines, or, where a line is very long, a
    /// piece of the line itself.
    fn around(&self, range: &Range<usize>, before: usize, after: usize) -> Range<usize> {
        let here = self.line(range.start);
        let (first, last) = (here.saturating_sub(before), (here + after).min(self.starts.len() - 1));
        let lines = self.starts[first]..self.end(last).max(range.end);
        if before > 0 && lines.len() <= MAX_SHOWN {
            return lines;
        }
        let line = self.starts[here]..self.end(here).max(range.end);
        let start = if before == 0 { range.start } else { self.floor(range.start.saturating_sub(MAX_SPAN)) };
        start.max(line.start)..self.floor(line.end.min(range.end + MAX_SPAN))
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

/// `miette` counts columns in bytes and walks the whole file for each label; this counts
/// characters and goes to the line at once.
impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let range = span.offset()..span.offset() + span.len();
        if range.end > self.shown.len() {
            return Err(MietteError::OutOfBounds);
        }
        let shown = self.around(&range, before, after);
        let (line, column) = self.place(shown.start);
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            &self.shown.as_bytes()[shown.clone()],
            (shown.start, shown.len()).into(),
            line - 1,
            column - 1,
            self.line(shown.end) - (line - 1) + 1,
        );
        Ok(Box::new(contents))
    }
}

/// The text with stand-ins of the same length for what could steer a terminal or turn the direction
/// of a line.
pub(super) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => c,
            _ if c.is_control() && c.len_utf8() == 1 => '?',
            _ if c.is_control() => '¿',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
            _ => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_where_they_end() {
        let source = Source::new("x", "é = 1\r\nab\n");
        assert_eq!(source.place(0), (1, 1));
        assert_eq!(source.place(3), (1, 3));
        assert_eq!(source.place(1), (1, 1), "the middle of a character is the character");
        assert_eq!(source.place(9), (2, 2));
        assert_eq!(source.place(99), (3, 1));
        assert_eq!(source.end(0), 6);
    }

    #[test]
    fn nothing_that_steers_a_terminal_is_shown_and_no_byte_moves() {
        let text = "a\u{1b}[31m\u{9b}\u{202e}\tb\u{7f}";
        let shown = harmless(text);
        assert_eq!(shown, "a?[31m¿\u{fffd}\tb?");
        assert_eq!(shown.len(), text.len());
    }
}
