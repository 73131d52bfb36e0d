//! Values without quotes: where they end, and which of them are JSON.

use super::{
    quoted::Quote,
    reader::{Container, Reader, is_blank},
};
use crate::model::number::is_json_number;

/// Returns whether a word is a value of strict JSON.
pub(super) fn is_json_word(word: &str) -> bool {
    matches!(word, "true" | "false" | "null") || is_json_number(word)
}

impl<'a> Reader<'a> {
    /// Reads the value at this position, which has no quotes. Returns `None` if it has no end.
    ///
    /// In an object, a comma belongs to the value unless the next field follows it: `{temp: 21,5, hum: 40}`.
    pub fn read_word(&mut self, container: Container) -> Option<&'a str> {
        let start = self.offset;
        let text = self.rest();
        let mut after_blank = false;
        for (at, c) in text.char_indices() {
            let is_end = match (c, container) {
                (']' | ',', Container::Array) | ('}', Container::Object) => true,
                (',' | ';', Container::Object) => self.begins_field(start + at + 1),
                ('\n', Container::Object) => self.begins_field_with_colon(start + at + 1),
                ('/', _) => text[at..].starts_with("/*") || (after_blank && text[at..].starts_with("//")),
                _ if after_blank && Quote::from_char(c).is_some() => {
                    container == Container::Array || self.begins_field_with_colon(start + at)
                }
                _ => false,
            };
            if is_end {
                self.offset = start + at;
                return Some(text[..at].trim_matches(is_blank));
            }
            after_blank = is_blank(c);
        }
        None
    }

    /// Returns whether the next field of an object, another comma or the end of the object is at an offset.
    pub fn begins_field(&mut self, offset: usize) -> bool {
        if self.lookahead_is_used_up() {
            return true;
        }
        let rest = self.skip_blank_ahead(offset);
        rest.is_empty()
            || rest.starts_with([',', '}'])
            || rest.starts_with("//")
            || rest.starts_with("/*")
            || self.begins_field_with_colon(offset)
    }

    /// Returns whether a key with a colon is at an offset.
    fn begins_field_with_colon(&mut self, offset: usize) -> bool {
        if self.lookahead_is_used_up() {
            return false;
        }
        let rest = self.skip_blank_ahead(offset);
        let opening = rest.chars().next().and_then(Quote::from_char);
        let mut escaped = false;
        let is_end = |c| match opening {
            _ if std::mem::take(&mut escaped) => false,
            Some(_) if c == '\\' => {
                escaped = true;
                false
            }
            Some(quote) => Quote::from_char(c) == Some(quote) || c == '\n',
            None => ",{}[]:=\n".contains(c) || Quote::from_char(c).is_some(),
        };
        let key = &rest[opening.map_or(0, Quote::len)..];
        let length = key.find(is_end).unwrap_or(key.len());
        self.count_lookahead(length);
        let after_key = match opening {
            Some(quote) => key[length..].get(quote.len()..).unwrap_or_default(),
            None if length == 0 => "",
            None => &key[length..],
        };
        after_key.trim_start_matches(is_blank).starts_with([':', '='])
    }

    /// Returns the text from an offset on, without leading white space.
    fn skip_blank_ahead(&mut self, offset: usize) -> &'a str {
        let text = self.text_from(offset);
        let rest = text.trim_start_matches(is_blank);
        self.count_lookahead(text.len() - rest.len());
        rest
    }
}
