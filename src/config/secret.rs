//! Resolves the passwords of profiles. Error messages never contain a password.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    app_paths::expand_home,
    error::{ConfigError, io_error_text},
    password_command::{self, COMMAND_TIMEOUT, CommandError, first_line},
};
use crate::{
    file_access::{AccessError, Requirement, check_access},
    model::{
        password::Password,
        profile::{PasswordSource, Profile},
    },
};

/// The maximum number of bytes that are read from a file.
const MAX_FILE_BYTES: usize = 64 << 10;

/// What some editors write at the beginning of a file; it is no part of the password.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why the source of a password has none.
#[derive(Debug, thiserror::Error)]
enum SecretError {
    #[error("the environment variable {0} is not set")]
    VariableNotSet(String),
    #[error("the environment variable {0} is not valid UTF-8")]
    VariableNotUtf8(String),
    #[error("cannot read {}: {}", path.display(), io_error_text(error))]
    UnreadableFile { path: PathBuf, error: io::Error },
    #[error(transparent)]
    NotPrivate(#[from] AccessError),
    #[error("the first line of {} is empty or not valid UTF-8", .0.display())]
    NoPasswordInFile(PathBuf),
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error("{}", not_entered_text(.0))]
    NotEntered(io::Error),
}

/// Returns the password of a profile, or `None` if it has none. `prompt` asks the user;
/// [`password_prompt`] is the text to ask with.
/// Blocks while the profile's command runs, at most 10 s, and while its file is read.
///
/// # Errors
/// When the source of the password cannot be read.
pub fn resolve_password(
    profile: &Profile,
    prompt: &mut dyn FnMut(&Profile) -> io::Result<Password>,
) -> Result<Option<Password>, ConfigError> {
    let Some(source) = &profile.password else {
        return Ok(None);
    };
    let password = match source {
        PasswordSource::Plain(password) => Ok(password.clone()),
        PasswordSource::Env(name) => read_environment(name),
        PasswordSource::Command(command_line) => read_command_output(command_line, &profile.base_dir),
        PasswordSource::File(path) => read_file(&profile.resolve_path(&expand_home(path))),
        PasswordSource::Prompt => prompt(profile).map_err(SecretError::NotEntered),
    };
    password
        .map(Some)
        .map_err(|error| ConfigError::Password { profile: profile.name.clone(), reason: error.to_string() })
}

/// Returns the text that asks for the password of a profile.
#[must_use]
pub fn password_prompt(profile: &Profile) -> String {
    match &profile.username {
        Some(user) => format!("Password of `{user}` for profile `{}`: ", profile.name),
        None => format!("Password for profile `{}`: ", profile.name),
    }
}

/// Returns why the user has not entered a password. An error that is not of the system says it itself.
fn not_entered_text(error: &io::Error) -> String {
    match error.get_ref() {
        Some(reason) => reason.to_string(),
        None => format!("it was not entered: {}", io_error_text(error)),
    }
}

fn read_environment(name: &str) -> Result<Password, SecretError> {
    match std::env::var(name) {
        Ok(text) => Ok(text.into()),
        Err(std::env::VarError::NotPresent) => Err(SecretError::VariableNotSet(name.to_owned())),
        Err(std::env::VarError::NotUnicode(_)) => Err(SecretError::VariableNotUtf8(name.to_owned())),
    }
}

fn read_file(path: &Path) -> Result<Password, SecretError> {
    let unreadable = |error: io::Error| SecretError::UnreadableFile { path: path.to_owned(), error };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    check_access(path, Requirement::Secret)?;
    // With this capacity it never moves, which would leave copies.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE_BYTES + 1));
    file.take(MAX_FILE_BYTES as u64).read_to_end(&mut bytes).map_err(unreadable)?;
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    first_line(text).map(Password::from).ok_or_else(|| SecretError::NoPasswordInFile(path.to_owned()))
}

/// Runs a program and returns the first line of its output.
fn read_command_output(command_line: &[String], folder: &Path) -> Result<Password, SecretError> {
    let output = password_command::run(command_line, folder, COMMAND_TIMEOUT)?;
    let program = command_line.first().cloned().unwrap_or_default();
    first_line(&output).map(Password::from).ok_or_else(|| CommandError::NothingPrinted(program).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_source(source: PasswordSource) -> Result<Option<Password>, String> {
        let profile = Profile { name: "hub".into(), password: Some(source), ..Profile::default() };
        resolve_password(&profile, &mut |profile| Ok(format!("entered at <{}>", password_prompt(profile)).into()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn resolve_password_returns_none_plain_or_prompted() {
        assert_eq!(resolve_password(&Profile::default(), &mut |_| Ok(Password::default())), Ok(None));
        assert_eq!(resolve_source(PasswordSource::Plain("x".into())), Ok(Some("x".into())));
        assert_eq!(
            resolve_source(PasswordSource::Prompt),
            Ok(Some("entered at <Password for profile `hub`: >".into()))
        );
    }

    #[test]
    fn resolve_password_error_names_the_missing_source() {
        assert_eq!(
            resolve_source(PasswordSource::Env("MQTT_DASH_NO_SUCH".into())),
            Err("no password for `hub`: the environment variable MQTT_DASH_NO_SUCH is not set".into())
        );
        assert!(
            resolve_source(PasswordSource::Command(vec!["/no/such".into()]))
                .unwrap_err()
                .contains("cannot run `/no/such`")
        );
        assert!(resolve_source(PasswordSource::File("/no/such".into())).unwrap_err().contains("cannot read /no/such"));
    }

    #[cfg(unix)]
    #[test]
    fn command_that_prints_nothing_is_an_error() {
        let error = resolve_source(PasswordSource::Command(vec!["true".into()])).unwrap_err();
        assert_eq!(error, "no password for `hub`: `true` printed nothing or invalid UTF-8");
    }

    #[test]
    fn sentence_about_a_password_that_was_not_entered_has_one_reason() {
        let profile = Profile { name: "hub".into(), password: Some(PasswordSource::Prompt), ..Profile::default() };
        let text =
            |error: fn() -> io::Error| resolve_password(&profile, &mut |_| Err(error())).unwrap_err().to_string();
        assert_eq!(text(|| io::Error::other("there is no prompt")), "no password for `hub`: there is no prompt");
        let closed = text(|| io::Error::from_raw_os_error(5));
        assert!(closed.starts_with("no password for `hub`: it was not entered: "), "{closed}");
    }

    #[test]
    fn byte_order_mark_of_a_file_is_no_part_of_the_password() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("word");
        super::super::write_private(&path, b"\xef\xbb\xbfgeheim\r\n").unwrap();
        assert_eq!(resolve_source(PasswordSource::File(path)), Ok(Some("geheim".into())));
    }
}
