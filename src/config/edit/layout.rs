//! Finds the lines that belong to a table. A header with the comments directly above it and the keys below it
//! is a block; text between blocks belongs to none of them.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeString, DeValue},
};

use super::super::document::TomlNode;

/// A text and its line ending.
#[derive(Clone, Copy)]
pub(super) struct TextLayout<'a> {
    pub text: &'a str,
    /// The line ending of the text, taken from its first line.
    pub eol: &'static str,
}

impl<'a> TextLayout<'a> {
    pub fn new(text: &'a str) -> Self {
        let eol = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Self { text, eol }
    }

    /// Returns the start of the line that contains this byte.
    pub fn line_start(&self, byte: usize) -> usize {
        self.text[..byte].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Returns the start of the line after this byte, or the end of the text.
    pub fn line_end(&self, byte: usize) -> usize {
        self.text[byte..].find('\n').map_or(self.text.len(), |at| byte + at + 1)
    }

    fn is_comment(&self, line: usize) -> bool {
        self.text[line..].trim_start_matches([' ', '\t']).starts_with('#')
    }

    /// Returns the start of the comments right above a line, at `min` at the earliest, or of the line itself.
    pub fn start_of_comments(&self, line: usize, min: usize) -> usize {
        let mut start = line;
        while start > min && self.is_comment(self.line_start(start - 1)) {
            start = self.line_start(start - 1);
        }
        start
    }

    /// Returns whether a range contains only white space.
    pub fn is_blank(&self, range: Range<usize>) -> bool {
        self.text[range].trim().is_empty()
    }

    /// Returns the blocks of the given headers. Each header comes with the end of the last value below it;
    /// `min_start` is the end of the last value before the first header.
    pub fn blocks(&self, headers: &[(usize, usize)], min_start: usize) -> Vec<Range<usize>> {
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut min_start = if min_start == 0 { 0 } else { self.line_end(min_start) };
        for (header, end) in headers {
            let start = self.start_of_comments(self.line_start(*header), min_start);
            min_start = self.line_end(*end);
            blocks.push(start..min_start);
        }
        for index in 0..blocks.len() {
            let max_end = blocks.get(index + 1).map_or(self.text.len(), |next| next.start);
            while blocks[index].end < max_end && self.is_comment(blocks[index].end) {
                blocks[index].end = self.line_end(blocks[index].end);
            }
        }
        blocks
    }

    /// Returns how the value of a key is written.
    pub fn key_syntax(&self, key: &Spanned<DeString<'_>>, value: &TomlNode<'_>) -> KeySyntax {
        let (key, value) = (key.span(), value.span());
        if key.end <= value.start {
            KeySyntax::KeyValue
        } else if self.text[self.line_start(key.start)..].trim_start().starts_with('[') {
            KeySyntax::Sections
        } else {
            KeySyntax::Dotted
        }
    }

    /// Returns the keys of a table that have no header, each with the end of its value.
    pub fn own_keys(&self, node: &TomlNode<'_>) -> Vec<(Range<usize>, usize)> {
        let table = node.get_ref().as_table().into_iter().flatten();
        table
            .filter(|(key, value)| self.key_syntax(key, value) != KeySyntax::Sections)
            .map(|(key, value)| (key.span(), node_end(value)))
            .collect()
    }
}

/// How the value of a key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeySyntax {
    /// `key = value`.
    KeyValue,
    /// `key.nested = value`, possibly on several lines.
    Dotted,
    /// A table with a header, or an array of tables.
    Sections,
}

/// Returns the end of a value including everything nested in it.
pub(super) fn node_end(node: &TomlNode<'_>) -> usize {
    let end = node.span().end;
    match node.get_ref() {
        DeValue::Table(table) => {
            table.iter().map(|(key, value)| key.span().end.max(node_end(value))).fold(end, usize::max)
        }
        DeValue::Array(list) => list.iter().map(node_end).fold(end, usize::max),
        _ => end,
    }
}
