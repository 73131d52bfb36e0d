//! Masks the entries of a line: keys with their values, or the items of a list.

use std::ops::Range;

use super::{
    Masking, SectionSecret,
    names::{is_name_char, is_secret},
    value::{self, Open, blank_length},
};

/// The sources of a password that are shown: they do not contain the password itself. A command may contain it.
const SHOWN_SOURCES: [&str; 3] = ["env", "file", "prompt"];

/// What a key says about its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    /// The value is no secret.
    Known,
    /// The value may be a secret, because no file has such a key.
    Unknown,
    /// The value is a secret.
    Secret,
}

/// The position in a line.
struct Cursor {
    /// The end of the line.
    end: usize,
    /// Where the rest of the line begins.
    position: usize,
    /// Where the first value of the line begins.
    first_value: Option<usize>,
    /// The line is part of a profile.
    in_profile: bool,
}

impl Masking<'_> {
    /// Masks the secrets of a line that is no header and no comment.
    pub(super) fn mask_entries(&mut self, line: Range<usize>) {
        let mut cursor =
            Cursor { end: line.end, position: line.start, first_value: None, in_profile: self.section.is_profile };
        while self.mask_entry(&mut cursor) {}
    }

    /// Masks the next entry. Returns `false` at the end of the line.
    fn mask_entry(&mut self, cursor: &mut Cursor) -> bool {
        let separators: &[char] =
            if cursor.in_profile { &[' ', '\t', ',', '}'] } else { &[' ', '\t', ',', '}', '{', '[', ']'] };
        let rest = &self.text[cursor.position..cursor.end];
        cursor.position = cursor.end - rest.trim_start_matches(separators).len();
        let rest = &self.text[cursor.position..cursor.end];
        if rest.is_empty() {
            return false;
        }
        if rest.starts_with('#') {
            self.mask_comment(cursor.position..cursor.end);
            return false;
        }
        let Some((names, value)) = value::key(rest) else {
            return self.mask_item(cursor);
        };
        cursor.position += value;
        cursor.first_value.get_or_insert(cursor.position);
        cursor.in_profile |= names[0] == "profile" && (names.len() > 1 || rest[value..].starts_with('{'));
        match self.kind_of(&names, cursor) {
            KeyKind::Known => self.mask_known_value(&names, cursor),
            KeyKind::Unknown if rest[value..].starts_with('{') => {
                cursor.position += 1;
                true
            }
            KeyKind::Unknown if self.mask_only_scalar(cursor) => true,
            KeyKind::Unknown | KeyKind::Secret => {
                if !self.mask_after_password_source(cursor.position..cursor.end) {
                    self.mask_to_end(cursor.position..cursor.end);
                }
                false
            }
        }
    }

    /// Masks the value of an unknown key, but not what follows it, because it is certain where it ends. Returns `false` if
    /// it is not, and in a profile, where the text may as well be a password with quotes and commas in it.
    fn mask_only_scalar(&mut self, cursor: &mut Cursor) -> bool {
        if cursor.in_profile {
            return false;
        }
        let Some(length) = value::whole_scalar(&self.text[cursor.position..cursor.end]) else { return false };
        self.mask(cursor.position..cursor.position + length);
        cursor.position += length;
        true
    }

    fn kind_of(&self, names: &[String], cursor: &Cursor) -> KeyKind {
        let last = names[names.len() - 1].as_str();
        let is_source = SHOWN_SOURCES.contains(&last);
        let of_password = names.len() > 1 && self.names.is_password(&names[names.len() - 2]);
        if is_source && (of_password || (self.section.secret == SectionSecret::Password && names.len() == 1)) {
            return KeyKind::Known;
        }
        let is_known = |name: &str| self.names.contains(name, cursor.in_profile);
        // The second name of `profile.NAME` is one that the user chooses.
        let is_chosen = |at: usize| at == 1 && names[0] == "profile";
        let mut others = names.iter().enumerate().filter(|(at, name)| !is_chosen(*at) && !is_known(name));
        if self.section.secret != SectionSecret::None || others.any(|(_, name)| is_secret(name)) {
            KeyKind::Secret
        } else if self.section.has_free_keys || is_known(last) {
            KeyKind::Known
        } else {
            KeyKind::Unknown
        }
    }

    /// Masks what may be a secret in the value of a known key.
    fn mask_known_value(&mut self, names: &[String], cursor: &mut Cursor) -> bool {
        let rest = &self.text[cursor.position..cursor.end];
        if rest.starts_with('{') {
            cursor.position += 1;
            return true;
        }
        let string = value::multi_line_string(rest);
        if cursor.in_profile && (string.is_some() || rest.starts_with('[')) {
            self.mask_to_end(cursor.position..cursor.end);
            return false;
        }
        if let Some((quotes, is_closed)) = string {
            self.mask_assignments(cursor.position..cursor.end);
            self.open = (!is_closed).then_some(Open::ShownString(quotes));
            return false;
        }
        if rest.starts_with('[') {
            cursor.position += 1;
            return true;
        }
        let is_broker_url = cursor.in_profile && matches!(names[names.len() - 1].as_str(), "url" | "proxy");
        self.mask_scalar(cursor, is_broker_url)
    }

    /// Masks what may be a secret in an item of a list, or in something else that is no key.
    fn mask_item(&mut self, cursor: &mut Cursor) -> bool {
        if cursor.in_profile {
            self.mask_garbage(cursor);
            return false;
        }
        self.mask_scalar(cursor, false)
    }

    /// Masks what may be a secret in a string, a number or the like. If something else follows, the text is invalid, and
    /// it is not known where the value ends.
    fn mask_scalar(&mut self, cursor: &mut Cursor, is_broker_url: bool) -> bool {
        let rest = &self.text[cursor.position..cursor.end];
        let Some(length) = value::whole_scalar(rest) else {
            self.mask_garbage(cursor);
            return false;
        };
        let start = cursor.position;
        if is_broker_url {
            let text = rest[..length].trim_matches(['"', '\'']);
            let offset = usize::from(rest.starts_with(['"', '\'']));
            if let Some(secret) = value::secret_part_of_broker_url(text) {
                self.mask(start + offset + secret.start..start + offset + secret.end);
            }
        }
        let is_quoted = rest.starts_with(['"', '\'']);
        self.mask_assignments(start..start + length - usize::from(is_quoted));
        cursor.position += length;
        true
    }

    /// Masks a text that is neither a key nor a value. In a profile, nothing of it stays but a key at its beginning.
    fn mask_garbage(&mut self, cursor: &Cursor) {
        if !cursor.in_profile {
            self.mask_after_secret_word(cursor.position..cursor.end);
            return;
        }
        let rest = &self.text[cursor.position..cursor.end];
        let word = &rest[..rest.find(|c| !is_name_char(c)).unwrap_or(rest.len())];
        let is_key = self.names.is_password(word) || self.names.contains(word, true);
        let after_key = cursor.position + if is_key { word.len() } else { 0 };
        self.mask_to_end(cursor.first_value.unwrap_or(after_key)..cursor.end);
    }

    /// Masks only the comment after the source of a password, such as `{ env = "NAME" }`. Returns `false` if the text is
    /// something else.
    fn mask_after_password_source(&mut self, value: Range<usize>) -> bool {
        let text = &self.text[value.clone()];
        let Some(end) = password_source(text) else { return false };
        let rest = value.start + end..value.end;
        match self.text[rest.clone()].trim_start().chars().next() {
            None => true,
            Some(',' | '}' | '#') => {
                self.mask_to_end(rest);
                true
            }
            Some(_) => false,
        }
    }
}

/// Returns the length of the table with the source of a password at the beginning of a text.
fn password_source(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('{')?;
    let (names, value) = value::key(inside)?;
    let value = &inside[value..];
    let length = value::scalar(value)?;
    let end = value[length..].len() - blank_length(&value[length..]);
    let is_closed = value[value.len() - end..].starts_with('}');
    (is_closed && names.len() == 1 && SHOWN_SOURCES.contains(&names[0].as_str())).then(|| text.len() - end + 1)
}
