//! Values without quotes that are no TOML, as other formats have them: `url = localhost`, `retain = yes`. What to write
//! instead.

use std::ops::Range;

use super::known_fields::Expected;
use crate::model::type_mismatch::flag;

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

/// Returns the name of the key in front of a value; `None` if there is none on its line.
pub(super) fn key_of<'a>(text: &'a str, value: &Range<usize>) -> Option<&'a str> {
    let line = text.get(..value.start)?.rsplit('\n').next()?;
    let key = line.trim_end().strip_suffix('=')?.trim_end().trim_end_matches(['"', '\'']);
    key.rsplit(|c: char| c.is_whitespace() || ".,{\"'".contains(c)).next()
}

/// Returns what is wrong with a value without quotes, and what to write. `value` is `None` if it must not be repeated.
pub(super) fn describe(value: Option<&str>, expected: Expected) -> (&'static str, String) {
    let Some((value, quoted)) = value.and_then(|value| Some((value, quoted(value)?))) else {
        return ("a text needs quotes", "write it between quotes".to_owned());
    };
    let lower = value.to_ascii_lowercase();
    let flag = flag(value);
    let is_null = matches!(lower.as_str(), "null" | "none" | "nil");
    let remove = "remove the line to leave the key out";
    let not_a_flag = "this is neither true or false nor a text in quotes";
    match expected {
        Expected::Bool | Expected::Number if is_null => ("TOML has no null", remove.to_owned()),
        Expected::Bool => {
            let written = flag.map_or_else(|| "true or false".to_owned(), |flag| flag.to_string());
            ("this is neither true nor false", format!("write {written}"))
        }
        Expected::Number => {
            ("this is not a number", format!("write {}", number(&lower).unwrap_or_else(|| "a number".to_owned())))
        }
        Expected::Any | Expected::Text if is_null => {
            ("TOML has no null", format!("{remove}, or write {quoted} for a text"))
        }
        Expected::Any if let Some(flag) = flag => (not_a_flag, format!("write {flag}, or {quoted} for a text")),
        Expected::Any if let Some(number) = number(&lower) => {
            ("this is neither a number nor a text in quotes", format!("write {number}, or {quoted} for a text"))
        }
        Expected::Any | Expected::Text => ("a text needs quotes", format!("write {quoted}")),
    }
}

/// Returns what to write instead of a value that begins as a number does.
fn number(value: &str) -> Option<String> {
    if !value.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c)) {
        return None;
    }
    let digits = value.trim_start_matches('+').trim_start_matches('0');
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    Some(if length == 0 { "a number without a unit".to_owned() } else { digits[..length].to_owned() })
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
        for (value, expected, help) in [
            ("localhost", Expected::Any, "write \"localhost\""),
            ("C:\\x", Expected::Any, "write 'C:\\x'"),
            ("yes", Expected::Any, "write true, or \"yes\" for a text"),
            ("False", Expected::Any, "write false, or \"False\" for a text"),
            ("30s", Expected::Any, "write 30, or \"30s\" for a text"),
            ("010", Expected::Any, "write 10, or \"010\" for a text"),
            ("null", Expected::Any, "remove the line to leave the key out, or write \"null\" for a text"),
            ("it's", Expected::Any, "write it between quotes"),
            ("yes", Expected::Bool, "write true"),
            ("OFF", Expected::Bool, "write false"),
            ("maybe", Expected::Bool, "write true or false"),
            ("null", Expected::Bool, "remove the line to leave the key out"),
            ("30s", Expected::Number, "write 30"),
            ("yes", Expected::Number, "write a number"),
            ("yes", Expected::Text, "write \"yes\""),
            ("3.1.1", Expected::Text, "write \"3.1.1\""),
        ] {
            assert_eq!(describe(Some(value), expected).1, help, "{value} {expected:?}");
        }
        assert_eq!(describe(None, Expected::Bool).1, "write it between quotes");
    }

    #[test]
    fn key_in_front_of_a_value_is_found() {
        for (text, key) in [
            ("a = x", Some("a")),
            ("b = 1\n  a=x", Some("a")),
            ("\"a\" = x", Some("a")),
            ("b.a = x", Some("a")),
            ("b = { c = 1, a = x", Some("a")),
            ("b = {a = x", Some("a")),
            ("a = [x", None),
            ("a = [1, x", None),
        ] {
            assert_eq!(key_of(text, &(text.len() - 1..text.len())), key, "{text}");
        }
    }
}
