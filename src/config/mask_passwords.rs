//! Masks passwords in a text before it is shown.
//!
//! This works on characters, not on parsed values, because the text may be invalid TOML. When in doubt, text
//! is masked.

use std::ops::Range;

/// Substrings of key names whose values are masked. `kennwort` is German.
const SECRET_NAME_PARTS: [&str; 7] = ["pass", "pwd", "secret", "token", "kennwort", "passwd", "pin_code"];

/// The sources of a password that are shown: they do not contain the password itself.
const PASSWORD_SOURCES: [&str; 4] = ["env", "file", "command", "prompt"];

/// The maximum length of a key name.
const MAX_NAME_BYTES: usize = 100;

/// Replaces every byte of a password except line breaks with `*`, which keeps the length of the text.
pub(super) fn mask_passwords(text: &str) -> String {
    let mut secret_ranges: Vec<Range<usize>> = Vec::new();
    for (equals, _) in text.match_indices('=') {
        if secret_ranges.last().is_some_and(|range| range.contains(&equals)) {
            continue;
        }
        let name = key_name_before(&text[..equals]);
        if is_secret(name) {
            secret_ranges.extend(value_after(text, equals + 1));
        }
    }
    secret_ranges.extend(url_credentials(text));
    replace_with_asterisks(text, &secret_ranges)
}

fn replace_with_asterisks(text: &str, secret_ranges: &[Range<usize>]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for byte in secret_ranges.iter().flat_map(Clone::clone) {
        if !matches!(bytes[byte], b'\n' | b'\r') {
            bytes[byte] = b'*';
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the last part of the key at the end of the text.
fn key_name_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t', '"', '\'']);
    let short =
        text.bytes().rev().take(MAX_NAME_BYTES).take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
    &text[text.len() - short.count()..]
}

fn is_secret(name: &str) -> bool {
    if name.len() < 3 {
        return false;
    }
    let name = name.to_lowercase();
    SECRET_NAME_PARTS.iter().any(|word| name.contains(word))
        || strsim::normalized_damerau_levenshtein(&name, "password") >= 0.6
}

/// Returns the range of the value after `from`, without its quotes, or `None` if it only names a source.
fn value_after(text: &str, from: usize) -> Option<Range<usize>> {
    let gap = text[from..].len() - text[from..].trim_start_matches([' ', '\t']).len();
    let start = from + gap;
    let value = &text[start..];
    let line = value.find('\n').unwrap_or(value.len());
    for quote in ["\"\"\"", "'''"] {
        if let Some(inside) = value.strip_prefix(quote) {
            let end = inside.find(quote).unwrap_or(inside.len());
            return Some(start + 3..start + 3 + end);
        }
    }
    if let Some(inside) = value.strip_prefix('{') {
        let name = inside.trim_start().split(['=', ' ', '\t']).next().unwrap_or_default();
        return (!PASSWORD_SOURCES.contains(&name.trim_matches(['"', '\'']))).then(|| start + 1..start + line.max(1));
    }
    let quoted = value.starts_with(['"', '\'']);
    Some(start + usize::from(quoted)..start + value_end(&value[..line]))
}

/// Returns the end of the value on a line: its closing quote, or the end of the line.
fn value_end(value: &str) -> usize {
    let whole = value.trim_end_matches('\r').len();
    let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
        return whole;
    };
    let mut escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return at,
            _ => {}
        }
    }
    whole
}

/// Returns the ranges of user names and passwords in URLs.
fn url_credentials(text: &str) -> Vec<Range<usize>> {
    text.match_indices("://")
        .filter_map(|(at, _)| {
            let start = at + 3;
            let end = text[start..].find(['/', '"', '\'', '\n', ' ']).map_or(text.len(), |end| start + end);
            text[start..end].rfind('@').map(|at| start..start + at)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mask_passwords_hides_passwords_in_every_notation() {
        for (text, expected) in [
            ("password = \"geheim\" # x", "password = \"******\" # x"),
            ("pasword = 'geheim'", "pasword = '******'"),
            ("\"password\"=\"ge\\\"im\"", "\"password\"=\"******\""),
            ("hub = { url = \"a\", password = \"x\" }", "hub = { url = \"a\", password = \"*\" }"),
            ("hub.password = \"\"\"a\nb\"\"\"", "hub.password = \"\"\"*\n*\"\"\""),
            ("password = \"open\nurl = 1", "password = \"****\nurl = 1"),
            ("password = 12345\r\n", "password = *****\r\n"),
            ("password = { env = \"HUB\" }", "password = { env = \"HUB\" }"),
            ("password = { plain = \"x\" }", "password = {**************"),
            ("url = \"mqtt://me:geheim@host\"", "url = \"mqtt://*********@host\""),
            ("username = \"me\"", "username = \"me\""),
        ] {
            assert_eq!(mask_passwords(text), expected);
        }
    }

    #[test]
    fn mask_passwords_keeps_byte_length_of_multibyte_text() {
        let text = "password = \"é\" # é";
        assert_eq!(mask_passwords(text).len(), text.len());
    }
}
