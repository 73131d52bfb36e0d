//! Maps a range of a TOML string's value to its range in the source, where quotes and escapes take space.

use std::ops::Range;

/// Returns the range in `raw` that represents a byte range of `value`. `raw` is the string as written in the
/// file, with its quotes. Returns `None` if `raw` does not match `value`.
pub(super) fn source_range(raw: &str, value: &str, bytes: &Range<usize>) -> Option<Range<usize>> {
    let (mut position, escapes) = opening_quotes(raw)?;
    let mut value_position = 0;
    let mut start = None;
    while value_position < bytes.end {
        let (raw_len, value_len) = next_char_lengths(raw.get(position..)?, value.get(value_position..)?, escapes)?;
        if start.is_none() && value_position + value_len > bytes.start {
            start = Some(position);
        }
        position += raw_len;
        value_position += value_len;
    }
    Some(start?..position)
}

/// Returns the length of the opening quotes, including the line break that TOML ignores, and whether the
/// string has escapes.
fn opening_quotes(raw: &str) -> Option<(usize, bool)> {
    for (quotes, escapes) in [("\"\"\"", true), ("'''", false)] {
        if let Some(rest) = raw.strip_prefix(quotes) {
            let skipped = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
            return Some((3 + skipped, escapes));
        }
    }
    match raw.chars().next()? {
        '"' => Some((1, true)),
        '\'' => Some((1, false)),
        _ => None,
    }
}

/// Returns the length of the next character or escape in the source and in the value.
fn next_char_lengths(raw: &str, value: &str, escapes: bool) -> Option<(usize, usize)> {
    let value_len = value.chars().next()?.len_utf8();
    let first = raw.chars().next()?;
    if first == '\\' && escapes {
        return match raw[1..].chars().next()? {
            'x' => Some((4, value_len)),
            'u' => Some((6, value_len)),
            'U' => Some((10, value_len)),
            ' ' | '\t' | '\r' | '\n' => {
                let rest = raw[1..].trim_start_matches([' ', '\t', '\r', '\n']);
                Some((raw.len() - rest.len(), 0))
            }
            _ => Some((2, value_len)),
        };
    }
    if raw.starts_with("\r\n") && value.starts_with('\n') {
        return Some((2, 1));
    }
    value.starts_with(first).then_some((value_len, value_len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located<'a>(raw: &'a str, value: &str, bytes: Range<usize>) -> Option<&'a str> {
        source_range(raw, value, &bytes).map(|range| &raw[range])
    }

    #[test]
    fn source_range_handles_every_toml_string_notation() {
        assert_eq!(located(r#""a/b+/c""#, "a/b+/c", 3..4), Some("+"));
        assert_eq!(located(r"'a\+'", r"a\+", 2..3), Some("+"));
        assert_eq!(located(r#""\u00e9\t+""#, "é\t+", 3..4), Some("+"));
        assert_eq!(located(r#""\u00e9\t+""#, "é\t+", 0..2), Some(r"\u00e9"));
        assert_eq!(located("\"\"\"\nab\r\n+\"\"\"", "ab\n+", 3..4), Some("+"));
        assert_eq!(located("\"\"\"a\\\n   +b\"\"\"", "a+b", 1..2), Some("+"));
        assert_eq!(located("'''\r\na+'''", "a+", 1..2), Some("+"));
        assert_eq!(located(r#""abc""#, "abc", 1..3), Some("bc"));
        assert_eq!(located("12", "12", 0..1), None);
    }
}
