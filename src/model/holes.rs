//! The holes of a saved message: names in double braces, such as `{{device}}`, for which a text is filled in when the message is
//! taken. `\{{` stands for two braces.

use serde::de::IgnoredAny;

/// The beginning and the end of a hole.
const OPEN: &str = "{{";
const CLOSE: &str = "}}";

/// A part of a text with holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Hole(&'a str),
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
    let (mut filled, mut in_string, mut is_escaped) = (String::with_capacity(text.len()), false, false);
    for part in parts {
        match part {
            Part::Hole(name) if is_json && in_string => {
                let quoted = serde_json::Value::from(value_of(name)).to_string();
                filled.push_str(&quoted[1..quoted.len() - 1]);
            }
            Part::Hole(name) => filled.push_str(value_of(name)),
            Part::Text(text) => {
                for byte in text.bytes() {
                    match byte {
                        _ if is_escaped => is_escaped = false,
                        b'\\' => is_escaped = in_string,
                        b'"' => in_string = !in_string,
                        _ => {}
                    }
                }
                filled.push_str(text);
            }
        }
    }
    filled
}

fn is_json(parts: &[Part<'_>]) -> bool {
    let text: String = parts.iter().map(|part| if let Part::Text(text) = part { text } else { "null" }).collect();
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(&text).is_ok()
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut start, mut position) = (0, 0);
    while let Some(found) = text[position..].find(OPEN).map(|found| position + found) {
        let before = &text[start..found];
        // A pair of backslashes is one that is escaped itself.
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            parts.push(Part::Text(&before[..before.len() - 1]));
            (start, position) = (found, found + OPEN.len());
        } else if let Some((name, end)) = hole_at(text, found) {
            parts.extend([Part::Text(before), Part::Hole(name)]);
            (start, position) = (end, end);
        } else {
            // The second brace may be the first of a hole, as in `{"a": {{{name}}}}`.
            position = found + 1;
        }
    }
    parts.push(Part::Text(&text[start..]));
    parts
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
