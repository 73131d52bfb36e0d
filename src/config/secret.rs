//! Resolves the secrets of profiles. Error messages never contain a secret.

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
        profile::{PasswordSource, Profile, SecretKey, Secrets},
    },
};

/// The maximum number of bytes that are read from a file.
const MAX_FILE_BYTES: usize = 64 << 10;

/// What some editors write at the beginning of a file; it is no part of the password.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Why the source of a secret has none.
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

/// A secret that the user has to enter.
#[derive(Debug, Clone, Copy)]
pub struct SecretRequest<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// Which secret of it.
    pub key: &'a SecretKey,
}

impl SecretRequest<'_> {
    /// Returns the text that asks for it.
    #[must_use]
    pub fn question(&self) -> String {
        let (profile, key) = (&self.profile.name, self.key);
        match (key, &self.profile.username) {
            (SecretKey::Password, Some(user)) => format!("Password of `{user}` for profile `{profile}`: "),
            (key, _) => format!("{} for profile `{profile}`: ", key.heading()),
        }
    }
}

/// Returns the secrets of a profile. `ask` asks the user for those with [`PasswordSource::Prompt`].
/// Blocks while the commands of the profile run, each at most 10 s, and while its files are read.
///
/// # Errors
/// When the source of a secret cannot be read.
pub fn resolve_secrets(
    profile: &Profile,
    ask: &mut dyn FnMut(SecretRequest<'_>) -> io::Result<Password>,
) -> Result<Secrets, ConfigError> {
    resolve_where(profile, |_| true, ask)
}

/// Returns only the secrets of a profile that the user is asked for.
///
/// # Errors
/// When the user has not entered one.
pub(crate) fn ask_for_secrets(
    profile: &Profile,
    ask: &mut dyn FnMut(SecretRequest<'_>) -> io::Result<Password>,
) -> Result<Secrets, ConfigError> {
    resolve_where(profile, |source| *source == PasswordSource::Prompt, ask)
}

fn resolve_where(
    profile: &Profile,
    is_wanted: impl Fn(&PasswordSource) -> bool,
    ask: &mut dyn FnMut(SecretRequest<'_>) -> io::Result<Password>,
) -> Result<Secrets, ConfigError> {
    let mut secrets = Secrets::default();
    for (key, source) in profile.secret_sources().filter(|(_, source)| is_wanted(source)) {
        let value = match source {
            PasswordSource::Plain(password) => Ok(password.clone()),
            PasswordSource::Env(name) => read_environment(name),
            PasswordSource::Command(command_line) => read_command_output(command_line, &profile.base_dir),
            PasswordSource::File(path) => read_file(&profile.resolve_path(&expand_home(path))),
            PasswordSource::Prompt => ask(SecretRequest { profile, key: &key }).map_err(SecretError::NotEntered),
        };
        match value {
            Ok(value) => secrets.set(key, value),
            Err(error) => {
                let (profile, reason) = (profile.name.clone(), error.to_string());
                return Err(ConfigError::Secret { profile, secret: key, reason });
            }
        }
    }
    Ok(secrets)
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
        let mut enter = |request: SecretRequest<'_>| Ok(format!("entered at <{}>", request.question()).into());
        let secrets = resolve_secrets(&profile, &mut enter).map_err(|error| error.to_string())?;
        Ok(secrets.get(&SecretKey::Password).cloned())
    }

    #[test]
    fn secret_is_missing_plain_or_prompted() {
        assert_eq!(resolve_secrets(&Profile::default(), &mut |_| Ok(Password::default())), Ok(Secrets::default()));
        assert_eq!(resolve_source(PasswordSource::Plain("x".into())), Ok(Some("x".into())));
        assert_eq!(
            resolve_source(PasswordSource::Prompt),
            Ok(Some("entered at <Password for profile `hub`: >".into()))
        );
    }

    #[test]
    fn error_names_the_missing_source() {
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
        let text = |error: fn() -> io::Error| resolve_secrets(&profile, &mut |_| Err(error())).unwrap_err().to_string();
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
