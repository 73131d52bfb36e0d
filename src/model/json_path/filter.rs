//! Parses the filter expressions in JSON paths, with `jsonpath-rust`.

use jsonpath_rust::parser::{
    errors::JsonPathError,
    model::{Filter, Segment, Selector},
    parse_json_path,
};

use pest::error::InputLocation;

/// A filter expression and its cost.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FilterPredicate {
    /// The expression.
    pub filter: Filter,
    /// How many nested scans over all descendants of a value the filter may need: the exponent of its cost.
    pub nested_scans: u32,
    /// Whether it may scan the whole document instead of only the current value.
    pub scans_root: bool,
}

impl FilterPredicate {
    /// Parses a filter, which must begin with `?`.
    ///
    /// # Errors
    /// If the filter is invalid; the error is its byte offset, if that is known.
    pub fn parse(text: &str) -> Result<Self, Option<usize>> {
        let query =
            parse_json_path(&format!("$[{}]", quote_names(text))).map_err(|error| error_offset(text, &error))?;
        let Ok([Segment::Selector(Selector::Filter(filter))]) = <[Segment; 1]>::try_from(query.segments) else {
            return Err(Some(0));
        };
        let nested_scans = text.matches("..").count() + text.matches('*').count() + text.matches('?').count() - 1;
        Ok(Self {
            filter,
            nested_scans: u32::try_from(nested_scans).unwrap_or(u32::MAX),
            scans_root: text.contains('$'),
        })
    }
}

/// Returns the byte offset of an error in a filter. It is unknown if quoting names has changed the filter.
fn error_offset(text: &str, error: &JsonPathError) -> Option<usize> {
    match error {
        JsonPathError::PestError(pest_error) if quote_names(text) == text => match pest_error.location {
            InputLocation::Pos(offset) | InputLocation::Span((offset, _)) => offset.checked_sub("$[".len()),
        },
        _ => None,
    }
}

/// Returns the length in bytes of the filter at the beginning of a text, up to the bracket that closes it.
pub(super) fn filter_len(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut depth = 0_usize;
    for (offset, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') if depth == 0 => return Some(offset),
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Quotes the names in a filter that `jsonpath-rust` does not accept as shorthand: `@.level-1`.
fn quote_names(filter: &str) -> String {
    let mut result = String::new();
    let mut rest = filter;
    let mut in_path = false;
    while let Some(c) = rest.chars().next() {
        let mut consumed = c.len_utf8();
        match c {
            '\'' | '"' => {
                consumed = quoted_len(rest, c);
                result.push_str(&rest[..consumed]);
            }
            '.' if in_path => {
                let name = &rest[1..];
                let end = name.find(|c: char| c.is_whitespace() || ".[]()=!<>&|,*~".contains(c)).unwrap_or(name.len());
                let name = &name[..end];
                let shorthand = name.chars().all(|c| c.is_alphanumeric() || c == '_' || !c.is_ascii())
                    && !name.starts_with(|c: char| c.is_ascii_digit());
                if shorthand {
                    result.push('.');
                    result.push_str(name);
                } else {
                    result.push_str("['");
                    result.push_str(&name.replace('\'', "\\'"));
                    result.push_str("']");
                }
                consumed += end;
            }
            c => {
                in_path = matches!(c, '@' | '$') || in_path && matches!(c, '[' | ']' | '0'..='9' | '-');
                result.push(c);
            }
        }
        rest = &rest[consumed..];
    }
    result
}

/// Returns the length in bytes of the quoted string at the beginning of a text, including its quotes.
fn quoted_len(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (offset, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return offset + 1,
            _ => {}
        }
    }
    text.len()
}
