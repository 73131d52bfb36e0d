//! Reads `profiles.toml`.

use std::path::Path;

use toml::de::DeValue;

use super::{
    document::{Document, TomlNode},
    file::{permissions_fix_command, read_text},
    problem::Problems,
};
use crate::model::{
    edit::Profiles,
    profile::{PasswordSource, Profile},
    value::{ValidationError, did_you_mean},
};

/// Loads the profiles from a file, with warnings. A file that does not exist has no profiles.
///
/// # Errors
/// All problems of the file, also when it contains a password that other users can read.
pub fn load_profiles(path: &Path) -> Result<(Profiles, Problems), Problems> {
    if matches!(path.try_exists(), Ok(false)) {
        return Ok(Default::default());
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    parse_profiles(&path.display().to_string(), &read_text(path)?, folder, permissions_fix_command(path).as_deref())
}

/// Parses the text of a profiles file and returns the profiles with warnings. `name` is the file name in
/// problems; `folder` is the base of relative paths.
///
/// # Errors
/// All problems of the text.
pub fn read_profiles(name: &str, text: &str, folder: &Path) -> Result<(Profiles, Problems), Problems> {
    parse_profiles(name, text, folder, None)
}

fn parse_profiles(
    name: &str,
    text: &str,
    folder: &Path,
    fix_command: Option<&str>,
) -> Result<(Profiles, Problems), Problems> {
    let mut document = Document::parse(name, text);
    let root = document.root();
    let mut profiles = Profiles::default();
    document.read_into(&root, &mut profiles, &["profile"]);
    match root.get_ref().get("profile").map(toml::Spanned::get_ref) {
        None => {}
        Some(DeValue::Table(tables)) => {
            for (name, node) in tables {
                if let Some(profile) = read_profile(&mut document, name.get_ref(), node, folder) {
                    check_plain_password(&mut document, &profile, node, fix_command);
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

fn check_plain_password(
    document: &mut Document<'_>,
    profile: &Profile,
    node: &TomlNode<'_>,
    fix_command: Option<&str>,
) {
    let (Some(PasswordSource::Plain(_)), Some(password)) = (&profile.password, node.get_ref().get("password")) else {
        return;
    };
    match fix_command {
        Some(command) => document.add_error(
            Some(password.span()),
            "this file contains a password, and other users can read it",
            Some(format!("run: {command}")),
        ),
        None => document.add_warning(
            password.span(),
            "the password is stored as plain text",
            "better: { env = \"NAME\" }, { command = [\"program\", \"argument\"] }, { file = \"PATH\" } or { prompt = true }",
        ),
    }
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
