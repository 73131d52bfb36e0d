//! The parts of a line of TOML: headers, keys and values, as far as they can be told apart in an invalid text.

use std::ops::Range;

use super::names::is_name_char;

/// The quotes of strings of several lines.
const MULTI_LINE_QUOTES: [&str; 2] = ["\"\"\"", "'''"];

/// A value that has not ended at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// A string of several lines with these quotes, which is masked.
    MaskedString(&'static str),
    /// A string of several lines with these quotes, of which only secrets are masked.
    ShownString(&'static str),
    /// This many brackets that are not closed, whose content is masked.
    MaskedBrackets(usize),
    /// Nothing but the key: the next line is masked.
    Missing,
}

impl Open {
    /// Returns whether the value is shown.
    pub(super) const fn is_shown(self) -> bool {
        matches!(self, Self::ShownString(_))
    }

    /// Returns whether the value is a string of several lines.
    pub(super) const fn is_string(self) -> bool {
        matches!(self, Self::MaskedString(_) | Self::ShownString(_))
    }

    /// Returns the value that is open after another line of it.
    pub(super) fn after_line(self, line: &str) -> Option<Self> {
        match self {
            Self::MaskedString(quotes) | Self::ShownString(quotes) => (!line.contains(quotes)).then_some(self),
            Self::Missing => None,
            Self::MaskedBrackets(depth) => {
                let depth = depth_after(line, depth);
                (depth > 0).then_some(Self::MaskedBrackets(depth))
            }
        }
    }
}

/// Returns what is open after the value of a key.
pub(super) fn open_after(text: &str) -> Option<Open> {
    if text.trim().is_empty() {
        return Some(Open::Missing);
    }
    let first_quotes = MULTI_LINE_QUOTES.into_iter().filter_map(|quotes| Some((text.find(quotes)?, quotes))).min();
    if let Some((at, quotes)) = first_quotes
        && !text[at + quotes.len()..].contains(quotes)
    {
        return Some(Open::MaskedString(quotes));
    }
    let depth = depth_after(text, 0);
    (depth > 0).then_some(Open::MaskedBrackets(depth))
}

/// Returns the quotes of a string of several lines at the beginning of a text, and whether it ends there, too.
pub(super) fn multi_line_string(text: &str) -> Option<(&'static str, bool)> {
    let quotes = MULTI_LINE_QUOTES.into_iter().find(|quotes| text.starts_with(quotes))?;
    Some((quotes, text[quotes.len()..].contains(quotes)))
}

/// Returns how many brackets are open after a line. Those in strings and comments do not count.
fn depth_after(line: &str, depth: usize) -> usize {
    let (mut depth, mut rest) = (depth, line);
    while let Some(c) = rest.chars().next() {
        match c {
            '#' => break,
            '"' | '\'' => {
                let Some(length) = quoted_string(rest) else { break };
                rest = &rest[length..];
                continue;
            }
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        rest = &rest[c.len_utf8()..];
    }
    depth
}

/// Returns the length of the string of one line at the beginning of a text, with its quotes.
pub(super) fn quoted_string(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if quote == '"' => is_escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Returns the length of the string, number, date or boolean at the beginning of a text.
pub(super) fn scalar(text: &str) -> Option<usize> {
    if text.starts_with(['"', '\'']) {
        return quoted_string(text);
    }
    let is_scalar_char = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '_' | '.' | ':');
    let length = text.find(|c| !is_scalar_char(c)).unwrap_or(text.len());
    (length > 0).then_some(length)
}

/// Does the same if the value certainly ends there: nothing follows but the end of an item, of a list or of the line.
pub(super) fn whole_scalar(text: &str) -> Option<usize> {
    scalar(text).filter(|length| {
        let next = text[*length..].trim_start().chars().next();
        next.is_none_or(|c| matches!(c, ',' | '}' | ']' | '#'))
    })
}

/// Returns the names of the dotted key at the beginning of a text, and the length of the text up to where they end.
fn dotted_key(text: &str) -> Option<(Vec<String>, usize)> {
    let (mut names, mut position) = (Vec::new(), 0);
    loop {
        position += blank_length(&text[position..]);
        let rest = &text[position..];
        let length = match rest.chars().next()? {
            '"' | '\'' => quoted_string(rest)?,
            _ => rest.find(|c| !is_name_char(c)).unwrap_or(rest.len()),
        };
        if length == 0 {
            return None;
        }
        names.push(rest[..length].trim_matches(['"', '\'']).to_owned());
        position += length;
        position += blank_length(&text[position..]);
        match text[position..].strip_prefix('.') {
            Some(_) => position += 1,
            None => return Some((names, position)),
        }
    }
}

/// Returns the names of the key at the beginning of a text, and where its value begins.
pub(super) fn key(text: &str) -> Option<(Vec<String>, usize)> {
    let (names, end) = dotted_key(text)?;
    let value = text[end..].strip_prefix('=').filter(|value| !value.starts_with('='))?;
    Some((names, text.len() - value.len() + blank_length(value)))
}

/// Returns the names of the header at the beginning of a text, and its length.
pub(super) fn header(text: &str) -> Option<(Vec<String>, usize)> {
    let inside = text.strip_prefix("[[").or_else(|| text.strip_prefix('['))?;
    let (names, length) = dotted_key(inside)?;
    let rest = &inside[length..];
    let brackets = rest.len() - rest.trim_start_matches(']').len();
    (brackets > 0 || rest.is_empty()).then(|| (names, text.len() - rest.len() + brackets))
}

/// Returns the length of the spaces and tabs at the beginning of a text.
pub(super) fn blank_length(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// Returns the range of the user name and password of the first URL. They may contain every character: in doubt, all up
/// to the last `@` is masked.
pub(super) fn url_credentials(text: &str) -> Option<Range<usize>> {
    let start = text.find("://")? + 3;
    text[start..].rfind('@').map(|length| start..start + length)
}

/// Returns the part of a broker's URL that may be a password: everything but the scheme, unless it is certainly a host
/// name or an address with a port and a path, or what follows the last `@` is.
pub(super) fn secret_part_of_broker_url(url: &str) -> Option<Range<usize>> {
    // The colon of the scheme may be mistyped.
    let start = url.find("//").map_or(0, |at| at + 2);
    let host = url.rfind('@').map_or(start, |at| at.max(start));
    let (authority, path) = url[host..].trim_start_matches('@').split_once('/').unwrap_or((&url[host..], ""));
    let authority = authority.trim_start_matches('@');
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (authority, ""),
    };
    let is_name_char = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_address = name.starts_with('[') && name.ends_with(']') && name.contains(':');
    let is_host = (is_address || name.chars().all(is_name_char)) && port.chars().all(|c| c.is_ascii_digit());
    // What looks like a path may follow a mistyped scheme.
    let is_plain = is_host && !path.contains(':');
    match (is_plain, host > start) {
        (true, false) => None,
        (true, true) => Some(start..host),
        (false, _) => Some(start..url.len()),
    }
}
