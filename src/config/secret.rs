//! Resolves the passwords of profiles. Error messages never contain a password.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use super::{
    app_paths::expand_home,
    error::{ConfigError, io_error_text},
};
use crate::{
    file_access::{AccessError, Requirement, check_access},
    model::profile::{PasswordSource, Profile},
};

/// How long a command may take to print a password.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// The interval for checking whether a command has exited after it has closed its output.
const POLL_INTERVAL: Duration = Duration::from_millis(5);
/// The maximum number of bytes read from a file or from the output of a command.
const MAX_SECRET_BYTES: u64 = 64 << 10;

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
    #[error("the command is empty")]
    EmptyCommand,
    #[error("cannot run `{program}`: {}", io_error_text(error))]
    CommandNotStarted { program: String, error: io::Error },
    #[error("`{program}` did not exit within {} s", timeout.as_secs())]
    CommandTimeout { program: String, timeout: Duration },
    /// The second text is what the command has printed, after a colon, or empty.
    #[error("`{0}` failed{1}")]
    CommandFailed(String, String),
    #[error("`{0}` printed nothing or invalid UTF-8")]
    NoPasswordPrinted(String),
    #[error("it was not entered: {}", io_error_text(.0))]
    NotEntered(io::Error),
}

/// Returns the password of a profile, or `None` if it has none. `prompt` asks the user;
/// [`password_prompt`] is the text to ask with.
/// Blocks while the profile's command runs, at most 10 s.
///
/// # Errors
/// When the source of the password cannot be read.
pub fn resolve_password(
    profile: &Profile,
    prompt: &mut dyn FnMut(&Profile) -> io::Result<String>,
) -> Result<Option<String>, ConfigError> {
    let Some(source) = &profile.password else {
        return Ok(None);
    };
    let password = match source {
        PasswordSource::Plain(text) => Ok(text.clone()),
        PasswordSource::Env(name) => read_environment(name),
        PasswordSource::Command(command_line) => read_command_output(command_line, &profile.base_dir, COMMAND_TIMEOUT),
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
        Some(user) => format!("Password of {user} for profile {}: ", profile.name),
        None => format!("Password for profile {}: ", profile.name),
    }
}

fn read_environment(name: &str) -> Result<String, SecretError> {
    match std::env::var(name) {
        Ok(text) => Ok(text),
        Err(std::env::VarError::NotPresent) => Err(SecretError::VariableNotSet(name.to_owned())),
        Err(std::env::VarError::NotUnicode(_)) => Err(SecretError::VariableNotUtf8(name.to_owned())),
    }
}

fn read_file(path: &Path) -> Result<String, SecretError> {
    let unreadable = |error: io::Error| SecretError::UnreadableFile { path: path.to_owned(), error };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    check_access(path, Requirement::Secret)?;
    let mut bytes = Vec::new();
    file.take(MAX_SECRET_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    first_line(&bytes).ok_or_else(|| SecretError::NoPasswordInFile(path.to_owned()))
}

/// Runs a program, without a shell, and returns the first line of its output.
fn read_command_output(command_line: &[String], folder: &Path, timeout: Duration) -> Result<String, SecretError> {
    let Some((program, arguments)) = command_line.split_first() else {
        return Err(SecretError::EmptyCommand);
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    if folder.is_dir() {
        command.current_dir(folder);
    }
    let not_started = |error| SecretError::CommandNotStarted { program: program.clone(), error };
    let mut child = command.spawn().map_err(not_started)?;
    let deadline = Instant::now() + timeout;
    let (stdout, stderr) = (read_in_background(child.stdout.take()), read_in_background(child.stderr.take()));
    let Some((stdout, success)) = wait_for_exit(&mut child, &stdout, deadline) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(SecretError::CommandTimeout { program: program.clone(), timeout });
    };
    if !success {
        let stderr = stderr.recv_timeout(deadline.saturating_duration_since(Instant::now())).unwrap_or_default();
        let stderr = first_line(&stderr).map(|line| format!(": {line:.200}")).unwrap_or_default();
        return Err(SecretError::CommandFailed(program.clone(), stderr));
    }
    first_line(&stdout).ok_or_else(|| SecretError::NoPasswordPrinted(program.clone()))
}

/// Returns the output of a command and whether it succeeded, or `None` after the deadline.
fn wait_for_exit(child: &mut Child, stdout: &Receiver<Vec<u8>>, deadline: Instant) -> Option<(Vec<u8>, bool)> {
    let bytes = stdout.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()?;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some((bytes, status.success())),
            Ok(None) if Instant::now() < deadline => thread::sleep(POLL_INTERVAL),
            _ => return None,
        }
    }
}

/// Reads a pipe to its end on a new thread, so that the command never blocks on a full pipe.
fn read_in_background(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.by_ref().take(MAX_SECRET_BYTES).read_to_end(&mut bytes);
            let _ = io::copy(&mut pipe, &mut io::sink());
        }
        let _ = sender.send(bytes);
    });
    receiver
}

fn first_line(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.lines().next().filter(|line| !line.is_empty())?;
    Some(line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_source(source: PasswordSource) -> Result<Option<String>, String> {
        let profile = Profile { name: "hub".into(), password: Some(source), ..Profile::default() };
        resolve_password(&profile, &mut |profile| Ok(format!("entered at <{}>", password_prompt(profile))))
            .map_err(|error| error.to_string())
    }

    #[cfg(unix)]
    fn run_command(command_line: &[&str], timeout: Duration) -> Result<String, String> {
        let command_line: Vec<String> = command_line.iter().map(|word| (*word).to_owned()).collect();
        read_command_output(&command_line, Path::new(""), timeout).map_err(|error| error.to_string())
    }

    #[test]
    fn resolve_password_returns_none_plain_or_prompted() {
        assert_eq!(resolve_password(&Profile::default(), &mut |_| Ok(String::new())), Ok(None));
        assert_eq!(resolve_source(PasswordSource::Plain("x".into())), Ok(Some("x".into())));
        assert_eq!(resolve_source(PasswordSource::Prompt), Ok(Some("entered at <Password for profile hub: >".into())));
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
    fn command_output_is_its_first_line_or_an_error() {
        assert_eq!(run_command(&["printf", "a b\\nc\\n"], COMMAND_TIMEOUT), Ok("a b".into()));
        assert_eq!(
            run_command(&["sh", "-c", "echo no entry >&2; exit 1"], COMMAND_TIMEOUT),
            Err("`sh` failed: no entry".into())
        );
        assert!(run_command(&["true"], COMMAND_TIMEOUT).unwrap_err().contains("printed nothing"));
        assert_eq!(run_command(&["printf", "%s", "$HOME"], COMMAND_TIMEOUT), Ok("$HOME".into()), "no shell");
        assert!(run_command(&["sleep", "60"], Duration::from_millis(50)).unwrap_err().contains("did not exit"));
        assert!(run_command(&["sh", "-c", "yes | head -c 1000000; echo x >&2"], COMMAND_TIMEOUT).is_ok());
    }
}
