//! Masks passwords in the text of a file before it is shown.
//!
//! This works on lines and characters, not on parsed values, because the text may be invalid TOML. When in doubt, text
//! is masked: the value of a key that no file has may be that of a misspelled `password`. In `profiles.toml`, only what
//! is certainly no password is shown; in other files, what does not look like one.

mod line;
mod names;
mod value;

use std::{collections::HashSet, ops::Range};

use self::{
    names::{KeyNames, is_secret},
    value::Open,
};

/// Replaces every byte that may be part of a password except line breaks with `*`, which keeps the length of the text.
pub(super) fn mask_passwords(file_name: &str, text: &str) -> String {
    let is_profiles_file = file_name.ends_with("profiles.toml");
    let mut masking = Masking {
        text,
        names: KeyNames::all(),
        is_profiles_file,
        section: Section { is_profile: is_profiles_file, ..Section::default() },
        open: None,
        secret_ranges: Vec::new(),
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        masking.mask_line(start..start + line.trim_end_matches(['\n', '\r']).len());
        start += line.len();
    }
    replace_with_asterisks(text, &masking.secret_ranges)
}

/// The shortest part of a password that is masked in a message, in characters.
const MIN_QUOTED_PART: usize = 4;

/// The parts of a text that are masked, at least in part.
pub(super) struct MaskedParts<'a> {
    /// Each of [`MIN_QUOTED_PART`] characters. It is a set, because a message may quote as much text as the file has.
    parts: HashSet<&'a str>,
    suggested_words: HashSet<&'static str>,
}

impl<'a> MaskedParts<'a> {
    /// Compares a text with its masked form, which has the same length.
    pub(super) fn new(text: &'a str, masked: &str) -> Self {
        let is_masked = |at: usize, part: &str| masked.as_bytes()[at..at + part.len()] != *part.as_bytes();
        Self {
            parts: parts(text).filter(|(at, part)| is_masked(*at, part)).map(|(_, part)| part).collect(),
            suggested_words: names::suggested_words(),
        }
    }

    /// Masks what a message quotes of the masked parts, between backquotes, unless it is a suggestion: that would be no
    /// help, such as to set `***`. `marked` is the text that the problem is about, if that is shown.
    pub(super) fn mask_quotes(&self, message: &str, marked: Option<&str>) -> String {
        let pieces = message.split('`').enumerate().map(|(index, piece)| {
            let is_quoted = index % 2 == 1;
            let is_masked = is_quoted && parts(piece).any(|(_, part)| self.parts.contains(part));
            if is_masked && marked != Some(piece) && !self.is_suggestion(piece) { "***" } else { piece }
        });
        pieces.collect::<Vec<_>>().join("`")
    }

    /// Returns whether a text is a suggested word, or several of them, with at most so little else that it shows nothing
    /// of a password: `protocol = "5"`.
    fn is_suggestion(&self, text: &str) -> bool {
        let words = || names::words(text).map(|word| &text[word]);
        let others = words().filter(|word| !self.suggested_words.contains(word));
        let is_separator = |c: char| c.is_whitespace() || "=\".[]{}:/".contains(c);
        words().any(|word| self.suggested_words.contains(word))
            && others.map(|word| word.chars().count()).sum::<usize>() < MIN_QUOTED_PART
            && text.chars().all(|c| names::is_name_char(c) || is_separator(c))
    }
}

/// Returns every part of [`MIN_QUOTED_PART`] characters, and where it begins.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text.char_indices().map(|(at, _)| at);
    let ends = starts.clone().chain([text.len()]).skip(MIN_QUOTED_PART);
    starts.zip(ends).map(|(start, end)| (start, &text[start..end]))
}

/// The state of the scan, from line to line.
struct Masking<'a> {
    text: &'a str,
    names: KeyNames,
    is_profiles_file: bool,
    section: Section,
    /// The value that began on an earlier line and has not ended.
    open: Option<Open>,
    secret_ranges: Vec<Range<usize>>,
}

/// What the last header says about the lines below it.
#[derive(Debug, Clone, Copy, Default)]
struct Section {
    /// It is part of a profile.
    is_profile: bool,
    /// Whether its name is that of a secret.
    secret: SectionSecret,
    /// Its keys are names that the user chooses from another list: the actions of key bindings.
    has_free_keys: bool,
}

