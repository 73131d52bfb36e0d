//! Which names are those of keys that a file has, and which look like those of secrets.

use std::{collections::HashSet, ops::Range};

use crate::{
    config::known_fields,
    model::{
        kind,
        profile::{HttpHeaders, PasswordSource},
        schema::{FieldInfo, FieldValue as _, ValueType},
    },
};

/// Substrings of the names of secrets. `kennwort` is German.
const SECRET_NAME_PARTS: [&str; 8] = ["pass", "pwd", "secret", "token", "kennwort", "credential", "apikey", "api_key"];
/// Names of secrets that are too short to be looked for in other words.
const SHORT_SECRET_NAMES: [&str; 2] = ["pw", "psk"];
/// The similarity to `password` from which on a name may be a misspelling of it.
const MIN_SIMILARITY: f64 = 0.6;
/// The length of the longest name that is compared, in bytes.
const MAX_NAME_BYTES: usize = 100;

/// The schemes of the URLs of brokers and proxies.
const URL_SCHEMES: [&str; 6] = ["mqtt", "mqtts", "ws", "wss", "http", "socks5"];
/// The keys that no table of a file lists: the tiles and templates of a dashboard, the kind of each tile, and what a
/// variable has.
const TILE_KEYS: [&str; 5] = ["tile", "for_each", "kind", "default", "choices"];

/// The names of all keys of all files.
pub(super) struct KeyNames {
    /// Those of all files, except passwords.
    all: HashSet<&'static str>,
    /// Those of `profiles.toml`, except passwords.
    of_profiles: HashSet<&'static str>,
    /// Those of passwords: `password`.
    passwords: HashSet<&'static str>,
}

impl KeyNames {
    /// Collects the names from the tables of the files.
    pub(super) fn all() -> Self {
        let is_password = |field: &FieldInfo| field.value_type == PasswordSource::VALUE_TYPE;
        let (of_passwords, mut others): (Vec<_>, Vec<_>) =
            known_fields::of_profiles().into_iter().partition(is_password);
        // The values of headers may be secrets, whatever the names are.
        others.retain(|field| field.value_type != HttpHeaders::VALUE_TYPE);
        let of_profiles: HashSet<&str> = names(others).chain(["profile"]).collect();
        let passwords = names(of_passwords).collect();
        let mut all: HashSet<&str> = names(known_fields::of_other_files()).chain(TILE_KEYS).collect();
        all.extend(&of_profiles);
        Self { all, of_profiles, passwords }
    }

    /// Returns whether this is the name of a key whose value is a password, or a table that says where it comes from.
    pub(super) fn is_password(&self, name: &str) -> bool {
        self.passwords.contains(name)
    }

    /// Returns whether a file, or `profiles.toml`, has a key of this name that is no password.
    pub(super) fn contains(&self, name: &str, in_profile: bool) -> bool {
        if in_profile { self.of_profiles.contains(name) } else { self.all.contains(name) }
    }
}

fn names(fields: Vec<FieldInfo>) -> impl Iterator<Item = &'static str> {
    fields.into_iter().map(|field| field.name)
}

/// Returns the words that this program suggests to write, which are no secrets: the names of keys and of the sources of
/// passwords, and the values of which a key has one.
pub(super) fn suggested_words() -> HashSet<&'static str> {
    let fields = || known_fields::of_profiles().into_iter().chain(known_fields::of_other_files());
    let choices = fields().flat_map(|field| match field.value_type {
        ValueType::OneOf(choices) => choices,
        _ => &[],
    });
    let mut words: HashSet<&str> = choices.copied().collect();
    words.extend(fields().map(|field| field.name));
    words.extend(TILE_KEYS);
    words.extend(kind::all().map(|kind| kind.name()));
    words.extend(PasswordSource::SOURCES);
    words.extend(["profile", "true", "false"]);
    words.extend(URL_SCHEMES);
    words
}

/// Returns whether a name looks like that of a secret.
pub(super) fn is_secret(name: &str) -> bool {
    if name.len() > MAX_NAME_BYTES {
        return true;
    }
    let name = name.to_lowercase();
    // The values of headers.
    name == "headers"
        || name.split(['_', '-']).any(|part| SHORT_SECRET_NAMES.contains(&part))
        || SECRET_NAME_PARTS.iter().any(|part| name.contains(part))
        || (name.len() >= 3 && strsim::normalized_damerau_levenshtein(&name, "password") >= MIN_SIMILARITY)
}

/// Returns whether a character can be part of a name.
pub(super) fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Returns the words of a text: what could be names.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut position = 0;
    std::iter::from_fn(move || {
        let start = position + text[position..].find(is_name_char)?;
        let end = text[start..].find(|c| !is_name_char(c)).map_or(text.len(), |length| start + length);
        position = end;
        Some(start..end)
    })
}
