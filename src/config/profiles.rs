//! Reads `profiles.toml`.

use std::path::Path;

use toml::de::DeValue;
use zeroize::Zeroizing;

use super::{
    document::{Document, TomlNode},
    file::read_text,
    misplaced_key::help_in_profiles,
    problem::Problems,
    toml_value::value_at,
};
use crate::{
    file_access::{AccessError, Requirement, check_access},
    model::{
        edit::Profiles,
        profile::{PasswordSource, Profile, SecretKey},
        value::{ValidationError, did_you_mean},
    },
};

/// Who else can access the file: against writing, and against reading, too.
struct FileAccess {
    trusted: Result<(), AccessError>,
    private: Result<(), AccessError>,
}

/// Loads the profiles from a file, with warnings. A file that does not exist has no profiles.
///
/// # Errors
/// All problems of the file, also when it contains a password that other users can read, or when others can write it
/// and it has a password or says which certificates are trusted.
pub fn load_profiles(path: &Path) -> Result<(Profiles, Problems), Problems> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(Default::default());
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let access = FileAccess {
        trusted: check_access(path, Requirement::Trusted),
        private: check_access(path, Requirement::Private),
    };
    let text = Zeroizing::new(read_text(path)?);
    parse_profiles(&path.display().to_string(), &text, folder, &access)
}

/// Parses the text of a profiles file and returns the profiles with warnings. `name` is the file name in
/// problems; `folder` is the base of relative paths.
///
/// # Errors
/// All problems of the text.
pub fn read_profiles(name: &str, text: &str, folder: &Path) -> Result<(Profiles, Problems), Problems> {
    parse_profiles(name, text, folder, &FileAccess { trusted: Ok(()), private: Ok(()) })
}

fn parse_profiles(
    name: &str,
    text: &str,
    folder: &Path,
    access: &FileAccess,
) -> Result<(Profiles, Problems), Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut profiles = Profiles::default();
    let mut is_sensitive = false;
    document.read_with_help(&root, &mut profiles, &["profile"], help_in_profiles);
    match root.get_ref().get("profile").map(toml::Spanned::get_ref) {
        None => {}
        Some(DeValue::Table(tables)) => {
            for (name, node) in tables {
                if let Some(profile) = read_profile(&mut document, name.get_ref(), node, folder) {
                    is_sensitive |= check_plain_secrets(&mut document, &profile, node, access);
                    is_sensitive |= check_trust(&mut document, &profile, node, access);
                    profiles.profiles.push(profile);
                }
            }
        }
        Some(_) => {
            let error =
                ValidationError::new("a profile needs a name").with_help("write [profile.NAME]").prepend_key("profile");
            document.add_validation_error(&root, error);
        }
    }
    check_default(&mut document, &root, &profiles);
    if let (false, Err(error)) = (is_sensitive, &access.trusted) {
        let message = format!("{}: they decide where this program connects to", error.predicate());
        document.add_file_warning(&message, &format!("run: {}", error.fix()));
    }
    let mut problems = document.problems;
    problems.sort();
    if problems.error_count() == 0 { Ok((profiles, problems)) } else { Err(problems) }
}

fn read_profile(document: &mut Document<'_>, name: &str, node: &TomlNode<'_>, folder: &Path) -> Option<Profile> {
    let DeValue::Table(table) = node.get_ref() else {
        document.add_validation_error(
            node,
            ValidationError::new("this is not a profile").with_help("write [profile.NAME] and its keys below"),
        );
        return None;
    };
    let mut profile = Profile { name: name.to_owned(), base_dir: folder.to_owned(), ..Profile::default() };
    document.read_into(node, &mut profile, &[]);
    if !table.contains_key("url") {
        let help = "add it, for example url = \"mqtt://localhost:1883\"";
        document.add_validation_error(
            node,
            ValidationError::new(format!("the profile `{name}` has no `url`")).with_help(help),
        );
    }
    Some(profile)
}

/// Reports the secrets of a profile that are in the file itself. Returns whether there is one.
fn check_plain_secrets(
    document: &mut Document<'_>,
    profile: &Profile,
    node: &TomlNode<'_>,
    access: &FileAccess,
) -> bool {
    let mut found = false;
    for (key, source) in profile.secret_sources() {
        let PasswordSource::Plain(_) = source else { continue };
        let (true, Some(value)) = (key.is_always_secret(), value_at(node, &key.path())) else { continue };
        found = true;
        match &access.private {
            Err(error) => document.add_error(
                Some(value.span()),
                &format!("this file contains a {}, and {}", key.kind(), error.predicate()),
                Some(format!("run: {}", error.fix())),
            ),
            Ok(()) => document.add_warning(
                value.span(),
                &format!("the {key} is stored as plain text"),
                "better: { env = \"NAME\" }, { command = [\"program\", \"argument\"] }, { file = \"PATH\" } or { prompt = true }",
            ),
        }
    }
    found
}

/// Adds an error for each key of a profile that others must not be able to write: a program to run, where a secret is
/// sent, and which certificates are trusted. Returns whether there is one.
fn check_trust(document: &mut Document<'_>, profile: &Profile, node: &TomlNode<'_>, access: &FileAccess) -> bool {
    let tls = &profile.tls.0;
    let secrets: Vec<_> = profile.secret_sources().collect();
    let mut reasons = vec![
        (tls.pin.is_some(), vec!["tls", "pin"], "says which certificate is trusted"),
        (tls.ca.is_some(), vec!["tls", "ca"], "says which certificates are trusted"),
        (tls.insecure, vec!["tls", "insecure"], "turns off the check of certificates"),
    ];
    for (key, source) in &secrets {
        match source {
            PasswordSource::Command(_) => reasons.push((true, key.path(), "names a program to run")),
            // That others can read or write it is an error already.
            PasswordSource::Plain(_) => {}
            PasswordSource::Env(_) | PasswordSource::File(_) | PasswordSource::Prompt => {
                let what = match key {
                    SecretKey::Header(_) => "says where a header is sent",
                    _ => "says where a password is sent",
                };
                reasons.push((key.is_sent(), key.path(), what));
            }
        }
    }
    let mut is_sensitive = false;
    for (_, path, what) in reasons.iter().filter(|(is_set, ..)| *is_set) {
        is_sensitive = true;
        if let Err(error) = &access.trusted {
            document.add_error(
                value_at(node, path).map(toml::Spanned::span),
                &format!("this file {what}, and {}", error.predicate()),
                Some(format!("run: {}", error.fix())),
            );
        }
    }
    is_sensitive
}

/// Warns of a default profile that does not exist. It is no error: the other profiles can be used, and the list of
/// connections, which opens then, sets another default.
fn check_default(document: &mut Document<'_>, root: &TomlNode<'_>, profiles: &Profiles) {
    let Some(default) = profiles.default.as_deref().filter(|name| profiles.by_name(name).is_none()) else {
        return;
    };
    let Some(value) = root.get_ref().get("default") else { return };
    let names: Vec<&str> = profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
    let help = did_you_mean(default, names.iter().copied()).unwrap_or_else(|| {
        if names.is_empty() {
            "there is no profile in this file".to_owned()
        } else {
            format!("the profiles are {}", names.join(", "))
        }
    });
    document.add_warning(value.span(), &format!("there is no profile named `{default}`"), &help);
}