/// Whether the name of a section is that of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum SectionSecret {
    /// It is not.
    #[default]
    None,
    /// It is, so all values are masked.
    Some,
    /// It is a password of a profile, as a table: the sources of the password are shown.
    Password,
}

impl Masking<'_> {
    fn mask(&mut self, range: Range<usize>) {
        self.secret_ranges.push(range);
    }

    /// Masks a part of a line that reaches to its end, and what it continues with on the next lines.
    fn mask_to_end(&mut self, range: Range<usize>) {
        self.open = value::open_after(&self.text[range.clone()]);
        self.mask(range);
    }

    fn mask_line(&mut self, line: Range<usize>) {
        let text = &self.text[line.clone()];
        match self.open {
            Some(open) if open.is_shown() => {
                self.mask_assignments(line);
                self.open = open.after_line(text);
                return;
            }
            Some(open) => {
                self.mask(line);
                self.open = open.after_line(text);
                return;
            }
            None => {}
        }
        let start = line.start + (text.len() - text.trim_start().len());
        let line = start..line.end;
        match self.text[line.clone()].chars().next() {
            None => {}
            Some('#') => self.mask_comment(line),
            Some('[') if self.enter_section(&line) => {}
            _ => self.mask_entries(line),
        }
    }

    /// Reads a header, and masks what follows it on its line. Returns `false` if the line is no header.
    fn enter_section(&mut self, line: &Range<usize>) -> bool {
        let text = &self.text[line.clone()];
        let Some((names, length)) = value::header(text) else { return false };
        let is_profile = names.first().is_some_and(|name| name == "profile");
        // The second name is that of the profile, which the user chooses.
        let mut own_names = names.iter().skip(if is_profile { 2 } else { 0 });
        let secret = match &names[..] {
            [_, _, between @ .., last]
                if is_profile
                    && self.names.is_password(last)
                    && between.iter().all(|name| self.names.contains(name, true)) =>
            {
                SectionSecret::Password
            }
            _ if own_names.any(|name| is_secret(name)) => SectionSecret::Some,
            _ => SectionSecret::None,
        };
        self.section = Section {
            is_profile: is_profile || self.is_profiles_file,
            secret,
            has_free_keys: names.first().is_some_and(|name| name == "keys"),
        };
        let rest = line.start + length..line.end;
        if self.text[rest.clone()].trim().is_empty() {
            return true;
        }
        if self.section.is_profile {
            self.mask_to_end(rest);
        } else {
            self.mask_after_secret_word(rest);
        }
        true
    }

    /// Masks a comment: it may be a line that somebody has commented out.
    fn mask_comment(&mut self, comment: Range<usize>) {
        let text = &self.text[comment.clone()];
        let start = comment.start + (text.len() - text.trim_start_matches('#').len());
        if self.section.is_profile {
            self.open = value::open_after(&self.text[start..comment.end]).filter(|open| open.is_string());
            self.mask(start..comment.end);
        } else {
            self.mask_after_secret_word(start..comment.end);
        }
    }

    /// Masks what follows a word that looks like the name of a secret.
    fn mask_after_secret_word(&mut self, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let first = names::words(text).find(|word| is_secret(&text[word.clone()])).map(|word| word.end);
        let url = text.find("://").map(|at| at + 3);
        if let Some(from) = first.into_iter().chain(url).min() {
            self.mask_to_end(range.start + from..range.end);
        }
    }

    /// Masks the values that are assigned to secrets within a text, such as JSON, a query or a script, and the user names
    /// and passwords of URLs.
    fn mask_assignments(&mut self, range: Range<usize>) {
        let text = &self.text[range.clone()];
        for word in names::words(text).filter(|word| is_secret(&text[word.clone()])) {
            let rest = text[word.end..].trim_start_matches(['\\', '"', '\'', ' ', '\t']);
            if rest.starts_with([':', '=']) {
                self.mask(range.end - rest.len() + 1..range.end);
                break;
            }
        }
        if let Some(credentials) = value::url_credentials(text) {
            self.mask(range.start + credentials.start..range.start + credentials.end);
        }
    }
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

#[cfg(test)]
mod tests;
