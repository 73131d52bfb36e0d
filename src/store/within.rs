//! Where a character of a TOML string stands in the file, in spite of quotes and escapes.

use std::ops::Range;

/// The bytes of the source that stand for these bytes of the string's value. `raw` is the string as
/// it stands in the file, with its quotes. `None` when they cannot be told.
pub(super) fn within(raw: &str, value: &str, bytes: &Range<usize>) -> Option<Range<usize>> {
    let (mut at, escapes) = opening(raw)?;
    let mut seen = 0;
    let mut start = None;
    while seen < bytes.end {
        let (taken, made) = unit(raw.get(at..)?, value.get(seen..)?, escapes)?;
        if start.is_none() && seen + made > bytes.start {
            start = Some(at);
        }
        at += taken;
        seen += made;
    }
    Some(start?..at)
}

/// How many bytes the opening quotes take, with the line break that does not count, and whether
/// backslashes mean something.
fn opening(raw: &str) -> Option<(usize, bool)> {
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

/// The next piece: how many bytes of the source it takes and how many of the value it makes.
fn unit(raw: &str, value: &str, escapes: bool) -> Option<(usize, usize)> {
    let made = value.chars().next()?.len_utf8();
    let first = raw.chars().next()?;
    if first == '\\' && escapes {
        return match raw[1..].chars().next()? {
            'x' => Some((4, made)),
            'u' => Some((6, made)),
            'U' => Some((10, made)),
            ' ' | '\t' | '\r' | '\n' => {
                let rest = raw[1..].trim_start_matches([' ', '\t', '\r', '\n']);
                Some((raw.len() - rest.len(), 0))
            }
            _ => Some((2, made)),
        };
    }
    if raw.starts_with("\r\n") && value.starts_with('\n') {
        return Some((2, 1));
    }
    value.starts_with(first).then_some((made, made))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(raw: &'a str, value: &str, bytes: Range<usize>) -> Option<&'a str> {
        within(raw, value, &bytes).map(|range| &raw[range])
    }

    #[test]
    fn every_way_to_write_a_string_is_read() {
        assert_eq!(found(r#""a/b+/c""#, "a/b+/c", 3..4), Some("+"));
        assert_eq!(found(r"'a\+'", r"a\+", 2..3), Some("+"));
        assert_eq!(found(r#""\u00e9\t+""#, "é\t+", 3..4), Some("+"));
        assert_eq!(found(r#""\u00e9\t+""#, "é\t+", 0..2), Some(r"\u00e9"));
        assert_eq!(found("\"\"\"\nab\r\n+\"\"\"", "ab\n+", 3..4), Some("+"));
        assert_eq!(found("\"\"\"a\\\n   +b\"\"\"", "a+b", 1..2), Some("+"));
        assert_eq!(found("'''\r\na+'''", "a+", 1..2), Some("+"));
        assert_eq!(found(r#""abc""#, "abc", 1..3), Some("bc"));
        assert_eq!(found("12", "12", 0..1), None);
    }
}
