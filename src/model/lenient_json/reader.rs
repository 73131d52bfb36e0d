//! Reads objects and arrays, and writes them as strict JSON.

use super::{
    LenientDocument, LenientError, MAX_DEPTH,
    quoted::{Quote, unescape},
    word::is_json_word,
};

/// What encloses a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Object,
    Array,
}

/// Reads a text from a position on.
pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) offset: usize,
    json: String,
    pub(super) is_complete: bool,
    /// How many bytes may still be looked at to find where an unclean field ends. Without this limit, the time would
    /// grow with the square of the length.
    remaining_lookahead: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        let remaining_lookahead = text.len() + (64 << 10);
        Self { text, offset: 0, json: String::with_capacity(text.len()), is_complete: true, remaining_lookahead }
    }

    pub fn into_document(self) -> LenientDocument {
        LenientDocument { json: self.json, length: self.offset, is_complete: self.is_complete }
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.offset..]
    }

    pub(super) fn text_from(&self, offset: usize) -> &'a str {
        &self.text[offset..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn consume(&mut self, expected: char) -> bool {
        let matches = self.peek() == Some(expected);
        self.offset += if matches { expected.len_utf8() } else { 0 };
        matches
    }

    /// Counts bytes that were looked at.
    pub(super) fn count_lookahead(&mut self, bytes: usize) {
        self.remaining_lookahead = self.remaining_lookahead.saturating_sub(bytes);
    }

    /// Returns whether no more bytes may be looked at.
    pub(super) fn lookahead_is_used_up(&self) -> bool {
        self.remaining_lookahead == 0
    }

    /// Skips white space, control characters and comments.
    fn skip_blank(&mut self) {
        loop {
            self.offset = self.text.len() - self.rest().trim_start_matches(is_blank).len();
            let rest = self.rest();
            let length = if rest.starts_with("//") {
                rest.find('\n')
            } else if rest.starts_with("/*") {
                rest.find("*/").map(|end| end + 2)
            } else {
                return;
            };
            self.offset += length.unwrap_or(rest.len());
        }
    }

    pub fn read_document(&mut self) -> Result<(), LenientError> {
        self.skip_blank();
        match self.peek() {
            Some('{' | '[') => self.read_value(Container::Array, 0),
            _ => Err(LenientError::NotJson),
        }
    }

    fn read_value(&mut self, container: Container, depth: usize) -> Result<(), LenientError> {
        self.skip_blank();
        match self.peek() {
            None => return Err(LenientError::NotJson),
            Some('{' | '[') if depth == MAX_DEPTH => return Err(LenientError::TooDeep),
            Some('{') => return self.read_object(depth + 1),
            Some('[') => return self.read_array(depth + 1),
            Some(c) => {
                if let Some(quote) = Quote::from_char(c) {
                    let content = self.read_quoted(quote, Some(container));
                    let content = unescape(content.ok_or(LenientError::NotJson)?);
                    self.write_string(&content);
                    return Ok(());
                }
            }
        }
        let word = self.read_word(container).ok_or(LenientError::NotJson)?;
        self.is_complete &= !word.is_empty() && !word.contains(['"', '\'', ',', ':', '{', '}', '[', ']', '\n', '\r']);
        if is_json_word(word) {
            self.json.push_str(word);
        } else {
            self.write_string(word);
        }
        Ok(())
    }

    fn write_string(&mut self, content: &str) {
        self.json.push_str(&serde_json::Value::from(content).to_string());
    }

    fn read_array(&mut self, depth: usize) -> Result<(), LenientError> {
        self.consume('[');
        self.json.push('[');
        let mut separator = "";
        loop {
            self.skip_blank();
            if self.consume(']') {
                self.json.push(']');
                return Ok(());
            }
            if !self.consume(',') {
                self.json.push_str(separator);
                separator = ",";
                self.read_value(Container::Array, depth)?;
            }
        }
    }

    fn read_object(&mut self, depth: usize) -> Result<(), LenientError> {
        self.consume('{');
        self.json.push('{');
        let mut separator = "";
        loop {
            self.skip_blank();
            if self.consume('}') {
                self.json.push('}');
                return Ok(());
            }
            if self.consume(',') || self.consume(';') {
                continue;
            }
            if let Some(key) = self.read_key()? {
                self.json.push_str(separator);
                separator = ",";
                self.write_string(&key);
                self.json.push(':');
                self.read_value(Container::Object, depth)?;
            }
        }
    }

    /// Reads a key and the colon. Returns `None` for a remainder of an unclean field, which has no colon.
    fn read_key(&mut self) -> Result<Option<String>, LenientError> {
        let start = self.offset;
        if let Some(quote) = self.peek().and_then(Quote::from_char) {
            let content = self.read_quoted(quote, None).ok_or(LenientError::NotJson)?;
            self.skip_blank();
            if self.consume_colon() {
                return Ok(Some(unescape(content)));
            }
            self.is_complete = false;
            self.offset = start + quote.len();
        }
        let length = self.rest().find([':', '=', ',', '}', '{', '[', ']']).ok_or(LenientError::NotJson)?;
        let key = self.text[start..self.offset + length].trim_matches(is_blank);
        self.offset += length;
        match self.peek() {
            Some(',' | '}') => {
                self.is_complete = false;
                Ok(None)
            }
            _ if self.consume_colon() => Ok(Some(key.to_owned())),
            _ => Err(LenientError::NotJson),
        }
    }

    /// Consumes what is between a key and its value: a colon, or `=` and `=>` as other languages print it.
    fn consume_colon(&mut self) -> bool {
        if self.consume('=') {
            self.consume('>');
            return true;
        }
        self.consume(':')
    }
}

/// Returns whether a character separates tokens without a meaning of its own.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}')
}
