//! The texts that an export may have been before it was copied out of a chat, a mail, a web page, a program or a
//! terminal.

use std::borrow::Cow;

/// What browsers, mail programs and others write instead of a character.
const ENTITIES: [(&str, &str); 9] = [
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#x22;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];

/// Returns a text as it is, and then without each thing that copying may have added to it.
pub(super) fn readings(text: &str) -> Vec<Cow<'_, str>> {
    let mut readings = vec![Cow::Borrowed(text)];
    for undo in [from_json_string, without_quote_marks, without_entities] {
        let changed = readings.last().and_then(|last| undo(last));
        readings.extend(changed.map(Cow::Owned));
    }
    // The payloads of tiles may contain JSON with escapes, too.
    let escaped = readings.last().and_then(|last| without_escapes(last));
    let wrapped = readings.last().and_then(|last| without_line_ends(last));
    let both = escaped.as_deref().and_then(without_line_ends);
    readings.extend([escaped, wrapped, both].into_iter().flatten().map(Cow::Owned));
    readings
}

/// Returns the content of a text that is a JSON string.
fn from_json_string(text: &str) -> Option<String> {
    serde_json::from_str(text.trim()).ok()
}

/// Removes the `> ` before each line of a quoted mail.
fn without_quote_marks(text: &str) -> Option<String> {
    let is_quoted = |line: &str| line.trim_start().starts_with('>');
    let quoted = text.lines().filter(|line| is_quoted(line)).count();
    if quoted * 2 <= text.lines().filter(|line| !line.trim().is_empty()).count() {
        return None;
    }
    let unquote = |line: &str| {
        let mut rest = line;
        while is_quoted(rest) {
            let inner = &rest.trim_start()[1..];
            rest = inner.strip_prefix(' ').unwrap_or(inner);
        }
        format!("{rest}\n")
    };
    Some(text.lines().map(unquote).collect())
}

fn without_entities(text: &str) -> Option<String> {
    ENTITIES[..3]
        .iter()
        .any(|(entity, _)| text.contains(entity))
        .then(|| ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character)))
}

/// Removes the backslashes of JSON inside a JSON string, or inside the double quotes of a shell.
fn without_escapes(text: &str) -> Option<String> {
    if !text.contains("{\\\"") {
        return None;
    }
    let mut result = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| c == '\\' && matches!(next, '"' | '\\' | '$' | '`'));
        result.push(escaped.unwrap_or(c));
    }
    Some(result)
}

/// Joins the lines that a terminal has wrapped.
fn without_line_ends(text: &str) -> Option<String> {
    text.trim().contains('\n').then(|| text.replace(['\r', '\n'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_text_is_restored() {
        for (text, expected) in [
            ("[{&quot;name&quot;:&quot;A &amp;amp; B&quot;}]", r#"[{"name":"A &amp; B"}]"#),
            ("> [{\"type\":1,\n> > \"name\":\"x\"}]", "[{\"type\":1,\"name\":\"x\"}]"),
            (
                r#"mosquitto_pub -m "[{\"type\":1,\"name\":\"a\\\"b\"}]""#,
                r#"mosquitto_pub -m "[{"type":1,"name":"a\"b"}]""#,
            ),
            (r#""[{\"type\":1,\n \"name\":\"x\"}]""#, r#"[{"type":1, "name":"x"}]"#),
            ("[{\"type\":1,\"na\nme\":\"x\"}]", r#"[{"type":1,"name":"x"}]"#),
        ] {
            assert_eq!(readings(text).last().map(AsRef::as_ref), Some(expected), "{text}");
            assert_eq!(readings(text)[0], text);
        }
        assert_eq!(readings("[{\"type\":1}]\n"), ["[{\"type\":1}]\n"]);
    }
}
