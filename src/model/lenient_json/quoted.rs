//! Strings in quotes: where they end, and what they contain.

use super::reader::{Container, Reader, is_blank};

/// The quote at the beginning of a string. Typographic quotes come from editors and chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Double,
    Single,
    TypographicDouble,
    TypographicSingle,
}

impl Quote {
    pub fn from_char(c: char) -> Option<Self> {
        Some(match c {
            '"' => Self::Double,
            '\'' => Self::Single,
            '\u{201c}' | '\u{201d}' | '\u{201e}' => Self::TypographicDouble,
            '\u{2018}' | '\u{2019}' | '\u{201a}' => Self::TypographicSingle,
            _ => return None,
        })
    }

    /// Returns the length of the quote in bytes.
    pub const fn len(self) -> usize {
        match self {
            Self::Double | Self::Single => 1,
            Self::TypographicDouble | Self::TypographicSingle => "\u{201c}".len(),
        }
    }

    fn is_closed_by(self, c: char) -> bool {
        Self::from_char(c) == Some(self)
    }
}

/// The quotes in a string that may close it, by their offsets.
#[derive(Default)]
struct Candidates {
    /// The first one that is not escaped.
    first: Option<usize>,
    /// The first one that is escaped and followed by the next field: `"C:\", "a": 1`.
    escaped: Option<usize>,
}

impl<'a> Reader<'a> {
    /// Reads the string at this position: a key if it is in no container, otherwise a value. Returns its content with
    /// escapes, or `None` if it has no end.
    ///
    /// A quote that a value itself contains without an escape does not close it: what follows tells.
    pub fn read_quoted(&mut self, quote: Quote, container: Option<Container>) -> Option<&'a str> {
        let start = self.offset + quote.len();
        let text = self.text_from(start);
        let mut candidates = Candidates::default();
        let mut escaped = false;
        let mut end = None;
        for (at, c) in text.char_indices() {
            if candidates.first.is_some() {
                if self.lookahead_is_used_up() {
                    break;
                }
                self.count_lookahead(c.len_utf8());
            }
            if !quote.is_closed_by(c) {
                escaped = c == '\\' && !escaped;
                continue;
            }
            let after = start + at + quote.len();
            let is_end = self.ends_string(after, container);
            if std::mem::take(&mut escaped) {
                candidates.escaped = candidates.escaped.or((is_end && candidates.first.is_none()).then_some(at));
                continue;
            }
            if is_end {
                end = Some(at);
                break;
            }
            candidates.first = candidates.first.or(Some(at));
            // The next field has begun, so the string has ended before.
            let is_key = self.text_from(after).trim_start_matches(is_blank).starts_with(':');
            if is_key && container == Some(Container::Object) {
                break;
            }
        }
        self.is_complete &= candidates.first.is_none();
        let end = end.or(candidates.escaped).or(candidates.first)?;
        self.is_complete &= !text[..end].contains(['\n', '\r']);
        self.offset = start + end + quote.len();
        Some(&text[..end])
    }

    /// Returns whether what follows a quote shows that it closes the string.
    fn ends_string(&mut self, after: usize, container: Option<Container>) -> bool {
        if container.is_none() || self.lookahead_is_used_up() {
            return true;
        }
        let text = self.text_from(after);
        let rest = text.trim_start_matches(is_blank);
        self.count_lookahead(text.len() - rest.len());
        let is_array = container == Some(Container::Array);
        match rest.chars().next() {
            Some(',' | ']') if is_array => true,
            Some('}') => !is_array,
            Some(',') => self.begins_field(after + (text.len() - rest.len()) + 1),
            Some('/') => rest.starts_with("//") || rest.starts_with("/*"),
            _ => false,
        }
    }
}

/// Replaces the escapes in the content of a string. An invalid one is kept as it is.
pub(super) fn unescape(content: &str) -> String {
    let mut result = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        result.push_str(&rest[..at]);
        let escape = &rest[at..];
        let (c, length) = match escape.as_bytes().get(1) {
            Some(b'"' | b'\'' | b'\\' | b'/') => (char::from(escape.as_bytes()[1]), 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'u') => unescape_utf16(escape).unwrap_or(('\\', 1)),
            _ => ('\\', 1),
        };
        result.push(c);
        rest = &escape[length..];
    }
    result + rest
}

/// Decodes the escape `\u00e9` at the beginning of a text, or two of them for one character. Returns the character and
/// the length of the escape.
fn unescape_utf16(escape: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(escape)?;
    let units = [Some(first), escape.get(6..).and_then(unit)];
    let decoded = char::decode_utf16(units.into_iter().flatten()).next()?;
    Some(match decoded {
        Ok(c) => (c, if c.len_utf16() == 2 { 12 } else { 6 }),
        Err(_) => (char::REPLACEMENT_CHARACTER, 6),
    })
}
