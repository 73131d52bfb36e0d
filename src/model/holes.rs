//! The holes of a saved message: names in double braces, such as `{{device}}`, for which a text is filled in when the message is
//! taken. `\{{` stands for two braces.

use serde::de::IgnoredAny;

use super::json_string::{StringScanner, push_escaped};

/// The beginning and the end of a hole.
const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// A part of a text with holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Hole(&'a str),
}

/// Two braces that begin a hole, or would without the backslash before them.
struct Braces<'a> {
    /// Where the braces are.
    at: usize,
    /// Where the hole, or the braces, end.
    end: usize,
    /// The name of the hole; `None` for braces behind a backslash.
    hole: Option<&'a str>,
}

/// Returns the names of the holes of a text, in their order.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    parts(text).into_iter().filter_map(|part| match part {
        Part::Hole(name) => Some(name),
        Part::Text(_) => None,
    })
}

/// Returns a text with its holes filled. If it is a JSON object or list, what is filled into a JSON string is escaped.
pub(crate) fn fill<'v>(text: &str, value_of: impl Fn(&str) -> &'v str) -> String {
    let parts = parts(text);
    let is_json = is_json(&parts);
    let (mut filled, mut scanner) = (String::with_capacity(text.len()), StringScanner::default());
    for part in parts {
        match part {
            Part::Hole(name) if is_json && scanner.is_in_string() => push_escaped(&mut filled, value_of(name)),
            Part::Hole(name) => filled.push_str(value_of(name)),
            Part::Text(text) => {
                scanner.scan(text);
                filled.push_str(text);
            }
        }
    }
    filled
}

/// Returns a list of user properties with its holes filled. What is filled in stays within the name or the value that has the
/// hole.
pub(crate) fn fill_pairs<'v>(text: &str, value_of: impl Fn(&str) -> &'v str) -> String {
    let mut filled = String::with_capacity(text.len());
    for part in parts(text) {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Hole(name) => {
                for c in value_of(name).chars() {
                    filled.extend(matches!(c, '\\' | ',' | '=').then_some('\\'));
                    filled.push(c);
                }
            }
        }
    }
    filled
}

/// Returns a text in which the holes with these names are no holes any more: [`fill`] leaves their braces as they are.
pub(crate) fn escape(text: &str, is_literal: impl Fn(&str) -> bool) -> String {
    let (mut escaped, mut start) = (String::with_capacity(text.len()), 0);
    for Braces { at, .. } in braces(text).into_iter().filter(|braces| braces.hole.is_some_and(&is_literal)) {
        escaped.push_str(&text[start..at]);
        escaped.push('\\');
        start = at;
    }
    escaped.push_str(&text[start..]);
    escaped
}

fn is_json(parts: &[Part<'_>]) -> bool {
    let text: String = parts.iter().map(|part| if let Part::Text(text) = part { text } else { "null" }).collect();
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(&text).is_ok()
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut start) = (Vec::new(), 0);
    for Braces { at, end, hole } in braces(text) {
        if let Some(name) = hole {
            parts.extend([Part::Text(&text[start..at]), Part::Hole(name)]);
            start = end;
        } else {
            parts.push(Part::Text(&text[start..at - 1]));
            start = at;
        }
    }
    parts.push(Part::Text(&text[start..]));
    parts
}

/// Returns the holes of a text, and the braces that a backslash before them keeps from being one.
fn braces(text: &str) -> Vec<Braces<'_>> {
    let mut found = Vec::new();
    let (mut start, mut position) = (0, 0);
    while let Some(at) = text[position..].find(OPEN).map(|found| position + found) {
        let before = &text[start..at];
        // A pair of backslashes is one that is escaped itself.
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            (start, position) = (at, at + OPEN.len());
            found.push(Braces { at, end: position, hole: None });
        } else if let Some((name, end)) = hole_at(text, at) {
            (start, position) = (end, end);
            found.push(Braces { at, end, hole: Some(name) });
        } else {
            // The second brace may be the first of a hole, as in `{"a": {{{name}}}}`.
            position = at + 1;
        }
    }
    found
}

/// Returns the name of the hole that begins here, and where it ends.
fn hole_at(text: &str, start: usize) -> Option<(&str, usize)> {
    let inner = start + OPEN.len();
    let length = text[inner..].find(['{', '}', '\n'])?;
    let name = text[inner..inner + length].trim();
    let is_closed = text[inner + length..].starts_with(CLOSE);
    (is_closed && !name.is_empty()).then_some((name, inner + length + CLOSE.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_names_in_double_braces() {
        for (text, expected) in [
            ("esp32/{{device}}/command", &["device"][..]),
            ("{\"restart\": {{seconds}}}", &["seconds"]),
            ("{\"a\": {{{ inner name }}}}", &["inner name"]),
            ("{{a}}{{b}}{{a}}", &["a", "b", "a"]),
            ("\\{{a}} \\\\{{b}}", &["b"]),
            ("{{}} {{ }} {{a {{a}b}} {a}} {{a\n}} {{", &[]),
            ("", &[]),
        ] {
            assert_eq!(names(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_filled_into_a_user_property_stays_within_it() {
        let filled = fill_pairs("by={{who}}, {{who}}=1", |_| "Smith, role=\\admin");
        assert_eq!(filled, r"by=Smith\, role\=\\admin, Smith\, role\=\\admin=1");
    }

    #[test]
    fn escaped_braces_are_no_hole() {
        for (text, escaped) in [
            ("{{ a }} {{b}}", "\\{{ a }} {{b}}"),
            ("{\"t\": {{{a}}}}", "{\"t\": {\\{{a}}}}"),
            ("\\{{a}} {{a", "\\{{a}} {{a"),
            ("\\\\{{a}}{{a}}", "\\\\\\{{a}}\\{{a}}"),
        ] {
            assert_eq!(escape(text, |name| name == "a"), escaped);
            if names(text).any(|name| name == "a") {
                assert_eq!(fill(escaped, |_| "{{b}}"), text);
            }
        }
    }

    #[test]
    fn what_is_filled_into_a_json_string_is_escaped() {
        let fill_with = |text: &str, value: &str| fill(text, |_| value);
        assert_eq!(fill_with("esp32/{{device}}/command", "a\"b"), "esp32/a\"b/command");
        assert_eq!(fill_with("{\"n\": \"{{x}}\", \"v\": {{x}}}", "3"), "{\"n\": \"3\", \"v\": 3}");
        assert_eq!(fill_with("{\"n\": \"{{x}}\"}", "a\"b\\\n{{y}}"), "{\"n\": \"a\\\"b\\\\\\n{{y}}\"}");
        assert_eq!(fill_with("[\"\\\"{{x}}\", {{x}}]", "\"1\""), "[\"\\\"\\\"1\\\"\", \"1\"]");
        assert_eq!(fill_with("{not JSON \"{{x}}\"}", "\""), "{not JSON \"\"\"}");
        assert_eq!(fill_with("\\{{ value_json.t }} {{}} {", "x"), "{{ value_json.t }} {{}} {");
    }
}
