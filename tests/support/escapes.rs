//! What is written to a terminal, told apart: what is shown, and what acts.

/// What is written to the terminal, told apart.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'a> {
    Text(&'a str),
    Sequence(&'a str),
}

/// Tells text from sequences; a sequence is ESC and all that belongs to it, or one control character.
pub fn parts(written: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        let (end, is_text) = if first == '\x1b' {
            let body = rest[1..].strip_prefix('[').map_or(1, |body| {
                let end = body.find(|c: char| ('\x40'..='\x7e').contains(&c) || c.is_control());
                1 + end.map_or(0, |end| end + 1)
            });
            ((1 + body).min(rest.len()), false)
        } else if acts(first) {
            (first.len_utf8(), false)
        } else {
            (rest.find(acts).unwrap_or(rest.len()), true)
        };
        let end = (end..=rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        let part = &rest[..end];
        parts.push(if is_text { Part::Text(part) } else { Part::Sequence(part) });
        rest = &rest[end..];
    }
    parts
}

/// Whether a character does something else than be shown.
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether it is one of the sequences that a frame, or taking and giving back the terminal, is made of.
pub fn is_ours(sequence: &str) -> bool {
    let Some(body) = sequence.strip_prefix("\x1b[") else { return false };
    let numbers = |text: &str, most: usize| {
        let parts: Vec<&str> = text.split(';').collect();
        parts.len() <= most && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if let Some(mode) = body.strip_prefix('?') {
        let known = ["25", "1000", "1002", "1003", "1006", "1015", "1049", "2004", "2026"];
        return mode.strip_suffix(['h', 'l']).is_some_and(|mode| known.contains(&mode));
    }
    match body.chars().last() {
        Some('m') => numbers(&body[..body.len() - 1], 16),
        Some('H') => body[..body.len() - 1].contains(';') && numbers(&body[..body.len() - 1], 2),
        Some('J') => body == "2J",
        _ => false,
    }
}

/// The first thing among what was written that is neither text nor a sequence of this program's own.
pub fn foreign(bytes: &[u8]) -> Option<String> {
    let Ok(written) = str::from_utf8(bytes) else { return Some("bytes that are no UTF-8".to_owned()) };
    parts(written).into_iter().find_map(|part| match part {
        Part::Sequence(sequence) if !is_ours(sequence) => Some(format!("{sequence:?}")),
        _ => None,
    })
}
