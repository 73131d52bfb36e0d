//! Values without quotes that are no TOML, as other formats have them: `url = localhost`, `retain = yes`. What to write
//! instead.

use std::ops::Range;

/// The longest value that a message repeats, in bytes.
const MAX_QUOTED_BYTES: usize = 60;

/// Returns the range of the value without quotes that an error is about; `None` if it is about something else.
pub(super) fn range_at(text: &str, error: &Range<usize>) -> Option<Range<usize>> {
    let line_start = text.get(..error.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[error.start..].find(['\n', '\r']).map_or(text.len(), |at| error.start + at);
    let line = &text[line_start..line_end];
    if line.trim_start().starts_with('[') {
        return None;
    }
    let is_delimiter = |c: char| c.is_whitespace() || "=,[]{}\"'".contains(c);
    let before = text[line_start..error.start].rfind(is_delimiter);
    let start = before
        .map_or(line_start, |at| line_start + at + text[line_start + at..].chars().next().map_or(1, char::len_utf8));
    let in_front = text[..start].trim_end();
    let begins_value = in_front.ends_with(['[', ',']) || in_front.len() > line_start && in_front.ends_with('=');
    let is_end = |c: char| c.is_whitespace() || ",]}#".contains(c);
    let word_end = text[start..line_end].find(is_end).map_or(line_end, |at| start + at);
    let end = word_end.max(text[..line_end.min(error.end)].trim_end().len());
    let value = &text[start..end];
    (begins_value && !value.is_empty() && !value.starts_with(['"', '\'', '{', '['])).then_some(start..end)
}

/// Returns what is wrong with a value without quotes, and what to write. `value` is `None` if it must not be repeated.
pub(super) fn describe(value: Option<&str>) -> (&'static str, String) {
    let Some((value, quoted)) = value.and_then(|value| Some((value, quoted(value)?))) else {
        return ("a text needs quotes", "write it between quotes".to_owned());
    };
    let choice = |written: &str| format!("write {written}, or {quoted} for a text");
    match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => ("this is neither true or false nor a text in quotes", choice("true")),
        "false" | "no" | "off" => ("this is neither true or false nor a text in quotes", choice("false")),
        "null" | "none" | "nil" => {
            ("TOML has no null", format!("remove the line to leave the key out, or write {quoted} for a text"))
        }
        lower if lower.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c)) => {
            let digits = lower.trim_start_matches('+').trim_start_matches('0');
            let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
            let number = if length == 0 { "a number without a unit" } else { &digits[..length] };
            ("this is neither a number nor a text in quotes", choice(number))
        }
        _ => ("a text needs quotes", format!("write {quoted}")),
    }
}

/// Returns a value as a TOML string; `None` if that is not simple.
fn quoted(value: &str) -> Option<String> {
    let is_plain = value.len() <= MAX_QUOTED_BYTES && !value.contains(['"', '\'']) && !value.contains(char::is_control);
    is_plain.then(|| if value.contains('\\') { format!("'{value}'") } else { format!("\"{value}\"") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_without_quotes_is_found_from_the_place_of_the_error() {
        for (text, error, value) in [
            ("a = localhost", "localhost", Some("localhost")),
            ("a = { env = NOPE }", "NOPE", Some("NOPE")),
            ("a = {env=NOPE}", "NOPE", Some("NOPE")),
            ("a = 3.1.1 # c", ".1 ", Some("3.1.1")),
            ("a = me too", "me too", Some("me too")),
            ("a = [x, y]", "y", Some("y")),
            ("a = [\n  x,\n  y\n]", "y", Some("y")),
            ("a = \"x\" y", "y", None),
            ("a = 'x", "x", None),
            ("a b = 1", "b", None),
            ("[a b]", "b", None),
            ("a =\nb", "b", None),
        ] {
            let start = text.rfind(error).unwrap();
            let range = range_at(text, &(start..start + error.len()));
            assert_eq!(range.map(|range| &text[range]), value, "{text}");
        }
    }

    #[test]
    fn what_to_write_instead_is_said() {
        for (value, help) in [
            ("localhost", "write \"localhost\""),
            ("C:\\x", "write 'C:\\x'"),
            ("yes", "write true, or \"yes\" for a text"),
            ("False", "write false, or \"False\" for a text"),
            ("30s", "write 30, or \"30s\" for a text"),
            ("010", "write 10, or \"010\" for a text"),
            ("it's", "write it between quotes"),
        ] {
            assert_eq!(describe(Some(value)).1, help);
        }
        assert_eq!(describe(None).1, "write it between quotes");
    }
}
