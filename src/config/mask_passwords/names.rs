//! Which names are those of keys that a file has, and which look like those of secrets.

use std::{collections::HashSet, ops::Range};

use crate::model::{
    dashboard::Dashboard,
    edit::Profiles,
    kind,
    profile::{HttpHeaders, PasswordSource, Profile, TlsSettings, Will},
    schema::{DynFields, FieldInfo, FieldValue as _},
    settings::{Settings, ThemeOverrides},
    tile::Tile,
};

/// Substrings of the names of secrets. `kennwort` is German.
const SECRET_NAME_PARTS: [&str; 8] = ["pass", "pwd", "secret", "token", "kennwort", "credential", "apikey", "api_key"];
/// Names of secrets that are too short to be looked for in other words.
const SHORT_SECRET_NAMES: [&str; 2] = ["pw", "psk"];
/// The similarity to `password` from which on a name may be a misspelling of it.
const MIN_SIMILARITY: f64 = 0.6;
/// The length of the longest name that is compared, in bytes.
const MAX_NAME_BYTES: usize = 100;

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
        let names = |fields: Vec<FieldInfo>| fields.into_iter().map(|field| field.name);
        let mut of_profiles: HashSet<&str> = HashSet::from(["profile"]);
        let mut passwords = HashSet::new();
        for fields in [
            Profiles::default().fields(),
            Profile::default().fields(),
            TlsSettings::default().fields(),
            Will::default().fields(),
        ] {
            let is_password = |field: &FieldInfo| field.value_type == PasswordSource::VALUE_TYPE;
            let (of_passwords, mut others): (Vec<_>, Vec<_>) = fields.into_iter().partition(is_password);
            // The values of headers may be secrets, whatever the names are.
            others.retain(|field| field.value_type != HttpHeaders::VALUE_TYPE);
            of_profiles.extend(names(others));
            passwords.extend(names(of_passwords));
        }
        // The last two are the keys of the options of a choice tile.
        let mut all: HashSet<&str> = HashSet::from(["tile", "kind", "label", "payload"]);
        all.extend(&of_profiles);
        all.extend(names(Dashboard::default().fields()));
        all.extend(names(Tile::common_fields()));
        all.extend(kind::all().flat_map(|kind| names(kind.fields())));
        all.extend(names(Settings::default().fields()));
        all.extend(names(ThemeOverrides::default().fields()));
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
